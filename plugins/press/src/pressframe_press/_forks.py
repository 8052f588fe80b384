"""Batches of a work done by this process and by some forked from it, which are gone when there are no more."""

from __future__ import annotations

import fcntl
import os
import pickle
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from io import FileIO
from typing import Any, NoReturn, TypeVar

from pressframe.errors import BuildError
from pressframe_press._pool import leaving, wait_for_the_rest

_NUMBER, _LENGTH = 4, 8
"""Bytes that say which batch an answer is of, and how long it is."""

_ROOM = 1 << 20
"""Bytes in a pipe of answers; without asking, Linux has room for a tenth of a batch of entries."""

_END = b"\xff" * _NUMBER
"""What a process says in place of a batch's number when there are no more."""

Result = TypeVar("Result")


class _Crew:
    """This process and some forked from it: they inherit what it knows, so that little crosses between processes.

    A ``concurrent.futures.ProcessPoolExecutor`` would do, and takes longer to begin than a hundred entries to load.
    """

    def __init__(self, work: Callable[[range], Any], batches: Sequence[range]) -> None:
        self._work, self._batches = work, batches
        self._done: dict[int, tuple[Any, Exception | None]] = {}
        self._found: dict[int, bytes] = {}
        self._answers: dict[int, FileIO] = {}
        self._poll = select.poll()
        self._turn = _Turn(len(batches))
        self._members: list[int] = []
        self._parent, self._alive = os.pipe()  # nobody writes: it ends when this process does

    def start(self, jobs: int) -> None:
        """Fork so many processes that there are *jobs* with this one."""
        for _ in range(jobs - 1):
            answers, told = os.pipe()
            _widen(answers)
            self._answers[answers] = FileIO(answers)
            self._poll.register(answers, select.POLLIN)
            member = os.fork()
            if member == 0:
                self._serve(told)
            self._members.append(member)
            os.close(told)
        self._poll.register(self._turn.out, select.POLLIN)

    def _serve(self, told: int) -> NoReturn:
        """Do batches until there are no more: the life of a forked process."""
        status = 1
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and ends what is to be ended
            for file in (self._alive, *self._answers):
                os.close(file)
            threading.Thread(target=_follow, args=(self._parent,), daemon=True).start()
            answers = FileIO(told, "w")
            while (number := self._turn.take()) is not None:
                _write(answers, number.to_bytes(_NUMBER, "big"), _answer(self._work, self._batches[number]))
            sys.stdout.flush()
            _write(answers, _END, b"")
            status = 0
        finally:
            os._exit(status)

    def result(self, number: int) -> Any:
        """Return what became of a batch; until it is there, do others.

        Raises:
            BuildError: A process was ended from outside.
            Exception: What the work ended with.
        """
        while number not in self._found and number not in self._done:
            ready = [file for file, _ in self._poll.poll()]
            for file in ready:
                if file in self._answers:
                    self._hear(self._answers[file])
            if ready == [self._turn.out]:  # what others have done is taken first: they wait for room
                self._help()
        if number in self._done:
            result, error = self._done.pop(number)
            if error is not None:
                raise error
            return result
        result, trace = pickle.loads(self._found.pop(number))
        if trace is not None:
            raise result from _InProcess(trace)
        return result

    def _help(self) -> None:
        """Do a batch here, if one is left."""
        with suppress(BlockingIOError):  # another process was faster
            number = self._turn.try_to_take()
            if number is None:
                self._poll.unregister(self._turn.out)
            else:
                self._done[number] = self._outcome(number)

    def _outcome(self, number: int) -> tuple[Any, Exception | None]:
        """Return what becomes of a batch, or the error that it ends with: one of a batch before it is told of first."""
        try:
            return self._work(self._batches[number]), None
        except Exception as error:  # noqa: BLE001 - it is raised again, when its turn comes
            return None, error

    def _hear(self, answers: FileIO) -> None:
        """Take one answer of a process."""
        whose = _read(answers, _NUMBER)
        answer = _read(answers, int.from_bytes(_read(answers, _LENGTH), "big"))
        if whose == _END:
            self._poll.unregister(answers)
        else:
            self._found[int.from_bytes(whose, "big")] = answer

    def dismiss(self, *, at_once: bool) -> None:
        """Let go of the processes; end them if they are to end *at_once*."""
        leaving.extend(self._members)
        if at_once:
            for member in self._members:
                os.kill(member, signal.SIGKILL)
            wait_for_the_rest()
        self._turn.close()
        os.close(self._alive)
        os.close(self._parent)
        for answers in self._answers.values():
            answers.close()


class _Turn:
    """Counts for all processes alike: a pipe that holds the next number, or nothing while one of them takes it.

    The last batch is the first to be taken: it can hold pages that take longest.

    Attributes:
        out: Can be read from while a number is there.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self.out, self._in = os.pipe()
        os.set_blocking(self.out, False)  # nobody waits for one that was ended with the number in its hands
        os.write(self._in, bytes(_NUMBER))

    def take(self) -> int | None:
        """Return which batch is next; None if there are no more."""
        poll = select.poll()
        poll.register(self.out, select.POLLIN)
        while True:
            poll.poll()
            with suppress(BlockingIOError):
                return self.try_to_take()

    def try_to_take(self) -> int | None:
        """Return the same at once.

        Raises:
            BlockingIOError: Another process takes one just now.
        """
        number = int.from_bytes(os.read(self.out, _NUMBER), "big")
        os.write(self._in, (number + 1).to_bytes(_NUMBER, "big"))
        return (number - 1) % self._size if number < self._size else None

    def close(self) -> None:
        os.close(self.out)
        os.close(self._in)


def _widen(pipe: int) -> None:
    """Make room for several answers, where the system can: nobody reads them while this process does a batch."""
    with suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _ROOM)


class _InProcess(Exception):
    """Where an error came from, in a process that is no more: its traceback."""


def _answer(work: Callable[[range], Any], batch: range) -> bytes:
    """Return what becomes of a batch, or the error that it ends with and where that comes from."""
    try:
        return _packed(work(batch), None)
    except BaseException as error:  # noqa: BLE001 - it is raised again, by the parent
        from traceback import format_exc

        return _packed(error, f"\n{format_exc()}")


def _packed(answer: object, trace: str | None) -> bytes:
    try:
        return pickle.dumps((answer, trace))
    except Exception as error:  # noqa: BLE001 - plugins can raise and answer anything
        message = f"what a plugin raised or answered cannot leave its process: {error}"
        return pickle.dumps((BuildError(message, fix="build with --jobs 1, which says more"), trace or ""))


def _follow(parent: int) -> None:
    """End when the parent has ended: killed, it could tell nobody, and workers would hold its lock for ever."""
    os.read(parent, 1)
    os._exit(1)


def _write(answers: FileIO, whose: bytes, answer: bytes) -> None:
    rest = memoryview(whose + len(answer).to_bytes(_LENGTH, "big") + answer)
    while rest:
        rest = rest[answers.write(rest) :]


def _read(answers: FileIO, size: int) -> bytes:
    """Return that many bytes.

    Raises:
        BuildError: There are no more.
    """
    parts, missing = [], size
    while missing:
        part = answers.read(missing)
        if not part:
            fix = "see whether the machine has run out of memory"
            raise BuildError("a process of the build was ended from outside", fix=fix)
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def forked(
    work: Callable[[range], Result], batches: Sequence[range], jobs: int, meanwhile: Callable[[], object]
) -> Iterator[Result]:
    """Yield what *work* makes of each batch, in their order, done by so many processes, this one among them.

    Args:
        meanwhile: Called once the others have begun.

    Raises:
        BuildError: A process was ended from outside.
    """
    crew = _Crew(work, batches)
    try:
        crew.start(jobs)
        meanwhile()
        for number in range(len(batches)):
            yield crew.result(number)
    except BaseException:
        crew.dismiss(at_once=True)
        raise
    crew.dismiss(at_once=False)
