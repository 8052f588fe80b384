"""Where comments are kept, whatever keeps them: what is asked of a store."""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

import attrs

from pressframe.model import Comment, Host


@enum.unique
class State(enum.Enum):
    """Where a comment stands; only approved ones are shown."""

    PENDING = "pending"
    APPROVED = "approved"
    SPAM = "spam"
    TRASH = "trash"


@attrs.frozen(kw_only=True)
class Draft:
    """A comment as it was sent, before it has an id; every text is whole and checked.

    Attributes:
        entry: ``id`` of the entry.
        email: For the owner alone; never leaves the store but by the command line.
        url: http or https; None if none was given.
        received: Aware.
        parent: ``id`` of the comment answered.
        reader: ``id`` of the signed-in reader; None for a stranger.
        sender: Who sent it, as a signed cookie proves; tells comments of one browser from others and nothing else.
        client: Network address, shortened so that it names a neighbourhood.
        accepted_before: True if a comment of the same *sender* or *reader* is approved.
        key: Of the form that sent it: the same text with the same key is the same comment; None for no such promise.
    """

    entry: str
    author: str
    email: str
    url: str | None
    body: str
    received: datetime
    parent: str | None = None
    reader: str | None = None
    sender: str | None = None
    client: str = ""
    accepted_before: bool = False
    key: str | None = None


@attrs.frozen(kw_only=True)
class Filed:
    """A comment in a store, with what only its owner may know.

    Attributes:
        reasons: Why it was not approved at once; completes "held because …".
    """

    comment: Comment
    state: State
    reasons: tuple[str, ...] = ()
    email: str = ""
    client: str = ""


class CommentStore(Protocol):
    """Keeps comments; what it answered is safe on disk, and ids are never used again.

    Every method may raise StoreError: it cannot be read or written, and nothing was stored.
    """

    def add(self, draft: Draft, state: State, reasons: Sequence[str] = ()) -> Filed:
        """Store a comment and return it; if it is a repeat, return the first one and store nothing."""

    def find_repeat(self, draft: Draft) -> Filed | None:
        """Return the comment that *draft* repeats.

        That is one with the same entry, parent, author and text, received less than a minute before or sent with the
        same key.
        """

    def was_accepted(self, *, sender: str | None, reader: str | None) -> bool:
        """Tell whether a comment of this browser or this signed-in reader is approved."""

    def count_since(self, client: str, since: datetime) -> tuple[int, datetime | None]:
        """Return how many comments came from *client* after *since*, and when the first of them came."""

    def get(self, id: str) -> Filed | None:
        """Return the comment called *id*, None if there is none."""

    def find(self, state: State | None = None, *, start: int = 0, count: int = 100) -> tuple[Filed, ...]:
        """Return comments in *state*, in any for None, newest first."""

    def count(self, state: State) -> int:
        """Return how many comments are in *state*."""

    def move(self, ids: Collection[str], state: State) -> int:
        """Put comments into *state*, all or none, and return how many were not in it before.

        Raises:
            StoreError: One of *ids* is unknown.
        """

    def approved(self, entries: frozenset[str]) -> dict[str, list[Comment]]:
        """Return the approved comments of *entries*, by entry, in the order in which they came."""

    def revision(self) -> str:
        """Return what changes, for good, whenever the approved comments do; ``"none"`` before the first comment."""


def comment_store(host: Host) -> CommentStore:
    """Return the store of *host*'s site; nothing is opened or created yet."""
    from pressframe_comments._sql import SqlCommentStore

    return SqlCommentStore(host)
