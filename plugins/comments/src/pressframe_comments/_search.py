"""Comments found page by page: each page begins where the last one ended, however many come before."""

from __future__ import annotations

import re

import sqlalchemy as sa

from pressframe.errors import StoreError
from pressframe_comments._folding import fold, fold_address
from pressframe_comments._store import Found, Search
from pressframe_comments._tables import COMMENT, filed_of, stored_moment

_PLACE = re.compile(r"(-?\d{1,18})\.(\d{1,18})")
_RECEIVED = sa.type_coerce(COMMENT.c.received, sa.BigInteger)


def search(connection: sa.Connection, wanted: Search, *, after: str | None, count: int) -> Found:
    """Return at most *count* comments that fit, and the place where they end.

    Raises:
        StoreError: *after* is no such place.
    """
    is_wanted = _conditions(wanted, connection.dialect.name)
    if after is not None:
        place = sa.tuple_(*_read_place(after))
        here = sa.tuple_(_RECEIVED, COMMENT.c.id)
        is_wanted.append(here > place if wanted.oldest_first else here < place)
    keys = COMMENT.c.received, COMMENT.c.id
    order = keys if wanted.oldest_first else [key.desc() for key in keys]
    query = sa.select(COMMENT).where(*is_wanted).order_by(*order).limit(count + 1)
    rows = connection.execute(query).all()
    page = rows[:count]
    is_last = len(rows) <= count or not page
    end = None if is_last else f"{stored_moment(page[-1].received)}.{page[-1].id}"
    return Found(comments=tuple(filed_of(row) for row in page), next=end)


def _conditions(wanted: Search, dialect: str) -> list[sa.ColumnElement[bool]]:
    column, is_wanted = COMMENT.c, []
    equal = {
        "state": wanted.state.value if wanted.state else None,
        "entry": wanted.entry,
        "kind": wanted.kind,
        "client": wanted.client,
        "sender": wanted.sender,
        "person": fold_address(wanted.address),
    }
    is_wanted += [column[name] == value for name, value in equal.items() if value]
    # Not LIKE: SQLite refuses long patterns, and is twice as slow.
    place_in = sa.func.strpos if dialect == "postgresql" else sa.func.instr
    if text := fold(wanted.text):
        is_wanted.append(place_in(column.sought, text) > 0)
    if author := fold(wanted.author):  # names end with the only line break that there is
        name = sa.func.substr(column.sought, 1, place_in(column.sought, "\n"))
        is_wanted.append(place_in(name, author) > 0)
    return is_wanted


def _read_place(after: str) -> tuple[int, int]:
    found = _PLACE.fullmatch(after)
    if found is None:
        raise StoreError(f"{after!r} is no place in a list of comments", fix="begin at the start of the list")
    return int(found[1]), int(found[2])
