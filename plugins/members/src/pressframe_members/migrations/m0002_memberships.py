"""Names, what members may read and until when, codes for sign-in, devices, addresses to be changed, private feeds.

Revision ID: members_0002
"""

import sqlalchemy as sa
from alembic import op

revision = "members_0002"
down_revision = "members_0001"


def upgrade() -> None:
    """Add the columns and two tables."""
    for column in (
        sa.Column("name", sa.Text),
        sa.Column("language", sa.Text),
        sa.Column("source", sa.Text, nullable=False, server_default="sign-up"),
        sa.Column("sought", sa.Text, nullable=False, server_default=""),
        sa.Column("feed", sa.Text),
    ):
        op.add_column("members_member", column)
    op.execute("UPDATE members_member SET sought = folded")
    op.create_index("members_member_since", "members_member", ["since", "id"])
    op.create_index("members_member_feed", "members_member", ["feed"], unique=True)
    op.add_column("members_link", sa.Column("address", sa.Text))
    op.add_column("members_session", sa.Column("device", sa.Text, nullable=False, server_default=""))
    op.add_column("members_session", sa.Column("seen", sa.BigInteger))
    op.create_table(
        "members_membership",
        sa.Column("id", sa.Integer, primary_key=True),
        _member(),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.UniqueConstraint("member", "audience", "source"),
        sqlite_autoincrement=True,
    )
    op.create_index("members_membership_audience", "members_membership", ["audience", "member"])
    op.create_table(
        "members_request",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("link", sa.Text),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )
    op.create_index("members_request_expires", "members_request", ["expires"])


def _member() -> sa.Column[int]:
    return sa.Column("member", sa.Integer, sa.ForeignKey("members_member.id", ondelete="CASCADE"), nullable=False)
