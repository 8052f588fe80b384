"""The site as one set of audiences sees it: the only way from entries to pages, feeds and plugins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from pressframe._build._catalogue import Catalogue, Within, card
from pressframe._templates import Templates
from pressframe.model import Card, Entry, Gate, Group, Neighbours, Output, Page, Reply

if TYPE_CHECKING:
    from pressframe.model import Live


class SeenBy:
    """Answers every question of ``View`` and ``Live`` for *audiences*; what their gates withhold is not in it."""

    def __init__(
        self, press: Press, audiences: frozenset[str] = frozenset(), *, changed: Callable[[], None] = lambda: None
    ) -> None:
        host = press.catalogue.host
        self.folder, self.settings, self.hooks = host.folder, host.settings, host.hooks
        self.plugin, self.secret = host.plugin, host.secret
        self.audiences = audiences
        self.changed = changed
        self._press = press
        self._catalogue = press.catalogue

    # --------------------------------------------------------------------------------------- as a View

    def entry(self, id: str) -> Entry | None:
        kept = self._catalogue.kept.get(id)
        return kept.seen_by(self.audiences) if kept else None

    def card(self, id: str) -> Card | None:
        kept = self._catalogue.kept.get(id)
        if kept is None:
            return None
        is_open, count = kept.is_open(self.audiences), self.comment_count(id)
        key, cards = (id, is_open, count), self._press.cards
        if key not in cards:
            cards[key] = card(kept.seen_by(self.audiences), comments=count, gated=not is_open)
        return cards[key]

    def gate(self, id: str) -> Gate | None:
        kept = self._catalogue.kept.get(id)
        return None if kept is None or kept.is_open(self.audiences) else kept.gate

    def latest(
        self, *, kind: str = "post", within: Within | None = None, start: int = 0, count: int = 10
    ) -> tuple[Card, ...]:
        start = max(start, 0)
        ids = self._catalogue.ids(kind, within)[start : start + max(count, 0)]
        return tuple(card for card in map(self.card, ids) if card)

    def size(self, *, kind: str = "post", within: Within | None = None) -> int:
        return len(self._catalogue.ids(kind, within))

    def groups(self, taxonomy: str) -> tuple[Group, ...]:
        return self._catalogue.groups(taxonomy)

    def neighbours(self, id: str) -> Neighbours:
        position = self._catalogue.positions.get(id)
        if position is None:
            return Neighbours()
        ids = self._catalogue.ids("post", None)
        older = self.card(ids[position + 1]) if position + 1 < len(ids) else None
        newer = self.card(ids[position - 1]) if position > 0 else None
        return Neighbours(older=older, newer=newer)

    def comments(self, id: str) -> tuple[Reply, ...]:
        gate = self.gate(id)
        return () if gate and gate.conversation != "shown" else self._catalogue.comments.get(id, ())

    def comment_count(self, id: str) -> int:
        gate = self.gate(id)
        return 0 if gate and gate.conversation == "hidden" else len(self._catalogue.comments.get(id, ()))

    def latest_comments(self, count: int) -> tuple[tuple[Card, Reply], ...]:
        shown = [(reply, id) for id in self._catalogue.comments for reply in self.comments(id)]
        shown.sort(key=lambda one: (one[0].comment.received, one[0].comment.id), reverse=True)
        return tuple((found, reply) for reply, id in shown[:count] if (found := self.card(id)))

    def is_past(self, time: datetime) -> bool:
        self._press.expire(time)
        return time <= self._press.now

    def pages(self) -> tuple[Page, ...]:
        return tuple(self._press.pages.values())

    # --------------------------------------------------------------------------------------- as a Live

    def page(self, address: str) -> Page | None:
        return self._press.pages.get(address)

    def render(self, page: Page) -> Output:
        text = self._press.templates.render(page, self)
        return Output(body=text.encode(errors="replace"), media_type=page.media_type)


@attrs.define(eq=False)
class Press:
    """What one build renders with: the catalogue, the templates, the pages planned.

    Attributes:
        until: The next moment that a page has asked about, from which it would be another one.
        pages: By address; empty until they are planned.
        cards: Shared by all views, by entry, whether it is open, and its count of comments.
    """

    catalogue: Catalogue
    templates: Templates
    now: datetime
    until: datetime | None = None
    pages: Mapping[str, Page] = attrs.field(factory=dict)
    cards: dict[tuple[str, bool, int], Card] = attrs.field(factory=dict)

    def view(self, audiences: frozenset[str] = frozenset(), *, changed: Callable[[], None] = lambda: None) -> Live:
        """Return the site as readers with *audiences* see it."""
        return SeenBy(self, audiences, changed=changed)

    def expire(self, time: datetime | None) -> None:
        """Note that what is made now is out of date at *time*, if that is still to come."""
        if time and time > self.now:
            self.until = min(self.until or time, time)
