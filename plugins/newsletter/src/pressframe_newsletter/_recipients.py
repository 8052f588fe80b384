"""The rows of a campaign, one for each member: made at its beginning, taken a few at a time, and finished."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa

from pressframe.model import Host
from pressframe_members.store import Members
from pressframe_newsletter._campaigns import WAITING, Campaign, campaign_of
from pressframe_newsletter._guard import Guard, count_to
from pressframe_newsletter._people import People, Returned, count_return
from pressframe_newsletter._tables import CAMPAIGN, MARK, RECIPIENT, STOP, WISH
from pressframe_sql import Database, database
from pressframe_sql.pauses import LONGEST_PAUSE
from pressframe_sql.statements import Prepared, insert_into
from pressframe_web.letters import message_id

if TYPE_CHECKING:
    from pressframe_newsletter._plugin import Newsletters

CHUNK = 500
"""Members whose rows are made in one transaction."""
ATTEMPTS = 12
"""After so many a message is given up: 34 hours with these pauses."""

_STATE = Prepared(sa.select(RECIPIENT.c.state).where(RECIPIENT.c.id == sa.bindparam("id", type_=sa.Integer)))


@attrs.frozen(kw_only=True)
class Row:
    """A message that was taken to be handed over; ``attempts`` counts this one."""

    id: int
    campaign: str
    member: str
    person: str
    attempts: int
    doubts: int


@attrs.frozen(kw_only=True)
class Result:
    """What became of it.

    Attributes:
        due: When it is tried again; None: never.
        returned: What its address is to be blamed for, if anything.
    """

    row: Row
    state: str
    due: datetime | None = None
    error: str = ""
    doubts: int = 0
    returned: Returned | None = None
    is_try: bool = True


@attrs.frozen
class Recipients:
    """All that is done to these rows."""

    _host: Host
    _plugin: Newsletters
    guard: Guard

    @property
    def _db(self) -> Database:
        return database(self._host)

    # ------------------------------------------------------------------------------------------- beginning

    def reclaim(self, now: datetime) -> int:
        """Plan what was being handed over when a process was cut off; return how many messages may come twice."""
        flying = RECIPIENT.c.state == "flying"
        with self._db.read() as connection:
            if not connection.scalar(sa.select(sa.exists().where(flying))):
                return 0

        def work(connection: sa.Connection) -> int:
            each = sa.select(RECIPIENT.c.campaign, sa.func.count()).where(flying).group_by(RECIPIENT.c.campaign)
            counts = connection.execute(each).all()
            for campaign, number in counts:
                more = {"again": CAMPAIGN.c.again + number}
                connection.execute(sa.update(CAMPAIGN).where(CAMPAIGN.c.id == campaign).values(more))
            connection.execute(sa.update(RECIPIENT).where(flying).values(state="planned", due=now))
            return sum(number for _, number in counts)

        return self._db.write(work)

    def begin(self, campaign: Campaign, now: datetime) -> None:
        """Let a planned campaign be sent from now on."""
        count = self.guard.next()

        def work(connection: sa.Connection) -> None:
            mine = (CAMPAIGN.c.id == campaign.id) & (CAMPAIGN.c.state == "planned")
            connection.execute(sa.update(CAMPAIGN).where(mine).values(state="sending", begun=now, moved=now))
            count_to(connection, count)

        self._db.write(work)
        self.guard.counted(count, sync=True)

    def add_more(self, campaign: Campaign, now: datetime) -> str | None:
        """Give the next members their rows; return the last of them, None if there were no more, or it was stopped."""
        assert campaign.reached is not None
        found = Members(self._host).having(campaign.audience, now=now, after=campaign.reached, limit=CHUNK)
        persons, url = People(self._host).persons(found), self._host.settings.url
        rows = [
            {
                "campaign": campaign.id, "member": one.id, "person": person,
                "message": message_id(key_of(campaign.id, one.id), url), "state": "planned", "due": now,
                "attempts": 0, "doubts": 0, "error": "",
            }
            for one, person in zip(found, persons, strict=True)
        ]  # fmt: skip
        reached = found[-1].id if found else None

        def work(connection: sa.Connection) -> bool:
            mine = sa.update(CAMPAIGN).where(CAMPAIGN.c.id == campaign.id, CAMPAIGN.c.state == "sending")
            mine = mine.where(CAMPAIGN.c.reached == campaign.reached, CAMPAIGN.c.audience == campaign.audience)
            if not connection.execute(mine.values(reached=reached, moved=now)).rowcount:
                return False  # its owner has stopped it, or begun it anew, since the members were asked for
            ids = [one.id for one in found]
            unwanted = self._unwanted(connection, campaign, ids)
            wanted = [row for row in rows if row["member"] not in unwanted]
            if wanted:
                once = insert_into(connection, RECIPIENT).on_conflict_do_nothing(index_elements=["campaign", "member"])
                connection.execute(once, wanted)
            return True

        return reached if self._db.write(work) else None

    def _unwanted(self, connection: sa.Connection, campaign: Campaign, members: Sequence[str]) -> frozenset[str]:
        """Return who of *members* does not want these mails, by what they chose or by what the newsletter does."""
        newsletter = self._plugin.newsletters.get(campaign.newsletter)
        usual = newsletter.frequency if newsletter else "each"
        wanted = "weekly" if campaign.kind == "digest" else "each"
        chose = sa.select(WISH.c.member, WISH.c.wants).where(
            WISH.c.newsletter == campaign.newsletter, WISH.c.member.in_(members)
        )
        wants = {row.member: row.wants for row in connection.execute(chose)}
        return frozenset(one for one in members if wants.get(one, usual) != wanted)

    # --------------------------------------------------------------------------------------------- taking

    def exchange(self, results: Sequence[Result], count: int, now: datetime) -> Sequence[Row]:
        """Finish some messages and take others to be handed over, at most *count*: all in one transaction.

        Who has unsubscribed until then, or whose address takes no mail, is not among them.
        """
        mark = self.guard.next()

        def work(connection: sa.Connection) -> Sequence[Row]:
            for result in results:
                self._finish(connection, result, now)
            if any(result.state == "sent" for result in results):
                done = {result.row.campaign for result in results if result.state == "sent"}
                connection.execute(sa.update(CAMPAIGN).where(CAMPAIGN.c.id.in_(done)).values(moved=now))
                well = {"failures": 0, "resting": None, "trouble": ""}
                connection.execute(sa.update(MARK).where(MARK.c.failures > 0).values(well))
            count_to(connection, mark)
            return self._take(connection, count, now) if count > 0 else ()

        taken = self._db.write(work)
        self.guard.counted(mark)
        return taken

    def _take(self, connection: sa.Connection, count: int, now: datetime) -> Sequence[Row]:
        sending = sa.select(CAMPAIGN.c.id).where(CAMPAIGN.c.state == "sending")
        due = RECIPIENT.c.state.in_(("planned", "unknown")) & _is_due(now)
        first = sa.select(RECIPIENT.c.id).where(RECIPIENT.c.campaign.in_(sending), due)
        first = first.order_by(RECIPIENT.c.due, RECIPIENT.c.id).limit(count)
        taken = sa.update(RECIPIENT).where(RECIPIENT.c.id.in_(first))
        taken = taken.values(state="flying", attempts=RECIPIENT.c.attempts + 1, handed=now)
        columns = ("id", "campaign", "member", "person", "attempts", "doubts")
        found = connection.execute(taken.returning(*(RECIPIENT.c[name] for name in columns)))
        rows = [Row(**row._mapping) for row in found]
        unwilling = self._unwilling(connection, rows)
        if unwilling:
            gone = sa.update(RECIPIENT).where(RECIPIENT.c.id.in_(unwilling))
            connection.execute(gone.values(state="left", due=None))
        return [row for row in rows if row.id not in unwilling]

    def _unwilling(self, connection: sa.Connection, rows: Sequence[Row]) -> frozenset[int]:
        if not rows:
            return frozenset()
        never = (WISH.c.member == RECIPIENT.c.member) & (WISH.c.newsletter == CAMPAIGN.c.newsletter)
        found = sa.select(RECIPIENT.c.id).join(CAMPAIGN).where(
            RECIPIENT.c.id.in_([row.id for row in rows]),
            sa.or_(
                sa.exists().where(never, WISH.c.wants == "never"),
                sa.exists().where(STOP.c.person == RECIPIENT.c.person),
            ),
        )  # fmt: skip
        return frozenset(connection.scalars(found))

    def is_wanted(self, row: Row) -> bool:
        """Tell whether a message that was taken is still to be handed over: who unsubscribes now gets nothing more."""
        return self._db.fetch(_STATE, {"id": row.id}) == [("flying",)]

    def _finish(self, connection: sa.Connection, result: Result, now: datetime) -> None:
        row = result.row
        values: dict[str, Any] = {
            "state": result.state, "due": result.due, "error": result.error, "doubts": result.doubts,
            "attempts": row.attempts if result.is_try else row.attempts - 1,
        }  # fmt: skip
        mine = sa.update(RECIPIENT).where(RECIPIENT.c.id == row.id)
        if result.state != "sent":  # what was let go meanwhile stays so; what was taken was taken
            mine = mine.where(RECIPIENT.c.state == "flying")
        connection.execute(mine.values(values))
        if result.returned is not None:
            count_return(connection, f"smtp {row.id} {row.attempts}", row.person, result.returned, now)

    # --------------------------------------------------------------------------------------------- ending

    def sending(self) -> Sequence[Campaign]:
        """Return the campaigns under way."""
        with self._db.read() as connection:
            rows = connection.execute(sa.select(CAMPAIGN).where(CAMPAIGN.c.state == "sending")).all()
        return [campaign_of(row) for row in rows]

    def waiting(self, now: datetime) -> tuple[int, datetime | None]:
        """Return how many messages are due, and when the next one is if none is."""
        sending = sa.select(CAMPAIGN.c.id).where(CAMPAIGN.c.state == "sending")
        waits = RECIPIENT.c.campaign.in_(sending) & RECIPIENT.c.state.in_(("planned", "unknown"))
        with self._db.read() as connection:
            number = connection.scalar(sa.select(sa.func.count()).where(waits, _is_due(now))) or 0
            due = None if number else connection.scalar(sa.select(sa.func.min(RECIPIENT.c.due)).where(waits))
        return number, due

    def handed_between(self, moment: datetime, now: datetime) -> tuple[int, datetime | None]:
        """Return how many messages were handed over after *moment*, and when the first of them was.

        Those that seem to leave later than *now* were dated by a clock that was wrong.
        """
        lately = (RECIPIENT.c.handed > moment) & (RECIPIENT.c.handed <= now)
        wanted = sa.select(sa.func.count(), sa.func.min(RECIPIENT.c.handed)).where(lately)
        with self._db.read() as connection:
            number, first = connection.execute(wanted).one()
        return number, first

    def end(self, campaign: Campaign, now: datetime) -> bool:
        """Let a campaign be over if every message of it has met its fate; return whether it is."""

        def work(connection: sa.Connection) -> bool:
            fateless = RECIPIENT.c.state.in_(WAITING) | (
                (RECIPIENT.c.state == "unknown") & RECIPIENT.c.due.is_not(None)
            )
            rest = sa.select(sa.exists().where(RECIPIENT.c.campaign == campaign.id, fateless))
            if connection.scalar(rest):
                return False
            over = (CAMPAIGN.c.id == campaign.id) & (CAMPAIGN.c.state == "sending") & CAMPAIGN.c.reached.is_(None)
            return connection.execute(sa.update(CAMPAIGN).where(over).values(state="done", ended=now)).rowcount == 1

        return self._db.write(work)


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    """Return what is true of messages to be handed over: no pause is so long as what a wrong clock has put off."""
    return (RECIPIENT.c.due <= now) | (RECIPIENT.c.due > now + LONGEST_PAUSE)


def key_of(campaign: str, member: str) -> str:
    """Return what names the message of a campaign to a member: the same whenever it is sent."""
    return f"newsletter.{campaign}.{member}"
