"""Links that open an entry, and what readers without its audience have read this month.

Revision ID: passes_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "passes_0001"
down_revision = None
branch_labels = ("passes",)
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "passes_link",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("loader", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("giver", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("most", sa.Integer, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
        sa.Column("revoked", sa.BigInteger),
    )
    op.create_index("passes_link_giver", "passes_link", ["giver", "made"])
    op.create_index("passes_link_expires", "passes_link", ["expires"])
    op.create_table(
        "passes_read",
        sa.Column("reader", sa.Text, primary_key=True),
        sa.Column("month", sa.Text, primary_key=True),
        sa.Column("entry", sa.Text, primary_key=True),
    )
