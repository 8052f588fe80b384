"""The table of jobs, and the four things that are done to a job."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import attrs
import sqlalchemy as sa

from pressframe.model import Json
from pressframe_sql.limits import SET_BACK
from pressframe_sql.pauses import LONGEST_PAUSE
from pressframe_sql.statements import insert_into
from pressframe_sql.types import Moment

WAITING, ASIDE, DONE = "waiting", "aside", "done"

JOB = sa.Table(
    "sql_job",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("key", sa.Text, unique=True),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("due", Moment, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
)

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""When a job is due that waits for no moment: it is, whatever clocks say, and though they are set back."""
_REMEMBERED = timedelta(days=30)
"""How long a key is remembered after its job was done."""
_FEW = 500
"""How many jobs one statement names: databases have limits."""


@attrs.frozen(kw_only=True)
class Waiting:
    """A job that was taken to be run; ``attempts`` counts this one, and stays so in its row until others take it."""

    id: int
    name: str
    key: str | None
    payload: Mapping[str, Json]
    attempts: int


def insert_job(
    connection: sa.Connection,
    name: str,
    payload: Mapping[str, Json],
    *,
    key: str | None = None,
    due: datetime | None = None,
) -> bool:
    """Note a job; return False if one with the same *key* was noted before."""
    row = {
        "name": name,
        "key": key,
        "payload": json.dumps(payload, ensure_ascii=False),
        "state": WAITING,
        "due": due or AT_ONCE,
        "attempts": 0,
    }
    once = insert_into(connection, JOB).values(row).on_conflict_do_nothing(index_elements=["key"])
    return connection.scalar(once.returning(JOB.c.id)) is not None


def find_due(connection: sa.Connection, names: Collection[str], now: datetime) -> int | None:
    """Return the id of the job among *names* that has been due for longest, None if there is none."""
    wanted = sa.select(JOB.c.id).where(JOB.c.state == WAITING, JOB.c.name.in_(names), JOB.c.due <= now)
    return connection.scalar(wanted.order_by(JOB.c.due, JOB.c.id).limit(1))


def find_next(connection: sa.Connection, names: Collection[str]) -> datetime | None:
    """Return when the first job among *names* is due that is not done; None if there is none."""
    due = connection.scalar(sa.select(sa.func.min(JOB.c.due)).where(JOB.c.state == WAITING, JOB.c.name.in_(names)))
    found: datetime | None = due
    return found


def bring_forward(connection: sa.Connection, ids: Collection[int], now: datetime) -> None:
    """Let jobs that wait be due now."""
    connection.execute(sa.update(JOB).where(JOB.c.state == WAITING, JOB.c.id.in_(ids)).values(due=now))


def find_misdated(
    connection: sa.Connection, names: Collection[str], soon: Collection[str], now: datetime
) -> Sequence[int]:
    """Return the ids of some jobs among *names* that a clock which was far ahead has put off.

    Args:
        soon: Names of jobs that are never planned for more than a day ahead; of the others only those are found that
            were tried, as no pause is longer.
    """
    was_tried = JOB.c.name.in_(names) & (JOB.c.attempts > 0)
    is_too_far = JOB.c.due > now + LONGEST_PAUSE + SET_BACK
    found = sa.select(JOB.c.id).where(JOB.c.state == WAITING, is_too_far, was_tried | JOB.c.name.in_(soon))
    return connection.scalars(found.limit(_FEW)).all()


def take(connection: sa.Connection, id: int, *, now: datetime, until: datetime) -> Waiting | None:
    """Return the job, which nobody else gets before *until*; None if somebody was faster."""
    mine = sa.update(JOB).where(JOB.c.id == id, JOB.c.state == WAITING, JOB.c.due <= now)
    taken = mine.values(due=until, attempts=JOB.c.attempts + 1).returning(
        JOB.c.name, JOB.c.key, JOB.c.payload, JOB.c.attempts
    )
    row = connection.execute(taken).one_or_none()
    if row is None:
        return None
    payload = json.loads(row.payload)
    return Waiting(id=id, name=row.name, key=row.key, payload=payload, attempts=row.attempts)


def finish(connection: sa.Connection, job: Waiting, now: datetime) -> None:
    """Forget a job that was done; of one with a key, remember the key for a while, and nothing else."""
    if job.key is None:
        connection.execute(sa.delete(JOB).where(_is(job)))
    else:
        done = {"state": DONE, "payload": "{}", "error": None, "due": now}
        connection.execute(sa.update(JOB).where(_is(job)).values(done))
    is_forgotten = (JOB.c.due < now - _REMEMBERED) | (JOB.c.due > now + SET_BACK)  # the latter by a wrong clock
    connection.execute(sa.delete(JOB).where(JOB.c.state == DONE, is_forgotten))


def put_off(connection: sa.Connection, job: Waiting, error: str, *, due: datetime | None) -> None:
    """Keep a job that failed until *due*, or set it aside if that is None."""
    values = {"state": ASIDE, "error": error} if due is None else {"due": due, "error": error}
    connection.execute(sa.update(JOB).where(_is(job)).values(values))


def hand_back(connection: sa.Connection, jobs: Iterable[Waiting]) -> None:
    """Let others take jobs at once, but for those whose end is written down before."""
    for job in jobs:
        connection.execute(sa.update(JOB).where(_is(job)).values(due=AT_ONCE))


def _is(job: Waiting) -> sa.ColumnElement[bool]:
    """Return what is true of the job's row until somebody else has taken it."""
    return (JOB.c.id == job.id) & (JOB.c.state == WAITING) & (JOB.c.attempts == job.attempts)
