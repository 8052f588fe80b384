"""Work to be done later.

Revision ID: sql_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "sql_0001"
down_revision = None


def upgrade() -> None:
    """Create the table of jobs."""
    op.create_table(
        "sql_job",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key", sa.Text, unique=True),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("sql_job_due", "sql_job", ["state", "due"])
