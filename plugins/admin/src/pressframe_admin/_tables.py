"""The plugin's tables, as its newest revision leaves them."""

from __future__ import annotations

import sqlalchemy as sa

from pressframe_sql.types import Moment

_METADATA = sa.MetaData()


def _account() -> sa.Column[int]:
    return sa.Column("account", sa.Integer, sa.ForeignKey("admin_account.id", ondelete="CASCADE"), nullable=False)


ACCOUNT = sa.Table(
    "admin_account",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("address", sa.Text, nullable=False),  # as typed: where mail is sent to
    sa.Column("folded", sa.Text, nullable=False, unique=True),  # for finding it again
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),  # slug; empty for none
    sa.Column("hash", sa.Text),  # NULL: signs in by a mailed link only
    sa.Column("made", Moment, nullable=False),
    sa.Column("disabled", Moment),
)

SESSION = sa.Table(
    "admin_session",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),  # the cookie itself is not stored
    _account(),
    sa.Column("way", sa.Text, nullable=False),  # "password" or "link"
    sa.Column("browser", sa.Text, nullable=False),
    sa.Column("network", sa.Text, nullable=False),  # shortened
    sa.Column("made", Moment, nullable=False),
    sa.Column("seen", Moment, nullable=False),
    sa.Column("expires", Moment, nullable=False),
)

LINK = sa.Table(
    "admin_link",
    _METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    _account(),
    sa.Column("purpose", sa.Text, nullable=False),  # "sign-in" or "welcome"
    sa.Column("back", sa.Text, nullable=False),  # path on the owner's side; empty for its home
    sa.Column("made", Moment, nullable=False),
    sa.Column("expires", Moment, nullable=False),
    sa.Column("ended", Moment),  # when it was used, or a newer one was made
)

ATTEMPT = sa.Table(
    "admin_attempt",
    _METADATA,
    sa.Column("who", sa.Text, primary_key=True),  # disguised
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("at", Moment, nullable=False),
)
