"""Render pages and stage their bytes: in this process, or over several where that pays."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor

import attrs

from pressframe._build._output import Output, Stored, unwritable
from pressframe._build._plan import path_of, tag_of
from pressframe._build._view import Press
from pressframe.model import Page

WORTH_A_POOL = 1500
"""Pages below which starting processes costs more than it saves; measured on two cores."""

_BATCH = 100


@attrs.frozen
class Task:
    """One rendering: *page* for readers with *audiences*, none for the public one."""

    page: Page
    audiences: frozenset[str] = frozenset()


@attrs.frozen
class Rendered:
    """What became of a task; ``written`` is False where the same bytes were there already."""

    address: str
    audiences: frozenset[str]
    stored: Stored
    written: bool


def render_all(press: Press, tasks: Sequence[Task], output: Output, told: Callable[[int], None]) -> Iterable[Rendered]:
    """Yield each task rendered and staged, in any order.

    Args:
        told: Called with the number of tasks done.

    Raises:
        TemplateError, HookError, BuildError: At the first that fails.
    """
    done = 0
    for batch in _batches(press, tasks, output):
        done += len(batch)
        told(done)
        yield from batch


def _batches(press: Press, tasks: Sequence[Task], output: Output) -> Iterable[list[Rendered]]:
    batches = [tasks[start : start + _BATCH] for start in range(0, len(tasks), _BATCH)]
    jobs = _jobs(len(tasks))
    if jobs == 1:
        for batch in batches:
            yield _render_batch(press, output, batch)
        return
    press.catalogue.comments  # noqa: B018 - asked for once here, rather than in each process
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(jobs, context, initializer=_Worker.start, initargs=(press, output)) as pool:
        yield from pool.map(_Worker.render, batches)


def _jobs(tasks: int) -> int:
    """Return how many processes to render with; one where forking is unsafe because other threads run."""
    can_fork = hasattr(os, "fork") and threading.active_count() == 1
    return min(os.cpu_count() or 1, 8) if can_fork and tasks >= WORTH_A_POOL else 1


class _Worker:
    """What a forked process inherits, so that nothing but addresses and tags crosses between processes."""

    press: Press
    output: Output

    @classmethod
    def start(cls, press: Press, output: Output) -> None:
        cls.press, cls.output = press, output

    @classmethod
    def render(cls, batch: Sequence[Task]) -> list[Rendered]:
        return _render_batch(cls.press, cls.output, batch)


def _render_batch(press: Press, output: Output, batch: Sequence[Task]) -> list[Rendered]:
    views = {audiences: press.view(audiences) for audiences in {task.audiences for task in batch}}
    rendered = []
    for task in batch:
        result = views[task.audiences].render(task.page)
        try:
            rendered.append(_stage(output, task, result.body))
        except OSError as error:
            raise unwritable(error, output.folder) from error
    return rendered


def _stage(output: Output, task: Task, body: bytes) -> Rendered:
    tag, page = tag_of(body), task.page
    if task.audiences:
        file, written = output.store_open(f"{tag}.html", body)
    else:
        path = path_of(page.address)
        file, written = output.folder / path, output.stage(path, body, tag)
    return Rendered(page.address, task.audiences, Stored(file, page.media_type, tag, len(body)), written)
