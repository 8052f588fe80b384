"""What is done once a day: the trash is emptied, and where comments came from is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import attrs
import sqlalchemy as sa

from pressframe.model import Host, Json
from pressframe_sql import Database, database

TIDY = "comments.tidy"


@attrs.frozen
class Tidying:
    """The daily job of one site; settings as in the plugin."""

    host: Host
    trash_after: timedelta = attrs.field(kw_only=True)
    forget_clients_after: timedelta = attrs.field(kw_only=True)

    def run(self, payload: Mapping[str, Json]) -> None:
        """Tidy as it is due at the beginning of the day in *payload*, and see to the next one."""
        from pressframe_comments._store import comment_store

        day = date.fromisoformat(str(payload["day"]))
        store, now = comment_store(self.host), _start_of(day)
        store.empty_trash(now - self.trash_after)
        store.forget_clients(now - self.forget_clients_after)
        base = database(self.host)
        base.write(lambda connection: plan(base, connection, day))


def plan(base: Database, connection: sa.Connection, today: date) -> None:
    """Note that there is something to tidy at the end of *today*; once a day is enough."""
    day = today + timedelta(days=1)
    base.enqueue(connection, TIDY, {"day": day.isoformat()}, key=f"{TIDY} {day}", due=_start_of(day))


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
