"""The pages of a long conversation beside the entry's own: planned with all that they show.

A page carries its comments itself. So it is rendered again when one of them changes, and not whenever anything is said
elsewhere in the conversation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import attrs

from pressframe.model import Comment, Json, Page, Reply, View
from pressframe_comments._thread import Answered, Node, Pages, Paging

KEY = "comments"
_FIELDS = tuple(attrs.fields_dict(Comment))
_AROUND = 2
"""So many pages before and after the one that is shown can be reached by number."""


@attrs.frozen(kw_only=True)
class Part:
    """What one page shows of a conversation.

    Attributes:
        number: Of the page, from the oldest; 0 for the entry's own.
        nodes: In order, not yet under each other.
        addresses: Of the pages that it leads to, by number.
        older: Number of the page before; None if there is none. So ``newer``.
        turns: What leads to pages by number, in the order in which they are read: what it says, and the number of the
            page, 0 for the entry's own; None where pages are left out. Empty if there is one page.
        here: Address of the page itself.
    """

    number: int
    nodes: Sequence[Node]
    addresses: Mapping[int, str]
    older: int | None
    newer: int | None
    turns: Sequence[tuple[str, int | None]]
    here: str

    @classmethod
    def of(cls, pages: Pages, number: int, place: Place) -> Part:
        """Return the part of a conversation that the page *number* shows, the entry's own for 0."""
        shown = range(number, number + 1) if number else pages.home
        nodes = pages.of(shown)
        older, newer = pages.beside(shown)
        turns = _turns(pages, number)
        wanted = {older, newer, *(node.answers.page for node in nodes if node.answers), *(one for _, one in turns)}
        addresses = {one: place.of(0 if one in pages.home else one) for one in wanted if one is not None}
        return cls(
            number=number, nodes=nodes, addresses=addresses, older=older, newer=newer, turns=turns,
            here=place.of(number),
        )  # fmt: skip

    @property
    def linked_turns(self) -> list[tuple[str, str | None, bool]]:
        """What each turn says, its address, None where pages are left out, and whether it is this page."""
        told: list[tuple[str, str | None, bool]] = []
        for words, number in self.turns:
            told.append((words, None if number is None else self.addresses[number], number == self.number))
        return told

    def as_data(self) -> dict[str, Json]:
        """Return this as a page can carry it."""
        return {
            "number": self.number,
            "nodes": [_told(node) for node in self.nodes],
            "addresses": [[number, address] for number, address in sorted(self.addresses.items())],
            "older": self.older,
            "newer": self.newer,
            "turns": [list(turn) for turn in self.turns],
            "here": self.here,
        }

    @classmethod
    def carried(cls, page: Page) -> Part | None:
        """Return what *page* carries; None if it carries no comments."""
        data: Any = page.data.get(KEY)  # as as_data wrote it
        if not isinstance(data, Mapping) or "nodes" not in data:
            return None
        return cls(
            number=data["number"],
            nodes=[_read(node) for node in data["nodes"]],
            addresses=dict(data["addresses"]),
            older=data["older"],
            newer=data["newer"],
            turns=[(words, number) for words, number in data["turns"]],
            here=data["here"],
        )


@attrs.frozen(kw_only=True)
class Place:
    """Where the pages of one conversation are.

    Attributes:
        entry: ``id`` of the entry.
        address: Of the entry.
        is_live: True where the pages are asked of the server, which makes them as the reader may see them: a
            conversation that strangers don't see has no pages for everybody.
    """

    entry: str
    address: str
    is_live: bool = False

    def of(self, number: int) -> str:
        """Return the address of the page *number*, the entry's own for 0."""
        if number == 0:
            return self.address
        if self.is_live:
            return f"/comments/page/{number}/{quote(self.entry)}"
        folder = self.address if self.address.endswith("/") else self.address.rpartition(".")[0] + "/"
        return f"{folder}comments-{number}/"


def make_page(place: Place, number: int, title: str, part: Part | None = None) -> Page:
    """Return the page *number* of a conversation; without its *part*, that is arranged when it is rendered.

    One that carries its part is not the page of an entry, so that a theme doesn't ask for the entry's card: that
    changes with each comment.
    """
    told: dict[str, Json] = {"number": number, "entry": place.entry, "back": place.address}
    return Page(
        address=place.of(number),
        template="comments/page.html",
        title=title,
        subject=None if part else place.entry,
        data={KEY: {**told, **part.as_data()} if part else told},
    )


def entry_of(page: Page) -> str | None:
    """Return the ``id`` of the entry whose conversation *page* shows; None if it is no page of an entry."""
    data: Any = page.data.get(KEY)
    return data["entry"] if isinstance(data, Mapping) and "entry" in data else page.subject


def plan(site: View, paging: Paging) -> Iterator[Page]:
    """Yield the pages of long conversations; of those alone that strangers may see."""
    for id, address in site.conversations():
        card = site.card(id) if site.comment_count(id) > paging.per_page else None
        if card is None:
            continue
        pages = paging.cut([reply for reply in site.comments(id) if reply.comment.kind == "comment"])
        place = Place(entry=id, address=address)
        for number in pages.elsewhere:
            yield make_page(place, number, card.title, Part.of(pages, number, place))


def _turns(pages: Pages, number: int) -> list[tuple[str, int | None]]:
    """Return the first page, the last, and those around *number*; a single one between them is not left out."""
    home = "–".join(str(one) for one in dict.fromkeys((pages.home[0], pages.home[-1])))
    rest = pages.elsewhere if pages.paging.order == "oldest" else pages.elsewhere[::-1]
    order = [0, *rest] if rest else []
    at = order.index(number) if order else 0
    shown = [index for index in range(len(order)) if index in (0, len(order) - 1) or abs(index - at) <= _AROUND]
    turns: list[tuple[str, int | None]] = []
    for before, index in zip([-1, *shown], shown, strict=False):
        if index - before == 2:
            turns.append(_turn(order[index - 1], home))
        elif index - before > 2:
            turns.append(("…", None))
        turns.append(_turn(order[index], home))
    return turns


def _turn(number: int, home: str) -> tuple[str, int]:
    return (str(number) if number else home), number


def _told(node: Node) -> Json:
    comment = node.reply.comment
    told: dict[str, Json] = {name: getattr(comment, name) for name in _FIELDS}
    told["received"] = comment.received.isoformat()
    answers: Json = attrs.asdict(node.answers) if node.answers else None
    return {"comment": told, "html": node.reply.html, "depth": node.depth, "number": node.number, "answers": answers}


def _read(data: Any) -> Node:
    told = data["comment"]
    comment = Comment(**{**told, "received": datetime.fromisoformat(told["received"])})
    answers = Answered(**data["answers"]) if data["answers"] else None
    reply = Reply(comment=comment, html=data["html"])
    return Node(reply=reply, depth=data["depth"], number=data["number"], answers=answers)
