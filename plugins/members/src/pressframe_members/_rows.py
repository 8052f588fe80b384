"""Rows of members, read: who stands in them, who has an audience, and where a list goes on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import sqlalchemy as sa

from pressframe_members._tables import MEMBER, MEMBERSHIP
from pressframe_members.model import SUBSCRIBERS, Member, Membership
from pressframe_sql.statements import insert_into
from pressframe_sql.texts import is_storable

WITH_MEMBER = sa.select(
    MEMBER.c.id, MEMBER.c.reader, MEMBER.c.address, MEMBER.c.name, MEMBER.c.since, MEMBER.c.confirmed, MEMBER.c.language
)
"""What ``member_of`` and ``cursor_of`` read."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CURSOR = re.compile(r"(-?[0-9]{1,17})\.([0-9]{1,9})")


def member_of(row: sa.Row[*tuple[Any, ...]]) -> Member:
    """Return who stands in *row*."""
    return Member(
        id=row.reader,
        address=row.address,
        name=row.name,
        since=row.since,
        confirmed=row.confirmed,
        language=row.language,
    )


def find_in(connection: sa.Connection, is_wanted: sa.ColumnElement[bool]) -> Member | None:
    """Return the one member of whom that is true."""
    row = connection.execute(WITH_MEMBER.where(is_wanted)).one_or_none()
    return None if row is None else member_of(row)


def insert_once(connection: sa.Connection, row: Mapping[str, object]) -> bool:
    """Store a new member, and return True; do nothing where somebody has that address."""
    once = insert_into(connection, MEMBER).values(row).on_conflict_do_nothing(index_elements=["folded"])
    return connection.scalar(once.returning(MEMBER.c.id)) is not None


def fill(connection: sa.Connection, member: Member, **said: object) -> bool:
    """Set what nobody has said of *member* yet; return whether there was something."""
    known: Mapping[str, object] = attrs.asdict(member)
    values = {name: value for name, value in said.items() if value is not None and known[name] is None}
    if "name" in values:
        values["sought"] = fold(member.address.lower(), str(values["name"]))
    if values:
        connection.execute(sa.update(MEMBER).where(MEMBER.c.reader == member.id).values(values))
    return bool(values)


def memberships_in(connection: sa.Connection, id: str) -> list[Membership]:
    """Return what a member has or had, that of being confirmed first."""
    row = connection.execute(sa.select(MEMBER).where(is_called(id))).one_or_none()
    found = sa.select(MEMBERSHIP).join(MEMBER).where(is_called(id)).order_by(MEMBERSHIP.c.id)
    given = [membership_of(one) for one in connection.execute(found)]
    if row is not None and row.confirmed is not None:
        given.insert(0, Membership(audience=SUBSCRIBERS, source=row.source, since=row.confirmed))
    return given


def membership_of(row: sa.Row[*tuple[Any, ...]]) -> Membership:
    """Return what stands in *row*."""
    return Membership(audience=row.audience, source=row.source, since=row.since, until=row.until)


def is_called(id: str) -> sa.ColumnElement[bool]:
    """Return what is true of the member with ``Reader.id`` *id*; of none where that is text that no database holds."""
    return MEMBER.c.reader == id if is_storable(id) else sa.false()


def has(audience: str, now: datetime) -> sa.ColumnElement[bool]:
    """Return what is true of members who have *audience* at *now*: confirmed ones alone."""
    if not is_storable(audience):
        return sa.false()
    if audience == SUBSCRIBERS:
        return MEMBER.c.confirmed.is_not(None)
    given = sa.exists().where(MEMBERSHIP.c.member == MEMBER.c.id, MEMBERSHIP.c.audience == audience, lasts(now))
    return MEMBER.c.confirmed.is_not(None) & given


def lasts(now: datetime) -> sa.ColumnElement[bool]:
    """Return what is true of memberships that are not over."""
    return MEMBERSHIP.c.until.is_(None) | (MEMBERSHIP.c.until > now)


def fold(*texts: str | None) -> str:
    """Return *texts* in one line, without case and accents."""
    apart = unicodedata.normalize("NFKD", " ".join(text for text in texts if text)).casefold()
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def cursor_of(row: sa.Row[*tuple[Any, ...]]) -> str:
    """Return where a list goes on after *row*."""
    return f"{(row.since - _EPOCH) // _MICROSECOND}.{row.id}"


def read_cursor(text: str) -> tuple[datetime, int] | None:
    """Return the time and the number of the row that *text* names; None if it names none."""
    found = _CURSOR.fullmatch(text)
    if found is None:
        return None
    try:
        return _EPOCH + int(found[1]) * _MICROSECOND, int(found[2])
    except OverflowError:  # before the year 1
        return None
