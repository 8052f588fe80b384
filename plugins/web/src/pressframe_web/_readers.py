"""Who reads: asked of the plugins, and remembered for as long as nobody could mind."""

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


class Readers:
    """The readers of one site, by the Cookie header that they send.

    Args:
        ask: Asks the plugins.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._known: dict[bytes, tuple[Reader | None, float]] = {}

    async def find(self, cookies: bytes) -> Reader | None:
        """Return who sends *cookies*; None for a stranger."""
        if not cookies:
            return None
        known = self._known.get(cookies)
        if known is not None and known[1] > time.monotonic():
            return known[0]
        reader = await self._ask(cookies)
        if len(cookies) <= _LONGEST:
            self._known.pop(cookies, None)
            self._known[cookies] = reader, time.monotonic() + (REMEMBERED if reader else _STRANGER)
            if len(self._known) > _READERS:
                del self._known[next(iter(self._known))]
        return reader

    def forget(self, cookies: bytes) -> None:
        """Ask again next time: who sent *cookies* may have signed in, or out."""
        self._known.pop(cookies, None)
