"""The plugin's tables, as its newest revision leaves them."""

from __future__ import annotations

import sqlalchemy as sa

from pressframe_sql.types import Moment

_METADATA = sa.MetaData()

LINK = sa.Table(
    "passes_link",
    _METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # "gift" or "preview"
    sa.Column("entry", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),  # when it was made, for the owner's list
    sa.Column("loader", sa.Text, nullable=False),  # of a preview: where its draft is
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("giver", sa.Text, nullable=False),  # a reader, disguised; empty for the owner
    sa.Column("made", Moment, nullable=False),
    sa.Column("expires", Moment, nullable=False),
    sa.Column("most", sa.Integer, nullable=False),  # browsers that may take it; of a preview 0, as nobody counts
    sa.Column("used", sa.Integer, nullable=False),
    sa.Column("revoked", Moment),
    sa.Column("reader", sa.Text),  # who gave it, as the site knows them; NULL for the owner
)

READ = sa.Table(
    "passes_read",
    _METADATA,
    sa.Column("reader", sa.Text, primary_key=True),  # disguised
    sa.Column("month", sa.Text, primary_key=True),  # "2026-11"
    sa.Column("entry", sa.Text, primary_key=True),
)
