"""The one writer: a thread that takes whatever waits into one transaction, and so into one fsync."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Generic, TypeAlias, TypeVar

import attrs
import sqlalchemy

from pressframe.errors import StoreError
from pressframe_sql.statements import Prepared

T = TypeVar("T")
Explain: TypeAlias = Callable[[BaseException], StoreError | None]

_MOST_AT_ONCE = 500
"""How many pieces of work may share a transaction, so that the first of many does not wait for all of them."""

_GATHERING = 0.002
"""Seconds for which the first piece waits for others if some came together the last time: they share what a commit
costs, and the threads that make them are not interrupted for each."""
_SAVE = Prepared(sqlalchemy.text("SAVEPOINT piece"))
_ROLL_BACK = Prepared(sqlalchemy.text("ROLLBACK TO SAVEPOINT piece"))
_RELEASE = Prepared(sqlalchemy.text("RELEASE SAVEPOINT piece"))


@attrs.frozen(eq=False)
class _Piece(Generic[T]):
    """A caller's work, and the answer that it waits for."""

    work: Callable[[sqlalchemy.Connection], T]
    is_one_change: bool
    answer: Future[T] = attrs.field(factory=Future)


class Writer:
    """Runs callers' work in one thread, in order, many pieces to a commit.

    Args:
        engine: Its transactions exclude other writers.
        explain: Tells faults of the database from faults of the work.
    """

    def __init__(self, engine: sqlalchemy.Engine, explain: Explain) -> None:
        self._engine = engine
        self._explain = explain
        self._queue: queue.SimpleQueue[_Piece[object] | None] = queue.SimpleQueue()  # None ends the thread
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._is_closed = False

    def submit(self, work: Callable[[sqlalchemy.Connection], T], *, is_one_change: bool = False) -> Future[T]:
        """Return the answer to come: what *work* returned, once it is committed.

        It fails with what *work* raised, or with StoreError if the database is at fault; nothing was stored then.

        Args:
            is_one_change: True if *work* changes something with one statement at most and raises nothing after it.

        Raises:
            StoreError: The database was closed.
        """
        if threading.current_thread() is self._thread:
            raise RuntimeError("write() was called from within write(); use the connection that the work was given")
        piece = _Piece(work, is_one_change)
        piece.answer.set_running_or_notify_cancel()  # what was handed over is done, whoever waits for it or gives up
        with self._lock:
            if self._is_closed:
                raise StoreError("the database was closed before this could be stored")
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="pressframe-writer", daemon=True)
                self._thread.start()
            self._queue.put(piece)  # type: ignore[arg-type] # the answer goes to this caller, who knows T, and no further
        return piece.answer

    def close(self) -> None:
        """Return when all that was waiting is written."""
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                self._queue.put(None)
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _serve(self) -> None:
        is_busy = False
        while (first := self._queue.get()) is not None:
            if is_busy:
                time.sleep(_GATHERING)
            pieces = [first, *self._waiting()]
            self._commit(pieces)
            is_busy = len(pieces) > 1
            del first, pieces  # they may hold a whole site, whose database is closed when nobody has it any more

    def _waiting(self) -> list[_Piece[object]]:
        """Return what waits at this moment."""
        pieces: list[_Piece[object]] = []
        while len(pieces) < _MOST_AT_ONCE:
            try:
                piece = self._queue.get_nowait()
            except queue.Empty:
                break
            if piece is None:
                self._queue.put(None)  # nothing comes after it, so the thread meets it again
                break
            pieces.append(piece)
        return pieces

    def _commit(self, pieces: list[_Piece[object]]) -> None:
        """Do all *pieces* in one transaction; if that fails as a whole, each of them fails."""
        try:
            with self._engine.begin() as connection:
                tellings = [self._attempt(connection, piece) for piece in pieces]
        except BaseException as error:  # noqa: BLE001 - the thread serves everybody, so it must outlive anything
            fault = self._explain(error)
            if fault:
                pieces += self._waiting()  # the fault is theirs, too; they have waited for a lock long enough
                if self._engine.dialect.name != "sqlite":
                    self._engine.dispose()  # another server may have taken over
            for piece in pieces:
                piece.answer.set_exception(fault or error)
        else:
            for tell in tellings:
                tell()

    def _attempt(self, connection: sqlalchemy.Connection, piece: _Piece[object]) -> Callable[[], None]:
        """Do one piece in a savepoint; return what tells its caller, to be called after the commit.

        Raises:
            BaseException: The database is at fault, so that none of the pieces can be stored.
        """
        # SQLite undoes a statement that fails by itself; PostgreSQL goes on with nothing but the savepoint.
        must_save = not (piece.is_one_change and connection.dialect.name == "sqlite")
        if must_save:
            _SAVE.run(connection, {})
        try:
            tell = partial(piece.answer.set_result, piece.work(connection))
        except BaseException as error:
            if self._explain(error):
                raise
            if must_save:
                _ROLL_BACK.run(connection, {})
            tell = partial(piece.answer.set_exception, error)
        if must_save:
            _RELEASE.run(connection, {})
        return tell
