"""Sessions in the database: who is signed in, in which browser, since when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import attrs
import sqlalchemy as sa

from pressframe.model import Host
from pressframe_admin._accounts import COLUMNS, account_of
from pressframe_admin._tables import ACCOUNT, SESSION
from pressframe_admin._tokens import form_token
from pressframe_admin.model import Account
from pressframe_sql import Database, database
from pressframe_sql.limits import is_long_over, is_valid
from pressframe_web import Request
from pressframe_web.identity import browser_of, digest, make_id, network

Way: TypeAlias = Literal["password", "link"]

COOKIE = "admin"
_NOTED_EVERY = timedelta(hours=1)
_PROVEN = timedelta(minutes=30)


@attrs.frozen(kw_only=True)
class Signed:
    """Who is signed in, and by which session.

    Attributes:
        id: The session's; tells nobody its cookie.
        token: What the forms of this session bring along.
        digest: What the database knows the cookie by.
    """

    account: Account
    id: int
    way: Way
    made: datetime
    digest: str = attrs.field(repr=False)
    token: str = attrs.field(repr=False)

    def has_just_come_by_link(self, now: datetime) -> bool:
        """Say whether a mailed link has just proved that the address is theirs: it is as good as a password."""
        return self.way == "link" and now - self.made <= _PROVEN


@attrs.frozen(kw_only=True)
class Open:
    """A session as its owner sees it in the list."""

    id: int
    way: Way
    browser: str
    network: str
    made: datetime
    seen: datetime


@attrs.frozen
class SessionStore:
    """All that is written and read about sessions of one site."""

    _host: Host

    @property
    def _db(self) -> Database:
        return database(self._host)

    def begin(self, connection: sa.Connection, account: int, way: Way, request: Request, *, last: timedelta) -> str:
        """Return a new session's id, for a cookie; the one that the browser had ends."""
        session, now = make_id(), request.now
        before = request.cookies.get(COOKIE, "")
        connection.execute(sa.delete(SESSION).where(SESSION.c.digest == digest(before)))
        connection.execute(sa.delete(SESSION).where(is_long_over(SESSION.c.expires, now)))
        row = {
            "digest": digest(session), "account": account, "way": way, "browser": browser_of(request),
            "network": network(request.client, bits=(24, 48)), "made": now, "seen": now, "expires": now + last,
        }  # fmt: skip
        connection.execute(sa.insert(SESSION).values(row))
        return session

    def find(self, request: Request) -> Signed | None:
        """Return who sends *request*, None for a stranger; asked anew each time, so that what ends has ended."""
        session, now = request.cookies.get(COOKIE, ""), request.now
        if not session or not self._db.exists():
            return None
        found = sa.select(*COLUMNS, SESSION.c.id.label("session_id"), SESSION.c.way, SESSION.c.made, SESSION.c.seen)
        known = digest(session)
        found = found.join(SESSION).where(
            SESSION.c.digest == known, is_valid(SESSION.c.made, SESSION.c.expires, now), ACCOUNT.c.disabled.is_(None)
        )
        with self._db.read() as connection:
            row = connection.execute(found).one_or_none()
        if row is None:
            return None
        if abs(now - row.seen) >= _NOTED_EVERY:
            noted = sa.update(SESSION).where(SESSION.c.digest == known).values(seen=now)
            self._db.write(lambda connection: connection.execute(noted))
        return Signed(
            account=account_of(row._mapping), id=row.session_id, way=row.way, made=row.made, digest=known,
            token=form_token(self._host, known),
        )  # fmt: skip

    def open(self, account: int, now: datetime) -> tuple[Open, ...]:
        """Return the sessions of an account that have not ended, newest first."""
        if not self._db.exists():
            return ()
        columns = (
            SESSION.c.id,
            SESSION.c.way,
            SESSION.c.browser,
            SESSION.c.network,
            SESSION.c.made,
            SESSION.c.seen,
        )
        found = sa.select(*columns).where(
            SESSION.c.account == account, is_valid(SESSION.c.made, SESSION.c.expires, now)
        )
        with self._db.read() as connection:
            rows = connection.execute(found.order_by(SESSION.c.id.desc())).all()
        return tuple(Open(**row._mapping) for row in rows)

    def end(self, account: int, *, only: int | None = None, but: int | None = None) -> int:
        """End an account's sessions, *only* one of them or all *but* one; return how many ended."""
        gone = sa.delete(SESSION).where(SESSION.c.account == account)
        if only is not None:
            gone = gone.where(SESSION.c.id == only)
        if but is not None:
            gone = gone.where(SESSION.c.id != but)
        return self._db.write(lambda connection: connection.execute(gone).rowcount)
