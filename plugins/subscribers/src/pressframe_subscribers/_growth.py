"""How many members there were when: by day, week or month, as figures and as the points of a plot."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import accumulate, pairwise
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import attrs
import sqlalchemy as sa

from pressframe.model import Host, Json
from pressframe_members.care import count_confirmed
from pressframe_sql import database
from pressframe_subscribers._tables import GONE

Step: TypeAlias = Literal["day", "week", "month"]

STEPS: Mapping[Step, int] = {"day": 30, "week": 26, "month": 24}
"""How many periods of each kind are shown."""

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 360, 200, 40, 24, 10, 12
_LABELS = 3


@attrs.frozen(kw_only=True)
class Period:
    """One day, week or month.

    Attributes:
        first: Its first day, in the site's time zone.
        total: Confirmed members at its end, or now.
        new: How many confirmed in it.
        left: How many left in it, of those that were confirmed.
    """

    first: date
    total: int
    new: int
    left: int


def note_gone(host: Host, confirmed: datetime, ended: datetime) -> None:
    """Remember that somebody left who had confirmed their address; to the hour.

    Raises:
        StoreError: Nothing was stored.
    """
    row = {
        name: at.replace(minute=0, second=0, microsecond=0) for name, at in (("confirmed", confirmed), ("ended", ended))
    }
    database(host).write(lambda connection: connection.execute(sa.insert(GONE).values(row)))


def growth(host: Host, step: Step, now: datetime) -> tuple[Period, ...]:
    """Return the last periods, oldest first; the last one is not over yet.

    Who left before the plugin was enabled is not known, and counted nowhere.
    """
    zone = host.settings.timezone
    starts = list(_starts(step, now.astimezone(zone).date()))
    edges = [datetime.combine(one, time(), zone) for one in starts]
    came, gone = count_confirmed(host), _gone(host)
    times, sums = [*came], [0, *accumulate(came.values())]
    begun, ended = sorted(confirmed for confirmed, _ in gone), sorted(end for _, end in gone)

    def joined(moment: datetime) -> int:
        return sums[bisect_left(times, moment)] + bisect_left(begun, moment)

    return tuple(
        Period(
            first=first,
            total=joined(end) - bisect_left(ended, end),
            new=joined(end) - joined(start),
            left=bisect_left(ended, end) - bisect_left(ended, start),
        )
        for first, (start, end) in zip(starts, pairwise(edges), strict=False)
    )


def _gone(host: Host) -> list[tuple[datetime, datetime]]:
    if not database(host).exists():
        return []
    with database(host).read() as connection:
        return [(row.confirmed, row.ended) for row in connection.execute(sa.select(GONE))]


def _starts(step: Step, today: date) -> Iterator[date]:
    """Yield the first day of each period, and that of the one to come."""
    for back in range(STEPS[step] - 1, -2, -1):
        if step == "day":
            yield today - timedelta(days=back)
        elif step == "week":
            yield today - timedelta(days=today.weekday(), weeks=back)
        else:
            months = today.year * 12 + today.month - 1 - back
            yield date(months // 12, months % 12 + 1, 1)


def plot(periods: tuple[Period, ...]) -> Mapping[str, Json]:
    """Return where the lines of the plot run, in a picture of 360 by 200, and what stands at its edges."""
    most = max((one.total for one in periods), default=0)
    rise = _rise(most)
    top = max(rise * -(-most // rise), rise)
    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _BOTTOM - _TOP
    apart = wide / max(len(periods) - 1, 1)

    def height(number: int) -> float:
        return round(_TOP + high - high * number / top, 1)

    points = [(round(_LEFT + apart * at, 1), height(one.total)) for at, one in enumerate(periods)]
    line = " ".join(f"{x},{y}" for x, y in points)
    every = max(len(periods) // _LABELS, 1)
    marks: list[Json] = [
        {"x": points[at][0], "day": datetime.combine(periods[at].first, time(12), ZoneInfo("UTC")).isoformat()}
        for at in range(every // 2, len(periods), every)
    ]
    rules: list[Json] = [{"y": height(number), "number": number} for number in range(0, top + 1, rise)]
    base = height(0)
    return {
        "line": line, "area": f"{_LEFT},{base} {line} {points[-1][0]},{base}" if points else "",
        "rules": rules, "marks": marks, "left": _LEFT, "right": _WIDTH - _RIGHT, "width": _WIDTH, "height": _HEIGHT,
        "end": {"x": points[-1][0], "y": points[-1][1]} if points else None,
    }  # fmt: skip


def _rise(most: int) -> int:
    """Return what lies between two rules: 1, 2 or 5 with noughts, so that there are three to six."""
    rise = 1
    while True:
        for step in (1, 2, 5):
            if most <= rise * step * 5:
                return rise * step
        rise *= 10
