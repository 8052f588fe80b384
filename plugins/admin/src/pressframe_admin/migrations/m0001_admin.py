"""Accounts of the owner and those who help, their sessions, links mailed to them, and attempts to sign in.

Revision ID: admin_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "admin_0001"
down_revision = None
branch_labels = ("admin",)
depends_on = None


def upgrade() -> None:
    """Create the four tables."""
    op.create_table(
        "admin_account",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("hash", sa.Text),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("disabled", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "admin_session",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        _account(),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("browser", sa.Text, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("admin_session_account", "admin_session", ["account"])
    op.create_table(
        "admin_link",
        sa.Column("id", sa.Text, primary_key=True),
        _account(),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("back", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.BigInteger),
    )
    op.create_index("admin_link_account", "admin_link", ["account"])
    op.create_table(
        "admin_attempt",
        sa.Column("who", sa.Text, primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("admin_attempt_at", "admin_attempt", ["at"])


def _account() -> sa.Column[int]:
    return sa.Column("account", sa.Integer, sa.ForeignKey("admin_account.id", ondelete="CASCADE"), nullable=False)
