"""Who gave a link: what it opens is what they may read.

Revision ID: passes_0002
"""

import sqlalchemy as sa
from alembic import op

revision = "passes_0002"
down_revision = "passes_0001"


def upgrade() -> None:
    """Add the column."""
    op.add_column("passes_link", sa.Column("reader", sa.Text))
    op.create_index("passes_link_reader", "passes_link", ["reader"])
