"""The conversation under an entry, ready for its template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

import attrs

from pressframe.model import Block, Entry, Gate, Page, Reply, View
from pressframe_comments._form import AUTHOR, BODY, EMAIL, TRAP, URL, Typed
from pressframe_comments._live import Live
from pressframe_comments._pages import KEY, Part, Place, entry_of
from pressframe_comments._thread import Node, nest
from pressframe_web import Web
from pressframe_web.model import GRANTED, is_signed_in

if TYPE_CHECKING:
    from pressframe_comments._plugin import Comments

_NOTHING = Typed()

LIMITS = {"comment": BODY, "author": AUTHOR, "email": EMAIL, "url": URL}


@attrs.frozen(kw_only=True)
class Form:
    """The form, as the template writes it.

    Attributes:
        post_to: Where it is sent.
        reply_at: Where a link leads that answers a comment: its id is to be added.
        fill_at: Where a link leads that has it filled with what is known of who asks.
        typed: What it is filled with.
        problems: What is wrong, as ``<field>-<what>``.
        answers: The name of whom it answers; None for a comment at the top level.
        cancel: Where a link leads that gives up answering, or editing.
        is_edit: True if it changes a comment.
        preview: HTML of what was typed; None where nobody asked.
        name: Of the signed-in reader; empty if they never said, None for a stranger.
        offers_mail: True if readers may have new comments mailed.
        keeps_name: True if a signed-in reader's name, once typed, is kept with what the site knows of them.
        is_shared: True on a page for several readers, who may have a name or not.
    """

    post_to: str
    reply_at: str
    fill_at: str
    typed: Typed
    problems: tuple[str, ...]
    answers: str | None
    cancel: str
    is_edit: bool = False
    preview: str | None = None
    name: str | None = None
    offers_mail: bool = False
    keeps_name: bool = False
    is_shared: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing is typed, nothing wrong, and nobody named: what its fields are depends on ``kind`` alone."""
        return not (self.is_edit or self.problems or self.name) and self.typed == _NOTHING

    @property
    def kind(self) -> tuple[bool, ...]:
        """Whether it is a stranger's, and what it offers."""
        return self.name is None, self.offers_mail, self.keeps_name, self.is_shared

    def problem(self, field: str) -> str | None:
        """Return what is wrong with *field*, if anything is."""
        return next((problem for problem in self.problems if problem.partition("-")[0] == field), None)

    def field(self, problem: str) -> str:
        """Return the field that mends *problem*: the text where no field does."""
        name = problem.partition("-")[0]
        return name if name in LIMITS else "comment"

    @property
    def first_wrong_field(self) -> str:
        """The field to begin mending with: the first that is wrong; the text where no field is."""
        wrong = {problem.partition("-")[0] for problem in self.problems}
        return next((field for field in LIMITS if field in wrong), "comment" if self.problems else "")


def conversation_blocks(slot: str, page: Page, site: View, settings: Comments) -> Iterator[Block]:
    """Yield what belongs into *slot* of an entry's page: the conversation, or what its pages have in their head."""
    id = entry_of(page) if slot in ("head", "after_entry") else None
    entry = site.entry(id) if id is not None else None
    if entry is None:
        return
    made = _Conversation(page, entry, site, settings)
    if slot == "head":
        yield from made.head()
    elif made.is_hidden:
        if made.live and made.live.typed.body:
            yield made.block()  # of which there is only what was typed, given back
    elif made.accepts or made.live or site.comment_count(entry.id):
        yield made.block()


class _Conversation:
    """What is under one entry, on one of its pages."""

    def __init__(self, page: Page, entry: Entry, site: View, settings: Comments) -> None:
        self._page, self._entry, self._site, self._settings = page, entry, site, settings
        self.gate: Gate | None = site.gate(entry.id)
        self.is_hidden = self.gate is not None and self.gate.conversation == "hidden"
        self.live = Live.of(page)
        closing = settings.rules.closing(entry.published)
        is_over = (self.live and self.live.is_closed) or (closing is not None and site.is_past(closing))
        self.is_guest = GRANTED in page.data  # let in by a grant, to read alone
        self.is_reader = is_signed_in(page, site)
        self.accepts = entry.open_to_comments and not settings.closed and self.gate is None and not is_over
        self.elsewhere = site.plugin(Web).elsewhere(site)  # on a static host a form does nothing
        self.is_open = self.accepts and not self.is_guest and not self.elsewhere

    def head(self) -> Iterator[Block]:
        """Yield the script of the form, and links to the pages next to this one."""
        part = Part.carried(self._page)
        is_long = not part and self._site.comment_count(self._entry.id) > self._settings.per_page
        if self.is_open or part or is_long:
            has_script = self.is_open or is_long  # which leads links to comments on to the page where they are
            yield Block(template="comments/head.html", data={"has_script": has_script, **self._links(part)})

    def block(self) -> Block:
        """Return the conversation with all that is around it."""
        live = self.live or Live()
        live = attrs.evolve(live, own=None) if self.is_hidden else live
        part = Part.carried(self._page)
        replies = () if part or self.is_hidden else self._site.comments(self._entry.id)
        pings = [] if part else [reply for reply in replies if reply.comment.kind != "comment"]
        part = part or self._part([reply for reply in replies if reply.comment.kind == "comment"], live)
        known = {node.reply.comment.id: node for node in part.nodes}
        is_new = live.own is not None and live.own.comment.id not in {reply.comment.id for reply in replies}
        is_reserved = self._is_reserved(live)
        data = {
            "entry": self._entry,
            "count": None if part.number or self.is_hidden else self._count(is_new=is_new and not live.awaits),
            "number": part.number,
            "nodes": nest(part.nodes, self._settings.order),
            "pings": [Node(reply=reply, depth=1, number=0) for reply in pings] if not part.number else [],
            "shown": part,
            "turns": part.linked_turns,
            **self._links(part),
            "form": self._form(live, part, known) if self.is_open else None,
            "lost": live.typed.body if not self.is_open else "",
            "is_closed": not self.accepts and self.gate is None,
            "is_reserved": is_reserved,
            "is_guest": self.is_guest and self.accepts,
            "is_reader": self.is_reader,
            "page": self._page_of_lacks(),
            "form_at": f"{self.elsewhere}{self._entry.address}#respond"
            if self.elsewhere and (self.accepts or is_reserved)
            else "",
            "limits": LIMITS,
            "trap": TRAP,
            "own": live.own.comment.id if live.own else None,
            "is_changeable": live.is_changeable and not live.is_edited,
            "notice": live.notice,
            "draws": self._settings.avatars == "drawn",
        }
        return Block(template="comments/thread.html", data=data)

    def _is_reserved(self, live: Live) -> bool:
        """Tell whether to say who may write here: where others are read, or what was typed is given back."""
        if self.gate is None or not self._entry.open_to_comments:
            return False
        return self.gate.conversation == "shown" or bool(live.typed.body)

    def _page_of_lacks(self) -> Page:
        """Return the page with what its reader lacks in its ``data``, from which plugins tell the ways to it."""
        lacked = sorted(self.gate.requires - self._site.audiences) if self.gate else self._page.data.get(GRANTED, [])
        return attrs.evolve(self._page, data={**self._page.data, "requires": lacked})

    def _count(self, *, is_new: bool) -> int:
        return self._site.comment_count(self._entry.id) + is_new

    def _links(self, part: Part | None) -> dict[str, object]:
        """Return the addresses of the pages next to *part*, and which of them comes first."""
        if part is None:
            return {"older": None, "newer": None, "first": "older"}
        older, newer = (part.addresses[one] if one else None for one in (part.older, part.newer))
        first = "older" if self._settings.order == "oldest" else "newer"
        return {"older": older, "newer": newer, "first": first}

    def _part(self, replies: Sequence[Reply], live: Live) -> Part:
        known = {reply.comment.id for reply in replies}
        own = [live.own] if live.own and live.own.comment.id not in known else []
        shown = [live.own if live.own and reply.comment.id == live.own.comment.id else reply for reply in replies]
        awaiting = live.own.comment.id if live.own and live.awaits else None
        pages = self._settings.paging.cut([*shown, *own], awaiting=awaiting)
        place = Place(entry=self._entry.id, address=self._entry.address, is_live=bool(self._site.audiences))
        asked = self._page.data.get(KEY)
        number = int(str(asked["number"])) if isinstance(asked, Mapping) else 0
        return Part.of(pages, number if number in pages.elsewhere else 0, place)

    def _form(self, live: Live, part: Part, known: dict[str, Node]) -> Form:
        entry, parent = self._entry, known.get(live.typed.parent)
        own = live.own.comment.id if live.own and live.is_edited else None
        filled = f"/comments/reply/{quote(entry.id)}"
        return Form(
            post_to=f"/comment/{own}/edit" if own else f"/comments/{quote(entry.id)}",
            reply_at=f"{filled}?to=",
            fill_at=f"{filled}#respond",
            typed=live.typed,
            problems=live.problems,
            answers=parent.reply.comment.author if parent and not own else None,
            cancel=f"{part.here}#comment-{own}" if own else f"{part.here}#respond",
            is_edit=own is not None,
            preview=live.preview,
            name=live.name if live.name is not None else "" if self.is_reader else None,
            offers_mail=self._settings.follow and own is None,
            keeps_name=bool(self._site.hooks.implementers("on_name")),
            is_shared=self.is_reader and live.name is None,
        )
