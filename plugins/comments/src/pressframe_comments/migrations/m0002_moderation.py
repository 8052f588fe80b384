"""What moderators need: versions, a history, what to search in; and which entry changed by which revision.

Revision ID: comments_0002
"""

import re
import string
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "comments_0002"
down_revision = "comments_0001"

_AT_ONCE = 1000
_ACCENTS = re.compile("[\u0300-\u036f]+")
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def upgrade() -> None:
    """Add columns and tables, and fill them for the comments that are there."""
    for column in (
        sa.Column("name", sa.Text),
        sa.Column("format", sa.Text, nullable=False, server_default="text"),
        sa.Column("agent", sa.Text, nullable=False, server_default=""),
        sa.Column("referrer", sa.Text, nullable=False, server_default=""),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("changed", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("edited", sa.BigInteger),
        sa.Column("person", sa.Text),
        sa.Column("sought", sa.Text, nullable=False, server_default=""),
        sa.Column("archiving", sa.Boolean),
    ):
        op.add_column("comments_comment", column)
    op.create_table(
        "comments_history",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("comment", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("texts", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "comments_talk",
        sa.Column("entry", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
    op.create_table("comments_erased", sa.Column("person", sa.Text, primary_key=True))
    _fill()
    _index()


def _fill() -> None:
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE comments_comment SET changed = received"))
    connection.execute(
        sa.text(
            "INSERT INTO comments_talk (entry, number) SELECT DISTINCT entry, number "
            "FROM comments_comment, comments_revision WHERE state = 'approved'"
        )
    )
    some = sa.text("SELECT id, author, email, body FROM comments_comment WHERE id > :last ORDER BY id LIMIT :count")
    fill = sa.text("UPDATE comments_comment SET person = :person, sought = :sought WHERE id = :id")
    last = 0
    while rows := connection.execute(some, {"last": last, "count": _AT_ONCE}).all():
        values = [
            {
                "id": row.id,
                "person": row.email.strip().translate(_LOWER) or None,
                "sought": f"{_fold(row.author)}\n{_fold(row.body)}",
            }
            for row in rows
        ]
        connection.execute(fill, values)
        last = rows[-1].id


def _fold(text: str) -> str:
    """Return what ``fold`` did when this was written."""
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold()
    return " ".join(text.lower().split())


def _index() -> None:
    for column in ("sender", "reader"):
        op.drop_index(f"comments_by_{column}", "comments_comment")
        _index_some(f"comments_by_{column}", [column, "state"])
    _index_some("comments_by_person", ["person"])
    _index_some("comments_archiving", ["archiving"])
    _index_some("comments_by_name", ["name"], unique=True)
    op.create_index("comments_by_entry", "comments_comment", ["entry", "state", "received"])
    op.create_index("comments_by_time", "comments_comment", ["received"])
    op.create_index("comments_history_of_comment", "comments_history", ["comment"])
    op.create_index("comments_history_of_act", "comments_history", ["act"])


def _index_some(name: str, columns: list[str], *, unique: bool = False) -> None:
    """Index the rows that have something in the first of *columns*: most have not."""
    where = sa.text(f"{columns[0]} IS NOT NULL")
    op.create_index(name, "comments_comment", columns, unique=unique, sqlite_where=where, postgresql_where=where)
