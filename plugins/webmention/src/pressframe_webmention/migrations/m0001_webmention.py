"""Mentions that came, who asked lately, mentions that were sent, and since when.

Revision ID: webmention_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "webmention_0001"
down_revision = None
branch_labels = ("webmention",)
depends_on = None


def upgrade() -> None:
    """Create the four tables."""
    op.create_table(
        "webmention_received",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("comment", sa.Text),
        sa.UniqueConstraint("source", "target"),
        sqlite_autoincrement=True,
    )
    op.create_index("webmention_received_state", "webmention_received", ["state"])
    op.create_table(
        "webmention_asked",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("webmention_asked_at", "webmention_asked", ["at"])
    op.create_table(
        "webmention_sent",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("is_linked", sa.Boolean, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("entry", "target"),
        sqlite_autoincrement=True,
    )
    op.create_table("webmention_since", sa.Column("at", sa.BigInteger, nullable=False))
