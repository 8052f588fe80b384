"""When the next job runs: one is planned for the next thing to do, however many ask for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeGuard

import sqlalchemy as sa

from pressframe_newsletter._tables import CAMPAIGN, MARK
from pressframe_sql import Database
from pressframe_sql.pauses import LONGEST_PAUSE
from pressframe_sql.statements import insert_into

SEND = "newsletter.send"
"""The job: do for a moment what there is to do, and plan the next."""
_SURE = timedelta(minutes=1)
"""A job that is due later than this has not begun, however much the clocks of several machines differ."""


def is_resting(until: datetime | None, now: datetime) -> TypeGuard[datetime]:
    """Tell whether the mail server is left alone; what lies further ahead was noted by a clock that was wrong."""
    return until is not None and now < until <= now + LONGEST_PAUSE


def ensure_mark(connection: sa.Connection) -> None:
    """See to it that there is the row that all that is said of the whole site stands in."""
    row = {"id": 1, "count": 0, "failures": 0, "trouble": ""}
    connection.execute(insert_into(connection, MARK).values(row).on_conflict_do_nothing(index_elements=["id"]))


def hold_late(connection: sa.Connection, early: datetime) -> None:
    """Let wait for the owner what was to begin, or to go on, at *early* at the latest: nobody was there to do it.

    What goes on later than that because the mail server is left alone is not late: its job is planned for then.
    """
    ensure_mark(connection)
    meant = connection.scalar(sa.select(MARK.c.next))
    late = (CAMPAIGN.c.state == "planned") & (CAMPAIGN.c.due <= early)
    if meant is not None and meant <= early:
        late |= (CAMPAIGN.c.state == "sending") & (CAMPAIGN.c.moved <= early)
    connection.execute(sa.update(CAMPAIGN).where(late).values(state="held", reason="late"))


def plan_job(db: Database, connection: sa.Connection, at: datetime, *, now: datetime) -> None:
    """Plan a job for *at*, unless one that will surely begin later than now is planned for no later.

    One that may be running has perhaps looked at everything already. Were it taken for one that is to come, nothing
    would send what was planned meanwhile. A job too many finds nothing to do.
    """
    ensure_mark(connection)
    at = min(max(at, now), now + LONGEST_PAUSE)  # so that none is far ahead but by a clock that was wrong
    planned = connection.scalar(sa.select(MARK.c.next))
    if planned is None or at < planned:  # else it goes on telling when what is under way was to go on: see hold_late
        connection.execute(sa.update(MARK).values(next=at))
    elif planned > now + _SURE:
        return
    db.enqueue(connection, SEND, {}, due=at if at > now else None)


def plan_next(db: Database, connection: sa.Connection, at: datetime | None, *, now: datetime) -> None:
    """Plan the job that comes after one that is at its end, if any; leave alone what was planned meanwhile."""
    ensure_mark(connection)
    connection.execute(sa.update(MARK).where(MARK.c.next <= now).values(next=None))
    if at is not None:
        plan_job(db, connection, at, now=now)
