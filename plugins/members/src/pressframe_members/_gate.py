"""Which entries are for subscribers: the archive's limit, and what an entry says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from pressframe.errors import ContentError, Place, did_you_mean
from pressframe.model import Conversation, Entry, Gate
from pressframe_members.model import SUBSCRIBERS

_KEY = "audience"
_PUBLIC = "public"


def check_audience(entry: Entry) -> None:
    """Raise ContentError if the entry names an audience that there is not."""
    wanted = _wanted(entry)
    if wanted is None or wanted in (_PUBLIC, SUBSCRIBERS):
        return
    place = entry.source.place
    raise ContentError(
        f'"{wanted}" is no audience' if isinstance(wanted, str) else "an audience is one word",
        at=Place(place.file if place else entry.source.key, key=_KEY),
        fix=did_you_mean(str(wanted), (_PUBLIC, SUBSCRIBERS)) or f"write {_PUBLIC} or {SUBSCRIBERS}, or leave it out",
    )


def judge(entry: Entry, now: datetime, *, after: timedelta | None, conversation: Conversation) -> Gate | None:
    """Return the gate of an entry: what it says of itself goes before its age; a page's age closes nothing.

    Args:
        after: How long a post is open to all; None for always.
        conversation: What a closed page shows of the comments.
    """
    wanted = _wanted(entry)
    if wanted == _PUBLIC:
        return None
    if wanted is not None:
        return _closed(f"its front matter says {_KEY}: {SUBSCRIBERS}", conversation)
    if after is None or entry.kind != "post":
        return None
    moment = entry.published + after
    reason = f"in the archive from {moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC on"
    if moment <= now:
        return _closed(reason, conversation)
    return Gate(requires=frozenset(), until=moment, reason=reason)


def _closed(reason: str, conversation: Conversation) -> Gate:
    return Gate(requires=frozenset({SUBSCRIBERS}), reason=reason, conversation=conversation)


def _wanted(entry: Entry) -> object:
    """Return what stands under ``audience`` among the keys that the entry's loader did not know, None for nothing."""
    kept = entry.data.get(entry.source.loader)
    extra = kept.get("extra") if isinstance(kept, Mapping) else None
    return extra.get(_KEY) if isinstance(extra, Mapping) else None
