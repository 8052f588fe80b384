"""The tables, and what is read out of their rows."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pressframe.model import Comment
from pressframe_comments._codec import texts_to_json
from pressframe_comments._reasons import read_reasons, reason_of_json
from pressframe_comments._store import Filed, State, Step, Texts
from pressframe_sql.statements import Prepared
from pressframe_sql.types import Moment

_TABLES = sa.MetaData()
COMMENT = sa.Table(
    "comments_comment",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text),  # its id elsewhere, for one that was brought from there; else it is "c" and the number
    sa.Column("entry", sa.Text, nullable=False),
    sa.Column("parent", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reasons", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("received", Moment, nullable=False),
    sa.Column("reader", sa.Text),
    sa.Column("sender", sa.Text),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("agent", sa.Text, nullable=False),
    sa.Column("referrer", sa.Text, nullable=False),
    sa.Column("accepted_before", sa.Boolean, nullable=False),
    sa.Column("by_author", sa.Boolean, nullable=False),
    sa.Column("likeness", sa.Text, nullable=False),
    sa.Column("key", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed", Moment, nullable=False),
    sa.Column("edited", Moment),
    sa.Column("person", sa.Text),  # the mail address, folded
    sa.Column("sought", sa.Text, nullable=False),
    sa.Column("archiving", sa.Boolean),  # true while it is written into a file, else NULL; see _archiving
    sqlite_autoincrement=True,
)
HISTORY = sa.Table(
    "comments_history",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("comment", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("before", sa.Text, nullable=False),
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("texts", sa.Text),
    sqlite_autoincrement=True,
)
REVISION = sa.Table("comments_revision", _TABLES, sa.Column("number", sa.BigInteger, nullable=False))
TALK = sa.Table(  # by which revision the approved comments of an entry were last changed
    "comments_talk",
    _TABLES,
    sa.Column("entry", sa.Text, primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("previous", sa.BigInteger),
)
KNOWN = sa.Table(  # who had a comment accepted that was archived since
    "comments_known",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sender", sa.Text),
    sa.Column("reader", sa.Text),
    sa.Column("person", sa.Text),  # keyed hash of the address, to be found by when the person is erased
    sqlite_autoincrement=True,
)
ERASED = sa.Table("comments_erased", _TABLES, sa.Column("person", sa.Text, primary_key=True))

SHOWN = ("kind", "author", "url", "body", "format", "received", "parent", "reader", "accepted_before", "by_author")
"""Columns that are fields of a comment as they are."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stored_moment(time: datetime) -> int:
    """Return what ``Moment`` stores for *time*."""
    return (time - _EPOCH) // timedelta(microseconds=1)


def moment_of(stored: int) -> datetime:
    """Return the moment that is stored so."""
    return _EPOCH + timedelta(microseconds=stored)


def id_of(number: int, name: str | None) -> str:
    """Return the id that everybody knows a comment by."""
    return name or f"c{number}"


def comment_of(id: str, entry: str, values: Iterable[Any], *, avatar: str | None = None) -> Comment:
    """Return the comment that has *values* in the columns of ``SHOWN``."""
    return Comment(id=id, entry=entry, avatar=avatar, **dict(zip(SHOWN, values, strict=True)))


def filed_of(row: sa.Row[Any]) -> Filed:  # SQLAlchemy's own type for a row of a table
    """Return the comment in a row of ``COMMENT``."""
    return Filed(
        comment=comment_of(id_of(row.id, row.name), row.entry, (getattr(row, name) for name in SHOWN)),
        state=State(row.state),
        reasons=read_reasons(row.reasons),
        email=row.email,
        client=row.client,
        agent=row.agent,
        referrer=row.referrer,
        sender=row.sender,
        version=row.version,
        changed=row.changed,
        edited=row.edited,
    )


def step_of(row: sa.Row[Any], id: str) -> Step:
    """Return the change in a row of ``HISTORY``, of the comment called *id*."""
    return Step(
        act=row.act,
        comment=id,
        version=row.version,
        at=row.at,
        by=row.by,
        before=State(row.before),
        after=State(row.after),
        texts=None if row.texts is None else read_texts(json.loads(row.texts)),
    )


def read_texts(table: Mapping[str, Any]) -> Texts:
    reasons = table.get("reasons")
    given = None if reasons is None else tuple(map(reason_of_json, reasons))
    return Texts(author=table["author"], url=table["url"], body=table["body"], reasons=given)


def write_texts(texts: Texts) -> str:
    return json.dumps(texts_to_json(texts), ensure_ascii=False)


def take_turn(connection: sa.Connection) -> None:
    """Let no other process write comments until the transaction is over: what is looked at stays so.

    SQLite lets one write at a time by itself.
    """
    if connection.dialect.name == "postgresql":
        _TURN.run(connection, {})


def count_up(connection: sa.Connection, entries: Iterable[str]) -> None:
    """Note that the approved comments of *entries* change in this transaction."""
    changed = sorted(set(entries))
    if changed:
        _COUNT_UP.run(connection, {"step": 1 + secrets.randbelow(1 << 20)})
    for entry in changed:
        _NOTE.run(connection, {"entry": entry})


# By a random step: so that a copy which was put back never comes to a number that pages were already made of.
_COUNT_UP = Prepared(sa.text("UPDATE comments_revision SET number = number + CAST(:step AS INTEGER)"))
_TURN = Prepared(sa.text("SELECT number FROM comments_revision FOR UPDATE"))
_NOTE = Prepared(
    sa.text(
        "INSERT INTO comments_talk (entry, number) "
        "SELECT CAST(:entry AS TEXT), number FROM comments_revision WHERE true "
        "ON CONFLICT (entry) DO UPDATE SET previous = comments_talk.number, number = excluded.number"
    )
)
