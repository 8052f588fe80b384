"""What of new comments is to be mailed.

Revision ID: moderation_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "moderation_0001"
down_revision = None
branch_labels = ("moderation",)
depends_on = None


def upgrade() -> None:
    """Create the two tables."""
    op.create_table(
        "moderation_mailing",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("planned", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "moderation_news",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("authors", sa.Text, nullable=False),
        sa.Column("gated", sa.Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
