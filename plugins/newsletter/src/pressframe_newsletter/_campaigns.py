"""Campaigns: one sending of one newsletter, from its plan to its end; and what has become of its messages."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias

import attrs
import sqlalchemy as sa

from pressframe.model import Host
from pressframe_newsletter._planning import is_resting, plan_job
from pressframe_newsletter._tables import CAMPAIGN, MARK, RECIPIENT
from pressframe_sql import Database, database
from pressframe_sql.statements import insert_into
from pressframe_sql.texts import is_storable

Kind: TypeAlias = Literal["post", "digest"]
State: TypeAlias = Literal["planned", "sending", "held", "done", "cancelled"]

OPEN = ("planned", "sending", "held")
"""States of campaigns that are not over."""
FATES = ("planned", "flying", "sent", "unknown", "bounced", "failed", "left")
"""What becomes of a message: it waits; is being handed over; was taken; may have been taken; was refused for good; was
given up; or is wanted no more."""
WAITING = ("planned", "flying")
"""Fates of messages that are still to leave."""


@attrs.frozen(kw_only=True)
class Draft:
    """What is to be sent.

    Attributes:
        entries: Ids; one for a post.
        audience: Members who have it get the mail.
        by: Who asks for it; empty for the site itself.
        key: Names what the site makes by itself, so that it makes it once.
    """

    newsletter: str
    kind: Kind
    entries: tuple[str, ...]
    subject: str
    audience: str
    due: datetime
    by: str = ""
    key: str | None = None


@attrs.frozen(kw_only=True)
class Campaign:
    """A sending.

    Attributes:
        reason: Why it is held or was never sent: ``"restored"``, ``"late"``, ``"gone"``, ``"broken"``, ``"old"``,
            ``"moved"``; else empty.
        moved: When a message of it was last handed over.
        again: How many messages may have come twice.
    """

    id: str
    newsletter: str
    kind: Kind
    entries: tuple[str, ...]
    subject: str
    audience: str
    state: State
    reason: str
    by: str
    made: datetime
    due: datetime
    begun: datetime | None
    moved: datetime | None
    ended: datetime | None
    reached: str | None
    again: int

    @property
    def is_open(self) -> bool:
        """Whether something of it may still be sent."""
        return self.state in OPEN


@attrs.frozen
class Campaigns:
    """All campaigns of one site."""

    _host: Host

    @property
    def _db(self) -> Database:
        return database(self._host)

    # -------------------------------------------------------------------------------------------- reading

    def find(self, id: str) -> Campaign | None:
        """Return the campaign *id*."""
        if not is_storable(id) or not self._db.exists():
            return None
        with self._db.read() as connection:
            row = connection.execute(sa.select(CAMPAIGN).where(CAMPAIGN.c.id == id)).one_or_none()
        return None if row is None else campaign_of(row)

    def all(self, *, count: int = 50, before: tuple[datetime, str] | None = None) -> tuple[Campaign, ...]:
        """Return campaigns, the newest first; those that come after the one that was made then and has that id."""
        if not self._db.exists():
            return ()
        found = sa.select(CAMPAIGN).order_by(CAMPAIGN.c.made.desc(), CAMPAIGN.c.id).limit(count)
        if before is not None:
            made, id = before
            found = found.where((CAMPAIGN.c.made < made) | ((CAMPAIGN.c.made == made) & (CAMPAIGN.c.id > id)))
        with self._db.read() as connection:
            rows = connection.execute(found).all()
        return tuple(campaign_of(row) for row in rows)

    def held(self) -> int:
        """Return how many wait for the owner's word."""
        if not self._db.exists():
            return 0
        wanted = sa.select(sa.func.count()).select_from(CAMPAIGN).where(CAMPAIGN.c.state == "held")
        with self._db.read() as connection:
            return connection.scalar(wanted) or 0

    def counts(self, ids: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        """Return for each campaign how many messages there are of each fate."""
        found = {id: dict.fromkeys(FATES, 0) for id in ids}
        if not ids:
            return found
        each = sa.select(RECIPIENT.c.campaign, RECIPIENT.c.state, sa.func.count()).where(RECIPIENT.c.campaign.in_(ids))
        with self._db.read() as connection:
            for campaign, state, number in connection.execute(each.group_by(RECIPIENT.c.campaign, RECIPIENT.c.state)):
                found[campaign][state] = number
        return found

    def problems(self, id: str, *, count: int = 50) -> Sequence[tuple[str, str, str]]:
        """Return members who did not get their message: id, fate, what the server said."""
        columns = (RECIPIENT.c.member, RECIPIENT.c.state, RECIPIENT.c.error)
        odd = RECIPIENT.c.state.in_(("bounced", "failed", "unknown")) | (RECIPIENT.c.error != "")
        found = sa.select(*columns).where(RECIPIENT.c.campaign == id, odd, RECIPIENT.c.state != "sent")
        with self._db.read() as connection:
            rows = connection.execute(found.order_by(RECIPIENT.c.id).limit(count)).all()
        return [(row.member, row.state, row.error) for row in rows]

    def trouble(self, now: datetime) -> tuple[str, datetime] | None:
        """Return what is the matter with the mail server, and until when it is left alone; None if nothing is."""
        if not self._db.exists():
            return None
        with self._db.read() as connection:
            row = connection.execute(sa.select(MARK.c.trouble, MARK.c.resting)).one_or_none()
        if row is None or not is_resting(row.resting, now):
            return None
        return row.trouble, row.resting

    # -------------------------------------------------------------------------------------------- writing

    def make(self, draft: Draft, now: datetime) -> Campaign:
        """Return a new campaign that somebody asks for; *draft* has no key."""

        def work(connection: sa.Connection) -> None:
            add_campaign(self._db, connection, row, now)

        row = row_of(draft, now, state="planned", reason="")
        self._db.write(work)
        made = self.find(row["id"])
        assert made is not None
        return made

    def cancel(self, id: str, now: datetime) -> bool:
        """Send nothing more of it; return False if it was over."""

        def work(connection: sa.Connection) -> bool:
            ended = {"state": "cancelled", "reason": "", "ended": now}
            is_open = (CAMPAIGN.c.id == id) & CAMPAIGN.c.state.in_(OPEN)
            if not connection.execute(sa.update(CAMPAIGN).where(is_open).values(ended)).rowcount:
                return False
            waiting = (RECIPIENT.c.campaign == id) & RECIPIENT.c.state.in_(WAITING)
            connection.execute(sa.update(RECIPIENT).where(waiting).values(state="left", due=None))
            doubtful = (RECIPIENT.c.campaign == id) & (RECIPIENT.c.state == "unknown")
            connection.execute(sa.update(RECIPIENT).where(doubtful).values(due=None))
            return True

        return self._db.write(work)

    def go_on(self, id: str, now: datetime) -> bool:
        """Send one that is held, or planned for later, from now on: the owner's word; False if there is no such one."""

        def work(connection: sa.Connection) -> bool:
            waits = (CAMPAIGN.c.id == id) & CAMPAIGN.c.state.in_(("held", "planned"))
            was_begun = sa.case((CAMPAIGN.c.begun.is_(None), "planned"), else_="sending")
            said = {"state": was_begun, "reason": "", "due": now, "moved": now}
            if not connection.execute(sa.update(CAMPAIGN).where(waits).values(said)).rowcount:
                return False
            plan_job(self._db, connection, now, now=now)
            return True

        return self._db.write(work)

    def hold(self, id: str, reason: str) -> bool:
        """Let one that is under way wait for the owner's word; return False if it does so already, or is over."""
        under_way = (CAMPAIGN.c.id == id) & CAMPAIGN.c.state.in_(("planned", "sending"))
        held = sa.update(CAMPAIGN).where(under_way).values(state="held", reason=reason)
        return bool(self._db.write(lambda connection: connection.execute(held).rowcount))

    def resend(self, id: str, now: datetime, *, audience: str | None = None) -> bool:
        """Send one that is over once more, to those who did not get it: given up, in doubt, or newly subscribed.

        Who got it, left, or whose address refuses mail gets nothing. Return False if it is not over.

        Args:
            audience: From now on it is for members who have this one, also where it is not over, but only waits for
                mailboxes that are full; None leaves it for whom it was.
        """

        def work(connection: sa.Connection) -> bool:
            over = CAMPAIGN.c.state.in_(("done", "cancelled")) & CAMPAIGN.c.begun.is_not(None)
            if audience is not None:
                over |= (CAMPAIGN.c.state == "sending") & CAMPAIGN.c.reached.is_(None)
            again: dict[str, Any] = {"state": "sending", "reason": "", "ended": None, "reached": "", "moved": now}
            again |= {"audience": audience} if audience is not None else {}
            if not connection.execute(sa.update(CAMPAIGN).where(CAMPAIGN.c.id == id, over).values(again)).rowcount:
                return False
            in_doubt = (RECIPIENT.c.state == "unknown") & RECIPIENT.c.due.is_(None)
            missed = (RECIPIENT.c.campaign == id) & (RECIPIENT.c.state.in_(("failed", "left")) | in_doubt)
            fresh = {"state": "planned", "due": now, "attempts": 0, "doubts": 0, "error": ""}
            connection.execute(sa.update(RECIPIENT).where(missed).values(fresh))
            plan_job(self._db, connection, now, now=now)
            return True

        return self._db.write(work)


def row_of(draft: Draft, now: datetime, *, state: State, reason: str) -> dict[str, Any]:
    """Return the row of a new campaign."""
    return {
        "id": secrets.token_hex(8), "key": draft.key, "newsletter": draft.newsletter, "kind": draft.kind,
        "entries": json.dumps(draft.entries), "subject": draft.subject, "audience": draft.audience, "state": state,
        "reason": reason, "by": draft.by, "made": now, "due": draft.due, "reached": "", "again": 0,
        "ended": None if state in OPEN else now,
    }  # fmt: skip


def add_campaign(db: Database, connection: sa.Connection, row: Mapping[str, Any], now: datetime) -> bool:
    """Store a new campaign and plan its job; return False if one with its key was made before."""
    once = insert_into(connection, CAMPAIGN).values(row).on_conflict_do_nothing(index_elements=["key"])
    if connection.scalar(once.returning(CAMPAIGN.c.id)) is None:
        return False
    if row["state"] == "planned":
        plan_job(db, connection, row["due"], now=now)
    return True


def campaign_of(row: sa.Row[Any]) -> Campaign:
    """Return the campaign in a row of its table."""
    told = {name: value for name, value in row._mapping.items() if name != "key"}
    return Campaign(**{**told, "entries": tuple(json.loads(row.entries))})
