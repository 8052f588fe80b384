"""Comments in the order of a conversation: answers under what they answer, to a depth, cut into pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

import attrs

from pressframe.model import Reply
from pressframe_comments._avatars import draw, seed_of_name
from pressframe_comments._links import safe_url

_SEED = re.compile("[0-9a-f]{16}")

Order: TypeAlias = Literal["oldest", "newest"]


@attrs.frozen(kw_only=True)
class Answered:
    """Whom a comment answers: its ``id``, its author, and the number of the page where it stands."""

    id: str
    author: str
    page: int


@attrs.define(kw_only=True, eq=False)
class Node:
    """A comment in its place.

    Attributes:
        depth: From 1, in the whole conversation.
        number: Its place from the top, from 0; colours every other one.
        answers: Whom it answers; None at the top level, and where what it answers is not there.
        is_apart: True if it does not stand right under what it answers.
        awaits: True if only its sender sees it yet.
        children: What stands under it on the same page.
    """

    reply: Reply
    depth: int
    number: int
    answers: Answered | None = None
    is_apart: bool = False
    awaits: bool = False
    children: list[Node] = attrs.field(factory=list)

    @property
    def classes(self) -> str:
        """WordPress's names for what it is."""
        comment = self.reply.comment
        further = {"parent": self.children, "byuser": comment.reader, "bypostauthor": comment.by_author}
        names = ["comment", "odd" if self.number % 2 else "even", f"depth-{self.depth}"]
        return " ".join([*names, *(name for name, is_so in further.items() if is_so)])

    @property
    def url(self) -> str | None:
        """Where the author's name leads; None if nowhere that is safe."""
        return safe_url(self.reply.comment.url)

    @property
    def picture(self) -> str | None:
        """Address of the author's picture; None where it is drawn here."""
        avatar = self.reply.comment.avatar or ""
        return safe_url(avatar) if avatar.startswith("https://") else None

    @property
    def drawing(self) -> tuple[str, int]:
        """The author's picture as it is drawn here: a path in a square of 5 by 5, and a hue in degrees."""
        avatar = self.reply.comment.avatar or ""
        return draw(avatar if _SEED.fullmatch(avatar) else seed_of_name(self.reply.comment.author))

    @property
    def initial(self) -> str:
        """The first letter of the author's name."""
        return next((letter.upper() for letter in self.reply.comment.author if letter.isalnum()), "?")


@attrs.frozen(kw_only=True)
class Paging:
    """How a conversation is cut.

    Pages are numbered from the oldest, so that a page that is full stays what it is, whatever is said later.

    Attributes:
        depth: How deep answers are indented; deeper ones stand in order at that depth.
        per_page: A page ends with the thread that makes it so long; a thread that goes on for as long again is cut.
        order: What the entry's own page begins with.
    """

    depth: int
    per_page: int
    order: Order

    def cut(self, replies: Sequence[Reply], *, awaiting: str | None = None) -> Pages:
        """Return the conversation in pages.

        Args:
            replies: Oldest first; without other sites' links.
            awaiting: ``id`` of the one that only its sender sees.
        """
        pages: list[list[Node]] = [[]]
        for node in _in_order(replies, self.depth):
            size = len(pages[-1])
            if size >= self.per_page and (node.depth == 1 or size >= 2 * self.per_page):
                pages.append([])
            node.awaits = node.reply.comment.id == awaiting
            pages[-1].append(node)
        where = {node.reply.comment.id: number for number, page in enumerate(pages, 1) for node in page}
        for node in (node for page in pages[1:] for node in page if node.answers):
            assert node.answers is not None
            node.answers = attrs.evolve(node.answers, page=where[node.answers.id])
        return Pages(paging=self, pages=pages, where=where)


@attrs.frozen(kw_only=True)
class Pages:
    """A conversation in pages.

    Attributes:
        pages: In each its comments, in order, not yet under each other; the first page may be empty, no other one is.
        where: The number of the page of each comment, by its ``id``.
    """

    paging: Paging
    pages: Sequence[Sequence[Node]]
    where: Mapping[str, int]

    @property
    def home(self) -> range:
        """The numbers of the pages that the entry's own page shows.

        With the newest first that is the last page, and the one before as long as the last is not full: so the entry
        never shows next to nothing.
        """
        last = len(self.pages)
        if self.paging.order == "oldest" or last == 1:
            return range(1, 2)
        return range(last - (len(self.pages[-1]) < self.paging.per_page), last + 1)

    @property
    def elsewhere(self) -> list[int]:
        """The numbers of the pages that have addresses of their own."""
        return [number for number in range(1, len(self.pages) + 1) if number not in self.home]

    def of(self, numbers: Iterable[int]) -> list[Node]:
        """Return the comments of some pages, in order."""
        return [node for number in numbers for node in self.pages[number - 1]]

    def beside(self, shown: range) -> tuple[int | None, int | None]:
        """Return the numbers of the pages next to those *shown*, the older and the newer one; None at either end."""
        older, newer = shown[0] - 1, shown[-1] + 1
        return older or None, newer if newer <= len(self.pages) else None


def nest(nodes: Iterable[Node], order: Order = "oldest") -> list[Node]:
    """Return the top level of a page: each comment under the last one before it that is less deep."""
    top: list[Node] = []
    line: list[Node] = []  # from the top level down to the last comment
    for node in nodes:
        while line and line[-1].depth >= node.depth:
            line.pop()
        above = line[-1] if line else None
        node.is_apart = node.answers is not None and (above is None or above.reply.comment.id != node.answers.id)
        (above.children if above else top).append(node)
        line.append(node)
    return top if order == "oldest" else top[::-1]


def _in_order(replies: Sequence[Reply], depth: int) -> Iterator[Node]:
    """Yield comments as they are read; what would be deeper than *depth* stands at *depth*.

    Bears whatever other systems leave behind: answers before what they answer, or to what is not there, and circles.
    """
    known = {reply.comment.id: reply for reply in replies}
    answers: dict[str | None, list[Reply]] = defaultdict(list)
    for reply in replies:
        answers[reply.comment.parent if reply.comment.parent in known else None].append(reply)
    placed: set[str] = set()
    for start in (*answers[None], *replies):  # what is not reached from the top is a circle, broken at its oldest
        waiting = [(start, 1)]
        while waiting:  # no recursion: a conversation may be thousands deep
            reply, level = waiting.pop()
            if reply.comment.id in placed:
                continue
            number = len(placed)
            placed.add(reply.comment.id)
            answered = known.get(reply.comment.parent or "")
            to = Answered(id=answered.comment.id, author=answered.comment.author, page=1) if answered else None
            yield Node(reply=reply, depth=level, number=number, answers=None if answered is reply else to)
            waiting += [(answer, min(level + 1, depth)) for answer in reversed(answers[reply.comment.id])]
