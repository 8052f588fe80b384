"""Processes that are killed at a chosen step, so that what they leave behind is the same in every run."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Collection

MOVES = ("os.rename", "os.remove", "os.rmdir")
"""What changes the names in a folder."""
CHANGES = (*MOVES, "os.mkdir", "os.link", "open", "sqlite3.connect")
"""What changes anything on a disk; of openings, those for writing."""

_WRITING = os.O_WRONLY | os.O_RDWR


def killed_at(step: int, work: Callable[[], object], *, steps: Collection[str] = CHANGES) -> bool:
    """Do *work* in a process of its own, killed right before a step; say whether it was: else it ended before that.

    Args:
        step: Which one, counted from 1.
        steps: Names of Python's audit events that count as one.

    Raises:
        RuntimeError: The work failed by itself.
    """
    process = multiprocessing.get_context("fork").Process(target=_counted, args=(step, work, steps))
    process.start()
    process.join()
    if process.exitcode not in (0, -signal.SIGKILL):
        raise RuntimeError(f"it ended with status {process.exitcode} before step {step}")
    return process.exitcode != 0


def _counted(step: int, work: Callable[[], object], steps: Collection[str]) -> None:
    process, left = os.getpid(), step

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event not in steps or os.getpid() != process or (event == "open" and not _writes(arguments)):
            return
        left -= 1
        if left == 0:
            os.kill(process, signal.SIGKILL)

    sys.addaudithook(count)
    work()
    left = -1  # what the interpreter does at its end is not the work


def _writes(arguments: tuple[object, ...]) -> bool:
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & _WRITING)
