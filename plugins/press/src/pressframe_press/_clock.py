"""What plugins take of a build's time, also in other processes."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

import attrs

from pressframe.press import Profile, witnessed

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
