"""The plugin's tables, as its newest revision leaves them."""

from __future__ import annotations

import sqlalchemy as sa

from pressframe_sql.types import Moment

_METADATA = sa.MetaData()

RECEIVED = sa.Table(
    "webmention_received",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),  # normalized, as is the target; both together are unique
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("entry", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # "webmention" or "pingback"
    sa.Column("received", Moment, nullable=False),  # when it was sent last
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),  # why it was refused or removed
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("comment", sa.Text),  # id of the comment that was made of it
)

ASKED = sa.Table(
    "webmention_asked",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("client", sa.Text, nullable=False),  # shortened
    sa.Column("host", sa.Text, nullable=False),  # of the source
    sa.Column("entry", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

SENT = sa.Table(
    "webmention_sent",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("entry", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),  # as it stands in the entry
    sa.Column("version", sa.Text, nullable=False),  # of the entry, when it was sent last
    sa.Column("is_linked", sa.Boolean, nullable=False),  # False when the link has gone, which is told as well
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # how it was sent; empty before that
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

SINCE = sa.Table("webmention_since", _METADATA, sa.Column("at", Moment, nullable=False))
