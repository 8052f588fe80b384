"""How often somebody may try: fewer and fewer times, but never never."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs
import sqlalchemy as sa

from pressframe.model import Host
from pressframe_admin._tables import ATTEMPT
from pressframe_web.identity import disguise, network

_FREE = 5
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_FOR_ACCOUNT = timedelta(minutes=1)
"""However many guess at it, its owner gets a turn within so long; a mailed link is not counted at all."""
_LONGEST_FOR_CLIENT = timedelta(minutes=15)
_FORGOTTEN = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MAILS_AN_HOUR = 20


@attrs.frozen
class Limits:
    """Counts attempts on one site; inside a transaction of its caller, so that many at once count as many."""

    _host: Host

    def may_try(self, connection: sa.Connection, address: str, client: str, now: datetime) -> timedelta:
        """Note an attempt at a password, and return how long to wait before it may be made; nothing if it may be now.

        Noted before the password is looked at; who turns out to know it calls ``succeeded``. One that may not be made
        is not noted, so that waiting is always enough.
        """
        self._tidy(connection, now)
        names = {
            self._name("account", address): _LONGEST_FOR_ACCOUNT,
            self._name("client", network(client)): _LONGEST_FOR_CLIENT,
        }
        waits = [self._wait(connection, who, longest, now) for who, longest in names.items()]
        if max(waits) > timedelta(0):
            return max(waits)
        for who in names:
            self._note(connection, who, now)
        return timedelta(0)

    def succeeded(self, connection: sa.Connection, address: str, client: str) -> None:
        """Forget the attempts of who has shown that they know the password."""
        names = (self._name("account", address), self._name("client", network(client)))
        connection.execute(sa.delete(ATTEMPT).where(ATTEMPT.c.who.in_(names)))

    def may_ask_for_mail(self, connection: sa.Connection, client: str, now: datetime) -> bool:
        """Note that a client asks for a mailed link, and say whether it has not asked too often this hour."""
        self._tidy(connection, now)
        who = self._name("mail", network(client))
        row = connection.execute(sa.select(ATTEMPT).where(ATTEMPT.c.who == who)).one_or_none()
        if row is not None and abs(now - row.since) >= _HOUR:
            connection.execute(sa.delete(ATTEMPT).where(ATTEMPT.c.who == who))
            row = None
        self._note(connection, who, now)
        return row is None or row.tries < _MAILS_AN_HOUR

    def _wait(self, connection: sa.Connection, who: str, longest: timedelta, now: datetime) -> timedelta:
        row = connection.execute(sa.select(ATTEMPT).where(ATTEMPT.c.who == who)).one_or_none()
        if row is None or row.tries < _FREE or row.at > now:  # a clock that was set back must not shut anybody out
            return timedelta(0)
        wait = min(_FIRST_WAIT * 2 ** min(row.tries - _FREE, 20), longest)
        left: timedelta = row.at + wait - now
        return max(left, timedelta(0))

    def _note(self, connection: sa.Connection, who: str, now: datetime) -> None:
        more = sa.update(ATTEMPT).where(ATTEMPT.c.who == who).values(tries=ATTEMPT.c.tries + 1, at=now)
        if connection.execute(more).rowcount == 0:
            connection.execute(sa.insert(ATTEMPT).values(who=who, tries=1, since=now, at=now))

    def _tidy(self, connection: sa.Connection, now: datetime) -> None:
        connection.execute(sa.delete(ATTEMPT).where(ATTEMPT.c.at <= now - _FORGOTTEN))

    def _name(self, kind: str, who: str) -> str:
        return disguise(self._host.secret("admin limits"), f"{kind}:{who}")
