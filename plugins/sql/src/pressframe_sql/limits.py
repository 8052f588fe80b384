"""How many mails go out on one client's word, and to one domain: counted in the database, which outlives a restart.

And what a clock that was wrong has written there, or makes look like the past.

Import this only where sqlalchemy is wanted anyway.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs
import sqlalchemy as sa

from pressframe_sql.types import Moment

__all__ = ["BY_CLIENT", "FOR_DOMAIN", "SET_BACK", "Asked", "asked_table", "is_long_over", "is_valid", "lately"]

BY_CLIENT, FOR_DOMAIN = 20, 300
"""So many are sent in an hour at most."""
_HOUR = timedelta(hours=1)
SET_BACK = timedelta(hours=2)
"""What lies further ahead was noted by a clock that was wrong, and must shut nobody out until that time comes."""
_SOON_FORGOTTEN, _FORGOTTEN = timedelta(days=60), timedelta(days=730)
"""So long after its end something is forgotten: soon, or only when that must be long ago."""


def lately(column: sa.ColumnElement[datetime], now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that a moment was within the last hour, though the clock may have been set back since."""
    return (column > now - _HOUR) & (column <= now + SET_BACK)


def is_valid(
    made: sa.ColumnElement[datetime], expires: sa.ColumnElement[datetime], now: datetime
) -> sa.ColumnElement[bool]:
    """Return the condition that a link or a session is good: not over, nor made by a clock that was far ahead."""
    return (expires > now) & (made <= now + SET_BACK)


def is_long_over(expires: sa.ColumnElement[datetime], now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that what is over may be forgotten.

    Of what seems to have ended long ago nobody knows whether it did, or the clock is a year ahead.
    """
    return ((expires <= now) & (expires > now - _SOON_FORGOTTEN)) | (expires <= now - _FORGOTTEN)


def asked_table(name: str, metadata: sa.MetaData) -> sa.Table:
    """Return the table called *name*, in which a plugin counts; its migration makes it, with an index on ``at``."""
    return sa.Table(
        name,
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("client", sa.Text, nullable=False),  # disguised, as is the domain
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("at", Moment, nullable=False),
    )


@attrs.frozen(kw_only=True)
class Asked:
    """How often the same client asked for a mail within the hour, and anybody for one to the same domain."""

    by_client: int
    for_domain: int

    @classmethod
    def note(cls, connection: sa.Connection, table: sa.Table, client: str, domain: str, now: datetime) -> Asked:
        """Note one more, within the caller's transaction, so that many at once count as many; return how many they are.

        Args:
            client: What tells one from another without telling who it is, as *domain*.
        """
        connection.execute(sa.delete(table).where(~lately(table.c.at, now)))
        connection.execute(sa.insert(table).values(client=client, domain=domain, at=now))
        counts = sa.select(
            sa.func.count().filter(table.c.client == client), sa.func.count().filter(table.c.domain == domain)
        )
        by_client, for_domain = connection.execute(counts).one()
        return cls(by_client=by_client, for_domain=for_domain)

    @property
    def is_too_much(self) -> bool:
        """True if no mail is to be sent for it."""
        return self.by_client > BY_CLIENT or self.for_domain > FOR_DOMAIN

    @property
    def is_first_too_much(self) -> bool:
        """True if it is the first within the hour that is too much for one client: worth a line in the log."""
        return self.by_client == BY_CLIENT + 1
