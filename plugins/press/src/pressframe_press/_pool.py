"""Work spread over processes where that pays, or over what a plugin brings; done in this one where it does not."""

import contextlib
import itertools
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

_WORTH_FORKING, _WORTH_TELLING = 100, 1000
"""Entries or pages from which other processes save more than they cost, measured on two cores: those that are forked,
and those that must be told what this one knows."""

_SMALLEST, _LARGEST = 25, 100
"""How many are in a batch."""

Result = TypeVar("Result")


class Elsewhere(Protocol):
    """What does batches with an executor that a plugin handed in."""

    def spread(self, work: Any, batches: Sequence[range]) -> Iterator[Any]:
        """Yield what becomes of each batch, in their order."""


def spread(
    work: Callable[[range], Result],
    size: int,
    *,
    processes: int,
    elsewhere: Callable[[], Elsewhere | None],
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[Result]:
    """Yield what *work* makes of *size* things, batch by batch in their order.

    Args:
        work: Gets their numbers; in other processes it sees what this one had when they were started.
        processes: How many, as ``several`` says.
        elsewhere: Asked for what does it in place of them.
        meanwhile: Called once other processes have begun, if they do.

    Raises:
        BuildError: A process was ended from outside, or what does it elsewhere failed.
    """
    batch = max(_SMALLEST, min(size // 10, _LARGEST))
    batches = [range(start, min(start + batch, size)) for start in range(0, size, batch)]
    found = elsewhere()
    results: Iterator[Result]
    if found:
        results = found.spread(work, batches)
    elif processes == 1:
        results = map(work, batches)
    else:
        from pressframe_press._forks import forked  # what little has changed is made here

        results = forked(work, batches, processes, meanwhile)
    for _, result in zip(batches, results, strict=True):
        yield result


def shared(work: Callable[[range], Sequence[Result]], size: int, processes: int) -> Iterator[Result]:
    """Yield what *work* makes of each of *size* things that take little: in few batches."""
    if processes == 1:
        return iter(work(range(size)))
    from pressframe_press._forks import forked

    batch = -(-size // (4 * processes))
    batches = [range(start, min(start + batch, size)) for start in range(0, size, batch)]
    return itertools.chain.from_iterable(forked(work, batches, processes, lambda: None))


def pays(size: int, of: int = 0) -> bool:
    """Say whether forking pays for so many things *of* more, all of which processes would have to know of first."""
    return size >= max(_WORTH_FORKING, of // 10)


def pays_elsewhere(size: int, jobs: int | None) -> bool:
    """Say whether so many things are worth telling others what this process knows, or are to be shared by *jobs*."""
    return size >= _WORTH_TELLING if jobs is None else jobs > 1 and size > _LARGEST


def several(size: int, jobs: int | None, of: int = 0) -> int:
    """Return how many processes to use: *jobs*, or what pays; one where forking is unsafe because other threads run."""
    can_fork = hasattr(os, "fork") and threading.active_count() == 1
    if jobs is None:
        jobs = min(_processors(), 8) if pays(size, of) else 1
    return min(jobs, -(-size // (2 * _SMALLEST))) if can_fork and size else 1


leaving: list[int] = []
"""Processes that helped, and may not have ended yet."""


def wait_for_the_rest() -> None:
    """Return once no process is left that helped."""
    while leaving:
        with contextlib.suppress(ChildProcessError):  # somebody else has waited for it
            os.waitpid(leaving.pop(), 0)


def _processors() -> int:
    """Return how many this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
