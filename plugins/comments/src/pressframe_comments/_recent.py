"""What came lately to the site as a whole: how many comments, which the store knows, and which texts.

Texts are in memory alone: a restart forgets them.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

import attrs

from pressframe_comments._patterns import fold
from pressframe_comments._store import Draft

_LEAST = 40
"""Characters of a text that nobody types twice by chance, as they do "Thank you!"."""
_TEXTS = 5000
"""So many texts are remembered, the newest."""
_COMMENTS = 100_000
"""So many comments are counted at most."""
_FRESH = timedelta(seconds=1)
"""So long what the store said lately is good for, with what came here since: other processes' are in it, too."""
_WORD = re.compile(r"\w+")


FindTimes: TypeAlias = Callable[[datetime, int], Sequence[datetime]]


@attrs.frozen
class Sent:
    """One text: by whom and where it was sent last, when, and how often in all.

    Attributes:
        text: What is the same for texts of the same words; None for a text too short to tell.
    """

    author: str
    entry: str
    at: datetime
    text: bytes | None
    times: int = 1

    @classmethod
    def of(cls, draft: Draft) -> Sent:
        """Return the text of *draft*."""
        return cls(draft.author, draft.entry, draft.received, _digest(draft.body))


class Recent:
    """Comments of the last minutes, and texts of the last hours, of one site."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: deque[datetime] = deque(maxlen=_COMMENTS)
        self._asked: datetime | None = None
        self._texts: OrderedDict[bytes, Sent] = OrderedDict()
        self._coming: Counter[str] = Counter()

    def begin(self, client: str) -> int:
        """Note that a comment of *client* is being taken, until ``end``; return how many more of its are.

        The store does not know them yet, and who sends many at once is not to pass the limit with them.
        """
        with self._lock:
            others = self._coming[client]
            self._coming[client] = others + 1
            return others

    def end(self, client: str) -> None:
        """Note that a comment of *client* is stored, or was not taken."""
        with self._lock:
            self._coming[client] -= 1
            if not self._coming[client]:
                del self._coming[client]

    def wait(self, now: datetime, *, limit: int, window: timedelta, find: FindTimes) -> timedelta | None:
        """Return how long it takes until fewer than *limit* comments came within *window*; None if that is so now.

        Args:
            find: Gives the times of the newest comments since a moment, as many as that, in order; asked once a second.
        """
        if limit == 0:
            return None
        with self._lock:
            is_due = self._asked is None or not timedelta(0) <= now - self._asked < _FRESH
            self._asked = now if is_due else self._asked
        times = find(now - window, limit) if is_due else None
        with self._lock:
            self._times = self._times if times is None else deque(times, _COMMENTS)
            while self._times and self._times[0] <= now - window:
                self._times.popleft()
            return None if len(self._times) < limit else self._times[-limit] + window - now

    def times_sent(self, sent: Sent, *, within: timedelta) -> int:
        """Return how often the text was sent before under another name or to another entry; 0 for short texts."""
        with self._lock:
            earlier = self._texts.get(sent.text) if sent.text else None
        if earlier is None or sent.at - earlier.at > within:
            return 0
        is_repeat = (earlier.author, earlier.entry) == (sent.author, sent.entry) and earlier.times == 1
        return 0 if is_repeat else earlier.times

    def note(self, sent: Sent) -> None:
        """Remember a comment that was stored."""
        with self._lock:
            self._times.append(sent.at)
            if sent.text:
                earlier = self._texts.pop(sent.text, None)
                self._texts[sent.text] = attrs.evolve(sent, times=sent.times + (earlier.times if earlier else 0))
                if len(self._texts) > _TEXTS:
                    self._texts.popitem(last=False)


def _digest(body: str) -> bytes | None:
    text = " ".join(_WORD.findall(fold(body)))
    return None if len(text) < _LEAST else hashlib.sha256(text.encode("utf-8", "replace")).digest()[:16]
