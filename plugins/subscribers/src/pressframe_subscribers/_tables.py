"""The plugin's tables, as its newest revision leaves them."""

from __future__ import annotations

import sqlalchemy as sa

from pressframe_sql.types import Moment

_METADATA = sa.MetaData()

ACT = sa.Table(
    "subscribers_act",
    _METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account", sa.Integer, nullable=False),  # whose it is to take back
    sa.Column("at", Moment, nullable=False),
    sa.Column("changes", sa.Text, nullable=False),  # JSON: what was had before and after
)

GONE = sa.Table(
    "subscribers_gone",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("confirmed", Moment, nullable=False),  # to the hour, as is when they left
    sa.Column("ended", Moment, nullable=False),
)
