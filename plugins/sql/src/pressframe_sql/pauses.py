"""How long something that failed is left alone before it is tried again: longer each time."""

from datetime import timedelta

__all__ = ["LONGEST_PAUSE", "pause_after"]

LONGEST_PAUSE = timedelta(hours=24)
_FIRST_PAUSE = timedelta(minutes=1)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts in a row: 1, 2, 4 … minutes, at most a day."""
    return min(_FIRST_PAUSE * (1 << min(max(attempts - 1, 0), 20)), LONGEST_PAUSE)
