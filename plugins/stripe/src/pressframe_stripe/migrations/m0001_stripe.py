"""Events, subscriptions, visits to the checkout page, and who has left.

Revision ID: stripe_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "stripe_0001"
down_revision = None
branch_labels = ("stripe",)
depends_on = None


def upgrade() -> None:
    """Create the four tables."""
    op.create_table(
        "stripe_event",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subscription", sa.Text, nullable=False),
        sa.Column("customer", sa.Text, nullable=False),
        sa.Column("charge", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("worked", sa.BigInteger),
    )
    op.create_index("stripe_event_received", "stripe_event", ["received"])
    op.create_table(
        "stripe_subscription",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("member", sa.Text, nullable=False),
        sa.Column("customer", sa.Text, nullable=False),
        sa.Column("price", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("period_end", sa.BigInteger, nullable=False),
        sa.Column("ends", sa.BigInteger),
        sa.Column("until", sa.BigInteger),
        sa.Column("taken_back", sa.Boolean, nullable=False),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("known", sa.Integer, nullable=False),
    )
    op.create_index("stripe_subscription_member", "stripe_subscription", ["member"])
    op.create_index("stripe_subscription_customer", "stripe_subscription", ["customer"])
    op.create_table(
        "stripe_session",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("member", sa.Text, nullable=False),
        sa.Column("back", sa.Text, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("stripe_session_member", "stripe_session", ["member"])
    op.create_table(
        "stripe_left",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
