"""What is said under entries: asked of the sources, filtered, and remembered as it is shown."""

from collections.abc import Collection, Iterable, Mapping

from pressframe.errors import ContentError
from pressframe.files import digest_of, digest_of_bytes
from pressframe.model import Comment, Host, Reply
from pressframe.press import ask_part
from pressframe_press._json import encode, moment, pack
from pressframe_press._memory import Table
from pressframe_press._rows import Shelf
from pressframe_press._world import Said


def fingerprints(host: Host) -> tuple[str, ...]:
    """Return what changes when comments do, by source."""
    sources = host.hooks.register_comments(host)
    return tuple(ask_part(plugin, "fingerprint", str, source.fingerprint) for plugin, source in sources)


def hear(host: Host, entries: Collection[str], before: Table[Said], shelf: Shelf) -> dict[str, Said]:
    """Return the conversation of every one of *entries* that has one; unchanged ones as they are remembered.

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
    return {
        entry: _said(host, entry, comments.values(), before.get(entry), shelf)
        for entry, comments in found.items()
        if comments
    }


def _said(host: Host, entry: str, comments: Iterable[Comment], before: Said | None, shelf: Shelf) -> Said:
    ordered = sorted(comments, key=lambda comment: (comment.received, comment.id))
    heard = digest_of(encode(ordered))
    if before and before.heard == heard:
        return before
    replies = [Reply(comment=comment, html=host.hooks.filter_comment(comment)) for comment in ordered]
    times = encode([(moment(comment.received), comment.id) for comment in ordered])
    content = pack(replies)
    return Said(entry, heard, digest_of_bytes(content), shelf.put(content), times, len(ordered))
