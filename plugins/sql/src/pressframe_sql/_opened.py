"""A database while it is open: its engines, its writer, and the schema brought up to date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy

from pressframe_sql._backend import Backend
from pressframe_sql._schema import upgrade
from pressframe_sql._writer import Writer


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
        self._reading.dispose()
        self._writing.dispose()
