"""Where comments are kept, whatever keeps them: what is asked of a store."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

import attrs

from pressframe.errors import StoreError
from pressframe.model import Comment, Host, Kind


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
        agent: What the browser calls itself.
        referrer: The page that the browser says it came from.
        accepted_before: True if a comment of the same *sender* or *reader* is approved.
        by_author: True if an author of the entry wrote it.
        key: Of the form that sent it: the same text with the same key is the same comment; None for no such promise.
    """

    entry: str
    kind: Kind = "comment"
    author: str
    email: str
    url: str | None
    body: str
    format: Literal["text", "html"] = "text"
    received: datetime
    parent: str | None = None
    reader: str | None = None
    sender: str | None = None
    client: str = ""
    agent: str = ""
    referrer: str = ""
    accepted_before: bool = False
    by_author: bool = False
    key: str | None = None

    def as_comment(self) -> Comment:
        """Return it as judges get it: a comment called ``new``, without what is for the owner alone."""
        names = ("entry", "kind", "author", "url", "body", "format", "received", "parent", "reader")
        known = {name: getattr(self, name) for name in names}
        return Comment(id="new", accepted_before=self.accepted_before, by_author=self.by_author, **known)


@attrs.frozen(kw_only=True)
class Filed:
    """A comment in a store, with what only its owner may know.

    Attributes:
        reasons: Why it was not approved at once; completes "held because …".
        sender: As in ``Draft``: the same for all comments of one browser.
        version: 1 when it came, one more with every change: what a moderator has seen, for ``expected``.
        changed: When it came into *state*.
        edited: When its texts were last changed; None if never.
    """

    comment: Comment
    state: State
    reasons: tuple[str, ...] = ()
    email: str = ""
    client: str = ""
    agent: str = ""
    referrer: str = ""
    sender: str | None = None
    version: int = 1
    changed: datetime
    edited: datetime | None = None


@attrs.frozen(kw_only=True)
class Texts:
    """What of a comment can be edited."""

    author: str
    url: str | None
    body: str

    @classmethod
    def of(cls, comment: Comment) -> Texts:
        """Return those of *comment*."""
        return cls(author=comment.author, url=comment.url, body=comment.body)


@attrs.frozen(kw_only=True)
class Step:
    """One change of one comment.

    Attributes:
        act: What it was a part of; what undoes it is told this.
        comment: ``id`` of the comment.
        version: That the comment got by it.
        by: Who did it; empty for the machine itself.
        before: State in which the comment was; the same as *after* for an edit.
        texts: Before an edit; None where only the state changed.
    """

    act: str
    comment: str
    version: int
    at: datetime
    by: str
    before: State
    after: State
    texts: Texts | None = None


@attrs.frozen(kw_only=True)
class Act:
    """What a moderator did at one stroke.

    Attributes:
        id: What ``undo`` is told; None if nothing had to be changed.
        changed: The comments as they are now; those that were so already are not among them.
        steps: What was done to each of *changed*, in the same order.
    """

    id: str | None = None
    changed: tuple[Filed, ...] = ()
    steps: tuple[Step, ...] = ()


@attrs.frozen(kw_only=True)
class Record:
    """A comment with its history, to be brought into another store or taken out of one."""

    filed: Filed
    steps: tuple[Step, ...] = ()


@enum.unique
class Brought(enum.Enum):
    """What became of a comment that was brought from elsewhere."""

    NEW = "new"
    KNOWN = "known"
    """It was there already; nothing was changed, whatever was done to it since."""
    TAKEN = "its id belongs to another comment here"
    ERASED = "its author had everything erased here"


class ConflictError(StoreError):
    """Somebody else has changed a comment meanwhile; nothing was changed by this act.

    Attributes:
        steps: The last change of each such comment, as far as it is known.
    """

    steps: tuple[Step, ...] = ()


@attrs.frozen(kw_only=True)
class Search:
    """Which comments are looked for: those that fit everything given; None and empty fit all.

    Attributes:
        text: In the name or the text, whatever its case and accents.
        author: In the name, likewise.
        address: The whole mail address; the case of its Latin letters does not matter.
        entry: ``id`` of the entry.
        entries: ``id`` of each entry that it may be; empty fits none.
        client: As stored: shortened.
        sender: As in ``Filed``.
        oldest_first: The order of a conversation, rather than newest first.
    """

    state: State | None = None
    text: str = ""
    author: str = ""
    address: str = ""
    entry: str = ""
    entries: frozenset[str] | None = None
    kind: Kind | None = None
    client: str = ""
    sender: str = ""
    oldest_first: bool = False


ALL = Search()
"""Fits every comment."""

Trait: TypeAlias = Literal["address", "sender", "author"]


@attrs.frozen(kw_only=True)
class Found:
    """A part of what was found.

    Attributes:
        next: Asks for the part after it; None if this is the last.
    """

    comments: tuple[Filed, ...] = ()
    next: str | None = None


@attrs.frozen(kw_only=True)
class Seen:
    """What a store knows of a comment that has just been sent.

    Attributes:
        repeat: The comment that it repeats.
        is_known: True if a comment of the same browser or signed-in reader is approved.
        recent: How many comments came from the same client lately, as far as they were counted.
        first: When the first of those came.
    """

    repeat: Filed | None = None
    is_known: bool = False
    recent: int = 0
    first: datetime | None = None


class CommentStore(Protocol):
    """Keeps comments; what it answered is safe on disk, and ids are never used again.

    Every method may raise StoreError: it cannot be read or written, and nothing was stored. Times are aware; *by* is
    who did it, for the history, and *at* when, now if None. Acts are all or nothing.
    """

    # ------------------------------------------------------------------------------------------ receiving

    def add(self, draft: Draft, state: State, reasons: Sequence[str] = ()) -> Filed:
        """Store a comment and return it; if it is a repeat, return the first one and store nothing."""

    def submit(self, draft: Draft, state: State, reasons: Sequence[str] = ()) -> Future[Filed]:
        """Begin to ``add`` and return what is to come of it: a caller that need not wait keeps no thread."""

    def look(self, draft: Draft, since: datetime, *, most: int | None = None) -> Seen:
        """Return at once what ``find_repeat``, ``was_accepted`` and ``count_since`` tell of *draft*.

        Args:
            most: So many of the client's comments are counted, the newest, as a flood must not slow the look; None
                for all.
        """

    def find_repeat(self, draft: Draft) -> Filed | None:
        """Return the comment that *draft* repeats.

        That is one with the same entry, parent, author and text, received less than a minute before or sent with the
        same key.
        """

    def was_accepted(self, *, sender: str | None, reader: str | None) -> bool:
        """Tell whether a comment of this browser or this signed-in reader is approved, or was when it was archived."""

    def count_since(self, client: str, since: datetime) -> tuple[int, datetime | None]:
        """Return how many comments came from *client* after *since*, and when the first of them came."""

    def newest(self, since: datetime, most: int) -> Sequence[datetime]:
        """Return when readers' comments came after *since*, in order: the newest *most* of them, in any state."""

    # -------------------------------------------------------------------------------------------- finding

    def get(self, id: str) -> Filed | None:
        """Return the comment called *id*, None if there is none."""

    def search(self, search: Search, *, after: str | None = None, count: int = 50) -> Found:
        """Return at most *count* of the comments that fit, in order of their coming.

        Args:
            after: ``next`` of the part before; raises StoreError for anything else.
        """

    def find(self, ids: Collection[str]) -> Mapping[str, Filed]:
        """Return those of *ids* that are there, by their ids."""

    def counts(self, search: Search = ALL) -> Mapping[State, int]:
        """Return how many comments that fit are in each state, whichever state *search* asks for."""

    def tally(self, trait: Trait, values: Collection[str], search: Search = ALL) -> Mapping[str, Mapping[State, int]]:
        """Return for each of *values* what ``counts`` tells of the comments with that *trait*; ``"author"`` whole."""

    def history(self, id: str) -> tuple[Step, ...]:
        """Return what was done to a comment, oldest first; empty also if there is none called *id*."""

    def last_act(self, by: str) -> str | None:
        """Return the last act of *by*; None if there is none."""

    # ----------------------------------------------------------------------------------------- moderating

    def move(
        self,
        ids: Collection[str],
        state: State,
        *,
        by: str = "",
        at: datetime | None = None,
        expected: Mapping[str, int] | None = None,
    ) -> Act:
        """Put comments into *state*.

        Args:
            expected: The version in which the moderator has seen a comment, by ``id``.

        Raises:
            StoreError: One of *ids* is unknown.
            ConflictError: One of them has another version than *expected*.
        """

    def edit(
        self, id: str, texts: Texts, *, by: str = "", at: datetime | None = None, expected: int | None = None
    ) -> Act:
        """Change the texts of a comment; raises as ``move``."""

    def restore(
        self,
        ids: Collection[str],
        *,
        by: str = "",
        at: datetime | None = None,
        expected: Mapping[str, int] | None = None,
    ) -> Act:
        """Take comments out of trash or spam, into the state each had before; others stay. Raises as ``move``."""

    def undo(self, act: str, *, by: str = "", at: datetime | None = None) -> Act:
        """Put back what *act* has changed; this is an act itself, so it can be undone.

        Raises:
            StoreError: There is no such act, or a comment of it was deleted.
            ConflictError: A comment was changed after it.
        """

    def delete(self, ids: Collection[str], *, expected: Mapping[str, int] | None = None) -> tuple[Filed, ...]:
        """Delete comments for ever, with their histories, and return them; raises as ``move``."""

    def empty_trash(self, before: datetime) -> tuple[Filed, ...]:
        """Delete for ever what was put into the trash before that moment, and return it."""

    def forget_clients(self, before: datetime) -> int:
        """Blank network address, agent and referrer of comments received before that moment; return of how many."""

    # ------------------------------------------------------------------------------------------- moving house

    def bring(self, records: Sequence[Record]) -> tuple[Brought, ...]:
        """Store comments from elsewhere under their own ids, all or none; say of each what became of it.

        A comment is known if one with its id, entry and time is there. Bringing the same ones twice changes nothing.
        """

    def records(self, search: Search) -> Iterator[Record]:
        """Yield every comment that fits, with its history, in the order of their coming or the other way."""

    def mark(self, ids: Collection[str], *, is_archiving: bool) -> None:
        """Note that comments are being written into files, or no longer; raises StoreError if one is unknown."""

    def archiving(self) -> frozenset[str]:
        """Return which comments are marked so: where a file has them, too, they are shown from there."""

    # -------------------------------------------------------------------------------------------- showing

    def approved(self, entries: frozenset[str]) -> dict[str, list[Comment]]:
        """Return the approved comments of *entries*, by entry, in the order in which they came."""

    def revision(self) -> str:
        """Return what changes, for good, whenever the approved comments do; ``"none"`` before the first comment."""

    def changed_since(self, revision: str) -> frozenset[str] | None:
        """Return the entries whose approved comments may have changed since *revision*; None if that is not known."""


def comment_store(host: Host) -> CommentStore:
    """Return the store of *host*'s site; nothing is opened or created yet."""
    from pressframe_comments._sql import SqlCommentStore

    return SqlCommentStore(host)
