"""Comments for kits to store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pressframe_comments import CommentStore, Draft, Filed, State

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ENTRY = "posts/one"


def make_draft(body: str = "Oui. 🙂", **more: object) -> Draft:
    known = {"entry": ENTRY, "author": "Zoé", "email": "zoe@example.org", "url": None, "received": NOW}
    return Draft(**{**known, "body": body, **more})  # type: ignore[arg-type] # a test says what it means


def add_some(store: CommentStore, count: int, state: State = State.PENDING, **more: object) -> list[Filed]:
    """Store comments that came a minute after each other."""
    return [
        store.add(make_draft(f"{n}", **{"received": NOW + timedelta(minutes=n), **more}), state) for n in range(count)
    ]


def ids_of(comments: Sequence[Filed]) -> list[str]:
    return [filed.comment.id for filed in comments]
