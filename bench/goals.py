"""What the build engine is to reach, and whether it does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs

from bench.builds import COLD, Result

Measured = Mapping[int, Sequence[Result]]
"""Results by number of posts."""

_OURS, _BASE, _PRLAND = "pressframe", "Hugo", "pressframe, PRland"
_USUAL, _SMALL, _LARGE = 10_000, 1_000, 100_000


@attrs.frozen
class Goal:
    """Something to be measured that is to be *limit* at most.

    Attributes:
        find: Returns it; None if not everything that it takes was measured.
    """

    name: str
    limit: float
    find: Callable[[Measured], float | None]


@attrs.frozen
class Finding:
    """A goal and what was measured, None for nothing."""

    goal: Goal
    value: float | None

    @property
    def is_held(self) -> bool:
        return self.value is not None and self.value <= self.goal.limit


def judge(measured: Measured) -> list[Finding]:
    """Return each goal with what was measured."""
    return [Finding(goal, goal.find(measured)) for goal in _GOALS]


def _goals() -> Iterator[Goal]:
    times = {COLD: 0.70, "nothing changed": 0.03, "one post's text edited": 0.05}
    times |= {"one post's title and tags edited": 0.10, "base template edited": 0.65}
    for step, limit in times.items():
        yield Goal(f"{_USUAL:,} posts, {step}, × Hugo", limit, _against_hugo(_USUAL, _wall(step)))
    yield Goal(f"{_USUAL:,} posts, peak memory, × Hugo", 0.25, _against_hugo(_USUAL, _memory))
    yield Goal(f"{_SMALL:,} posts, {COLD}, × Hugo", 0.95, _against_hugo(_SMALL, _wall(COLD)))
    yield Goal(f"{_LARGE:,} posts, {COLD}, × {_USUAL:,} posts", 12, _growth)
    yield Goal(f"{_LARGE:,} posts, peak memory, GB", 2.5, _gigabytes)
    yield Goal(f"{_USUAL:,} posts of PRland, {COLD}, s", 15, _prland)


def _wall(step: str) -> Callable[[Result], float | None]:
    def find(result: Result) -> float | None:
        cost = result.typical(step)
        return cost.wall if cost else None

    return find


def _memory(result: Result) -> float | None:
    return result.memory


def _against_hugo(count: int, find: Callable[[Result], float | None]) -> Callable[[Measured], float | None]:
    return lambda measured: _ratio(_of(measured, count, _OURS, find), _of(measured, count, _BASE, find))


def _growth(measured: Measured) -> float | None:
    return _ratio(_of(measured, _LARGE, _OURS, _wall(COLD)), _of(measured, _USUAL, _OURS, _wall(COLD)))


def _gigabytes(measured: Measured) -> float | None:
    peak = _of(measured, _LARGE, _OURS, _memory)
    return peak / 1e9 if peak is not None else None


def _prland(measured: Measured) -> float | None:
    return _of(measured, _USUAL, _PRLAND, _wall(COLD))


def _of(measured: Measured, count: int, name: str, find: Callable[[Result], float | None]) -> float | None:
    """Return what *find* finds of a generator; infinity if it is ours and failed: no goal is held by that."""
    for result in measured.get(count, ()):
        if result.generator.name == name:
            return math.inf if result.failure and name != _BASE else find(result)
    return None


def _ratio(value: float | None, base: float | None) -> float | None:
    return value / base if value is not None and base else None


_GOALS = tuple(_goals())
