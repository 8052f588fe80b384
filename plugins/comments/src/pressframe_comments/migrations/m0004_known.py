"""Who had a comment accepted that is in a file now, where nothing is kept of its sender.

Revision ID: comments_0004
"""

import sqlalchemy as sa
from alembic import op

revision = "comments_0004"
down_revision = "comments_0003"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "comments_known",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sender", sa.Text),
        sa.Column("reader", sa.Text),
        sa.Column("person", sa.Text),
        sqlite_autoincrement=True,
    )
    for name in ("sender", "reader", "person"):
        op.create_index(f"comments_known_{name}", "comments_known", [name])
