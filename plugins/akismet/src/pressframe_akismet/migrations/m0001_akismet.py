"""What Akismet said of each comment.

Revision ID: akismet_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "akismet_0001"
down_revision = None
branch_labels = ("akismet",)
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "akismet_checked",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("permalink", sa.Text, nullable=False),
        sa.Column("recheck", sa.Integer),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("akismet_checked_at", "akismet_checked", ["at"])
