"""What is kept of a subscriber, told to them or erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from pressframe.model import Json
from pressframe_members._tables import LINK, MEMBER, SESSION
from pressframe_web.addresses import read_address


def find(connection: sa.Connection, address: str) -> Sequence[Mapping[str, Json]]:
    """Return the subscription of *address*: since when, and how many links and sessions it has."""
    found: list[Mapping[str, Json]] = []
    for row in connection.execute(sa.select(MEMBER).where(_is(address))):
        count = {
            name: connection.scalar(sa.select(sa.func.count()).where(table.c.member == row.id)) or 0
            for name, table in (("links", LINK), ("sessions", SESSION))
        }
        confirmed = row.confirmed.isoformat() if row.confirmed else None
        found.append({"address": row.address, "since": row.since.isoformat(), "confirmed": confirmed, **count})
    return found


def erase(connection: sa.Connection, address: str) -> int:
    """Delete it, with its links and sessions."""
    return connection.execute(sa.delete(MEMBER).where(_is(address))).rowcount


def _is(address: str) -> sa.ColumnElement[bool]:
    read = read_address(address)
    return sa.false() if read is None else MEMBER.c.folded == read.folded
