"""A clock that only tests move."""

from datetime import UTC, datetime, timedelta

import attrs

START = datetime(2026, 11, 23, 10, tzinfo=UTC)


@attrs.define
class Clock:
    """Stands still until it is moved; called, it gives the time, as what takes a clock wants it."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        """Go forward, or back if *by* is negative."""
        self.now += by
