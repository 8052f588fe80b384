"""Who reads: asked of the plugins, and remembered for as long as nobody could mind."""

import math
import threading
import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from pressframe.model import Reader

REMEMBERED = 30.0
"""Seconds for which a reader is taken for the same, by the same cookies."""
_STRANGER = 2.0
"""And a stranger, whom the plugins may only not have known just then: the database was away."""

_READERS = 10_000
_LONGEST = 2_048
"""Bytes of cookies beyond which nothing is remembered: strangers choose them."""

Ask: TypeAlias = Callable[[bytes], Awaitable[Reader | None]]


class Changes:
    """When a reader last lost or gained something, by the clock that only runs forward; used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at: dict[str, float] = {}

    def note(self, reader: str) -> None:
        """Note that what was known of a reader until now holds no more."""
        now = time.monotonic()
        with self._lock:
            self._at.pop(reader, None)
            self._at[reader] = now
            while now - self._at[oldest := next(iter(self._at))] > REMEMBERED:
                del self._at[oldest]

    def last(self, reader: Reader | None) -> float:
        """Return when that was; long ago for a stranger."""
        return self._at.get(reader.id, -math.inf) if reader else -math.inf


class Readers:
    """The readers of one site, by the Cookie header that they send.

    Args:
        ask: Asks the plugins.
        changes: Tells of what has ended since.
    """

    def __init__(self, ask: Ask, changes: Changes) -> None:
        self._ask, self._changes = ask, changes
        self._known: dict[bytes, tuple[Reader | None, float, float]] = {}  # who it is, asked when, known until when

    async def find(self, cookies: bytes) -> Reader | None:
        """Return who sends *cookies*; None for a stranger."""
        if not cookies:
            return None
        known = self._known.get(cookies)
        if known is not None and known[2] > time.monotonic() and known[1] > self._changes.last(known[0]):
            return known[0]
        asked = time.monotonic()  # what changes while the plugins are asked may have come too late for their answer
        reader = await self._ask(cookies)
        if len(cookies) <= _LONGEST:
            self._known.pop(cookies, None)
            self._known[cookies] = reader, asked, asked + (REMEMBERED if reader else _STRANGER)
            if len(self._known) > _READERS:
                del self._known[next(iter(self._known))]
        return reader

    def forget(self, cookies: bytes) -> None:
        """Ask again next time: who sent *cookies* may have signed in, or out."""
        self._known.pop(cookies, None)
