"""Who wants new comments mailed, of which entry or in answer to which comment, and what is still to be told them.

Revision ID: comments_0003
"""

import sqlalchemy as sa
from alembic import op

from pressframe_sql.types import Moment

revision = "comments_0003"
down_revision = "comments_0002"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "comments_follower",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False, unique=True),
        sa.Column("asked", Moment),
        sa.Column("confirmed", Moment),
        sa.Column("sender", sa.Text),
        sa.Column("reader", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "comments_follow",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("follower", sa.Integer, sa.ForeignKey("comments_follower.id", ondelete="CASCADE"), nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("made", Moment, nullable=False),
        sa.Column("confirmed", Moment),
        sa.UniqueConstraint("follower", "entry", "comment"),
        sqlite_autoincrement=True,
    )
    op.create_index("comments_follow_entry", "comments_follow", ["entry"])
    op.create_table(
        "comments_news",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("follow", sa.Integer, sa.ForeignKey("comments_follow.id", ondelete="CASCADE"), nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("gated", sa.Boolean, nullable=False),
        sa.UniqueConstraint("follow", "comment"),
        sqlite_autoincrement=True,
    )
