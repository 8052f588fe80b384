"""Work spread over processes where that pays, or over what a plugin brings; done in this one where it does not."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

from pressframe.errors import BuildError

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
    if found:
        return found.spread(work, batches)
    return map(work, batches) if several == 1 else _forked(work, batches, several, meanwhile)


class _Worker:
    """What a forked process inherits, so that little crosses between processes."""

    work: ClassVar[Callable[[range], Any]]

    @classmethod
    def start(cls, work: Callable[[range], Any]) -> None:
        cls.work = staticmethod(work)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and ends what is to be ended
        threading.Thread(target=_follow_parent, daemon=True).start()

    @classmethod
    def do(cls, batch: range) -> Any:
        return cls.work(batch)


def _follow_parent() -> None:
    """End when the parent has ended: killed, it could tell nobody, and workers would hold its lock for ever."""
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _forked(
    work: Callable[[range], Result], batches: Sequence[range], jobs: int, meanwhile: Callable[[], object]
) -> Iterator[Result]:
    """Yield what becomes of each batch; they begin with the last one, which can hold pages that take longest."""
    import multiprocessing  # what little has changed is made here, in less time than importing this takes
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(jobs, context, initializer=_Worker.start, initargs=(work,))
    try:
        results = pool.map(_Worker.do, [batches[-1], *batches[:-1]])
        meanwhile()
        last = next(results)
        yield from results
        yield last
    except BaseException as error:
        pool.shutdown(cancel_futures=True)
        if not isinstance(error, BrokenProcessPool):
            raise
        fix = "see whether the machine has run out of memory"
        raise BuildError("a process of the build was ended from outside", fix=fix) from error
    ending = threading.Thread(target=pool.shutdown)  # what comes next needs none of it
    ending.start()
    _ending.append(ending)


_ending: list[threading.Thread] = []


def wait_for_the_rest() -> None:
    """Return once no process is left that helped, and no thread that looked after one."""
    while _ending:
        _ending.pop().join()


def _jobs(size: int, asked: int | None) -> int:
    """Return how many processes to use; one where forking is unsafe because other threads run."""
    wait_for_the_rest()
    can_fork = hasattr(os, "fork") and threading.active_count() == 1
    if asked is None:
        asked = min(len(os.sched_getaffinity(0)), 8) if size >= WORTH_A_POOL else 1
    return min(asked, -(-size // _BATCH)) if can_fork and size else 1
