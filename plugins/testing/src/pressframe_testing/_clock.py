"""A clock that only tests move."""

import re
from datetime import UTC, datetime, timedelta

import attrs

START = datetime(2026, 11, 23, 10, tzinfo=UTC)
_DURATION = re.compile(r"(-?\d+) (second|minute|hour|day|week)s?")


@attrs.define
class Clock:
    """Stands still until it is moved; called, it gives the time, as what takes a clock wants it."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta | str) -> None:
        """Go forward, or back if *by* is negative; it may be a text such as ``"2 days"``.

        Raises:
            ValueError: *by* is a text that says no duration.
        """
        if isinstance(by, str):
            found = _DURATION.fullmatch(by)
            if found is None:
                raise ValueError(f'"{by}" is no duration; write "2 days", "12 hours", "90 seconds"')
            by = timedelta(**{f"{found[2]}s": int(found[1])})
        self.now += by
