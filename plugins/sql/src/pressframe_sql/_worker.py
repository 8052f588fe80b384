"""The worker: runs the jobs that are due, puts off those that fail, and sets aside those that keep failing."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pressframe.errors import StoreError
from pressframe.model import Host
from pressframe_sql._plugin import database
from pressframe_sql.model import Job
from pressframe_sql.pauses import pause_after

if TYPE_CHECKING:
    import sqlalchemy as sa

    from pressframe_sql._jobs import Waiting

log = logging.getLogger("pressframe")

_POLL_SECONDS = 0.25
_LEASE = timedelta(minutes=10)
"""After so long a job whose worker was killed is tried again."""
_RIGHTED_EVERY = 60.0
"""Seconds after which it is looked once more for jobs that a clock which was wrong has put off."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Worker:
    """Runs jobs of one site: those of one lane one after the other, lanes side by side.

    Args:
        host: The site, whose database holds the jobs.
        jobs: Those that plugins register; of others' jobs nothing is touched.
        clock: Gives the time, aware.
    """

    def __init__(self, host: Host, jobs: Iterable[Job], clock: Callable[[], datetime] = _utc_now) -> None:
        self._database = database(host)
        self._jobs = {job.name: job for job in jobs}
        self._clock = clock
        self._running: dict[str, Waiting] = {}
        self._owed: dict[str, list[Callable[[sa.Connection], None]]] = {}
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Run jobs in threads from now on, one for each lane."""
        if not self._threads:
            self._stopping.clear()
            self._threads = [
                threading.Thread(target=self._serve, args=(lane,), name=f"pressframe-worker-{lane}", daemon=True)
                for lane in self._lanes
            ]
            for thread in self._threads:
                thread.start()

    def stop(self) -> None:
        """Return when the jobs being run are done; others wait for the next start."""
        self._stopping.set()
        threads, self._threads = self._threads, []
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join()

    def hand_back(self) -> None:
        """Let be done at once, by whoever comes next, what the end of the program cuts off."""
        from pressframe_sql._jobs import hand_back

        running = list(self._running.values())
        with suppress(StoreError):  # others get it later then, as after a kill
            if running:
                self._database.write(lambda connection: hand_back(connection, running))

    def run_due(self) -> int:
        """Run every job that is due now, and return how many were run.

        Raises:
            StoreError: The database cannot be used.
        """
        for lane in self._lanes:
            self._right(lane)
        return sum(self._run_lane(lane) for lane in self._lanes)

    @property
    def _lanes(self) -> Sequence[str]:
        return list(dict.fromkeys(job.lane for job in self._jobs.values()))

    def _run_lane(self, lane: str) -> int:
        if not self._database.exists():
            return 0
        self._pay(lane)
        run = 0
        while not self._stopping.is_set() and (taken := self._take(self._names(lane))):
            self._run(taken)
            run += 1
        return run

    def _names(self, lane: str, *, soon: bool = False) -> Sequence[str]:
        return [name for name, job in self._jobs.items() if job.lane == lane and (job.soon or not soon)]

    def _right(self, lane: str) -> None:
        """Let be due what a clock that was far ahead has put off, and that has been set back since."""
        from pressframe_sql._jobs import bring_forward, find_misdated

        if not self._database.exists():
            return
        now, names, soon = self._clock(), self._names(lane), self._names(lane, soon=True)
        with self._database.read() as connection:
            ids = find_misdated(connection, names, soon, now)
        if ids:
            log.warning("%d jobs were put off by a clock that was wrong: they are due now", len(ids))
            self._database.write(lambda connection: bring_forward(connection, ids, now))

    def _serve(self, lane: str) -> None:
        seen, due = "", None  # what version of the database was looked at, and when the next of its jobs is due
        righted = -math.inf
        while not self._stopping.is_set():
            try:
                if time.monotonic() - righted >= _RIGHTED_EVERY:
                    self._right(lane)
                    righted = time.monotonic()
                version = self._database.version()
                if version != seen or (due is not None and due <= self._clock()):
                    self._run_lane(lane)
                    seen, due = version, self._next_due(lane)
            except StoreError as error:
                log.warning("jobs have to wait: %s", error)
            except BaseException:  # one odd fault must not end all mail
                log.exception("the worker failed and goes on")
            self._stopping.wait(_POLL_SECONDS)

    def _next_due(self, lane: str) -> datetime | None:
        from pressframe_sql._jobs import find_next

        if not self._database.exists():
            return None
        with self._database.read() as connection:
            return find_next(connection, self._names(lane))

    def _take(self, names: Sequence[str]) -> Waiting | None:
        from pressframe_sql._jobs import find_due, take

        now = self._clock()
        with self._database.read() as connection:
            id = find_due(connection, names, now)
        if id is None:
            return None
        return self._database.write(lambda connection: take(connection, id, now=now, until=now + _LEASE))

    def _run(self, taken: Waiting) -> None:
        from pressframe_sql._jobs import finish, put_off

        job = self._jobs[taken.name]
        self._running[job.lane] = taken
        try:
            job.run(taken.payload)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - parts written in Rust panic with a BaseException
            due = self._next(error, job, taken.attempts)
            outcome = f"is tried again at {due:%Y-%m-%d %H:%M} UTC" if due else "is set aside"
            reason = _storable(f"{type(error).__name__}: {error}")
            log.warning("job %d (%s) failed and %s: %s", taken.id, taken.name, outcome, type(error).__name__)
            self._note(job.lane, lambda connection: put_off(connection, taken, reason, due=due))
        else:
            now = self._clock()
            self._note(job.lane, lambda connection: finish(connection, taken, now))
        finally:
            del self._running[job.lane]

    def _note(self, lane: str, outcome: Callable[[sa.Connection], None]) -> None:
        """Write down what became of a job; where that fails, before anything else of its lane is done.

        A mail that has left while the database is away must not leave again.
        """
        self._owed.setdefault(lane, []).append(outcome)
        self._pay(lane)

    def _pay(self, lane: str) -> None:
        owed = self._owed.get(lane, [])
        while owed:
            self._database.write(owed[0])
            del owed[0]

    def _next(self, error: BaseException, job: Job, attempts: int) -> datetime | None:
        """Return when a job that failed is tried again; None if it is not."""
        is_hopeless = getattr(error, "permanent", False)
        if is_hopeless or attempts >= job.attempts:
            return None
        return self._clock() + pause_after(attempts)


def _storable(text: str) -> str:
    """Return *text* without what some databases refuse: a job whose end cannot be written down would stop its lane."""
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\x00")
