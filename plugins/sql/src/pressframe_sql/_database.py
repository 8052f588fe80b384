"""One site's database as plugins use it: many readers, one writer, and jobs for later."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from pressframe.model import Json

if TYPE_CHECKING:
    import sqlalchemy

    from pressframe_sql._backend import Backend
    from pressframe_sql._check import Findings
    from pressframe_sql._opened import Opened
    from pressframe_sql._schema import Chain
    from pressframe_sql.statements import Prepared

T = TypeVar("T")


class Database:
    """The tables of all plugins of one site; every method may be called from any thread.

    The first read or write opens it: a missing file is created, an older schema upgraded after a backup.

    Args:
        url: As set in ``[plugins.sql]``.
        folder: The site's; a relative path in *url* starts there.
        chains: Plugins' folders of Alembic revisions.
    """

    def __init__(self, url: str, folder: Path, chains: Sequence[tuple[str, Path]]) -> None:
        self._url = url
        self._folder = folder
        self._chains = chains
        self._lock = threading.Lock()
        self._made: Backend | None = None
        self._opened: Opened | None = None

    def exists(self) -> bool:
        """Tell whether there is a database to read from; asked first, it keeps a mere build from creating one."""
        if self._opened is not None or not self._url.startswith("sqlite:"):
            return True
        try:
            return self._file().stat().st_size > 0
        except OSError:
            return False

    def open(self) -> None:
        """Create or upgrade the database now rather than at the first read or write.

        Raises:
            StoreError: It cannot be opened: locked, read-only, damaged, newer than this program.
        """
        self._open()

    @contextmanager
    def read(self) -> Iterator[sqlalchemy.Connection]:
        """Give a connection that sees one moment of the database and cannot change it.

        Raises:
            StoreError: It cannot be opened or read.
        """
        with self._open().read() as connection:
            yield connection

    def write(self, work: Callable[[sqlalchemy.Connection], T]) -> T:
        """Run *work* in the writer and return its answer once everything it did is safely on disk.

        Works of several threads share one transaction; one that raises is rolled back alone, and its error is raised
        here. It must neither wait for other threads nor write through any other connection.

        Raises:
            StoreError: It cannot be opened or written; nothing of *work* is stored.
        """
        return self.submit(work).result()

    def submit(self, work: Callable[[sqlalchemy.Connection], T], *, is_one_change: bool = False) -> Future[T]:
        """Begin to ``write`` and return the answer to come, which nobody has to wait for.

        What it calls when it is done is called in the writer's thread, and must be short.

        Args:
            work: As for ``write``.
            is_one_change: True if *work* changes something with one statement at most, and raises nothing after it:
                then a savepoint is saved, which costs as much as the statement.

        Raises:
            StoreError: It cannot be opened.
        """
        return self._open().writer.submit(work, is_one_change=is_one_change)

    def fetch(self, statement: Prepared, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Return the rows of one *statement* that reads: in a fraction of the time that ``read`` takes.

        Raises:
            StoreError: It cannot be opened or read.
        """
        return self._open().fetch(statement, values)

    def enqueue(
        self,
        connection: sqlalchemy.Connection,
        name: str,
        payload: Mapping[str, Json],
        *,
        key: str | None = None,
        due: datetime | None = None,
    ) -> bool:
        """Note a job, to be run if, and only if, the transaction of *connection* is committed.

        Args:
            connection: The one that ``write`` gave to its work.
            name: Of a ``Job`` that a plugin registers.
            key: Jobs with one key are done once, however often they are noted; None for no such promise.
            due: Aware; at once if None, whatever clocks say.

        Returns:
            False if one with its key was noted before, and perhaps done.
        """
        from pressframe_sql._jobs import insert_job

        return insert_job(connection, name, payload, key=key, due=due)

    def version(self) -> str:
        """Return what differs after every commit of any process, and costs microseconds to ask.

        Comparable within this process only; ``"none"`` while there is no database. Creates none.
        """
        if self._opened is None and not self.exists():
            return "none"
        return self._open().version()

    def glance(self, query: str) -> tuple[object, ...] | None:
        """Return the first row of a SELECT without opening the database, which takes longer than most builds.

        None if there is no row, no such table yet, or no file to look into; ``read`` tells why, and brings the schema
        up to date.
        """
        if self._opened is not None or not self._url.startswith("sqlite:") or not self.exists():
            return None
        import sqlite3

        try:
            with closing(sqlite3.connect(f"file:{quote(str(self._file()))}?mode=ro", uri=True)) as file:
                found: tuple[object, ...] | None = file.execute(query).fetchone()
        except sqlite3.Error:
            return None
        return found

    def upgrade(self) -> tuple[Chain, ...]:
        """Create the database or bring its tables up to date, and return each plugin's chain as it was found.

        Raises:
            StoreError: It cannot be opened, or is newer than this program.
        """
        from pressframe_sql._schema import upgrade

        return upgrade(self._backend(), self._chains)

    def check(self) -> Findings | None:
        """Return what is the matter with the database, None if there is none; changes nothing.

        Raises:
            StoreError: It cannot be opened, or is newer than this program.
        """
        if not self.exists():
            return None
        from pressframe_sql._check import check

        return check(self._backend(), self._chains)

    def backup(self, target: Path | None = None) -> Path:
        """Write a consistent copy, readable by its owner alone, while others go on writing; return where it is.

        Args:
            target: A new file; beside the database, with the time in its name, if None.

        Raises:
            StoreError: There is nothing to copy, *target* exists or cannot be written, or it is no SQLite database.
        """
        return self._backend().backup(target)

    def shred(self) -> None:
        """See to it that nothing deleted is left in the file that SQLite keeps of the last writes.

        While somebody reads for longer than 5 seconds, or the disk is full, it is left to the next one who writes much.
        """
        if self._url.startswith("sqlite:") and self.exists():
            import sqlite3

            from pressframe_sql._backend import BUSY_SECONDS

            with suppress(sqlite3.Error), closing(sqlite3.connect(self._file(), timeout=BUSY_SECONDS)) as file:
                file.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Finish what waits to be written and let go of the file; using the database again opens it again.

        It happens by itself at the end of the process, and when nobody has this object any more.
        """
        with self._lock:
            if self._opened is not None:
                self._opened = None
                self._finalizer()

    def _file(self) -> Path:
        return self._folder / self._url.removeprefix("sqlite:///")

    def _backend(self) -> Backend:
        if self._made is None:
            from pressframe_sql._backend import SQLite
            from pressframe_sql._postgresql import PostgreSQL

            if self._url.startswith("sqlite:"):
                self._made = SQLite(self._file(), self._folder)
            else:
                self._made = PostgreSQL(self._url)
        return self._made

    def _open(self) -> Opened:
        if self._opened is not None:
            return self._opened
        with self._lock:
            if self._opened is None:
                from pressframe_sql._opened import Opened

                self._opened = Opened(self._backend(), self._chains)
                self._finalizer = weakref.finalize(self, _close, self._opened, os.getpid())
            return self._opened


def _close(opened: Opened, process: int) -> None:
    if (
        os.getpid() == process
    ):  # an open SQLite file must not be touched by a process forked from the one that opened it
        opened.close()
