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
from pressframe_press._rows import TALK, Shelf


def changed_since(host: Host, before: Sequence[str], now: Sequence[str]) -> frozenset[str] | None:
    """Return the entries whose comments may have changed between two fingerprints; None if a source cannot tell."""
    changed: set[str] = set()
    for (plugin, source), old, new in zip(host.hooks.register_comments(host), before, now, strict=True):
        if old == new:
            continue
        tell = getattr(source, "changed_since", None)
        entries = tell and tell(old)
        if entries is None:
            return None
        if not isinstance(entries, frozenset):
            raise ContentError(f"{plugin} answered changed_since with {type(entries).__name__}; frozenset is wanted")
        changed |= entries
    return frozenset(changed)


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
        return Said(entry, heard, digest_of_bytes(content), self.shelf.put(content, TALK), times, len(comments))


Spread: TypeAlias = Callable[[Hearing, int], Iterator[Said]]


@attrs.frozen
class Wanted:
    """Whose conversations are asked for.

    Attributes:
        entries: All that there are.
        only: Those among them whose comments may have changed; None if that may be all.
    """

    entries: Collection[str]
    only: frozenset[str] | None = None


def hear(host: Host, wanted: Wanted, before: Table[Said], shelf: Shelf, *, spread: Spread) -> dict[str, Said]:
    """Return the conversation of each entry that is wanted and has one; unchanged ones as they are remembered.

    A source that cannot tell changes is asked for all, as it may look for what belongs to none of them.

    Args:
        spread: Has work done, perhaps by several processes; gets the work and its size.

    Raises:
        ContentError, HookError: A source fails, or two comments have one id.
    """
    found: dict[str, dict[str, Comment]] = {}
    every = frozenset(wanted.entries)
    asked = every if wanted.only is None else every & wanted.only
    for plugin, source in host.hooks.register_comments(host):
        answers = ask_part(plugin, "of", Mapping, source.of, asked if hasattr(source, "changed_since") else every)
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
