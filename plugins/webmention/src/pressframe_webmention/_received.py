"""Mentions that came: noted in the transaction that leaves their check for later; and who asked lately."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import attrs
import sqlalchemy as sa

from pressframe.model import Host, Json
from pressframe_sql import database
from pressframe_webmention._tables import ASKED, RECEIVED

CHECK = "webmention.check"
WAITING, CHECKING, TAKEN, REFUSED, REMOVED = "waiting", "checking", "taken", "refused", "removed"
_MOST_WAITING = 1_000
_BUSY = timedelta(minutes=5)


@attrs.frozen(kw_only=True)
class Sent:
    """What somebody sends: two addresses, normalized, and what it is about and how it came."""

    source: str
    target: str
    entry: str
    kind: str
    client: str
    now: datetime


@attrs.frozen(kw_only=True)
class Mention:
    """A mention as it stands.

    Attributes:
        state: "waiting" to be checked, "checking" while that is done, "taken" as a comment, "refused", or "removed"
            after it had been taken.
        reason: Why it was refused or removed.
        attempts: How often its source did not answer.
        comment: ``id`` of the comment that was made of it.
    """

    id: int
    source: str
    target: str
    entry: str
    kind: str
    received: datetime
    state: str
    reason: str
    attempts: int
    comment: str | None


@attrs.frozen(kw_only=True)
class Limits:
    """How many may come from one client, one source's host, and for one entry, within a time; 0 for no limit."""

    most: int
    window: timedelta


class Received:
    """The mentions that came to one site."""

    def __init__(self, host: Host) -> None:
        self._database = database(host)

    def note(self, sent: Sent, limits: Limits) -> tuple[int, timedelta | None]:
        """Note what was sent, and leave its check for later; return its id, or how long to wait before it is taken.

        Raises:
            StoreError: It could not be noted.
        """

        def work(connection: sa.Connection) -> tuple[int, timedelta | None]:
            wait = _wait(connection, sent, limits)
            if wait is not None:
                return 0, wait
            id, is_new = _upsert(connection, sent)
            if is_new:
                payload: Mapping[str, Json] = {"mention": id, "client": sent.client}
                self._database.enqueue(connection, CHECK, payload)
            return id, None

        return self._database.write(work)

    def get(self, id: int) -> Mention | None:
        """Return the mention with that *id*, None if there is none."""
        return self._one(RECEIVED.c.id == id)

    def find(self, source: str, target: str) -> Mention | None:
        """Return what was received of *source* for *target*."""
        return self._one(sa.and_(RECEIVED.c.source == source, RECEIVED.c.target == target))

    def all(self, count: int) -> list[Mention]:
        """Return the newest *count* mentions, newest first."""
        if not self._database.exists():
            return []
        newest = sa.select(RECEIVED).order_by(RECEIVED.c.received.desc(), RECEIVED.c.id.desc()).limit(count)
        with self._database.read() as connection:
            return [Mention(**row._mapping) for row in connection.execute(newest)]

    def begin(self, id: int) -> None:
        """Note that a mention is being checked: what is sent again from now on is to be checked again."""
        checking = sa.update(RECEIVED).where(RECEIVED.c.id == id).values(state=CHECKING)
        self._database.write(lambda connection: connection.execute(checking))

    def settle(self, id: int, state: str, *, reason: str = "", comment: str | None = None, attempts: int = 0) -> None:
        """Say what has become of a mention, unless it was sent again since its check began."""
        mine = sa.update(RECEIVED).where(RECEIVED.c.id == id)
        values: dict[str, Any] = {"state": state, "reason": reason, "attempts": attempts}

        def work(connection: sa.Connection) -> None:
            connection.execute(mine.where(RECEIVED.c.state == CHECKING).values(values))
            if comment is not None:
                connection.execute(mine.values(comment=comment))

        self._database.write(work)

    def _one(self, condition: sa.ColumnElement[bool]) -> Mention | None:
        if not self._database.exists():
            return None
        with self._database.read() as connection:
            row = connection.execute(sa.select(RECEIVED).where(condition)).one_or_none()
        return None if row is None else Mention(**row._mapping)


def _wait(connection: sa.Connection, sent: Sent, limits: Limits) -> timedelta | None:
    """Return how long must be waited; None if it may come, which is then counted."""
    since, host = sent.now - limits.window, urlsplit(sent.source).hostname or ""
    connection.execute(sa.delete(ASKED).where(ASKED.c.at <= since))
    waits = RECEIVED.c.state.in_((WAITING, CHECKING))
    waiting = sa.select(sa.func.count()).select_from(RECEIVED).where(waits)
    if (connection.scalar(waiting) or 0) >= _MOST_WAITING:
        return _BUSY
    if limits.most:
        for column, value in ((ASKED.c.client, sent.client), (ASKED.c.host, host), (ASKED.c.entry, sent.entry)):
            times = sa.select(ASKED.c.at).where(column == value).order_by(ASKED.c.at.desc()).limit(limits.most)
            recent = connection.scalars(times).all()
            if value and len(recent) == limits.most:
                first: datetime = recent[-1]
                return max(first - since, timedelta(seconds=1))
    row = {"client": sent.client, "host": host, "entry": sent.entry, "at": sent.now}
    connection.execute(sa.insert(ASKED).values(row))
    return None


def _upsert(connection: sa.Connection, sent: Sent) -> tuple[int, bool]:
    """Return the id of the mention, and whether its check is still to be noted."""
    same = sa.and_(RECEIVED.c.source == sent.source, RECEIVED.c.target == sent.target)
    known = connection.execute(sa.select(RECEIVED.c.id, RECEIVED.c.state).where(same)).one_or_none()
    values = {"entry": sent.entry, "kind": sent.kind, "received": sent.now, "attempts": 0}
    if known is None:
        row = {**values, "source": sent.source, "target": sent.target, "state": WAITING, "reason": ""}
        return connection.execute(sa.insert(RECEIVED).returning(RECEIVED.c.id), row).scalar_one(), True
    if known.state == WAITING:
        return known.id, False
    waits = {**values, "state": WAITING}
    connection.execute(sa.update(RECEIVED).where(RECEIVED.c.id == known.id).values(waits))
    return known.id, True
