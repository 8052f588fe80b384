"""Comments in the order of a conversation: answers under what they answer, to a depth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import attrs

from pressframe.model import Reply
from pressframe_comments._links import safe_url


@attrs.define(kw_only=True, eq=False)
class Node:
    """A comment in its place.

    Attributes:
        depth: From 1.
        number: Its place from the top, from 0; colours every other one.
        answers: Whom it answers, where the answer does not stand right under it; None elsewhere.
        awaits: True if only its sender sees it yet.
    """

    reply: Reply
    depth: int
    number: int
    answers: Reply | None = None
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
    def initial(self) -> str:
        """The first letter of the author's name."""
        return next((letter.upper() for letter in self.reply.comment.author if letter.isalnum()), "?")


def arrange(replies: Sequence[Reply], *, depth: int, awaiting: str | None = None) -> list[Node]:
    """Return the top level of the conversation; what would be deeper than *depth* stands at *depth*, in order.

    Bears whatever other systems leave behind: answers before what they answer, or to what is not there, and circles.

    Args:
        replies: Oldest first.
        awaiting: ``id`` of the one that only its sender sees.
    """
    known = {reply.comment.id: reply for reply in replies}
    answers: dict[str | None, list[Reply]] = defaultdict(list)
    for reply in replies:
        answers[reply.comment.parent if reply.comment.parent in known else None].append(reply)
    top: list[Node] = []
    placed: set[str] = set()
    for start in (*answers[None], *replies):  # what is not reached from the top is a circle, broken at its oldest
        waiting: list[tuple[Reply, Node | None]] = [(start, None)]
        while waiting:  # no recursion: a conversation may be thousands deep
            reply, above = waiting.pop()
            if reply.comment.id in placed:
                continue
            node = Node(
                reply=reply,
                depth=above.depth + 1 if above else 1,
                number=len(placed),
                answers=_answered(reply, above, known),
                awaits=reply.comment.id == awaiting,
            )
            placed.add(reply.comment.id)
            (above.children if above else top).append(node)
            waiting += [
                (answer, node if node.depth < depth else above) for answer in reversed(answers[reply.comment.id])
            ]
    return top


def _answered(reply: Reply, above: Node | None, known: Mapping[str, Reply]) -> Reply | None:
    """Return what *reply* answers, unless that stands right above it, or is itself."""
    answered = known.get(reply.comment.parent or "")
    return None if answered is None or answered is reply or (above and above.reply is answered) else answered
