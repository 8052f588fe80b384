"""What the owner does for members beyond what ``store`` does: sessions, a question mailed again, figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from pressframe.model import Host
from pressframe_members import _asking
from pressframe_members._links import Wanted
from pressframe_members._rows import is_called, lasts
from pressframe_members._sessions import Sessions
from pressframe_members._tables import MEMBER, MEMBERSHIP
from pressframe_members.model import SUBSCRIBERS
from pressframe_sql import database

__all__ = ["ask_to_confirm", "count_audiences", "count_confirmed", "count_sessions", "end_sessions"]

_SLOT = timedelta(minutes=30)
"""Days begin at a half hour everywhere, or nearly."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def count_sessions(host: Host, id: str, now: datetime) -> int:
    """Return how many browsers a member is signed in with."""
    return len(Sessions(host).all_of(id, now, asking="")) if database(host).exists() else 0


def end_sessions(host: Host, id: str) -> None:
    """Sign a member out everywhere: at once, or within 30 seconds where another process serves.

    Raises:
        StoreError: Nothing was stored.
    """
    Sessions(host).end_all(id)


def ask_to_confirm(host: Host, id: str, now: datetime) -> bool:
    """Have the question mailed once more to somebody who has not confirmed their address.

    Returns:
        False if they have, if there is no such member, or if they were mailed within the last hour.

    Raises:
        StoreError: Nothing was stored.
    """
    db = database(host)

    def work(connection: sa.Connection) -> bool:
        waiting = sa.select(MEMBER.c.id).where(is_called(id), MEMBER.c.confirmed.is_(None))
        member = connection.scalar(waiting)
        wanted = Wanted(purpose="confirm", back="/")
        return member is not None and _asking.mail_link(db, connection, member, wanted, now) is not None

    return db.write(work)


def count_audiences(host: Host, now: datetime) -> Mapping[str, int]:
    """Return how many confirmed members each audience has at *now*, also one that the site knows no more."""
    if not database(host).exists():
        return {}
    members = sa.select(MEMBERSHIP.c.audience, sa.func.count(MEMBERSHIP.c.member.distinct()))
    given = members.join(MEMBER).where(MEMBER.c.confirmed.is_not(None), lasts(now)).group_by(MEMBERSHIP.c.audience)
    everybody = sa.select(sa.func.count()).select_from(MEMBER).where(MEMBER.c.confirmed.is_not(None))
    with database(host).read() as connection:
        counts = {audience: int(number) for audience, number in connection.execute(given)}
        return {SUBSCRIBERS: connection.scalar(everybody) or 0, **counts}


def count_confirmed(host: Host, *, since: datetime | None = None) -> Mapping[datetime, int]:
    """Return how many of today's members confirmed their address in each half hour, by its beginning, oldest first."""
    if not database(host).exists():
        return {}
    slot = sa.type_coerce(MEMBER.c.confirmed, sa.BigInteger) // (_SLOT // timedelta(microseconds=1))
    counted = sa.select(slot.label("slot"), sa.func.count()).where(MEMBER.c.confirmed.is_not(None))
    if since is not None:
        counted = counted.where(MEMBER.c.confirmed >= since)
    with database(host).read() as connection:
        rows = connection.execute(counted.group_by(slot).order_by(slot)).all()
    return {_EPOCH + int(number) * _SLOT: int(count) for number, count in rows}
