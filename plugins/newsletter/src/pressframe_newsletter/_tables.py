"""The plugin's tables, as its newest revision leaves them."""

from __future__ import annotations

import sqlalchemy as sa

from pressframe_sql.types import Moment

_METADATA = sa.MetaData()

CAMPAIGN = sa.Table(
    "newsletter_campaign",
    _METADATA,
    sa.Column("id", sa.Text, primary_key=True),  # random: names the messages, so that no other campaign ever has it
    sa.Column("key", sa.Text, unique=True),  # what the site makes by itself it makes once; NULL: made by hand
    sa.Column("newsletter", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # "post" or "digest"
    sa.Column("entries", sa.Text, nullable=False),  # ids, as JSON
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),  # why it is held; else empty
    sa.Column("by", sa.Text, nullable=False),  # who made it; empty for the site itself
    sa.Column("made", Moment, nullable=False),
    sa.Column("due", Moment, nullable=False),
    sa.Column("begun", Moment),
    sa.Column("moved", Moment),  # when the last message of it was handed over
    sa.Column("ended", Moment),
    sa.Column("reached", sa.Text),  # the last member who has a row; NULL: all have
    sa.Column("again", sa.Integer, nullable=False),  # messages that may have come twice, as the program was cut off
)

RECIPIENT = sa.Table(
    "newsletter_recipient",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("campaign", sa.Text, sa.ForeignKey(CAMPAIGN.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("member", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),  # keyed hash of the address
    sa.Column("message", sa.Text, nullable=False, unique=True),  # its Message-ID
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("due", Moment),  # when it is to be handed over; NULL: never again
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("doubts", sa.Integer, nullable=False),  # how often the server said nothing after a whole message
    sa.Column("handed", Moment),  # when it was last begun to be handed over
    sa.Column("error", sa.Text, nullable=False),
)

WISH = sa.Table(
    "newsletter_wish",
    _METADATA,
    sa.Column("member", sa.Text, primary_key=True),
    sa.Column("newsletter", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("wants", sa.Text, nullable=False),  # "each", "weekly" or "never"
    sa.Column("at", Moment, nullable=False),
)

STOP = sa.Table(
    "newsletter_stop",
    _METADATA,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("why", sa.Text, nullable=False),  # "bounced" or "complained"
    sa.Column("at", Moment, nullable=False),
)

RETURN = sa.Table(
    "newsletter_return",
    _METADATA,
    sa.Column("digest", sa.Text, primary_key=True),  # of the report, which counts once
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # "hard", "soft" or "complaint"
    sa.Column("at", Moment, nullable=False),
)

MARK = sa.Table(
    "newsletter_mark",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),  # 1: there is one row
    sa.Column("count", sa.BigInteger, nullable=False),  # goes on with every message; see _guard
    sa.Column("since", Moment),  # posts that were published before are old
    sa.Column("restored", Moment),  # when this was found to be a copy: what was due before waits for the owner
    sa.Column("next", Moment),  # for when the next job is planned
    sa.Column("resting", Moment),  # until then the mail server is left alone
    sa.Column("failures", sa.Integer, nullable=False),  # how often in a row it could not be used
    sa.Column("trouble", sa.Text, nullable=False),  # what was the matter with it
)
