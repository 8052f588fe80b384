"""Tiers, and growth over time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

import attrs

from pressframe.model import Json, Live
from pressframe_admin import Account, Action
from pressframe_members import known_audiences
from pressframe_members.care import count_audiences
from pressframe_members.model import SUBSCRIBERS
from pressframe_subscribers._desk import LIST, Desk, page_of
from pressframe_subscribers._growth import STEPS, Step, growth, plot
from pressframe_web import Request, Response


@attrs.frozen
class Figures:
    """What the site's members are in numbers."""

    _desk: Desk

    def actions(self) -> Iterable[Action]:
        """Return them."""
        yield Action(path=f"{LIST}tiers", endpoint=self.tiers)
        yield Action(path=f"{LIST}growth", endpoint=self.growth)

    def tiers(self, request: Request, site: Live, account: Account) -> Response:
        """Show each audience, with how many have it."""
        known, counts = known_audiences(self._desk.host), count_audiences(self._desk.host, request.now)
        names = sorted({*known, *counts}, key=lambda name: (name != SUBSCRIBERS, name))
        tiers: list[Json] = [{"name": name, "count": counts.get(name, 0), "is_known": name in known} for name in names]
        return page_of("tiers", {"tiers": tiers})

    def growth(self, request: Request, site: Live, account: Account) -> Response:
        """Show how many members there were, by day, week or month."""
        asked = request.query.get("by", "")
        step: Step = asked if asked in STEPS else "month"  # type: ignore[assignment] # one of its keys
        periods = growth(self._desk.host, step, request.now)
        zone = self._desk.host.settings.timezone
        rows: list[Json] = [
            {
                "first": datetime.combine(one.first, time(12), zone).isoformat(),
                "total": one.total, "new": one.new, "left": one.left,
            }
            for one in reversed(periods)
        ]  # fmt: skip
        is_empty = not any(one.total or one.left for one in periods)
        return page_of(
            "growth", {"step": step, "steps": [*STEPS], "rows": rows, "plot": plot(periods), "is_empty": is_empty}
        )
