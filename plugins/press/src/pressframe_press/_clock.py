"""What plugins take of a build's time, also in other processes."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

import attrs

from pressframe.press import witnessed


class Profile:
    """A witness with a clock: seconds and calls by stage, plugin and hook, of every process of a build added up.

    Attributes:
        stage: What the build is at.
        spent: Seconds and calls, by stage, plugin and hook; those of a whole stage by its name and two empty ones.
    """

    def __init__(self, stage: str = "start") -> None:
        self.stage = stage
        self.spent: dict[tuple[str, str, str], tuple[float, int]] = {}

    def __call__(self, plugin: str, hook: str, arguments: tuple[object, ...], ask: Callable[[], Any]) -> Any:
        """Take the time that a plugin needs for its answer."""
        start = time.perf_counter()
        try:
            return ask()
        finally:
            self.add([((self.stage, plugin, hook), (time.perf_counter() - start, 1))])

    def add(self, spent: Iterable[tuple[tuple[str, str, str], tuple[float, int]]]) -> None:
        """Count in what was spent, here or in another process."""
        for key, (seconds, calls) in spent:
            before = self.spent.get(key, (0.0, 0))
            self.spent[key] = before[0] + seconds, before[1] + calls

    def rows(self, stages: Mapping[str, float]) -> list[dict[str, Any]]:
        """Return what was spent by stage, plugin and hook, the longest first; without a plugin by the press.

        Several processes' times are added up.
        """
        rows = []
        for stage in ("start", *stages):
            spent = {key: one for key, one in self.spent.items() if key[0] == stage}
            whole = spent.pop((stage, "", ""), (stages.get(stage, 0.0), 0))[0]
            if stage in stages:
                spent[stage, "", ""] = max(whole - sum(seconds for seconds, _ in spent.values()), 0.0), 0
            for (_, plugin, hook), (seconds, calls) in sorted(spent.items(), key=lambda one: -one[1][0]):
                told = {"stage": stage, "plugin": plugin, "hook": hook, "calls": calls, "seconds": round(seconds, 6)}
                rows.append(told)
        return rows

    def table(self, stages: Mapping[str, float]) -> Iterator[tuple[str, bool]]:
        """Yield the table of stages with the plugins and hooks in each, then the sums of plugins and of hooks."""
        rows = self.rows(stages)
        yield f"{'stage':10}{'plugin':26}{'hook':24}{'calls':>9}{'seconds':>10}", True
        for stage, group in itertools.groupby(rows, key=itemgetter("stage")):
            wall = stages.get(stage)
            yield (stage if wall is None else f"{stage:69}{wall:10.3f}"), False
            for one in group:
                plugin, calls = one["plugin"] or "templates and the press", f"{one['calls']:,}" if one["calls"] else ""
                if one["seconds"] >= 0.0005:
                    yield f"{'':10}{plugin:26}{one['hook']:24}{calls:>9}{one['seconds']:10.3f}", False
        for column in ("plugin", "hook"):
            yield f"\n{'by ' + column:60}{'calls':>8}{'seconds':>11}", True
            for name, count, seconds in _sums(rows, column):
                if seconds >= 0.0005:
                    yield f"{name:60}{count:8,}{seconds:11.3f}", False
        yield "", False


Spent: TypeAlias = list[tuple[tuple[str, str, str], tuple[float, int]]]


@attrs.frozen
class Clocked:
    """Does *work* before a clock, and returns its result with what was spent, which crosses between processes."""

    stage: str
    work: Callable[[range], Any]
    _process: int = attrs.field(init=False, factory=os.getpid)

    def __call__(self, batch: range) -> tuple[Any, Spent]:
        """Return the result for *batch*, and what was spent."""
        profile, start = Profile(self.stage), time.perf_counter()
        with witnessed(profile):
            result = self.work(batch)
        if os.getpid() != self._process:  # this one's time is the stage's
            profile.add([((self.stage, "", ""), (time.perf_counter() - start, 1))])
        return result, [*profile.spent.items()]


def collected(results: Iterable[tuple[Any, Spent]], profile: Profile) -> Iterator[Any]:
    """Yield each result; tell *profile* what was spent."""
    for result, spent in results:
        profile.add(spent)
        yield result


def _sums(rows: Sequence[Mapping[str, Any]], name: str) -> Iterator[tuple[str, int, float]]:
    """Yield each plugin, or each hook, with its calls and seconds in all stages, the longest first."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for one in rows:
        groups.setdefault(one[name], []).append(one)
    sums = [(key, sum(one["calls"] for one in of), sum(one["seconds"] for one in of)) for key, of in groups.items()]
    yield from sorted((one for one in sums if one[0]), key=lambda one: -one[2])
