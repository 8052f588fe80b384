"""Comments, and a number that grows when what is shown changes.

Revision ID: comments_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "comments_0001"
down_revision = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "comments_comment",
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
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("reader", sa.Text),
        sa.Column("sender", sa.Text),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("accepted_before", sa.Boolean, nullable=False),
        sa.Column("by_author", sa.Boolean, nullable=False),
        sa.Column("likeness", sa.Text, nullable=False),
        sa.Column("key", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("comments_by_state", "comments_comment", ["state", "received"])
    op.create_index("comments_by_likeness", "comments_comment", ["likeness"])
    op.create_index("comments_by_client", "comments_comment", ["client", "received"])
    op.create_index("comments_by_sender", "comments_comment", ["sender", "state"])
    op.create_index("comments_by_reader", "comments_comment", ["reader", "state"])
    revision_table = op.create_table("comments_revision", sa.Column("number", sa.BigInteger, nullable=False))
    op.bulk_insert(revision_table, [{"number": 0}])
