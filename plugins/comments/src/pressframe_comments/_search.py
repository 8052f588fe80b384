"""Comments found page by page: each page begins where the last one ended, however many come before."""

from __future__ import annotations

import json
import re
from collections.abc import Collection

import attrs
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from pressframe.errors import StoreError
from pressframe_comments._folding import fold, fold_address
from pressframe_comments._store import Found, Search, State, Trait
from pressframe_comments._tables import COMMENT, filed_of, stored_moment

_PLACE = re.compile(r"(-?\d{1,18})\.(\d{1,18})")
_COLUMNS: dict[Trait, str] = {"address": "person", "sender": "sender", "author": "author"}
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


def counts(connection: sa.Connection, wanted: Search) -> dict[State, int]:
    """Return how many comments that fit are in each state."""
    fits = _conditions(attrs.evolve(wanted, state=None), connection.dialect.name)
    numbers = sa.select(COMMENT.c.state, sa.func.count()).where(*fits).group_by(COMMENT.c.state)
    found = {State(state): number for state, number in connection.execute(numbers)}
    return dict.fromkeys(State, 0) | found


def tally(
    connection: sa.Connection, trait: Trait, values: Collection[str], wanted: Search
) -> dict[str, dict[State, int]]:
    """Return for each of *values* how many comments that fit have it, in each state."""
    column = COMMENT.c[_COLUMNS[trait]]
    keys = {value: fold_address(value) if trait == "address" else value for value in values}
    found: dict[str, dict[State, int]] = {key: dict.fromkeys(State, 0) for key in keys.values() if key}
    fits = _conditions(attrs.evolve(wanted, state=None), connection.dialect.name)
    numbers = sa.select(column, COMMENT.c.state, sa.func.count()).where(*fits, column.in_(sorted(found)))
    for key, state, number in connection.execute(numbers.group_by(column, COMMENT.c.state)) if found else ():
        found[key][State(state)] = number
    return {value: found[key] if key else dict.fromkeys(State, 0) for value, key in keys.items()}


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
    if wanted.entries is not None:
        is_wanted.append(_is_one_of(column.entry, wanted.entries, dialect))
    # Not LIKE: SQLite refuses long patterns, and is twice as slow.
    place_in = sa.func.strpos if dialect == "postgresql" else sa.func.instr
    if text := fold(wanted.text):
        is_wanted.append(place_in(column.sought, text) > 0)
    if author := fold(wanted.author):  # names end with the only line break that there is
        name = sa.func.substr(column.sought, 1, place_in(column.sought, "\n"))
        is_wanted.append(place_in(name, author) > 0)
    return is_wanted


def _is_one_of(column: sa.Column[str], values: Collection[str], dialect: str) -> sa.ColumnElement[bool]:
    """Return the condition in one parameter, however many *values* there are."""
    if dialect == "postgresql":
        return column == sa.any_(sa.literal(sorted(values), postgresql.ARRAY(sa.Text)))
    each = sa.func.json_each(json.dumps(sorted(values))).table_valued("value")
    return column.in_(sa.select(each.c.value))


def _read_place(after: str) -> tuple[int, int]:
    found = _PLACE.fullmatch(after)
    if found is None:
        raise StoreError(f"{after!r} is no place in a list of comments", fix="begin at the start of the list")
    return int(found[1]), int(found[2])
