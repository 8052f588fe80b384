"""What members want, and which addresses take no mail any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, cast

import attrs
import sqlalchemy as sa

from pressframe.model import Host, Json
from pressframe_members.model import Member
from pressframe_members.store import Members
from pressframe_newsletter._campaigns import WAITING
from pressframe_newsletter._settings import Wants
from pressframe_newsletter._tables import CAMPAIGN, RECIPIENT, RETURN, STOP, WISH
from pressframe_sql import Database, PersonalData, database
from pressframe_sql.statements import insert_into
from pressframe_web.addresses import read_address
from pressframe_web.identity import disguise

Returned: TypeAlias = Literal["hard", "soft", "complaint"]

_PURPOSE = "newsletter people"
SOFT = 5
"""So many soft bounces within ``WITHIN`` stop an address; a hard one, and a complaint, at once."""
WITHIN = timedelta(days=14)
_KEPT = timedelta(days=90)
"""How long a report is remembered, so that the same one does not count twice."""


@attrs.frozen
class People:
    """All that is written and read about wishes and addresses of one site."""

    _host: Host

    @property
    def _db(self) -> Database:
        return database(self._host)

    def person(self, address: str) -> str:
        """Return how an address is remembered: a keyed hash, so that no copy of the database tells which it is."""
        read = read_address(address)
        return disguise(self._host.secret(_PURPOSE), read.folded if read else address.lower())

    def persons(self, members: Sequence[Member]) -> Sequence[str]:
        """Return how the address of each member is remembered."""
        secret = self._host.secret(_PURPOSE)
        return [disguise(secret, member.address.lower()) for member in members]  # which were read when they joined

    # -------------------------------------------------------------------------------------------- wishes

    def wishes(self, member: str) -> Mapping[str, Wants]:
        """Return what a member chose, by newsletter."""
        if not self._db.exists():
            return {}
        found = sa.select(WISH.c.newsletter, WISH.c.wants).where(WISH.c.member == member)
        with self._db.read() as connection:
            return {name: cast(Wants, wants) for name, wants in connection.execute(found)}

    def why_stopped(self, address: str) -> str:
        """Return why an address gets no mail: ``"bounced"`` or ``"complained"``; empty if it does."""
        if not self._db.exists():
            return ""
        with self._db.read() as connection:
            return connection.scalar(sa.select(STOP.c.why).where(STOP.c.person == self.person(address))) or ""

    def choose(self, member: Member, wants: Mapping[str, Wants], now: datetime, *, lifts: bool) -> None:
        """Note what a member wants from now on; nothing that they don't want is handed over any more.

        Args:
            lifts: True lets an address that took no mail get some again: they have just shown that it reaches them.
        """
        person = self.person(member.address)

        def work(connection: sa.Connection) -> None:
            for newsletter, wanted in wants.items():
                _wish(connection, member.id, newsletter, {"person": person, "wants": wanted, "at": now})
                if wanted == "never":
                    _let_go(connection, RECIPIENT.c.member == member.id, newsletter)
            if lifts and any(wanted != "never" for wanted in wants.values()):
                connection.execute(sa.delete(STOP).where(STOP.c.person == person))
                connection.execute(sa.delete(RETURN).where(RETURN.c.person == person))

        self._db.write(work)

    def forget(self, member: str) -> None:
        """Let go of who is no member any more: nothing is sent, and their wishes are deleted."""

        def work(connection: sa.Connection) -> None:
            _let_go(connection, RECIPIENT.c.member == member)
            connection.execute(sa.delete(WISH).where(WISH.c.member == member))

        if self._db.exists():
            self._db.write(work)

    def revoke(self, member: str, audience: str, now: datetime) -> None:
        """Let go of who may not get the mails for an audience any more; not of who has it by another source as well."""
        mine = sa.select(CAMPAIGN.c.id).where(CAMPAIGN.c.audience == audience)
        here = (RECIPIENT.c.member == member) & RECIPIENT.c.campaign.in_(mine)

        def work(connection: sa.Connection) -> None:
            still = Members(self._host).memberships(member, now=now, connection=connection)
            if audience not in {one.audience for one in still}:
                _let_go(connection, here)

        if self._db.exists():
            self._db.write(work)

    # ----------------------------------------------------------------------------------------- what came back

    def give_back(self, digest: str, message: str, kind: Returned, now: datetime) -> str:
        """Count a report about *message*, a Message-ID; return ``"stopped"``, ``"counted"``, ``"known"`` or ``""``.

        Args:
            digest: Of the report, which counts once.

        Returns:
            Empty if no such message was sent from here: anybody can write reports.
        """

        def work(connection: sa.Connection) -> str:
            row = connection.execute(sa.select(RECIPIENT).where(RECIPIENT.c.message == message)).one_or_none()
            if row is None:
                return ""
            connection.execute(sa.delete(RETURN).where(RETURN.c.at <= now - _KEPT))
            if connection.scalar(sa.select(sa.exists().where(RETURN.c.digest == digest))):
                return "known"
            if kind != "complaint" and row.state in ("sent", "unknown"):
                bounced = {"state": "bounced", "due": None, "error": kind}
                connection.execute(sa.update(RECIPIENT).where(RECIPIENT.c.id == row.id).values(bounced))
            return count_return(connection, digest, row.person, kind, now)

        return self._db.write(work)

    # ---------------------------------------------------------------------------------------- personal data

    def data(self) -> PersonalData:
        """Return what the database asks about one address, or ``Member.id``: who changed theirs is known by that."""
        return PersonalData(name="newsletters", find=self._find_personal, erase=self._erase_personal)

    def _find_personal(self, connection: sa.Connection, name: str) -> Sequence[Mapping[str, Json]]:
        person = self.person(name)
        wishes: list[Mapping[str, Json]] = [
            {"newsletter": row.newsletter, "wants": row.wants, "since": row.at.isoformat()}
            for row in connection.execute(sa.select(WISH).where((WISH.c.person == person) | (WISH.c.member == name)))
        ]
        sent = sa.select(CAMPAIGN.c.subject, RECIPIENT.c.state, RECIPIENT.c.handed).join(CAMPAIGN)
        sent = sent.where((RECIPIENT.c.person == person) | (RECIPIENT.c.member == name)).order_by(RECIPIENT.c.id)
        mails: list[Mapping[str, Json]] = [
            {"mail": row.subject, "state": row.state, "at": row.handed.isoformat() if row.handed else None}
            for row in connection.execute(sent)
        ]
        stops: list[Mapping[str, Json]] = [
            {"stopped": row.why, "since": row.at.isoformat()}
            for row in connection.execute(sa.select(STOP).where(STOP.c.person == person))
        ]
        return [*wishes, *mails, *stops]

    def _erase_personal(self, connection: sa.Connection, name: str) -> int:
        """Delete it; that an address takes no mail stays, as a keyed hash."""
        person = self.person(name)
        theirs = sa.select(RECIPIENT.c.person).where(RECIPIENT.c.member == name)
        gone = connection.execute(
            sa.delete(RETURN).where((RETURN.c.person == person) | RETURN.c.person.in_(theirs))
        ).rowcount
        for table in (RECIPIENT, WISH):
            is_theirs = (table.c.person == person) | (table.c.member == name)
            gone += connection.execute(sa.delete(table).where(is_theirs)).rowcount
        return gone


def count_return(connection: sa.Connection, digest: str, person: str, kind: Returned, now: datetime) -> str:
    """Note that a mail came back, and stop the address if that is enough; return ``"stopped"`` or ``"counted"``."""
    row = {"digest": digest, "person": person, "kind": kind, "at": now}
    connection.execute(insert_into(connection, RETURN).values(row).on_conflict_do_nothing(index_elements=["digest"]))
    lately = (RETURN.c.person == person) & (RETURN.c.kind == "soft") & (RETURN.c.at > now - WITHIN)
    soft = connection.scalar(sa.select(sa.func.count()).select_from(RETURN).where(lately)) or 0
    if kind == "soft" and soft < SOFT:
        return "counted"
    why = "complained" if kind == "complaint" else "bounced"
    stopped = insert_into(connection, STOP).values(person=person, why=why, at=now)
    connection.execute(stopped.on_conflict_do_nothing(index_elements=["person"]))
    if kind == "complaint":
        connection.execute(sa.update(STOP).where(STOP.c.person == person).values(why=why, at=now))
    _let_go(connection, RECIPIENT.c.person == person)
    return "stopped"


def _let_go(connection: sa.Connection, who: sa.ColumnElement[bool], newsletter: str | None = None) -> None:
    """Hand nothing over any more that was not handed over yet."""
    waits = RECIPIENT.c.state.in_(WAITING) & who
    doubtful = (RECIPIENT.c.state == "unknown") & who
    if newsletter is not None:
        mine = RECIPIENT.c.campaign.in_(sa.select(CAMPAIGN.c.id).where(CAMPAIGN.c.newsletter == newsletter))
        waits, doubtful = waits & mine, doubtful & mine
    connection.execute(sa.update(RECIPIENT).where(waits).values(state="left", due=None))
    connection.execute(sa.update(RECIPIENT).where(doubtful).values(due=None))


def _wish(connection: sa.Connection, member: str, newsletter: str, values: Mapping[str, object]) -> None:
    row = {"member": member, "newsletter": newsletter, **values}
    chosen = insert_into(connection, WISH).values(row)
    connection.execute(chosen.on_conflict_do_update(index_elements=["member", "newsletter"], set_=dict(values)))
