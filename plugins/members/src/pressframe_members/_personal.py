"""What is kept of a member, told to them or erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pressframe.model import Json
from pressframe_members._tables import LINK, MEMBER, MEMBERSHIP, SESSION
from pressframe_web.addresses import read_address


def find(connection: sa.Connection, address: str) -> Sequence[Mapping[str, Json]]:
    """Return the member with *address*: name, audiences, sessions, and how many links were mailed lately."""
    return [_told(connection, row) for row in connection.execute(sa.select(MEMBER).where(_is(address)))]


def _told(connection: sa.Connection, row: sa.Row[Any]) -> Mapping[str, Json]:
    given = connection.execute(sa.select(MEMBERSHIP).where(MEMBERSHIP.c.member == row.id).order_by(MEMBERSHIP.c.id))
    sessions = connection.execute(sa.select(SESSION).where(SESSION.c.member == row.id).order_by(SESSION.c.made))
    return {
        "address": row.address,
        "name": row.name,
        "language": row.language,
        "source": row.source,
        "since": row.since.isoformat(),
        "confirmed": _text(row.confirmed),
        "audiences": [
            {"audience": one.audience, "source": one.source, "since": one.since.isoformat(), "until": _text(one.until)}
            for one in given
        ],
        "sessions": [
            {"device": one.device, "since": one.made.isoformat(), "seen": _text(one.seen)} for one in sessions
        ],
        "links": connection.scalar(sa.select(sa.func.count()).where(LINK.c.member == row.id)) or 0,
        "has_feed": row.feed is not None,
    }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def readers(connection: sa.Connection, address: str) -> Sequence[str]:
    """Return the ``Reader.id`` of the member with *address*."""
    return connection.scalars(sa.select(MEMBER.c.reader).where(_is(address))).all()


def erase(connection: sa.Connection, address: str) -> int:
    """Delete them, with their links, sessions and audiences."""
    return connection.execute(sa.delete(MEMBER).where(_is(address))).rowcount


def _is(address: str) -> sa.ColumnElement[bool]:
    read = read_address(address)
    return sa.false() if read is None else MEMBER.c.folded == read.folded
