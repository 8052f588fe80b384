"""Words with their counts, and the comments that they were learned from.

Revision ID: bayes_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "bayes_0001"
down_revision = None
branch_labels = ("bayes",)
depends_on = None


def upgrade() -> None:
    """Create the two tables."""
    op.create_table(
        "bayes_token",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("token", sa.Text, nullable=False, unique=True),
        sa.Column("spam", sa.Integer, nullable=False),
        sa.Column("ham", sa.Integer, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("bayes_token_worth", "bayes_token", [sa.text("(spam + ham)"), "seen"])
    op.create_table(
        "bayes_learned",
        sa.Column("comment", sa.Text, primary_key=True),
        sa.Column("is_spam", sa.Boolean, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("tokens", sa.Text),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("bayes_learned_digest", "bayes_learned", ["digest"])
    op.create_index("bayes_learned_at", "bayes_learned", ["at"])
