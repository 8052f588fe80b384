"""Render pages and stage their bytes: in this process, or over several where that pays."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from typing import ClassVar

import attrs

from pressframe._build._output import Output, Stored
from pressframe._build._plan import Task
from pressframe._build._view import Press
from pressframe.errors import BuildError

WORTH_A_POOL = 1500
"""Pages below which starting processes costs more than it saves; measured on two cores."""

_BATCH = 100


def render_all(press: Press, output: Output, tasks: Sequence[Task], told: Callable[[int], None]) -> Iterator[Stored]:
    """Yield each task's page, rendered and staged, in their order.

    Args:
        told: Called with the number of tasks done.

    Raises:
        TemplateError, HookError, OSError: At the first that fails.
    """
    for number, batch in enumerate(_batches(_Renderer(press, output, tasks)), 1):
        told(min(number * _BATCH, len(tasks)))
        press.expire(batch.until)
        yield from batch.stored


@attrs.frozen
class _Batch:
    stored: Sequence[Stored]
    until: datetime | None


@attrs.frozen
class _Renderer:
    press: Press
    output: Output
    tasks: Sequence[Task]

    def batch(self, start: int) -> _Batch:
        """Return what became of the tasks from *start* on, a hundred of them."""
        tasks, stored = self.tasks[start : start + _BATCH], []
        views = {audiences: self.press.view(audiences) for audiences in {audiences for _, audiences in tasks}}
        for page, audiences in tasks:
            rendered = views[audiences].render(page)
            if audiences:
                stored.append(self.output.keep_open(rendered))
            else:
                stored.append(self.output.stage(page.address, rendered))
        return _Batch(stored, self.press.until)


class _Worker:
    """What a forked process inherits, so that nothing but numbers and tags crosses between processes."""

    renderer: ClassVar[_Renderer]

    @classmethod
    def start(cls, renderer: _Renderer) -> None:
        cls.renderer = renderer
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and ends what is to be ended
        threading.Thread(target=_follow_parent, daemon=True).start()

    @classmethod
    def batch(cls, start: int) -> _Batch:
        return cls.renderer.batch(start)


def _follow_parent() -> None:
    """End when the parent has ended: killed, it could tell nobody, and workers would hold its lock for ever."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _batches(renderer: _Renderer) -> Iterator[_Batch]:
    starts = range(0, len(renderer.tasks), _BATCH)
    jobs = _jobs(len(renderer.tasks))
    if jobs == 1:
        yield from map(renderer.batch, starts)
        return
    renderer.press.catalogue.comments  # noqa: B018 - asked for once here, rather than in each process
    context = multiprocessing.get_context("fork")
    try:
        with ProcessPoolExecutor(jobs, context, initializer=_Worker.start, initargs=(renderer,)) as pool:
            yield from pool.map(_Worker.batch, starts)
    except BrokenProcessPool as error:
        fix = "see whether the machine has run out of memory"
        raise BuildError("a process that rendered pages was ended from outside", fix=fix) from error


def _jobs(tasks: int) -> int:
    """Return how many processes to render with; one where forking is unsafe because other threads run."""
    can_fork = hasattr(os, "fork") and threading.active_count() == 1
    return min(os.cpu_count() or 1, 8) if can_fork and tasks >= WORTH_A_POOL else 1
