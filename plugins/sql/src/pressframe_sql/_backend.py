"""What differs from one kind of database to another: how to connect, copy, and name a fault; and SQLite's way."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import sqlalchemy
from sqlalchemy import event, exc

from pressframe.errors import Place, StoreError

BUSY_SECONDS = 5
"""How long anybody waits for a lock."""
_UNFINISHED = ".unfinished"
_LEFT_SECONDS = 3600
"""A half copy that nobody has written to for so long was cut off."""

_FAULTS = {  # beginnings of SQLite's names of errors (sqlite.org/rescode.html)
    "SQLITE_BUSY": ("the database is locked by another process", "wait for the other process to finish, or stop it"),
    "SQLITE_LOCKED": ("the database is locked by another process", "wait for the other process to finish, or stop it"),
    "SQLITE_FULL": ("the disk is full; nothing was stored", "make room; what is stored already is safe"),
    "SQLITE_READONLY": (
        "the database is read-only here",
        "make the file and its folder writable; a plugin must write through Database.write()",
    ),
    "SQLITE_CANTOPEN": ("the database cannot be opened", "look at the rights of the file and its folder"),
    "SQLITE_PERM": ("the database may not be accessed", "look at the rights of the file and its folder"),
    "SQLITE_NOTADB": ("this file is not a database", "name another file, or move this one away"),
    "SQLITE_CORRUPT": ("the database is damaged", "restore a backup; `pressframe db check` tells more"),
    "SQLITE_IOERR": ("the disk reports an error; nothing was stored", "look at the disk's health and the system's log"),
}


class Backend(Protocol):
    """A kind of database."""

    def prepare(self) -> None:
        """Make sure that there is something to connect to.

        Raises:
            StoreError: There is not, and it cannot be made.
        """

    def engine(self, *, writes: bool, hurries: bool = True) -> sqlalchemy.Engine:
        """Return an engine whose transactions may write and exclude each other, or may only read.

        Args:
            hurries: False if a statement may take as long as it needs, and wait for others.
        """

    def keep_others_out(self, connection: sqlalchemy.Connection) -> None:
        """Have whoever else calls this wait until the transaction of *connection*, which may write, is over."""

    def explain(self, error: BaseException) -> StoreError | None:
        """Return what *error* means if the database is at fault, None if the work is."""

    def version(self, engine: sqlalchemy.Engine) -> str:
        """Return what differs after every commit."""

    def backup(self, target: Path | None, *, label: str = "backup") -> Path:
        """Copy the whole database to *target*, or to a new file beside it with *label* and the time in its name."""

    def close(self) -> None:
        """Let go of what ``version`` keeps open."""


class SQLite:
    """One file, and SQLite's two beside it.

    Args:
        file: Absolute.
        folder: The site's, to name *file* as its owner would.
    """

    def __init__(self, file: Path, folder: Path) -> None:
        self.file = file
        self.place = Place(str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file))
        self._watcher: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    def prepare(self) -> None:
        try:
            if not self.file.parent.is_dir():
                self.file.parent.mkdir(mode=0o700)
            if not self.file.exists():  # opened only then: closing a file drops the locks that SQLite holds on it
                os.close(os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its other files these rights
        except FileNotFoundError as error:
            raise StoreError(
                f"the database's folder {self.file.parent} is missing",
                at=self.place,
                fix="create it, or set another url",
            ) from error
        except OSError as error:
            raise StoreError(
                f"the database cannot be opened for writing: {error.strerror}",
                at=self.place,
                fix="look at the rights of the file and its folder",
            ) from error

    def engine(self, *, writes: bool, hurries: bool = True) -> sqlalchemy.Engine:
        engine = sqlalchemy.create_engine(
            sqlalchemy.URL.create("sqlite", database=str(self.file)),
            connect_args={"timeout": BUSY_SECONDS},
            pool_size=1 if writes else 8,
            pool_timeout=BUSY_SECONDS,
        )
        pragmas = ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF"]
        pragmas += ["secure_delete = ON"] if writes else ["query_only = ON"]  # what is deleted is overwritten

        @event.listens_for(engine, "connect")
        def configure(connection: sqlite3.Connection, _: object) -> None:
            connection.isolation_level = None  # the driver must not open transactions by itself
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def begin(connection: sqlalchemy.Connection) -> None:
            # Straight to the driver, which takes a tenth of the time; its errors are explained as well.
            file = connection.connection.driver_connection
            assert isinstance(file, sqlite3.Connection)
            file.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

        return engine

    def keep_others_out(self, connection: sqlalchemy.Connection) -> None:
        """Do nothing: a transaction that may write keeps others out from its beginning."""

    def explain(self, error: BaseException) -> StoreError | None:
        if isinstance(error, exc.TimeoutError):
            return StoreError("all connections to the database are in use", at=self.place, fix="try again in a moment")
        cause = error.orig if isinstance(error, exc.DBAPIError) else error
        name = getattr(cause, "sqlite_errorname", "")
        for beginning, (message, fix) in _FAULTS.items():
            if name.startswith(beginning):
                return StoreError(message, at=self.place, fix=fix)
        return None

    def version(self, engine: sqlalchemy.Engine) -> str:
        with self._lock:
            if self._watcher is None:
                self._watcher = sqlite3.connect(
                    self.file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
                )
            # This connection never writes, so the number changes with every commit of every other one.
            return str(self._watcher.execute("PRAGMA data_version").fetchone()[0])

    def backup(self, target: Path | None, *, label: str = "backup") -> Path:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        target = target or self.file.with_name(f"{self.file.stem}.{label}-{stamp}{self.file.suffix}")
        if not self.file.is_file():
            raise StoreError("there is no database to copy", at=self.place)
        unfinished = target.with_name(f".{target.name}{_UNFINISHED}")
        try:
            if target.exists():
                raise StoreError(f"{target} exists already", fix="name a new file")
            unfinished.unlink(missing_ok=True)
            self._clear(target.parent)
            os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            _copy(self.file, unfinished)
            unfinished.rename(target)
        except OSError as error:
            raise StoreError(f"the copy {target} cannot be written: {error.strerror}") from error
        except sqlite3.Error as error:
            raise self.explain(error) or StoreError(f"the copy failed: {error}", at=self.place) from error
        finally:
            unfinished.unlink(missing_ok=True)
        return target

    def _clear(self, folder: Path) -> None:
        """Delete half copies that whoever made them left long ago."""
        for left in folder.glob(f".{self.file.stem}.*{self.file.suffix}{_UNFINISHED}"):
            if time.time() - left.stat().st_mtime > _LEFT_SECONDS:
                left.unlink(missing_ok=True)

    def close(self) -> None:
        with self._lock:
            watcher, self._watcher = self._watcher, None
            if watcher is not None:
                watcher.close()


def _copy(source: Path, target: Path) -> None:
    """Copy a database page by page in one read transaction, then make sure that it is on disk."""
    reading, writing = sqlite3.connect(source, timeout=BUSY_SECONDS), sqlite3.connect(target)
    try:
        reading.backup(writing)
    finally:
        reading.close()
        writing.close()
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
