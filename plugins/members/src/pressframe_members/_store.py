"""Members in the database: what is asked for, the links mailed, the sessions. The mailed link is the only way in."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import attrs
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from pressframe.model import Host, Json, Reader
from pressframe_members._gate import SUBSCRIBERS
from pressframe_members._tables import ASKED, LINK, MEMBER, SESSION
from pressframe_sql import Database, database
from pressframe_web.addresses import MailAddress, read_address
from pressframe_web.identity import digest, disguise, make_id, network

log = logging.getLogger("pressframe")

Purpose: TypeAlias = Literal["confirm", "sign-in"]

ANSWER, MAIL = "members.answer", "members.mail"
"""The jobs: make the link that was asked for, if it may be made; send it."""
SIGNED_IN_FOR = timedelta(days=90)

_HOUR = timedelta(hours=1)
_VALID: dict[Purpose, timedelta] = {"confirm": timedelta(days=3), "sign-in": _HOUR}
_UNCONFIRMED_KEPT = timedelta(days=7)
_MAILS_AN_HOUR = 1
_SIGN_INS_AN_HOUR = 5
_ASKED_BY_CLIENT_AN_HOUR = 20
_ASKED_FOR_DOMAIN_AN_HOUR = 300


@attrs.frozen(kw_only=True)
class Asked:
    """A mail that somebody asks for.

    Attributes:
        address: One that can be written to, as ``MailAddress.shown``.
        door: The form that was sent.
        back: Where they came from, a path on the site.
        client: Their network address.
        is_trap: True if they filled in what no human sees: they get the same answer, and no mail is sent.
    """

    address: str
    door: Literal["subscribe", "sign-in"]
    back: str
    client: str
    is_trap: bool = False


@attrs.frozen(kw_only=True)
class Link:
    """A mailed link that still works."""

    id: str
    purpose: Purpose
    address: str
    back: str


@attrs.frozen(kw_only=True)
class SignedIn:
    """What came of following a link: the new session's id, for a cookie, and where the reader came from."""

    session: str = attrs.field(repr=False)
    back: str


@attrs.frozen(kw_only=True)
class Member:
    """Who has subscribed, or was about to: ``confirmed`` is None until they proved that the address is theirs."""

    reader: str
    address: str
    since: datetime
    confirmed: datetime | None


@attrs.frozen
class MemberStore:
    """All that is written and read about members of one site."""

    _host: Host

    @property
    def _db(self) -> Database:
        return database(self._host)

    def ask(self, asked: Asked, now: datetime) -> None:
        """Note that a mail was asked for; a job sends it if it may be sent.

        Whether the address is known is not looked at before the job, so that the answer cannot tell, not by its time.

        Raises:
            StoreError: Nothing was noted.
        """
        payload = {"address": asked.address, "door": asked.door, "back": asked.back, "at": now.isoformat()}

        def work(connection: sa.Connection) -> None:
            if not self._is_too_much(connection, asked, now) and not asked.is_trap:
                self._db.enqueue(connection, ANSWER, payload, due=now)

        self._db.write(work)

    def _is_too_much(self, connection: sa.Connection, asked: Asked, now: datetime) -> bool:
        """Note who asks, and say whether they, or others for the same domain, have asked too often this hour."""
        secret = self._host.secret("members limits")
        domain = disguise(secret, asked.address.rpartition("@")[2])
        client = disguise(secret, network(asked.client))
        connection.execute(sa.delete(ASKED).where(ASKED.c.at <= now - _HOUR))
        connection.execute(sa.insert(ASKED).values(client=client, domain=domain, at=now))
        counts = sa.select(
            sa.func.count().filter(ASKED.c.client == client), sa.func.count().filter(ASKED.c.domain == domain)
        )
        by_client, for_domain = connection.execute(counts).one()
        if by_client == _ASKED_BY_CLIENT_AN_HOUR + 1:
            log.warning("members: one client asked for more mails than it gets; behind a proxy, is that one trusted?")
        return bool(by_client > _ASKED_BY_CLIENT_AN_HOUR or for_domain > _ASKED_FOR_DOMAIN_AN_HOUR)

    def answer(self, payload: Mapping[str, Json]) -> None:
        """Make the link that *payload* asks for and have it mailed, unless there was one lately; what a job runs.

        Run twice, it finds that there was one.
        """
        now, back = datetime.fromisoformat(str(payload["at"])), str(payload["back"])
        address, is_sign_in = read_address(str(payload["address"])), payload["door"] == "sign-in"

        def work(connection: sa.Connection) -> None:
            _tidy(connection, now)
            found = _find_or_add(connection, address, now, may_add=not is_sign_in) if address else None
            if found is None:
                return
            member, is_confirmed = found
            most = _SIGN_INS_AN_HOUR if is_sign_in and is_confirmed else _MAILS_AN_HOUR
            if _mailed_lately(connection, member, now) < most:
                purpose: Purpose = "sign-in" if is_confirmed else "confirm"
                id = _replace_links(connection, member, purpose=purpose, back=back, now=now)
                self._db.enqueue(connection, MAIL, {"link": id}, key=f"{MAIL}:{id}", due=now)

        self._db.write(work)

    def find_link(self, id: str, now: datetime | None = None) -> Link | None:
        """Return a link, None if it was used or replaced by a newer one, or if it has expired by *now*."""
        if not self._db.exists():
            return None
        columns = (LINK.c.id, LINK.c.purpose, MEMBER.c.address, LINK.c.back)
        found = sa.select(*columns).join(MEMBER).where(LINK.c.id == id, LINK.c.ended.is_(None))
        if now is not None:
            found = found.where(LINK.c.expires > now)
        with self._db.read() as connection:
            row = connection.execute(found).one_or_none()
        return None if row is None else Link(**row._mapping)

    def follow(self, id: str, now: datetime, *, instead_of: str) -> SignedIn | None:
        """Confirm the address, end the link and begin a session; of many who try at once, one gets it.

        Args:
            instead_of: The session id that the browser had, which ends; empty for none.
        """
        session = make_id()

        def work(connection: sa.Connection) -> SignedIn | None:
            mine = sa.update(LINK).where(LINK.c.id == id, LINK.c.ended.is_(None), LINK.c.expires > now)
            link = connection.execute(mine.values(ended=now).returning(LINK.c.member, LINK.c.back)).one_or_none()
            if link is None:
                return None
            is_new = (MEMBER.c.id == link.member) & MEMBER.c.confirmed.is_(None)
            connection.execute(sa.update(MEMBER).where(is_new).values(confirmed=now))
            connection.execute(sa.delete(SESSION).where(_is_session(instead_of)))
            row = {"digest": digest(session), "member": link.member, "made": now, "expires": now + SIGNED_IN_FOR}
            connection.execute(sa.insert(SESSION).values(row))
            return SignedIn(session=session, back=link.back)

        return self._db.write(work)

    def find_reader(self, session: str, now: datetime) -> Reader | None:
        """Return whose session it is, None for a stranger's."""
        if not self._db.exists():
            return None
        found = sa.select(MEMBER.c.reader).join(SESSION).where(MEMBER.c.confirmed.is_not(None))
        with self._db.read() as connection:
            reader = connection.scalar(found.where(_is_session(session), SESSION.c.expires > now))
        return None if reader is None else Reader(id=reader, audiences=frozenset({SUBSCRIBERS}))

    def end_session(self, session: str) -> None:
        """Sign one browser out."""
        self._db.write(lambda connection: connection.execute(sa.delete(SESSION).where(_is_session(session))))

    def find_member(self, reader: str) -> Member | None:
        """Return the member whom the site knows as *reader*."""
        with self._db.read() as connection:
            row = connection.execute(_SELECT_MEMBER.where(MEMBER.c.reader == reader)).one_or_none()
        return None if row is None else Member(**row._mapping)

    def all(self) -> tuple[Member, ...]:
        """Return everybody, oldest first."""
        if not self._db.exists():
            return ()
        with self._db.read() as connection:
            rows = connection.execute(_SELECT_MEMBER.order_by(MEMBER.c.since, MEMBER.c.id)).all()
        return tuple(Member(**row._mapping) for row in rows)

    def remove(self, *, reader: str | None = None, folded: str | None = None) -> bool:
        """Forget a member, their links and their sessions; return False if there is none."""
        if not self._db.exists():
            return False
        whose = MEMBER.c.reader == reader if reader is not None else MEMBER.c.folded == folded
        return self._db.write(lambda connection: connection.execute(sa.delete(MEMBER).where(whose)).rowcount > 0)


_SELECT_MEMBER = sa.select(MEMBER.c.reader, MEMBER.c.address, MEMBER.c.since, MEMBER.c.confirmed)


def _is_session(session: str) -> sa.ColumnElement[bool]:
    return SESSION.c.digest == digest(session)


def _tidy(connection: sa.Connection, now: datetime) -> None:
    """Forget what is over: links a day after they expired, sessions, addresses that nobody confirmed."""
    connection.execute(sa.delete(LINK).where(LINK.c.expires <= now - timedelta(days=1)))
    connection.execute(sa.delete(SESSION).where(SESSION.c.expires <= now))
    has_link = sa.exists().where(LINK.c.member == MEMBER.c.id, LINK.c.ended.is_(None), LINK.c.expires > now)
    is_old = MEMBER.c.since <= now - _UNCONFIRMED_KEPT
    connection.execute(sa.delete(MEMBER).where(MEMBER.c.confirmed.is_(None), is_old, ~has_link))


def _find_or_add(
    connection: sa.Connection, address: MailAddress, now: datetime, *, may_add: bool
) -> tuple[int, bool] | None:
    """Return the id of the member with *address*, however it was spelt, and whether it is confirmed."""
    if may_add:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        row = {"reader": make_id(), "address": address.shown, "folded": address.folded, "since": now}
        connection.execute(insert(MEMBER).values(row).on_conflict_do_nothing(index_elements=["folded"]))
    found = sa.select(MEMBER.c.id, MEMBER.c.confirmed).where(MEMBER.c.folded == address.folded)
    member = connection.execute(found).one_or_none()
    return None if member is None else (member.id, member.confirmed is not None)


def _mailed_lately(connection: sa.Connection, member: int, now: datetime) -> int:
    lately = sa.select(sa.func.count()).where(LINK.c.member == member, LINK.c.made > now - _HOUR)
    return connection.scalar(lately) or 0


def _replace_links(connection: sa.Connection, member: int, *, purpose: Purpose, back: str, now: datetime) -> str:
    """Return the id of a new link, the only one of this member that works from now on."""
    connection.execute(sa.update(LINK).where(LINK.c.member == member, LINK.c.ended.is_(None)).values(ended=now))
    id = make_id()
    row = {"id": id, "member": member, "purpose": purpose, "back": back, "made": now, "expires": now + _VALID[purpose]}
    connection.execute(sa.insert(LINK).values(row))
    return id
