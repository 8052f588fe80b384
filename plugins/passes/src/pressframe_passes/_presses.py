"""Gifts that were taken a moment ago: a button that is pressed twice before the first answer came is pressed once."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import attrs

from pressframe_passes._store import Link, LinkStore

_AT_ONCE = timedelta(seconds=10)


@attrs.frozen
class Presses:
    """Those of one process: in another the second press takes the gift once more, which costs no more than that."""

    _store: LinkStore
    _lately: dict[tuple[str, str], datetime] = attrs.field(factory=dict, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def take(self, link: Link, press: str, now: datetime) -> bool:
        """Have a browser take a gift; say whether it got it, now or by the press before.

        Args:
            press: What the page with the button was marked with, when it was shown; empty if it was not.
        """
        with self._lock:
            for one in [one for one, at in self._lately.items() if abs(now - at) > _AT_ONCE]:
                del self._lately[one]
            if press and (link.id, press) in self._lately:
                return True
            is_taken = self._store.take(link, now)
            if is_taken and press:
                self._lately[link.id, press] = now
            return is_taken
