"""Threads that work for the server's loop: no more of them awake than there is need for.

A thread for each request would hand Python's lock around for every step of it; that took more time than the answers.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeAlias

import attrs

_PATIENCE = 0.02
"""Seconds that work may wait behind other work before one more thread joins in."""
_MANY = 4
"""So many requests are under way at once if it pays to wait for a moment for the next answer."""


_MOMENT = 0.001
_IDLE = 30.0
"""Seconds after which a thread that has nothing to do ends."""


@attrs.frozen
class Pause:
    """What work returns that can go on only when something else is done; its thread works for others meanwhile."""

    until: Future[object]
    then: Callable[[], object]


@attrs.frozen(eq=False)
class _Task:
    work: Callable[[], object]
    answer: asyncio.Future[object]
    desk: _Desk


@attrs.frozen(eq=False)
class _Done:
    """What became of a task; it goes to the loop."""

    answer: asyncio.Future[object]
    result: object = None
    error: BaseException | None = None

    def deliver(self) -> None:
        if self.answer.done():  # nobody waits any more
            return
        if self.error is None:
            self.answer.set_result(self.result)
        else:
            self.answer.set_exception(self.error)


_Message: TypeAlias = _Done | _Task


class Crew:
    """At most so many threads; they are daemons, so that one that never ends keeps no process from ending."""

    def __init__(self, most: int, name: str) -> None:
        self._most, self._name = most, name
        self._tasks: deque[_Task] = deque()
        self._lock = threading.Lock()
        self._wakes: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._awake = self._parked = 0
        self._is_stopped = False
        self._desk: _Desk | None = None
        self.taken = 0

    async def run(self, work: Callable[[], object]) -> object:
        """Return what *work* returns in a thread, and where that is a ``Pause``, what its ``then`` does."""
        loop = asyncio.get_running_loop()
        if self._desk is None or self._desk.loop is not loop:
            self._desk = _Desk(self, loop)
        return await self._desk.run(work)

    def stop(self) -> None:
        """Take no more work, drop what waits, and wait for nobody."""
        with self._lock:
            self._is_stopped = True
            self._tasks.clear()
            for _ in range(self._parked):
                self._wakes.put(None)

    def put(self, tasks: Sequence[_Task]) -> bool:
        """Take *tasks* on; say whether somebody must see to it that they do not wait for long."""
        with self._lock:
            if self._is_stopped:
                return False
            self._tasks.extend(tasks)
            if not self._awake:
                self._wake()
            return True

    def join_in(self) -> None:
        """Wake one more thread if work waits."""
        with self._lock:
            if self._tasks and self._awake < self._most:
                self._wake()

    @property
    def is_behind(self) -> bool:
        """True while work waits for a thread."""
        return bool(self._tasks)

    def _wake(self) -> None:
        self._awake += 1
        if self._parked:
            self._parked -= 1
            self._wakes.put(None)
        else:
            threading.Thread(target=self._work, name=self._name, daemon=True).start()

    def _work(self) -> None:
        while True:
            task = self._next()
            if task is not None:
                _run(task)
                del task  # it may hold a whole request; the thread may be parked for long
            elif not self._park():
                return

    def _next(self) -> _Task | None:
        with self._lock:
            if self._tasks:
                self.taken += 1
                return self._tasks.popleft()
            self._awake -= 1
            self._parked += 1
            return None

    def _park(self) -> bool:
        """Wait to be woken; say whether there is anything to do."""
        try:
            if not self._is_stopped:
                self._wakes.get(timeout=_IDLE)
        except queue.Empty:
            with self._lock:
                if self._wakes.empty():
                    self._parked -= 1
                    return False
                self._wakes.get_nowait()
        return not self._is_stopped


class _Desk:
    """Hands work out for one loop and takes answers in, many at a time where there are many."""

    def __init__(self, crew: Crew, loop: asyncio.AbstractEventLoop) -> None:
        self._crew, self.loop = crew, loop
        self._leaving: list[_Task] = []
        self._messages: deque[_Message] = deque()
        self._is_told = self._is_watching = False
        self._under_way = 0

    async def run(self, work: Callable[[], object]) -> object:
        answer: asyncio.Future[object] = self.loop.create_future()
        self._under_way += 1
        try:
            self._put(_Task(work, answer, self))
            return await answer
        finally:
            self._under_way -= 1

    def _put(self, task: _Task) -> None:
        """Give *task* to the crew once the loop is through with what came at the same time."""
        if not self._leaving:
            self.loop.call_soon(self._send)
        self._leaving.append(task)

    def _send(self) -> None:
        tasks, self._leaving = self._leaving, []
        if self._crew.put(tasks) and not self._is_watching:
            self._is_watching = True
            self.loop.call_later(_PATIENCE, self._watch, self._crew.taken)

    def tell(self, message: _Message) -> None:
        """Leave *message* for the loop; from any thread."""
        self._messages.append(message)
        if self._is_told:
            return
        self._is_told = True
        try:
            self.loop.call_soon_threadsafe(self._hear)
        except RuntimeError:  # the loop has ended, and with it whoever waited
            self._messages.clear()

    def _hear(self) -> None:
        """Take in what there is, and wait a moment for more if much is under way: the threads are at it."""
        if self._under_way >= _MANY:
            self.loop.call_later(_MOMENT, self._deliver)
        else:
            self._deliver()

    def _deliver(self) -> None:
        self._is_told = False  # before the messages are looked at: who comes later tells again
        while self._messages:
            message = self._messages.popleft()
            if isinstance(message, _Done):
                message.deliver()
            else:
                self._put(message)

    def _watch(self, taken: int) -> None:
        self._is_watching = self._crew.is_behind
        if self._is_watching:
            if self._crew.taken == taken:
                self._crew.join_in()
            self.loop.call_later(_PATIENCE, self._watch, self._crew.taken)


def _run(task: _Task) -> None:
    desk, answer = task.desk, task.answer
    try:
        result = task.work()
    except BaseException as error:  # noqa: BLE001 - it is raised where the answer is awaited
        desk.tell(_Done(answer, error=error))
        return
    if isinstance(result, Pause):
        rest = [_Task(result.then, answer, desk)]
        # Taken out, as a future keeps what it called: a circle with a whole request in it would wait for the collector.
        result.until.add_done_callback(lambda _: desk.tell(rest.pop()))
    else:
        desk.tell(_Done(answer, result))
