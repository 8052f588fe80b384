"""Pauses grow, up to a day."""

from datetime import timedelta

from pressframe_sql.pauses import pause_after


def test_pauses_grow_from_a_minute_to_a_day():
    """F4."""
    pauses = [pause_after(attempts) for attempts in (0, *range(1, 14), 1_000_000)]

    assert pauses[:4] == [timedelta(minutes=1), timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert pauses[-2:] == [timedelta(hours=24)] * 2
