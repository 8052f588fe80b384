"""The plugin's tables, as its newest revision leaves them."""

from __future__ import annotations

import sqlalchemy as sa

from pressframe_sql.types import Moment

_METADATA = sa.MetaData()


def _member() -> sa.Column[int]:
    return sa.Column("member", sa.Integer, sa.ForeignKey("members_member.id", ondelete="CASCADE"), nullable=False)


MEMBER = sa.Table(
    "members_member",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("reader", sa.Text, nullable=False, unique=True),  # Reader.id
    sa.Column("address", sa.Text, nullable=False),  # as typed: where mail is sent to
    sa.Column("folded", sa.Text, nullable=False, unique=True),  # for finding it again
    sa.Column("since", Moment, nullable=False),
    sa.Column("confirmed", Moment),  # NULL: nobody has proved yet that the address is theirs
)

LINK = sa.Table(
    "members_link",
    _METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    _member(),
    sa.Column("purpose", sa.Text, nullable=False),  # "confirm" or "sign-in"
    sa.Column("back", sa.Text, nullable=False),  # path on the site where the reader came from
    sa.Column("made", Moment, nullable=False),
    sa.Column("expires", Moment, nullable=False),
    sa.Column("ended", Moment),  # when it was used, or a newer one was made
)

SESSION = sa.Table(
    "members_session",
    _METADATA,
    sa.Column("digest", sa.Text, primary_key=True),  # the cookie itself is not stored
    _member(),
    sa.Column("made", Moment, nullable=False),
    sa.Column("expires", Moment, nullable=False),
)

ASKED = sa.Table(
    "members_asked",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("client", sa.Text, nullable=False),  # disguised, as is the domain
    sa.Column("domain", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)
