"""The mentions that a site sends: which link was told of in which version, and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import attrs
import sqlalchemy as sa

from pressframe.model import Host, Json
from pressframe_sql import database
from pressframe_webmention._tables import SENT as TABLE
from pressframe_webmention._tables import SINCE

SEND = "webmention.send"
WAITING, SENT, NOWHERE, FAILED = "waiting", "sent", "nowhere", "failed"
_LONGEST = 300


@attrs.frozen(kw_only=True)
class Links:
    """Where one version of an entry links to; everything but ``entry`` is empty if it has gone."""

    entry: str
    source: str = ""
    version: str = ""
    targets: tuple[str, ...] = ()
    published: datetime | None = None


@attrs.frozen(kw_only=True)
class Link:
    """One link, and what was told of it.

    Attributes:
        version: Of the entry that was, or is to be, told of.
        is_linked: False when the link has gone, which is told as well.
        state: "waiting", "sent", "nowhere" if the other side takes no mentions, or "failed".
        kind: How it was sent: "webmention", "pingback"; empty if it was not yet.
        answer: What came back, in one line.
    """

    id: int
    entry: str
    source: str
    target: str
    version: str
    is_linked: bool
    state: str
    kind: str
    answer: str
    attempts: int
    at: datetime


@attrs.frozen
class _Moment:
    """When something is noted, and whether also what was told already."""

    now: datetime
    again: bool = False


class Outbox:
    """The mentions that one site sends."""

    def __init__(self, host: Host) -> None:
        self._database = database(host)

    def since(self, now: datetime) -> datetime:
        """Return when sending was first enabled: *now*, where it was not yet."""
        with self._database.read() as connection:
            known: datetime | None = connection.scalar(sa.select(SINCE.c.at))
        if known is not None:
            return known
        self._database.write(lambda connection: connection.execute(sa.insert(SINCE).values(at=now)))
        return now

    def entries(self) -> Mapping[str, str]:
        """Return the address of each entry that something was noted for, by its id."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(TABLE.c.entry, TABLE.c.source).distinct())
            return {row.entry: row.source for row in rows}

    def note(self, links: Links, now: datetime, *, again: bool = False) -> int:
        """Leave for later what is to be told of a version, and return how much; links that have gone are told, too.

        Args:
            again: Also what was told of this version already.
        """

        def work(connection: sa.Connection) -> int:
            rows = connection.execute(sa.select(TABLE).where(TABLE.c.entry == links.entry)).all()
            known = {row.target: row for row in rows}
            due = [
                _noted(connection, links, target, known.get(target), _Moment(now, again)) for target in links.targets
            ]
            gone = [row for target, row in known.items() if target not in links.targets and row.is_linked]
            due += [_gone(connection, row, links, now) for row in gone]
            ids = [id for id in due if id is not None]
            for id in ids:
                payload: dict[str, Json] = {"link": id, "version": links.version}
                self._database.enqueue(connection, SEND, payload)
            return len(ids)

        return self._database.write(work)

    def retry(self, now: datetime) -> int:
        """Leave for later once more what failed, and return how much that is."""

        def work(connection: sa.Connection) -> int:
            rows = connection.execute(sa.select(TABLE.c.id, TABLE.c.version).where(TABLE.c.state == FAILED)).all()
            for row in rows:
                _wait(connection, row.id, {"attempts": 0, "at": now})
                self._database.enqueue(connection, SEND, {"link": row.id, "version": row.version})
            return len(rows)

        return self._database.write(work)

    def get(self, id: int) -> Link | None:
        """Return the link with that *id*, None if there is none."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(TABLE).where(TABLE.c.id == id)).one_or_none()
        return None if row is None else Link(**row._mapping)

    def all(self, count: int, *, entry: str | None = None) -> list[Link]:
        """Return the newest *count* links, newest first."""
        if not self._database.exists():
            return []
        newest = sa.select(TABLE).order_by(TABLE.c.at.desc(), TABLE.c.id.desc()).limit(count)
        wanted = newest if entry is None else newest.where(TABLE.c.entry == entry)
        with self._database.read() as connection:
            return [Link(**row._mapping) for row in connection.execute(wanted)]

    def settle(self, link: Link, state: str, *, answer: str, kind: str = "", attempts: int = 0) -> None:
        """Say what has become of a link, unless a newer version of its entry came meanwhile."""
        values: dict[str, Any] = {
            "state": state,
            "answer": _line(answer),
            "attempts": attempts,
            "at": datetime.now(UTC),
        }
        values |= {"kind": kind} if kind else {}
        same = sa.and_(TABLE.c.id == link.id, TABLE.c.version == link.version)
        self._database.write(lambda connection: connection.execute(sa.update(TABLE).where(same).values(values)))


def _noted(connection: sa.Connection, links: Links, target: str, known: Any, when: _Moment) -> int | None:
    """Return the id of a link that is to be told of; None if it was, in this version."""
    values = {"source": links.source, "version": links.version, "is_linked": True, "attempts": 0, "at": when.now}
    if known is None:
        row = {**values, "entry": links.entry, "target": target, "state": WAITING, "kind": "", "answer": ""}
        id: int = connection.execute(sa.insert(TABLE).returning(TABLE.c.id), row).scalar_one()
        return id
    if known.version == links.version and known.is_linked and not when.again:
        return None
    return _wait(connection, known.id, values)


def _gone(connection: sa.Connection, row: Any, links: Links, now: datetime) -> int | None:
    """Return the id of a link that has gone, if somebody has to be told; else forget it."""
    if row.kind != "webmention":  # a pingback has no way to say it
        connection.execute(sa.delete(TABLE).where(TABLE.c.id == row.id))
        return None
    values = {"version": links.version, "is_linked": False, "attempts": 0, "at": now}
    return _wait(connection, row.id, values)


def _wait(connection: sa.Connection, id: int, values: Mapping[str, Any]) -> int:
    connection.execute(sa.update(TABLE).where(TABLE.c.id == id).values({**values, "state": WAITING}))
    return id


def _line(text: str) -> str:
    """Return *text* as one line that a terminal can show: it may be somebody else's."""
    return " ".join("".join(one if one.isprintable() else " " for one in text[:_LONGEST]).split())
