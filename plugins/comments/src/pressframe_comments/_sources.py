"""What is shown of the store: a source of comments that the core asks."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pressframe.model import Comment, Host
from pressframe_sql import database

if TYPE_CHECKING:
    from pressframe_comments._store import CommentStore

_REVISION = "SELECT number FROM comments_revision"


class Approved:
    """The approved comments of *host*'s store."""

    name = "comments"

    def __init__(self, host: Host) -> None:
        self._host = host

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
        return self._store.approved(entries)
