"""The site as one set of audiences sees it: the only way from entries to pages, feeds and plugins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import attrs

from pressframe.model import Card, Entry, Gate, Group, Host, Json, Neighbours, Output, Page, Reply
from pressframe.templates import Templates
from pressframe_press._json import altered, moment
from pressframe_press._world import Within, World

if TYPE_CHECKING:
    from pressframe.model import Live


class Notebook(threading.local):
    """Where questions are noted while a page is planned or rendered; None where nobody wants to know."""

    page: set[str] | None = None

    def note(self, question: str) -> None:
        if self.page is not None:
            self.page.add(question)

    def apart(self, make: Callable[[], str]) -> tuple[str, set[str]]:
        """Return what *make* does, with the questions noted meanwhile, which the page around it is not charged with."""
        around, self.page = self.page, set()
        try:
            return make(), self.page
        finally:
            self.page = around


class Pages(Protocol):
    """What is planned."""

    def get(self, address: str) -> Page | None:
        """Return the page at *address*."""

    def all(self) -> tuple[Page, ...]:
        """Return every page in the order of planning."""

    def listed(self) -> tuple[tuple[str, str], ...]:
        """Return what search engines may list, with the moment of its last change."""

    def answer(self, question: str) -> str:
        """Return what changes when ``pages`` or ``listed`` has another answer."""


class SeenBy:
    """Answers every question of ``View`` and ``Live`` for *audiences*; what their gates withhold is not in it.

    Args:
        around: The page that is being rendered, where its ``data`` may say for whom: notes on parts of its entry that
            are withheld are for the same.
    """

    def __init__(
        self,
        press: Press,
        audiences: frozenset[str] = frozenset(),
        *,
        changed: Callable[[], None] = lambda: None,
        around: Page | None = None,
    ) -> None:
        host = press.host
        self.folder, self.settings, self.hooks = host.folder, host.settings, host.hooks
        self.plugin, self.secret = host.plugin, host.secret
        self.audiences = audiences
        self.changed = changed
        self._press, self._around = press, around
        self._world = press.world
        self._note = press.notebook.note

    # --------------------------------------------------------------------------------------- as a View

    def entry(self, id: str) -> Entry | None:
        self._note(f"entry\t{id}")
        found = self._world.entry(id, self.audiences)
        return self._noted(found) if found is not None and self._world.has_sections(id) else found

    def _noted(self, entry: Entry) -> Entry:
        """Return *entry* with what plugins have to say where sections of it are withheld."""
        from pressframe_press._sections import fill_places

        def note(requires: tuple[str, ...], count: int) -> str:
            said = self._around.data if self._around is not None and self._around.subject == entry.id else {}
            data: dict[str, Json] = {**said, "requires": requires, "count": count}
            page = Page(address=entry.address, template="", title=entry.title, subject=entry.id, data=data)
            return self._press.templates.fill("withheld", page, self)

        html = fill_places(entry.body.html, note)
        return entry if html == entry.body.html else altered(entry, body=altered(entry.body, html=html))

    def card(self, id: str) -> Card | None:
        self._note(f"card\t{id}")
        return self._world.card(id, self.audiences)

    def gate(self, id: str) -> Gate | None:
        self._note(f"gate\t{id}")
        return self._world.gate(id, self.audiences)

    def latest(
        self, *, kind: str = "post", within: Within | None = None, start: int = 0, count: int = 10
    ) -> tuple[Card, ...]:
        start = max(start, 0)
        end = start + max(count, 0)
        self._note(f"latest\t{kind}\t{start}\t{end}{_named(within)}")
        return tuple(self._world.cards(self._world.ids(kind, within)[start:end], self.audiences))

    def size(self, *, kind: str = "post", within: Within | None = None) -> int:
        self._note(f"size\t{kind}\t0\t0{_named(within)}")
        return len(self._world.ids(kind, within))

    def groups(self, taxonomy: str) -> tuple[Group, ...]:
        self._note(f"groups\t{taxonomy}")
        return self._world.groups(taxonomy)

    def neighbours(self, id: str) -> Neighbours:
        self._note(f"near\t{id}")
        older, newer = [self._world.card(one, self.audiences) if one else None for one in self._world.near(id)]
        return Neighbours(older=older, newer=newer)

    def comments(self, id: str) -> tuple[Reply, ...]:
        self._note(f"comments\t{id}")
        return self._world.replies(id, self.audiences)

    def comment_count(self, id: str) -> int:
        self._note(f"count\t{id}")
        return self._world.count(id, self.audiences)

    def latest_comments(self, count: int) -> tuple[tuple[Card, Reply], ...]:
        self._note(f"talk\t{count}")
        newest = self._world.newest(count, self.audiences)
        found = ((self._world.card(id, self.audiences), self._world.reply(id, one)) for id, one in newest)
        return tuple((card, reply) for card, reply in found if card and reply)

    def conversations(self) -> tuple[tuple[str, str], ...]:
        self._note("conversations")
        return tuple(self._world.conversations(self.audiences))

    def is_past(self, time: datetime) -> bool:
        question = moment(time)
        self._note(f"past\t{question}")
        return question <= self._world.now

    def pages(self) -> tuple[Page, ...]:
        self._note("pages")
        return self._press.pages.all() if self._press.pages else ()

    def listed(self) -> tuple[tuple[str, datetime | None], ...]:
        self._note("listed")
        found = self._press.pages.listed() if self._press.pages else ()
        return tuple([(address, datetime.fromisoformat(changed) if changed else None) for address, changed in found])

    # --------------------------------------------------------------------------------------- as a Live

    def page(self, address: str) -> Page | None:
        self._note("pages")
        return self._press.pages.get(address) if self._press.pages else None

    def render(self, page: Page) -> Output:
        has_more = page.subject is not None and page.data
        view = SeenBy(self._press, self.audiences, changed=self.changed, around=page) if has_more else self
        text = self._press.templates.render(page, view)
        return Output(body=text.encode(errors="replace"), media_type=page.media_type)


def _named(within: Within | None) -> str:
    return f"\t{within[0]}\t{within[1]}" if within else ""


@attrs.define(eq=False)
class Press:
    """What one build renders with.

    Attributes:
        files: Tags of what is published as it is, by address.
        pages: None until they are planned.
    """

    host: Host
    world: World
    templates: Templates
    notebook: Notebook
    files: Mapping[str, str]
    pages: Pages | None = None

    def view(self, audiences: frozenset[str] = frozenset(), *, changed: Callable[[], None] = lambda: None) -> Live:
        """Return the site as readers with *audiences* see it."""
        return SeenBy(self, audiences, changed=changed)

    def outer(self, question: str) -> str:
        """Answer what neither entries nor comments do."""
        name, _, rest = question.partition("\t")
        if name == "template":
            return self.templates.answer(question)
        if name == "asset":  # a page may be one, too, and has no version
            return self.files.get(rest) or str(bool(self.pages and self.pages.get(rest)))
        return self.pages.answer(question) if self.pages else ""
