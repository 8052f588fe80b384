"""What the owner did, to be taken back; and when those who left had come, without saying who they were.

Revision ID: subscribers_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "subscribers_0001"
down_revision = None
branch_labels = ("subscribers",)
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "subscribers_act",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("changes", sa.Text, nullable=False),
    )
    op.create_index("subscribers_act_at", "subscribers_act", ["at"])
    op.create_table(
        "subscribers_gone",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("confirmed", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.BigInteger, nullable=False),
    )
