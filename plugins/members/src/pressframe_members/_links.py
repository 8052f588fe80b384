"""Mailed links and the codes beside them: each works once, whichever of both is used. They are the only way in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import attrs
import sqlalchemy as sa

from pressframe.model import Host
from pressframe_members import _telling
from pressframe_members._rows import find_in, fold
from pressframe_members._sessions import begin, is_good, is_session, reader_of
from pressframe_members._tables import LINK, MEMBER, REQUEST, SESSION
from pressframe_members._telling import Told
from pressframe_members.model import SUBSCRIBERS
from pressframe_sql import Database, database
from pressframe_sql.limits import is_valid
from pressframe_web import Web
from pressframe_web.addresses import read_address
from pressframe_web.identity import digest, is_same, make_id

Purpose: TypeAlias = Literal["confirm", "sign-in", "address"]

MAIL = "members.mail"
"""The job that sends a link, or a notice."""

_HOUR = timedelta(hours=1)
_VALID: dict[Purpose, timedelta] = {"confirm": timedelta(days=3), "sign-in": _HOUR, "address": _HOUR}


@attrs.frozen(kw_only=True)
class Link:
    """A mailed link that still works.

    Attributes:
        address: Where it was sent to: the new address where that is what it is for.
        member: The member's address now.
    """

    id: str
    purpose: Purpose
    address: str
    member: str
    back: str


@attrs.frozen(kw_only=True)
class Device:
    """The browser that follows a link.

    Attributes:
        session: The session id that it has, which ends; empty for none.
        name: ``"Firefox, Linux"``.
    """

    session: str = attrs.field(default="", repr=False)
    name: str = ""


@attrs.frozen(kw_only=True)
class Followed:
    """What came of following a link.

    Attributes:
        session: The new session's id, for a cookie; None where an address was changed elsewhere than where its owner
            is signed in: whoever reads the mail proves no more than that it arrived.
        old_address: The one that was changed; empty where none was.
        ended: ``Reader.id`` of whose session, or sessions, ended with it; None where none did.
    """

    session: str | None = attrs.field(repr=False)
    back: str
    old_address: str = ""
    ended: str | None = None


@attrs.frozen
class Links:
    """The mailed links of one site."""

    _host: Host

    @property
    def _db(self) -> Database:
        return database(self._host)

    def find(self, id: str, now: datetime | None = None) -> Link | None:
        """Return a link, None if it was used or replaced by a newer one, or if it has expired by *now*."""
        if not self._db.exists():
            return None
        columns = (LINK.c.id, LINK.c.purpose, LINK.c.address, LINK.c.back, MEMBER.c.address.label("member"))
        found = sa.select(*columns).join(MEMBER).where(LINK.c.id == id, LINK.c.ended.is_(None))
        if now is not None:
            found = found.where(is_valid(LINK.c.made, LINK.c.expires, now))
        with self._db.read() as connection:
            row = connection.execute(found).one_or_none()
        if row is None:
            return None
        return Link(id=row.id, purpose=row.purpose, address=row.address or row.member, member=row.member, back=row.back)

    def follow(self, id: str, now: datetime, device: Device) -> Followed | None:
        """Do what the link is for, end it and begin a session; of many who try at once, one gets it."""
        followed, told = self._db.write(lambda connection: self._follow(connection, id, now, device))
        self._tell(followed, told)
        return followed

    def try_code(self, browser: str, code: str, now: datetime, device: Device) -> Followed | Literal["wrong", "over"]:
        """Follow the link that was mailed because *browser* asked, if *code* is the one in that mail.

        The same is done for a browser that asked for an address that nobody has: no code is right there.

        Args:
            browser: What ``Asking.ask`` gave it to remember.
            code: As typed: spaces and hyphens don't count.

        Returns:
            ``"over"`` after five wrong ones or an hour, or where this browser never asked.
        """
        from pressframe_members._asking import MOST_TRIES, code_of

        typed = "".join(letter for letter in code if letter not in " -\u00a0\u202f")

        def work(connection: sa.Connection) -> tuple[Followed | Literal["wrong", "over"], list[Told]]:
            mine = (REQUEST.c.digest == digest(browser)) & (REQUEST.c.tries < MOST_TRIES) & (REQUEST.c.expires > now)
            tried = sa.update(REQUEST).where(mine).values(tries=REQUEST.c.tries + 1).returning(REQUEST.c.link)
            row = connection.execute(tried).one_or_none()
            if row is None:
                return "over", []
            if not is_same(typed, code_of(self._host, row.link or make_id())):
                return "wrong", []
            followed, told = self._follow(connection, row.link, now, device)
            connection.execute(sa.delete(REQUEST).where(REQUEST.c.digest == digest(browser)))
            return followed or "over", told

        outcome, told = self._db.write(work)
        self._tell(outcome if isinstance(outcome, Followed) else None, told)
        return outcome

    def _tell(self, followed: Followed | None, told: list[Told]) -> None:
        """Tell what is stored: the server, whose session ended, and plugins the rest."""
        if followed is not None and followed.ended is not None:
            self._host.plugin(Web).forget_reader(followed.ended)
        _telling.tell(self._host, told)

    def _follow(
        self, connection: sa.Connection, id: str, now: datetime, device: Device
    ) -> tuple[Followed | None, list[Told]]:
        mine = sa.update(LINK).where(
            LINK.c.id == id, LINK.c.ended.is_(None), is_valid(LINK.c.made, LINK.c.expires, now)
        )
        link = connection.execute(
            mine.values(ended=now).returning(LINK.c.member, LINK.c.back, LINK.c.address)
        ).one_or_none()
        if link is None:
            return None, []
        if link.address is not None:
            return self._change_address(connection, link.member, link.address, now, device), []
        is_new = (MEMBER.c.id == link.member) & MEMBER.c.confirmed.is_(None)
        is_confirmed = bool(connection.execute(sa.update(MEMBER).where(is_new).values(confirmed=now)).rowcount)
        ended = reader_of(connection, device.session)
        session = begin(connection, link.member, now, device=device.name, instead_of=device.session)
        member = find_in(connection, MEMBER.c.id == link.member)
        told = [Told(member, SUBSCRIBERS, "confirmed", now)] if is_confirmed and member is not None else []
        return Followed(session=session, back=link.back, ended=ended), told

    def _change_address(
        self, connection: sa.Connection, member: int, address: str, now: datetime, device: Device
    ) -> Followed | None:
        """Let mail go to *address* from now on, and end every session; the browser that has one begins another."""
        read = read_address(address)
        row = connection.execute(sa.select(MEMBER).where(MEMBER.c.id == member)).one()
        taken = connection.scalar(sa.select(MEMBER.c.id).where(MEMBER.c.folded == (read.folded if read else "")))
        if read is None or taken not in (None, member):  # somebody signed up with it since
            return None
        values = {"address": read.shown, "folded": read.folded, "sought": fold(read.folded, row.name)}
        connection.execute(sa.update(MEMBER).where(MEMBER.c.id == member).values(values))
        is_theirs = connection.scalar(
            sa.select(sa.func.count()).where(is_session(device.session), SESSION.c.member == member, is_good(now))
        )
        connection.execute(sa.delete(SESSION).where(SESSION.c.member == member))
        session = begin(connection, member, now, device=device.name, instead_of="") if is_theirs else None
        notice = {"notice": "address-changed", "to": row.address, "at": now.isoformat()}
        self._db.enqueue(connection, MAIL, notice)
        back = "/members/?saved=address#address"
        return Followed(session=session, back=back, old_address=row.address, ended=row.reader)


@attrs.frozen(kw_only=True)
class Wanted:
    """What a link is made for: ``address`` is the new one, where it is to be changed; None else."""

    purpose: Purpose
    back: str
    address: str | None = None


def replace_links(connection: sa.Connection, member: int, wanted: Wanted, now: datetime) -> str:
    """Return the id of a new link, the only one of this member that works from now on."""
    connection.execute(sa.update(LINK).where(LINK.c.member == member, LINK.c.ended.is_(None)).values(ended=now))
    id, what = make_id(), attrs.asdict(wanted)
    row = {"id": id, "member": member, "made": now, "expires": now + _VALID[wanted.purpose], **what}
    connection.execute(sa.insert(LINK).values(row))
    return id
