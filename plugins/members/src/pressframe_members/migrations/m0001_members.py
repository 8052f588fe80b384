"""Members, links that were mailed to them, their sessions, and what has been asked for lately.

Revision ID: members_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "members_0001"
down_revision = None
branch_labels = ("members",)
depends_on = None


def upgrade() -> None:
    """Create the four tables."""
    op.create_table(
        "members_member",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("reader", sa.Text, nullable=False, unique=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False, unique=True),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("confirmed", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "members_link",
        sa.Column("id", sa.Text, primary_key=True),
        _member(),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("back", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.BigInteger),
    )
    op.create_index("members_link_member", "members_link", ["member"])
    op.create_table(
        "members_session",
        sa.Column("digest", sa.Text, primary_key=True),
        _member(),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )
    op.create_index("members_session_member", "members_session", ["member"])
    op.create_table(
        "members_asked",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("members_asked_at", "members_asked", ["at"])


def _member() -> sa.Column[int]:
    return sa.Column("member", sa.Integer, sa.ForeignKey("members_member.id", ondelete="CASCADE"), nullable=False)
