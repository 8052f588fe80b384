"""Connections to PostgreSQL that are given up when its server falls silent: a network that is cut closes none."""

from __future__ import annotations

import threading
from collections.abc import Generator
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus

T = TypeVar("T")

SILENCE_SECONDS = 7.0
"""For so long a server may say nothing to what it was asked: two more than it waits for a lock before it says so."""
_CONNECT_SECONDS, _PROBE_SECONDS = 5, 2
"""How long a connection may take to come about; and while the server is known to be out of reach."""
_TURN_SECONDS = 0.25
"""How long others wait then for the one who tries."""
_LONGEST_STEP = 0.5
"""So much counts at most between two looks: a program that was stopped itself has not been waiting."""


class Patient(psycopg.Connection[tuple[Any, ...]]):
    """A connection that ends by itself when the server says nothing for too long.

    Attributes:
        reach: What is told of it; None if the server may take its time.
        losses: How often the server had been out of reach when the connection came about.
    """

    reach: Reach | None = None
    losses: int = 0

    def wait(self, gen: Generator[Any, Any, T], *args: Any, **options: Any) -> T:
        """Consume *gen*, as psycopg does, but not for ever."""
        return super().wait(gen if self.reach is None else self._listen(gen, self.reach), *args, **options)

    def _listen(self, gen: Generator[Any, Any, T], reach: Reach) -> Generator[Any, Any, T]:
        """Hand on what *gen* waits for, and whether it has come, until nothing has come for too long."""
        if self.losses < reach.losses and self.pgconn.transaction_status == TransactionStatus.IDLE:
            self.close()  # it was lost with the others; nobody has to wait to find that out
            raise psycopg.OperationalError("the server did not answer a moment ago")
        silence, looked = 0.0, monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                now = monotonic()
                silence, looked = 0.0 if ready else silence + min(now - looked, _LONGEST_STEP), now
                if silence > SILENCE_SECONDS:
                    self.close()
                    reach.lose(self.losses)
                    raise psycopg.OperationalError(f"the server has said nothing for {SILENCE_SECONDS:.0f} seconds")
                wanted = gen.send(ready)
        except StopIteration as end:
            found: T = end.value
            return found


class Reach:
    """Whether one server is within reach: while it is not, one at a time tries, and the others need not wait.

    Attributes:
        losses: How often it has been out of reach.
    """

    def __init__(self) -> None:
        self.losses = 0
        self._is_lost = False
        self._turn = threading.Lock()

    def lose(self, losses: int) -> None:
        """Take the server to be out of reach until it answers again, as a connection found that had seen *losses*."""
        if losses == self.losses:
            self.losses += 1
            self._is_lost = True

    def connect(self, arguments: tuple[Any, ...], parameters: dict[str, Any], *, hurries: bool) -> Patient:
        """Return a new connection.

        Raises:
            psycopg.OperationalError: There is none to be had.
        """
        if not self._is_lost:
            return self._connect(arguments, {**parameters, "connect_timeout": _CONNECT_SECONDS}, hurries)
        if not self._turn.acquire(timeout=_TURN_SECONDS):
            raise psycopg.OperationalError("the server did not answer a moment ago")
        try:
            return self._connect(arguments, {**parameters, "connect_timeout": _PROBE_SECONDS}, hurries)
        finally:
            self._turn.release()

    def _connect(self, arguments: tuple[Any, ...], parameters: dict[str, Any], hurries: bool) -> Patient:
        losses = self.losses
        try:
            connection = Patient.connect(*arguments, **parameters)
        except psycopg.errors.ConnectionTimeout:
            self._is_lost = True
            raise
        self._is_lost = False
        connection.reach, connection.losses = self if hurries else None, losses
        return connection
