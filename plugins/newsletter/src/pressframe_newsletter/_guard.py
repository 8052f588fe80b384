"""One sender at a time, and one that knows whether its database was put back from a copy.

Beside the database lies a file that counts with it. Who puts back a database alone brings one that is behind the file;
who takes it to another machine has no file. Both are found out before anything is sent, and what was to be sent then
waits for the owner's word. Where file and database were put back together, they agree: then only time tells, by
``late_after``.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa

from pressframe.errors import StoreError
from pressframe.model import Host
from pressframe_newsletter._planning import ensure_mark
from pressframe_newsletter._tables import CAMPAIGN, MARK
from pressframe_sql import Database, database

_FILE = "newsletter-mark"
_LOCK = 7_233_201
"""Names the lock in PostgreSQL."""


class Guard:
    """Keeps others from sending at the same time, and counts on."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._file = host.folder / "data" / _FILE
        self._mutex = threading.Lock()
        self._count = self._written = 0

    @property
    def _db(self) -> Database:
        return database(self._host)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Give True if nobody else sends for this site, and nobody will while the block runs.

        A process that is killed lets go, so what is still marked as being handed over was cut off.

        Raises:
            StoreError: The file beside the database cannot be written.
        """
        import fcntl

        try:
            self._file.parent.mkdir(mode=0o700, exist_ok=True)
            handle = os.open(self._file.with_name(f"{_FILE}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(f"{self._file} cannot be used: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            yield False
            return
        try:
            with self._alone_in_database() as is_free:
                yield is_free
        finally:
            os.close(handle)

    @contextmanager
    def _alone_in_database(self) -> Iterator[bool]:
        """Keep other machines out, where there may be any."""
        with self._db.read() as connection:
            is_shared = connection.dialect.name == "postgresql"
        if not is_shared:
            yield True
            return
        with self._db.read() as connection:
            yield bool(connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK))))

    def check(self, now: datetime) -> bool:
        """Return whether this database was put back from a copy; if so, let everything wait for the owner's word."""
        with self._db.read() as connection:
            count = connection.scalar(sa.select(MARK.c.count)) or 0
        written = self._read()
        is_copy = count > 0 if written is None else count < written
        if is_copy:

            def work(connection: sa.Connection) -> None:
                ensure_mark(connection)
                connection.execute(sa.update(MARK).values(restored=now))
                waits = CAMPAIGN.c.state.in_(("planned", "sending"))
                connection.execute(sa.update(CAMPAIGN).where(waits).values(state="held", reason="restored"))

            self._db.write(work)
        self._count = count
        self._written = written or 0
        if is_copy or written is None:
            self._write(count)
        return is_copy

    def next(self) -> int:
        """Return what the database must count to in the transaction that follows."""
        with self._mutex:
            self._count += 1
            return self._count

    def counted(self, count: int, *, sync: bool = False) -> None:
        """Write down that the database has counted to *count*: only now, so that no kill leaves it behind the file."""
        with self._mutex:
            if count > self._written:
                self._write(count, sync=sync)

    def _read(self) -> int | None:
        try:
            return int(self._file.read_text("ascii").strip())
        except (OSError, ValueError):
            return None

    def _write(self, count: int, *, sync: bool = True) -> None:
        try:
            handle = os.open(self._file, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.pwrite(handle, f"{count:020d}\n".encode(), 0)
                if sync:
                    os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise StoreError(f"{self._file} cannot be written: {error.strerror}") from error
        self._written = count


def count_to(connection: sa.Connection, count: int) -> None:
    """Take the database's count to *count*, unless another thread has taken it further."""
    connection.execute(sa.update(MARK).where(MARK.c.count < count).values(count=count))
