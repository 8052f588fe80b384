"""What is said under entries: asked of the sources, filtered, and remembered as it is shown."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import attrs

from pressframe.errors import ContentError
from pressframe.files import digest_of, digest_of_bytes
from pressframe.model import Comment, Host, Reply
from pressframe.press import ask_part
from pressframe_press._json import encode, moment, pack
from pressframe_press._memory import Table
from pressframe_press._overlay import Said
from pressframe_press._rows import Shelf


@attrs.frozen
class Hearing:
    """Makes conversations as they are shown, by their numbers: what each process of the build does.

    Attributes:
        told: Of each its entry, a digest of what sources tell, and its comments, oldest first.
    """

    host: Host
    shelf: Shelf
    told: Sequence[tuple[str, str, Sequence[Comment]]]

    def __call__(self, numbers: Iterable[int]) -> list[Said]:
        """Return each conversation, its comments filtered."""
        return [self._said(*self.told[number]) for number in numbers]

    def _said(self, entry: str, heard: str, comments: Sequence[Comment]) -> Said:
        replies = [Reply(comment=comment, html=self.host.hooks.filter_comment(comment)) for comment in comments]
        times = encode([(moment(comment.received), comment.id) for comment in comments])
        content = pack(replies)
        return Said(entry, heard, digest_of_bytes(content), self.shelf.put(content), times, len(comments))


Spread: TypeAlias = Callable[[Hearing, int], Iterator[Said]]


def hear(host: Host, entries: Collection[str], before: Table[Said], shelf: Shelf, *, spread: Spread) -> dict[str, Said]:
    """Return the conversation of every one of *entries* that has one; unchanged ones as they are remembered.

    Args:
        spread: Has work done, perhaps by several processes; gets the work and its size.

    Raises:
        ContentError, HookError: A source fails, or two comments have one id.
    """
    found: dict[str, dict[str, Comment]] = {}
    asked = frozenset(entries)
    for plugin, source in host.hooks.register_comments(host):
        answers = ask_part(plugin, "of", Mapping, source.of, asked)
        for entry, comments in answers.items():
            for comment in comments if entry in asked else ():
                if comment.id in found.setdefault(entry, {}):
                    raise ContentError(
                        f"two comments on {entry} have the id {comment.id}", fix=f"see {plugin}'s {source.name}"
                    )
                found[entry][comment.id] = comment
    told = [_ordered(entry, comments.values()) for entry, comments in found.items() if comments]
    known = {entry: one for entry, heard, _ in told if (one := before.get(entry)) and one.heard == heard}
    new = [one for one in told if one[0] not in known]
    said = known | {one.entry: one for one in spread(Hearing(host, shelf, new), len(new))}
    return {entry: said[entry] for entry, _, _ in told}


def _ordered(entry: str, comments: Iterable[Comment]) -> tuple[str, str, Sequence[Comment]]:
    ordered = sorted(comments, key=lambda comment: (comment.received, comment.id))
    return entry, digest_of(encode(ordered)), ordered
