"""What the owner makes, on the command line or on the screen."""

from __future__ import annotations

from datetime import datetime, timedelta

from pressframe.model import Entry, Host
from pressframe_passes._drafts import is_draft
from pressframe_passes._store import Link, LinkStore, UnfitError, Wanted


def make_gift(host: Host, entry: Entry, now: datetime, *, readers: int, lasting: timedelta) -> Link:
    """Return a new gift link to an entry that is published.

    Raises:
        UnfitError: It is not.
    """
    if entry.status != "published" or entry.published > now:
        raise UnfitError(f"{entry.id} is not published yet", fix="make a preview link of it")
    wanted = Wanted(kind="gift", entry=entry.id, title=entry.title, expires=now + lasting, most=readers)
    return LinkStore(host).make(wanted, now)


def make_preview(host: Host, entry: Entry, now: datetime, *, lasting: timedelta) -> Link:
    """Return a new preview link to a draft, or to an entry of a date to come.

    Raises:
        UnfitError: It is neither.
    """
    if not is_draft(entry, now):
        fix = "make it a draft: draft: true" if entry.status == "private" else "make a gift link of it"
        raise UnfitError(f"{entry.id} is {'private' if entry.status == 'private' else 'published already'}", fix=fix)
    source = (entry.source.loader, entry.source.key)
    wanted = Wanted(kind="preview", entry=entry.id, title=entry.title, source=source, expires=now + lasting)
    return LinkStore(host).make(wanted, now)
