"""An index of names: moderators are told what else came under the same one.

Revision ID: comments_0006
"""

from alembic import op

revision = "comments_0006"
down_revision = "comments_0005"


def upgrade() -> None:
    """Create the index; counts need nothing but what is in it."""
    op.create_index("comments_by_author", "comments_comment", ["author", "state"])
