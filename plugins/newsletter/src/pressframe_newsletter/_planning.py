"""When the next job runs: one is planned for the next thing to do, however many ask for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeGuard

import sqlalchemy as sa

from pressframe_newsletter._tables import CAMPAIGN, MARK
from pressframe_sql import Database
from pressframe_sql.statements import insert_into

SEND = "newsletter.send"
"""The job: do for a moment what there is to do, and plan the next."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=24)
_LOST = timedelta(seconds=30)
"""So long after its time a planned job is taken to have been lost with the process that ran it."""


def pause_after(attempts: int) -> timedelta:
    """Return how long a message, or the mail server, is left alone after so many attempts in a row."""
    return min(FIRST_PAUSE * (1 << min(max(attempts - 1, 0), 20)), LONGEST_PAUSE)


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
    """Plan a job for *at*, unless one is planned for no later."""
    ensure_mark(connection)
    planned = connection.scalar(sa.select(MARK.c.next))
    at = max(at, now)
    if planned is not None and planned <= at and planned > now - _LOST:
        return
    connection.execute(sa.update(MARK).values(next=at))
    db.enqueue(connection, SEND, {}, due=at)
