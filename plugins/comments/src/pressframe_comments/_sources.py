"""What is shown of the store: a source of comments that the core asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from pressframe.model import Comment
from pressframe_comments._store import CommentStore


@attrs.define
class Approved:
    """The approved comments of a store."""

    store: CommentStore
    name: str = "comments"

    def fingerprint(self) -> str:
        return self.store.revision()

    def of(self, entries: frozenset[str]) -> Mapping[str, Sequence[Comment]]:
        return self.store.approved(entries)
