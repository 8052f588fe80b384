"""Who asks for a mail: how often they may, and the link that is made for it. No answer tells who is known.

A browser that asks gets a cookie, which a code in the mail is worth nothing without.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

import attrs
import sqlalchemy as sa

from pressframe.model import Host, Json
from pressframe_members import _telling
from pressframe_members._links import MAIL, Purpose, Wanted, replace_links
from pressframe_members._rows import WITH_MEMBER, fold, insert_once, member_of
from pressframe_members._tables import ASKED, LINK, MEMBER, REQUEST, SESSION
from pressframe_members._telling import Told
from pressframe_members.model import SUBSCRIBERS
from pressframe_sql import Database, database, limits
from pressframe_web.addresses import MailAddress, read_address
from pressframe_web.identity import digest, disguise, make_id, network

log = logging.getLogger("pressframe")

Door: TypeAlias = Literal["subscribe", "sign-in", "address"]

ANSWER = "members.answer"
"""The job that makes the link that was asked for, if it may be made."""
CODE_VALID = timedelta(hours=1)
MOST_TRIES = 5
"""Wrong codes after which a request is locked."""

_UNCONFIRMED_KEPT = timedelta(days=7)
_MAILS_AN_HOUR = 1
_SIGN_INS_AN_HOUR = 5


@attrs.frozen(kw_only=True)
class Asked:
    """A mail that somebody asks for.

    Attributes:
        address: One that can be written to, as ``MailAddress.shown``; the new one where an address is to be changed.
        door: The form that was sent.
        back: Where they came from, a path on the site.
        client: Their network address.
        browser: What the browser that asks was given when it asked before; empty if it never did.
        member: ``Reader.id`` of who changes their address; empty else.
        is_trap: True if they filled in what no human sees: they get the same answer, and no mail is sent.
    """

    address: str
    door: Door
    back: str
    client: str
    browser: str = ""
    member: str = ""
    is_trap: bool = False


@attrs.frozen
class Asking:
    """What is asked for on one site."""

    _host: Host

    @property
    def _db(self) -> Database:
        return database(self._host)

    def ask(self, asked: Asked, now: datetime) -> str:
        """Note that a mail was asked for; a job sends it if it may be sent. Return what the browser is to remember.

        Whether the address is known is not looked at before the job, so that the answer cannot tell, not by its time.

        Raises:
            StoreError: Nothing was noted.
        """
        about = disguise(self._host.secret("members requests"), asked.address.lower())

        def work(connection: sa.Connection) -> str:
            browser = self._request(connection, asked.browser, about, now)
            payload = {
                "address": asked.address,
                "door": asked.door,
                "back": asked.back,
                "at": now.isoformat(),
                "request": digest(browser),
                "member": asked.member,
            }
            if not self._is_too_much(connection, asked, now) and not asked.is_trap:
                self._db.enqueue(connection, ANSWER, payload)
            return browser

        return self._db.write(work)

    def _request(self, connection: sa.Connection, browser: str, about: str, now: datetime) -> str:
        """Return what names the request of a browser: the one it has, if that is about the same and nobody guessed."""
        values = {"expires": now + CODE_VALID}
        mine = (REQUEST.c.digest == digest(browser)) & (REQUEST.c.about == about) & (REQUEST.c.tries == 0)
        connection.execute(sa.delete(REQUEST).where(REQUEST.c.expires <= now))
        if connection.execute(sa.update(REQUEST).where(mine).values(values)).rowcount:
            return browser
        browser = make_id()
        row = {"digest": digest(browser), "about": about, "link": None, "tries": 0, **values}
        connection.execute(sa.insert(REQUEST).values(row))
        return browser

    def _is_too_much(self, connection: sa.Connection, asked: Asked, now: datetime) -> bool:
        """Note who asks, and say whether they, or others for the same domain, have asked too often this hour."""
        secret = self._host.secret("members limits")
        domain = disguise(secret, asked.address.rpartition("@")[2])
        client = disguise(secret, network(asked.client))
        noted = limits.Asked.note(connection, ASKED, client, domain, now)
        if noted.is_first_too_much:
            log.warning("members: one client asked for more mails than it gets; behind a proxy, is that one trusted?")
        return noted.is_too_much

    def answer(self, payload: Mapping[str, Json]) -> None:
        """Make the link that *payload* asks for and have it mailed, unless there was one lately; what a job runs.

        Run twice, it finds that there was one.
        """
        now, door = datetime.fromisoformat(str(payload["at"])), str(payload["door"])
        address = read_address(str(payload["address"]))
        if address is None:
            return

        def work(connection: sa.Connection) -> list[Told]:
            _tidy(connection, now)
            found = (
                self._changing(connection, str(payload["member"]), address)
                if door == "address"
                else self._known(connection, address, now, may_add=door == "subscribe")
            )
            if found is None:
                return []
            row, purpose, is_new = found
            new = address.shown if purpose == "address" else None
            wanted = Wanted(purpose=purpose, back=str(payload["back"]), address=new)
            id = mail_link(self._db, connection, row.id, wanted, now)
            if id is not None:
                request = REQUEST.c.digest == str(payload.get("request", ""))
                connection.execute(sa.update(REQUEST).where(request).values(link=id))
            return [Told(member_of(row), SUBSCRIBERS, "joined", now)] if is_new else []

        _telling.tell(self._host, self._db.write(work))

    def _known(
        self, connection: sa.Connection, address: MailAddress, now: datetime, *, may_add: bool
    ) -> tuple[sa.Row[*tuple[Any, ...]], Purpose, bool] | None:
        """Return the member with *address*, however it was spelt, what to mail them, and whether they are new."""
        is_new = False
        if may_add:
            row = {
                "reader": make_id(),
                "address": address.shown,
                "folded": address.folded,
                "since": now,
                "source": "sign-up",
                "sought": fold(address.folded),
                "language": self._host.settings.language,
            }
            is_new = insert_once(connection, row)
        member = connection.execute(WITH_MEMBER.where(MEMBER.c.folded == address.folded)).one_or_none()
        if member is None:
            return None
        return member, "confirm" if member.confirmed is None else "sign-in", is_new

    def _changing(
        self, connection: sa.Connection, reader: str, address: MailAddress
    ) -> tuple[sa.Row[*tuple[Any, ...]], Purpose, bool] | None:
        """Return the member who wants *address*; None if somebody has it: they are written nothing."""
        taken = connection.scalar(sa.select(MEMBER.c.id).where(MEMBER.c.folded == address.folded))
        member = connection.execute(WITH_MEMBER.where(MEMBER.c.reader == reader)).one_or_none()
        if member is None or taken not in (None, member.id):
            return None
        return member, "address", False


def mail_link(db: Database, connection: sa.Connection, member: int, wanted: Wanted, now: datetime) -> str | None:
    """Have a new link mailed, and return its id; None if this member was mailed enough in the last hour."""
    most = _MAILS_AN_HOUR if wanted.purpose == "confirm" else _SIGN_INS_AN_HOUR
    if _mailed_lately(connection, member, now) >= most:
        return None
    id = replace_links(connection, member, wanted, now)
    db.enqueue(connection, MAIL, {"link": id}, key=f"{MAIL}:{id}")
    return id


def code_of(host: Host, link: str) -> str:
    """Return the eight digits that a mail brings besides its *link*: from the site's secret, stored nowhere."""
    secret = host.secret("members codes")
    number = int.from_bytes(hmac.digest(secret, link.encode(), hashlib.sha256)[:16], "big")
    return f"{number % 100_000_000:08}"


def _tidy(connection: sa.Connection, now: datetime) -> None:
    """Forget what is over: links a day after they expired, sessions, addresses that nobody confirmed."""
    connection.execute(sa.delete(LINK).where(LINK.c.expires <= now - timedelta(days=1)))
    connection.execute(sa.delete(SESSION).where(limits.is_long_over(SESSION.c.expires, now)))
    has_link = sa.exists().where(LINK.c.member == MEMBER.c.id, LINK.c.ended.is_(None), LINK.c.expires > now)
    is_old = MEMBER.c.since <= now - _UNCONFIRMED_KEPT
    connection.execute(sa.delete(MEMBER).where(MEMBER.c.confirmed.is_(None), is_old, ~has_link))


def _mailed_lately(connection: sa.Connection, member: int, now: datetime) -> int:
    mailed = sa.select(sa.func.count()).where(LINK.c.member == member, limits.lately(LINK.c.made, now))
    return connection.scalar(mailed) or 0
