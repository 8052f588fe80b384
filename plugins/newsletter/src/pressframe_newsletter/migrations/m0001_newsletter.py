"""Campaigns with a row for each recipient, members' wishes, addresses that take no mail, and the mark of this database.

Revision ID: newsletter_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "newsletter_0001"
down_revision = None
branch_labels = ("newsletter",)
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "newsletter_campaign",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, unique=True),
        sa.Column("newsletter", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("entries", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("begun", sa.BigInteger),
        sa.Column("moved", sa.BigInteger),
        sa.Column("ended", sa.BigInteger),
        sa.Column("reached", sa.Text),
        sa.Column("again", sa.Integer, nullable=False),
    )
    op.create_index("newsletter_campaign_state", "newsletter_campaign", ["state", "due"])
    op.create_index("newsletter_campaign_made", "newsletter_campaign", ["made"])
    op.create_table(
        "newsletter_recipient",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("campaign", sa.Text, sa.ForeignKey("newsletter_campaign.id", ondelete="CASCADE"), nullable=False),
        sa.Column("member", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False, unique=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due", sa.BigInteger),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("doubts", sa.Integer, nullable=False),
        sa.Column("handed", sa.BigInteger),
        sa.Column("error", sa.Text, nullable=False),
        sa.UniqueConstraint("campaign", "member"),
        sqlite_autoincrement=True,
    )
    op.create_index("newsletter_recipient_state", "newsletter_recipient", ["campaign", "state", "due"])
    op.create_index("newsletter_recipient_member", "newsletter_recipient", ["member"])
    op.create_index("newsletter_recipient_person", "newsletter_recipient", ["person"])
    op.create_index("newsletter_recipient_handed", "newsletter_recipient", ["handed"])
    _create_people()


def _create_people() -> None:
    op.create_table(
        "newsletter_wish",
        sa.Column("member", sa.Text, primary_key=True),
        sa.Column("newsletter", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("wants", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("newsletter_wish_person", "newsletter_wish", ["person"])
    op.create_table(
        "newsletter_stop",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "newsletter_return",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("newsletter_return_person", "newsletter_return", ["person", "at"])
    op.create_table(
        "newsletter_mark",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("since", sa.BigInteger),
        sa.Column("restored", sa.BigInteger),
        sa.Column("next", sa.BigInteger),
        sa.Column("resting", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("trouble", sa.Text, nullable=False),
    )
