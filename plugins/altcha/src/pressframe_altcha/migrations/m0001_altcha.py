"""Proofs of work that were used, each with the comment that it was for.

Revision ID: altcha_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "altcha_0001"
down_revision = None
branch_labels = ("altcha",)
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "altcha_used",
        sa.Column("nonce", sa.Text, primary_key=True),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )
    op.create_index("altcha_used_expires", "altcha_used", ["expires"])
