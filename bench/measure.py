"""Time, processor time and memory of a command with all the processes that it starts."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

_INTERVAL = 0.03


@attrs.frozen
class Cost:
    """What one run took.

    Attributes:
        wall: Seconds.
        cpu: Seconds, user and system, of the process and of every child that it waited for.
        others: Processors that other programs kept busy meanwhile, 0.5 for half of one; 0 where the kernel does not
            tell (only Linux does).
    """

    wall: float
    cpu: float
    others: float = 0.0


def run(command: Sequence[str | Path], *, folder: Path) -> Cost:
    """Return what *command* took, run in *folder*.

    Raises:
        RuntimeError: It failed; with what it said.
    """
    with tempfile.TemporaryFile() as said:
        start, busy = time.perf_counter(), _busy_seconds()
        process = subprocess.Popen(
            command, cwd=folder, env=usual_environment(), stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall, busy = time.perf_counter() - start, _busy_seconds() - busy
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            told = said.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(map(str, command))} failed with status {process.returncode}:\n{told}")
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(wall, cpu, max(0.0, busy - cpu) / wall)


def usual_environment() -> dict[str, str]:
    """Return the variables of a machine on which Python keeps what it has compiled, as it does unless told otherwise.

    Without, each run compiles every module of ours anew, which no user's does after the first.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _busy_seconds() -> float:
    """Return how long all processors together have worked since the machine started."""
    first = _read(Path("/proc/stat")).partition("\n")[0].split()[1:]
    user, nice, system, *_ = (*map(int, first), 0, 0, 0)
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def peak_memory(command: Sequence[str | Path], *, folder: Path) -> int | None:
    """Return the most memory, in bytes, that *command* and its children held at one moment.

    Sampled each 0.03 s, which slows the command down, so it is not for timing. Memory that processes share is counted
    once (the kernel's proportional set size). None where the kernel does not tell (only Linux does).
    """
    if not Path("/proc/self/smaps_rollup").exists():
        run(command, folder=folder)
        return None
    watch = _Watch()
    try:
        run(command, folder=folder)
    finally:
        watch.stop()
    return watch.peak


class _Watch(threading.Thread):
    """Samples the memory of all of this process's descendants."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._done = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._done.wait(_INTERVAL):
            self.peak = max(self.peak, sum(map(_proportional, _descendants(os.getpid()))))

    def stop(self) -> None:
        self._done.set()
        self.join()


def _descendants(pid: int) -> Iterator[int]:
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        for child in map(int, _read(thread / "children").split()):
            yield child
            yield from _descendants(child)


def _proportional(pid: int) -> int:
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:  # the process has ended meanwhile
        return ""
