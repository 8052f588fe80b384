"""Sessions of signed-in readers: whose they are, on which device, since when; ended one by one or all."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

import attrs
import sqlalchemy as sa

from pressframe.errors import StoreError
from pressframe.model import Host, Reader
from pressframe_members._pages import SIGNED_IN_FOR
from pressframe_members._rows import is_called, lasts
from pressframe_members._tables import MEMBER, MEMBERSHIP, SESSION
from pressframe_members.model import SUBSCRIBERS
from pressframe_sql import Database, database
from pressframe_sql.limits import is_valid
from pressframe_sql.texts import is_storable
from pressframe_web import Web
from pressframe_web.identity import digest, make_id

_SEEN_EVERY = timedelta(hours=1)
_SHOWN = 16
"""How much of a session's digest names it on its owner's page."""


@attrs.frozen(kw_only=True)
class Session:
    """One browser that is signed in.

    Attributes:
        id: Names it on its owner's account page, and opens nothing.
        device: ``"Firefox, Linux"``; empty where nobody knows.
        since: Aware, as ``seen``, which is right to the hour.
        is_this: True for the browser that asks.
    """

    id: str
    device: str
    since: datetime
    seen: datetime
    is_this: bool


@attrs.frozen
class Sessions:
    """The sessions of one site."""

    _host: Host

    @property
    def _db(self) -> Database:
        return database(self._host)

    def find_reader(self, session: str, now: datetime) -> Reader | None:
        """Return whose session it is, None for a stranger's; notes that it was seen, once an hour."""
        if not self._db.exists():
            return None
        found = sa.select(MEMBER.c.id, MEMBER.c.reader, MEMBER.c.name, SESSION.c.made, SESSION.c.seen).join(SESSION)
        mine = found.where(is_session(session), is_good(now), MEMBER.c.confirmed.is_not(None))
        with self._db.read() as connection:
            row = connection.execute(mine).one_or_none()
            audiences = audiences_of(connection, row.id, now) if row else frozenset()
        if row is None:
            return None
        if abs(now - (row.seen or row.made)) >= _SEEN_EVERY:
            seen = sa.update(SESSION).where(is_session(session)).values(seen=now)
            with suppress(StoreError):  # nobody is a stranger because that cannot be written now
                self._db.submit(lambda connection: connection.execute(seen), is_one_change=True)
        return Reader(id=row.reader, audiences=audiences, name=row.name)

    def all_of(self, reader: str, now: datetime, *, asking: str) -> tuple[Session, ...]:
        """Return the sessions of a member that last, newest first.

        Args:
            asking: The session of the browser that asks.
        """
        mine = sa.select(SESSION).join(MEMBER).where(is_called(reader), is_good(now))
        with self._db.read() as connection:
            rows = connection.execute(mine.order_by(SESSION.c.made.desc())).all()
        return tuple(
            Session(
                id=row.digest[:_SHOWN],
                device=row.device,
                since=row.made,
                seen=row.seen or row.made,
                is_this=row.digest == digest(asking),
            )
            for row in rows
        )

    def end(self, session: str) -> None:
        """Sign one browser out."""
        self._end(is_session(session))

    def end_named(self, reader: str, id: str) -> None:
        """Sign out the browser that is called *id* on this member's account page; of nobody else's."""
        if not is_storable(id):
            return
        whose = sa.select(MEMBER.c.id).where(is_called(reader)).scalar_subquery()
        self._end((SESSION.c.member == whose) & (sa.func.substr(SESSION.c.digest, 1, _SHOWN) == id))

    def end_all(self, reader: str) -> None:
        """Sign a member out everywhere."""
        self._end(SESSION.c.member == sa.select(MEMBER.c.id).where(is_called(reader)).scalar_subquery())

    def _end(self, which: sa.ColumnElement[bool]) -> None:
        """End some sessions of one member; the server then takes them for a stranger's at once."""

        def work(connection: sa.Connection) -> str | None:
            reader: str | None = connection.scalar(sa.select(MEMBER.c.reader).join(SESSION).where(which).limit(1))
            connection.execute(sa.delete(SESSION).where(which))
            return reader

        reader = self._db.write(work)
        if reader is not None:
            self._host.plugin(Web).forget_reader(reader)


def begin(connection: sa.Connection, member: int, now: datetime, *, device: str, instead_of: str) -> str:
    """Return the id of a new session, for a cookie.

    Args:
        instead_of: The one that the browser had, which ends; empty for none.
    """
    session = make_id()
    connection.execute(sa.delete(SESSION).where(is_session(instead_of)))
    row = {"digest": digest(session), "member": member, "made": now, "expires": now + SIGNED_IN_FOR, "device": device}
    connection.execute(sa.insert(SESSION).values(row))
    return session


def reader_of(connection: sa.Connection, session: str) -> str | None:
    """Return the ``Reader.id`` of the member whose session it is."""
    found: str | None = connection.scalar(sa.select(MEMBER.c.reader).join(SESSION).where(is_session(session)))
    return found


def is_session(session: str) -> sa.ColumnElement[bool]:
    """Return what is true of the row of *session*, what stands in a cookie."""
    return SESSION.c.digest == digest(session)


def is_good(now: datetime) -> sa.ColumnElement[bool]:
    """Return what is true of sessions that have begun and are not over."""
    return is_valid(SESSION.c.made, SESSION.c.expires, now)


def audiences_of(connection: sa.Connection, member: int, now: datetime) -> frozenset[str]:
    """Return what a confirmed member may read at *now*."""
    given = sa.select(MEMBERSHIP.c.audience).where(MEMBERSHIP.c.member == member, lasts(now))
    return frozenset({SUBSCRIBERS, *connection.scalars(given)})
