"""The store in the site's database."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pressframe.errors import StoreError
from pressframe.model import Comment, Host
from pressframe_comments._store import Draft, Filed, State
from pressframe_sql import database
from pressframe_sql.types import Moment

REPEAT_WITHIN = timedelta(seconds=60)

_TABLES = sa.MetaData()
COMMENT = sa.Table(
    "comments_comment",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("entry", sa.Text, nullable=False),
    sa.Column("parent", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reasons", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("received", Moment, nullable=False),
    sa.Column("reader", sa.Text),
    sa.Column("sender", sa.Text),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("accepted_before", sa.Boolean, nullable=False),
    sa.Column("by_author", sa.Boolean, nullable=False),
    sa.Column("likeness", sa.Text, nullable=False),
    sa.Column("key", sa.Text),
    sqlite_autoincrement=True,
)
REVISION = sa.Table("comments_revision", _TABLES, sa.Column("number", sa.BigInteger, nullable=False))


class SqlCommentStore:
    """Comments in the database of *host*'s site; their ids are ``c1``, ``c2`` and so on."""

    def __init__(self, host: Host) -> None:
        self._database = database(host)
        self._known: tuple[str, str] = ("", "none")  # a version of the database, and the revision that it has

    def add(self, draft: Draft, state: State, reasons: Sequence[str] = ()) -> Filed:
        row = {
            "entry": draft.entry,
            "parent": draft.parent,
            "kind": "comment",
            "state": state.value,
            "reasons": json.dumps(list(reasons), ensure_ascii=False),
            "author": draft.author,
            "email": draft.email,
            "url": draft.url,
            "body": draft.body,
            "received": draft.received,
            "reader": draft.reader,
            "sender": draft.sender,
            "client": draft.client,
            "accepted_before": draft.accepted_before,
            "by_author": False,
            "likeness": _likeness(draft),
            "key": draft.key,
        }

        def work(connection: sa.Connection) -> Filed:
            earlier = _find_repeat(connection, draft)
            if earlier is not None:
                return earlier
            stored = connection.execute(sa.insert(COMMENT).returning(COMMENT), row).one()
            if state is State.APPROVED:
                _count_up(connection)
            return _filed(stored)

        return self._database.write(work)

    def find_repeat(self, draft: Draft) -> Filed | None:
        if not self._database.exists():
            return None
        with self._database.read() as connection:
            return _find_repeat(connection, draft)

    def was_accepted(self, *, sender: str | None, reader: str | None) -> bool:
        if not self._database.exists():
            return False
        with self._database.read() as connection:
            return _was_accepted(connection, sender, reader)

    def count_since(self, client: str, since: datetime) -> tuple[int, datetime | None]:
        if not self._database.exists():
            return 0, None
        columns = sa.func.count(), sa.func.min(COMMENT.c.received, type_=Moment)
        recent = sa.select(*columns).where(COMMENT.c.client == client, COMMENT.c.received > since)
        with self._database.read() as connection:
            number, first = connection.execute(recent).one()
        return number, first

    def get(self, id: str) -> Filed | None:
        number = _number(id)
        if number is None or not self._database.exists():
            return None
        with self._database.read() as connection:
            row = connection.execute(sa.select(COMMENT).where(COMMENT.c.id == number)).one_or_none()
        return None if row is None else _filed(row)

    def find(self, state: State | None = None, *, start: int = 0, count: int = 100) -> tuple[Filed, ...]:
        if not self._database.exists():
            return ()
        wanted = sa.select(COMMENT).order_by(COMMENT.c.received.desc(), COMMENT.c.id.desc()).offset(start).limit(count)
        if state is not None:
            wanted = wanted.where(COMMENT.c.state == state.value)
        with self._database.read() as connection:
            return tuple(_filed(row) for row in connection.execute(wanted))

    def count(self, state: State) -> int:
        if not self._database.exists():
            return 0
        with self._database.read() as connection:
            number = connection.scalar(sa.select(sa.func.count()).where(COMMENT.c.state == state.value))
        return number or 0

    def move(self, ids: Collection[str], state: State) -> int:
        numbers = {id: _number(id) for id in ids}
        if not self._database.exists():
            raise _unknown(list(numbers))

        def work(connection: sa.Connection) -> int:
            wanted = sa.select(COMMENT.c.id, COMMENT.c.state).where(COMMENT.c.id.in_(set(numbers.values()) - {None}))
            before = {row.id: State(row.state) for row in connection.execute(wanted)}
            missing = [id for id, number in numbers.items() if number not in before]
            if missing:
                raise _unknown(missing)
            changed = [number for number, old in before.items() if old is not state]
            connection.execute(sa.update(COMMENT).where(COMMENT.c.id.in_(changed)).values(state=state.value))
            if any(State.APPROVED in (before[number], state) for number in changed):
                _count_up(connection)
            return len(changed)

        return self._database.write(work)

    def approved(self, entries: frozenset[str]) -> dict[str, list[Comment]]:
        found: dict[str, list[Comment]] = defaultdict(list)
        if not self._database.exists():
            return found
        columns = [COMMENT.c[name] for name in ("entry", "id", *_SHOWN)]
        shown = sa.select(*columns).where(COMMENT.c.state == State.APPROVED.value)
        with self._database.read() as connection:
            for entry, id, *values in connection.execute(shown.order_by(COMMENT.c.received, COMMENT.c.id)):
                if entry in entries:
                    found[entry].append(_comment(entry, id, values))
        return found

    def revision(self) -> str:
        version = self._database.version()
        if version == "none":
            return version
        if version != self._known[0]:
            with self._database.read() as connection:
                number = connection.scalar(sa.select(REVISION.c.number))
            self._known = (version, str(number))
        return self._known[1]


_SHOWN = ("kind", "author", "url", "body", "received", "parent", "reader", "accepted_before", "by_author")


def _comment(entry: str, id: int, values: Iterable[Any]) -> Comment:
    return Comment(id=f"c{id}", entry=entry, **dict(zip(_SHOWN, values, strict=True)))


def _filed(row: sa.Row[Any]) -> Filed:  # SQLAlchemy's own type for a row of a table
    return Filed(
        comment=_comment(row.entry, row.id, (getattr(row, name) for name in _SHOWN)),
        state=State(row.state),
        reasons=tuple(json.loads(row.reasons)),
        email=row.email,
        client=row.client,
    )


def _number(id: str) -> int | None:
    """Return the row of the comment called ``c17`` or ``17``; None if that can be no comment of ours."""
    digits = id.removeprefix("c")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 18 else None


def _unknown(ids: Sequence[str]) -> StoreError:
    names = ", ".join(ids)
    return StoreError(
        f"there is no comment {names}; nothing was changed",
        fix="`pressframe comments list --state all` shows all that are stored; those in files are moderated by hand",
    )


def _likeness(draft: Draft) -> str:
    """Return what is the same for two comments that say the same in the same place."""
    said = json.dumps([draft.entry, draft.parent, draft.author, draft.body])
    return hashlib.sha256(said.encode()).hexdigest()


def _find_repeat(connection: sa.Connection, draft: Draft) -> Filed | None:
    is_recent = COMMENT.c.received > draft.received - REPEAT_WITHIN
    is_same_form = COMMENT.c.key == draft.key if draft.key else sa.false()
    alike = sa.select(COMMENT).where(COMMENT.c.likeness == _likeness(draft), sa.or_(is_recent, is_same_form))
    row = connection.execute(alike.order_by(COMMENT.c.id).limit(1)).one_or_none()
    return None if row is None else _filed(row)


def _was_accepted(connection: sa.Connection, sender: str | None, reader: str | None) -> bool:
    proofs = [column == value for column, value in ((COMMENT.c.sender, sender), (COMMENT.c.reader, reader)) if value]
    if not proofs:
        return False
    earlier = sa.select(COMMENT.c.id).where(COMMENT.c.state == State.APPROVED.value, sa.or_(*proofs)).limit(1)
    return connection.scalar(earlier) is not None


def _count_up(connection: sa.Connection) -> None:
    connection.execute(sa.update(REVISION).values(number=REVISION.c.number + 1))
