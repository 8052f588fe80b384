"""A database while it is open: its engines, its writer, and the schema brought up to date."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy

from pressframe_sql._backend import Backend
from pressframe_sql._schema import upgrade
from pressframe_sql._writer import Writer
from pressframe_sql.statements import Prepared

_KEPT = 4
"""Connections for single statements that are kept open."""


class Opened:
    """Engines for reading, one thread for writing.

    Raises:
        StoreError: The database cannot be opened, or not with this schema.
    """

    def __init__(self, backend: Backend, chains: Sequence[tuple[str, Path]]) -> None:
        self._backend = backend
        upgrade(backend, chains)
        self._reading = backend.engine(writes=False)
        self._writing = backend.engine(writes=True)
        self.writer = Writer(self._writing, backend.explain)
        self._kept: deque[sqlalchemy.Connection] = deque()  # threads take and give without a lock
        self._is_closed = False

    @contextmanager
    def read(self) -> Iterator[sqlalchemy.Connection]:
        """Give a connection in a transaction that is rolled back at the end."""
        try:
            with self._reading.connect() as connection:
                yield connection
        except Exception as error:
            explained = self._backend.explain(error)
            if explained is None:
                raise
            raise explained from error

    def fetch(self, statement: Prepared, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Return the rows of one *statement* that reads, on a connection that is kept for that."""
        try:
            kept = self._taken()
            if kept is not None:
                driver = kept.connection.driver_connection
                try:
                    return self._run(kept, statement, values)
                except sqlalchemy.exc.OperationalError as error:
                    if not kept.dialect.is_disconnect(error.orig, driver, None):  # type: ignore[arg-type] # DBAPI's own
                        raise
                self._let_go()  # the server was restarted: the others have ended as well
            return self._run(self._reading.connect(), statement, values)
        except Exception as error:
            explained = self._backend.explain(error)
            if explained is None:
                raise
            raise explained from error

    def _taken(self) -> sqlalchemy.Connection | None:
        try:
            return self._kept.pop()
        except IndexError:
            return None

    def _run(
        self, connection: sqlalchemy.Connection, statement: Prepared, values: Mapping[str, object]
    ) -> list[tuple[Any, ...]]:
        try:
            rows = statement.run(connection, values)
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        try:
            connection.connection.rollback()  # of what some drivers began by themselves
        except connection.dialect.loaded_dbapi.Error:  # the server went away after its answer
            connection.invalidate()
            connection.close()
        else:
            self._keep(connection)
        return rows

    def _let_go(self) -> None:
        with suppress(IndexError):
            while True:
                self._kept.pop().close()

    def _keep(self, connection: sqlalchemy.Connection) -> None:
        if len(self._kept) < _KEPT and not self._is_closed:
            self._kept.append(connection)
        else:
            connection.close()

    def version(self) -> str:
        """Return what differs after every commit."""
        try:
            return self._backend.version(self._reading)
        except Exception as error:
            explained = self._backend.explain(error)
            if explained is None:
                raise
            raise explained from error

    def close(self) -> None:
        """Finish what waits, then let go of every connection."""
        self.writer.close()
        self._backend.close()
        self._is_closed = True
        self._let_go()
        self._reading.dispose()
        self._writing.dispose()
