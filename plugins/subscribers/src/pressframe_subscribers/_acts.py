"""What the owner gives and takes, kept for a day so that it can be taken back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import attrs
import sqlalchemy as sa

from pressframe.model import Host, Json
from pressframe_members import known_audiences
from pressframe_members.store import Members
from pressframe_sql import database
from pressframe_subscribers._tables import ACT
from pressframe_web.identity import make_id

GIFT = "complimentary"
"""The source of what the owner gives."""

_ID = re.compile(r"[0-9a-f]{32}")
_KEPT = timedelta(days=1)
_AT_ONCE = timedelta(seconds=10)
"""A button that is pressed again so soon is pressed twice by one hand."""


@attrs.frozen(kw_only=True)
class Change:
    """What one member had of an audience by one source, and has since.

    Attributes:
        had: Whether they had it; ``until`` says how long, None for no end.
    """

    id: str
    audience: str
    source: str
    had: bool
    had_until: datetime | None = None
    has: bool
    until: datetime | None = None


@attrs.frozen
class Acts:
    """The acts of one site's owners."""

    _host: Host

    @property
    def _members(self) -> Members:
        return Members(self._host)

    def grant(
        self, connection: sa.Connection, id: str, audience: str, until: datetime | None, now: datetime
    ) -> list[Change]:
        """Give a member an audience; return what changed."""
        change = self._now(connection, id, audience, GIFT)
        if not self._members.grant(id, audience, source=GIFT, until=until, now=now, connection=connection):
            return []
        return [attrs.evolve(change, has=True, until=until)]

    def revoke(
        self, connection: sa.Connection, id: str, audience: str, source: str | None, now: datetime
    ) -> list[Change]:
        """Take an audience back that *source* gave, or whoever gave it; return what changed."""
        given = self._members.memberships(id, connection=connection)
        sources = [one.source for one in given if one.audience == audience and source in (None, one.source)]
        changes = [self._now(connection, id, audience, one) for one in sources]
        if not self._members.revoke(id, audience, source=source, now=now, connection=connection):
            return []
        return [attrs.evolve(change, has=False, until=None) for change in changes]

    def _now(self, connection: sa.Connection, id: str, audience: str, source: str) -> Change:
        """Return what they have, as no change yet."""
        given = self._members.memberships(id, connection=connection)
        one = next((one for one in given if (one.audience, one.source) == (audience, source)), None)
        had, until = one is not None, one.until if one else None
        return Change(id=id, audience=audience, source=source, had=had, had_until=until, has=had, until=until)

    def keep(self, connection: sa.Connection, account: int, changes: Iterable[Change], now: datetime) -> str:
        """Keep what was done, and return the name under which it can be taken back."""
        connection.execute(sa.delete(ACT).where(ACT.c.at <= now - _KEPT))
        id, told = make_id(), json.dumps([_told(one) for one in changes])
        connection.execute(sa.insert(ACT).values(id=id, account=account, at=now, changes=told))
        return id

    def lately(
        self, connection: sa.Connection, account: int, is_same: Callable[[Change], bool], now: datetime
    ) -> str | None:
        """Return the act by which this account did the same a moment ago, if it is still so; None without one."""
        mine = sa.select(ACT.c.id, ACT.c.changes).where(ACT.c.account == account, ACT.c.at > now - _AT_ONCE)
        found = connection.execute(mine.order_by(ACT.c.at.desc()).limit(1)).first()
        changes = [_read(one) for one in json.loads(found.changes)] if found else []
        is_so = bool(changes) and all(is_same(one) and self._stands(connection, one) for one in changes)
        return found.id if found and is_so else None

    def _stands(self, connection: sa.Connection, change: Change) -> bool:
        there = self._now(connection, change.id, change.audience, change.source)
        return (there.has, there.until) == (change.has, change.until)

    def undo(self, act: str, account: int, now: datetime) -> tuple[int, int] | None:
        """Take back what this account did.

        Returns:
            How many changes were taken back, and how many were not, because somebody changed more since; None if there
            is no such act, or no more.
        """
        if not _ID.fullmatch(act):
            return None

        def work(connection: sa.Connection) -> tuple[int, int] | None:
            mine = (ACT.c.id == act) & (ACT.c.account == account)
            kept = connection.scalar(sa.select(ACT.c.changes).where(mine, ACT.c.at > now - _KEPT))
            if kept is None:
                return None
            connection.execute(sa.delete(ACT).where(mine))
            done = [self._take_back(connection, _read(one), now) for one in json.loads(kept)]
            return done.count(True), done.count(False)

        return database(self._host).write(work)

    def _take_back(self, connection: sa.Connection, change: Change, now: datetime) -> bool:
        if not self._stands(connection, change):
            return False
        who: tuple[str, str] = (change.id, change.audience)
        if change.had and change.audience not in known_audiences(self._host):  # given up in the settings since
            return False
        if change.had:
            return self._members.grant(
                *who, source=change.source, until=change.had_until, now=now, connection=connection
            )
        return self._members.revoke(*who, source=change.source, now=now, connection=connection)


def _told(change: Change) -> dict[str, Json]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in attrs.asdict(change).items()
    }


def _read(told: dict[str, str | None]) -> Change:
    moments = {name: datetime.fromisoformat(text) if (text := told[name]) else None for name in ("had_until", "until")}
    return Change(**{**told, **moments})  # type: ignore[arg-type] # as it was told
