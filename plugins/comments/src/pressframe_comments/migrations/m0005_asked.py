"""On whose word, and to which domain, mails asked whether an address is theirs: of the last hour, disguised.

Revision ID: comments_0005
"""

import sqlalchemy as sa
from alembic import op

from pressframe_sql.types import Moment

revision = "comments_0005"
down_revision = "comments_0004"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "comments_asked",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("comments_asked_at", "comments_asked", ["at"])
