"""What is shown of the store: a source of comments that the core asks."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pressframe.model import Comment, Host
from pressframe_sql import database

if TYPE_CHECKING:
    from pressframe_comments._archive import Archive
    from pressframe_comments._store import CommentStore

_REVISION = "SELECT number FROM comments_revision"


class Approved:
    """The approved comments of *host*'s store, but for those that are being archived and were found in a file.

    Args:
        archive: Asked just before.
    """

    name = "comments"

    def __init__(self, host: Host, archive: Archive) -> None:
        self._host = host
        self._archive = archive

    @functools.cached_property
    def _store(self) -> CommentStore:
        from pressframe_comments._store import comment_store

        return comment_store(self._host)

    def fingerprint(self) -> str:
        """Return the store's revision; from the file itself as long as nobody has opened it."""
        base = database(self._host)
        seen = base.glance(_REVISION)
        return str(seen[0]) if seen else self._store.revision() if base.exists() else "none"

    def of(self, entries: frozenset[str]) -> Mapping[str, Sequence[Comment]]:
        found = self._store.approved(entries)
        twice = self._store.archiving() & self._archive.given
        if not twice:
            return found
        return {entry: [one for one in comments if one.id not in twice] for entry, comments in found.items()}
