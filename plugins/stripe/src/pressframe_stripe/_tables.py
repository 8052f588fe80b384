"""The plugin's tables, as its newest revision leaves them."""

from __future__ import annotations

import sqlalchemy as sa

from pressframe_sql.types import Moment

_METADATA = sa.MetaData()

EVENT = sa.Table(
    "stripe_event",
    _METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subscription", sa.Text, nullable=False),  # what leads to it; empty where the event does not say
    sa.Column("customer", sa.Text, nullable=False),
    sa.Column("charge", sa.Text, nullable=False),
    sa.Column("made", Moment, nullable=False),  # by Stripe
    sa.Column("received", Moment, nullable=False),
    sa.Column("worked", Moment),  # NULL: not yet
)

SUBSCRIPTION = sa.Table(
    "stripe_subscription",
    _METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("member", sa.Text, nullable=False),  # Member.id; empty until it was looked at
    sa.Column("customer", sa.Text, nullable=False),
    sa.Column("price", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),  # Stripe's word, or "gone"
    sa.Column("since", Moment, nullable=False),
    sa.Column("period_end", Moment, nullable=False),
    sa.Column("ends", Moment),  # NULL: it goes on
    sa.Column("until", Moment),  # lets its owner read; NULL: not at all
    sa.Column("taken_back", sa.Boolean, nullable=False),
    sa.Column("asked", sa.Integer, nullable=False),  # so often we began to look at it
    sa.Column("known", sa.Integer, nullable=False),  # which of these looks the row is from
)

SESSION = sa.Table(
    "stripe_session",
    _METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("member", sa.Text, nullable=False),
    sa.Column("back", sa.Text, nullable=False),  # path on the site where they came from
    sa.Column("times", sa.Integer, nullable=False),  # so often they were led there
    sa.Column("at", Moment, nullable=False),
)

LEFT = sa.Table(
    "stripe_left",
    _METADATA,
    sa.Column("digest", sa.Text, primary_key=True),  # of the Member.id of who has left, with the site's key
    sa.Column("at", Moment, nullable=False),
)
