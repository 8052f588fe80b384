"""Work spread over processes where that pays, or over what a plugin brings; done in this one where it does not."""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

WORTH_A_POOL = 1000
"""Entries or pages below which starting processes costs more than it saves; measured on two cores."""

_BATCH = 100

Result = TypeVar("Result")


class Elsewhere(Protocol):
    """What does batches with an executor that a plugin handed in."""

    def spread(self, work: Any, batches: Sequence[range]) -> Iterator[Any]:
        """Yield what becomes of each batch, in their order."""


def spread(
    work: Callable[[range], Result],
    size: int,
    *,
    jobs: int | None,
    elsewhere: Callable[[], Elsewhere | None],
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[Result]:
    """Yield what *work* makes of each hundred of *size* things, in their order.

    Args:
        work: Gets their numbers; in other processes it sees what this one had when they were started.
        jobs: How many processes; None for what pays.
        elsewhere: Asked where several processes pay, or are wanted, for what does it in place of them.
        meanwhile: Called once other processes have begun, if they do.

    Raises:
        BuildError: A process was ended from outside, or what does it elsewhere failed.
    """
    batches = [range(start, min(start + _BATCH, size)) for start in range(0, size, _BATCH)]
    is_much = size >= WORTH_A_POOL if jobs is None else jobs > 1 and len(batches) > 1
    found, several = elsewhere() if is_much else None, _jobs(size, jobs)
    results: Iterator[Result]
    if found:
        results = found.spread(work, batches)
    elif several == 1:
        results = map(work, batches)
    else:
        from pressframe_press._forks import forked  # what little has changed is made here

        results = forked(work, batches, several, meanwhile)
    for _, result in zip(batches, results, strict=True):
        yield result


leaving: list[int] = []
"""Processes that helped, and may not have ended yet."""


def wait_for_the_rest() -> None:
    """Return once no process is left that helped."""
    while leaving:
        with contextlib.suppress(ChildProcessError):  # somebody else has waited for it
            os.waitpid(leaving.pop(), 0)


def _jobs(size: int, asked: int | None) -> int:
    """Return how many processes to use; one where forking is unsafe because other threads run."""
    can_fork = hasattr(os, "fork") and threading.active_count() == 1
    if asked is None:
        asked = min(_processors(), 8) if size >= WORTH_A_POOL else 1
    return min(asked, -(-size // _BATCH)) if can_fork and size else 1


def _processors() -> int:
    """Return how many this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
