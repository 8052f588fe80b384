"""The plugin's tables, as its newest revision leaves them."""

from __future__ import annotations

import sqlalchemy as sa

from pressframe_sql.limits import asked_table
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
    sa.Column("name", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("source", sa.Text, nullable=False),  # where they came from: "sign-up", "import" …
    sa.Column("sought", sa.Text, nullable=False),  # address and name, without accents and case
    sa.Column("feed", sa.Text),  # names their private feed; NULL: they have none
)

MEMBERSHIP = sa.Table(
    "members_membership",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    _member(),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("until", Moment),
)

LINK = sa.Table(
    "members_link",
    _METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    _member(),
    sa.Column("purpose", sa.Text, nullable=False),  # "confirm", "sign-in" or "address"
    sa.Column("back", sa.Text, nullable=False),  # path on the site where the reader came from
    sa.Column("address", sa.Text),  # the new one, where the purpose is to change it
    sa.Column("made", Moment, nullable=False),
    sa.Column("expires", Moment, nullable=False),
    sa.Column("ended", Moment),  # when it was used, or a newer one was made
)

REQUEST = sa.Table(
    "members_request",
    _METADATA,
    sa.Column("digest", sa.Text, primary_key=True),  # of the cookie of the browser that asked
    sa.Column("about", sa.Text, nullable=False),  # the address, disguised
    sa.Column("link", sa.Text),  # what was mailed; NULL: nothing (yet), as nobody has that address
    sa.Column("tries", sa.Integer, nullable=False),  # wrong codes
    sa.Column("expires", Moment, nullable=False),
)

SESSION = sa.Table(
    "members_session",
    _METADATA,
    sa.Column("digest", sa.Text, primary_key=True),  # the cookie itself is not stored
    _member(),
    sa.Column("made", Moment, nullable=False),
    sa.Column("expires", Moment, nullable=False),
    sa.Column("device", sa.Text, nullable=False),  # "Firefox, Linux"; empty where nobody knows
    sa.Column("seen", Moment),  # to the hour; NULL: never since it was made
)

ASKED = asked_table("members_asked", _METADATA)
