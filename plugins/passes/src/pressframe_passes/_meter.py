"""How many closed posts somebody has read this month: strangers by a cookie, who is signed in by the database.

What a stranger has read is known to nobody but their browser, which carries it in a signed cookie of this site alone.
Without one nothing opens: programs that keep no cookies, and whoever looks ahead for a reader, read nothing.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import attrs
import sqlalchemy as sa

from pressframe.errors import StoreError
from pressframe.model import Card, Host, Reader
from pressframe_passes._tables import READ
from pressframe_sql import Database, database
from pressframe_web import Cookie, Request
from pressframe_web.identity import Links, disguise

COOKIE = "reads"
METERED = "one of this month's free posts"

_KEPT = timedelta(days=40)
_MARK = 12
_TOLD = re.compile(r"(\d{4}-\d{2})\.((?:[0-9a-f]{12}){0,200})")


@attrs.frozen
class Meter:
    """Counts for one site.

    Attributes:
        free: Posts a month.
    """

    _host: Host
    free: int

    def has_read(self, entry: Card, request: Request) -> bool | None:
        """Say whether this post is counted already; None if it is not and may not be any more."""
        month, mark = self._month(request.now), self._mark(entry.id)
        reader = request.reader
        read = self._of_reader(reader, month) if reader else self._of_stranger(request, month)
        if read is not None and mark in read:
            return True
        return False if read is not None and len(read) < self.free and not _is_looking_ahead(request) else None

    def note(self, entry: Card, request: Request) -> list[Cookie]:
        """Count this post, once however often it is read, and return the cookie that remembers it.

        Raises:
            StoreError: It is one too many, or nothing can be stored.
        """
        month, mark = self._month(request.now), self._mark(entry.id)
        if request.reader is not None:
            self._store(request.reader, month, mark)
            return []
        read = self._of_stranger(request, month)
        if read is None or len({*read, mark}) > self.free:
            raise StoreError("a post more than are free")
        return [self._cookie(month, tuple(dict.fromkeys((*read, mark))))]

    def start(self, request: Request) -> tuple[Cookie, bool]:
        """Return the cookie that a stranger's count begins or goes on with, and whether a post is left this month."""
        month = self._month(request.now)
        read = self._of_stranger(request, month) or ()
        return self._cookie(month, read), len(read) < self.free

    def _of_stranger(self, request: Request, month: str) -> tuple[str, ...] | None:
        """Return the marks in the cookie, none of another month; None without a cookie of this site's."""
        told = Links(self._host, "passes reads").read(request.cookies.get(COOKIE, ""))
        found = _TOLD.fullmatch(told) if told else None
        if found is None:
            return None
        return tuple(re.findall(rf".{{{_MARK}}}", found[2])) if found[1] == month else ()

    def _of_reader(self, reader: Reader, month: str) -> tuple[str, ...]:
        read = sa.select(READ.c.entry).where(READ.c.reader == self._whose(reader), READ.c.month == month)
        with self._db.read() as connection:
            return tuple(connection.scalars(read))

    def _store(self, reader: Reader, month: str, mark: str) -> None:
        whose = self._whose(reader)

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(READ).where(READ.c.month != month))
            mine = sa.select(READ.c.entry).where(READ.c.reader == whose, READ.c.month == month)
            read = set(connection.scalars(mine))
            if mark in read:
                return
            if len(read) >= self.free:
                raise StoreError("a post more than are free")
            connection.execute(sa.insert(READ).values(reader=whose, month=month, entry=mark))

        self._db.write(work)

    @property
    def _db(self) -> Database:
        return database(self._host)

    def _cookie(self, month: str, read: tuple[str, ...]) -> Cookie:
        signed = Links(self._host, "passes reads").sign(f"{month}.{''.join(read)}")
        return Cookie(name=COOKIE, value=signed, max_age=_KEPT)

    def _month(self, now: datetime) -> str:
        return f"{now.astimezone(self._host.settings.timezone):%Y-%m}"

    def _mark(self, entry: str) -> str:
        return disguise(self._host.secret("passes entries"), entry)[:_MARK]

    def _whose(self, reader: Reader) -> str:
        return disguise(self._host.secret("passes readers"), reader.id)


def _is_looking_ahead(request: Request) -> bool:
    """Say whether a browser fetches the page before anybody has asked for it: nobody reads it yet."""
    return "prefetch" in f"{request.headers.get('sec-purpose', '')} {request.headers.get('purpose', '')}".lower()
