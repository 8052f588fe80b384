"""Mailed links in the database: asked for, made, followed. Each works once, and a newer one replaces it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import attrs
import sqlalchemy as sa

from pressframe.model import Host, Json
from pressframe_admin._limits import Limits
from pressframe_admin._sessions import SessionStore
from pressframe_admin._tables import ACCOUNT, LINK
from pressframe_sql import Database, database
from pressframe_sql.limits import is_valid, lately
from pressframe_web import Request
from pressframe_web.addresses import MailAddress
from pressframe_web.identity import make_id

Purpose: TypeAlias = Literal["sign-in", "welcome"]

ANSWER, MAIL = "admin.answer", "admin.mail"
"""The jobs: make the link that was asked for, if it may be made; send it."""
VALID: dict[Purpose, timedelta] = {"sign-in": timedelta(hours=1), "welcome": timedelta(days=3)}
_MAILS_AN_HOUR = 5


@attrs.frozen(kw_only=True)
class Link:
    """A mailed link that still works."""

    id: str
    purpose: Purpose
    address: str
    back: str


@attrs.frozen(kw_only=True)
class Followed:
    """What came of following a link: the new session's id, for a cookie, and where to go on."""

    session: str = attrs.field(repr=False)
    back: str


@attrs.frozen
class LinkStore:
    """All that is written and read about mailed links of one site."""

    _host: Host

    @property
    def _db(self) -> Database:
        return database(self._host)

    def ask(self, address: MailAddress, back: str, request: Request) -> None:
        """Note that a link was asked for; a job mails it if it may be mailed.

        Whether there is such an account is not looked at before the job, so that the answer cannot tell, not by its
        time.

        Raises:
            StoreError: Nothing was noted.
        """
        payload = {"address": address.folded, "back": back, "at": request.now.isoformat()}

        def work(connection: sa.Connection) -> None:
            if Limits(self._host).may_ask_for_mail(connection, request.client, request.now):
                self._db.enqueue(connection, ANSWER, payload)

        self._db.write(work)

    def answer(self, payload: Mapping[str, Json]) -> None:
        """Make the link that *payload* asks for and have it mailed, unless there were many lately; what a job runs."""
        now = datetime.fromisoformat(str(payload["at"]))

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(LINK).where(LINK.c.expires <= now - timedelta(days=1)))
            found = sa.select(ACCOUNT.c.id).where(
                ACCOUNT.c.folded == str(payload["address"]), ACCOUNT.c.disabled.is_(None)
            )
            account = connection.scalar(found)
            if account is None:
                return
            mailed = sa.select(sa.func.count()).where(LINK.c.account == account, lately(LINK.c.made, now))
            if (connection.scalar(mailed) or 0) < _MAILS_AN_HOUR:
                id = _replace(connection, account, "sign-in", back=str(payload["back"]), now=now)
                self._db.enqueue(connection, MAIL, {"link": id}, key=f"{MAIL}:{id}")

        self._db.write(work)

    def make(self, account: int, now: datetime) -> str:
        """Return the id of a link that welcomes a new account; the caller mails it."""
        return self._db.write(lambda connection: _replace(connection, account, "welcome", back="", now=now))

    def find(self, id: str, now: datetime | None = None) -> Link | None:
        """Return a link, None if it was used or replaced by a newer one, or if it has expired by *now*."""
        if not self._db.exists():
            return None
        columns = (LINK.c.id, LINK.c.purpose, ACCOUNT.c.address, LINK.c.back)
        found = sa.select(*columns).join(ACCOUNT)
        found = found.where(LINK.c.id == id, LINK.c.ended.is_(None), ACCOUNT.c.disabled.is_(None))
        if now is not None:
            found = found.where(is_valid(LINK.c.made, LINK.c.expires, now))
        with self._db.read() as connection:
            row = connection.execute(found).one_or_none()
        return None if row is None else Link(**row._mapping)

    def follow(self, id: str, request: Request, *, last: timedelta) -> Followed | None:
        """End the link and begin a session that may *last* so long; of many who try at once, one gets it."""

        def work(connection: sa.Connection) -> Followed | None:
            enabled = sa.select(ACCOUNT.c.id).where(ACCOUNT.c.disabled.is_(None))
            mine = sa.update(LINK).where(
                LINK.c.id == id,
                LINK.c.ended.is_(None),
                is_valid(LINK.c.made, LINK.c.expires, request.now),
                LINK.c.account.in_(enabled),
            )
            ended = mine.values(ended=request.now).returning(LINK.c.account, LINK.c.back)
            link = connection.execute(ended).one_or_none()
            if link is None:
                return None
            session = SessionStore(self._host).begin(connection, link.account, "link", request, last=last)
            return Followed(session=session, back=link.back)

        return self._db.write(work)


def _replace(connection: sa.Connection, account: int, purpose: Purpose, *, back: str, now: datetime) -> str:
    """Return the id of a new link, the only one of this account that works from now on."""
    connection.execute(sa.update(LINK).where(LINK.c.account == account, LINK.c.ended.is_(None)).values(ended=now))
    id = make_id()
    row = {"id": id, "account": account, "purpose": purpose, "back": back, "made": now}
    connection.execute(sa.insert(LINK).values({**row, "expires": now + VALID[purpose]}))
    return id
