"""Builds again in the background when something has changed, and switches to the new release."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from pressframe.errors import BuildError, ManyErrors, PressframeError, StoreError

if TYPE_CHECKING:
    from pressframe import Release
    from pressframe_web.app import App

log = logging.getLogger("pressframe.web")

_POLLS = (0.02, 0.25)
"""Seconds between two looks at whether comments have changed: the fewest and the most."""
_POLL_SHARE = 0.005
"""Part of the time that may be spent on them. Whoever changes comments in this process tells of it; looks find what
other processes have done, and files need none: they are watched."""
_REST, _REST_WHILE_BUSY = 2.0, 6.0
"""How many times as long as a build took the thread rests after it, unless files change; the latter if more was said
meanwhile: comments that come all the time are shown by and by, and leave the processor to who sends and reads them."""
_LONGEST_REST = 5.0
_SET_BACK = timedelta(minutes=1)
"""What was built so much later than now shows what a clock that was ahead has let appear too early."""
_SWEEP_SECONDS = 0.05
_LONGEST_PAUSE = 60.0
_PAUSE_FOR_ROOM = 3.0
_END_SECONDS = 1.0


class Rebuilder:
    """One thread that builds, one build at a time; asks that come meanwhile are answered by one more build.

    Attributes:
        error: What stopped the last build; None if it went well. The release before it is still served.
        count: Another number after each build that failed or has changed something; what waits for that compares it.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._asked = threading.Event()
        self._must_scan = threading.Event()
        self._pause = _POLLS[0]
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._may_pass = self._is_busy = self._is_untold = False
        self.error: BaseException | None = None
        self.count = 0

    def ask(self, *, scan: bool = True) -> None:
        """Ask for a build soon; returns at once.

        Args:
            scan: False if comments have changed, and as far as the asking knows no files.
        """
        if scan:
            self._must_scan.set()
        self._asked.set()

    def start(self) -> None:
        """Build in a thread from now on, whenever asked or when the release is out of date."""
        self._thread = threading.Thread(target=self._watch, name="pressframe-builder", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Start no more builds. One under way may be cut off: whatever it left is mended by the next."""
        self._stopping.set()
        self._must_scan.set()
        self._asked.set()
        if self._thread is not None:
            self._thread.join(_END_SECONDS)

    def run_due(self) -> bool:
        """Build now if it was asked for or is due; say whether it was. Tests call it in place of ``start``."""
        try:
            if not self._is_due():
                if self._is_untold:
                    self.tell()
                return False
            self._asked.clear()
            self._is_busy = self._show_comments()
            if not self._is_busy:
                self._must_scan.clear()
                self._build(scan=True)  # also where only comments have changed, as far as we were told
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - it builds what plugins bring, and must outlive what they do
            self.report(error)
            self._may_pass = _may_pass(error)
        else:
            self._may_pass = False
        return True

    def _show_comments(self) -> bool:
        """Build without a look at files, if nobody told of any; say whether more was said meanwhile.

        Then the next build is due already, which may look at them.
        """
        if self._must_scan.is_set():
            return False
        with suppress(Exception):  # told of by the next one, if it is still so
            self._build(scan=False)
            return self.error is None and not self._must_scan.is_set() and self._app.served.release.is_stale()
        return False

    def _build(self, *, scan: bool) -> None:
        with _sweeping():
            release = self._app.rebuild(scan=scan)
        is_due_as_before = release.until == self._app.served.release.until
        self._app.switch(release)
        is_mended = scan and self.error is not None
        if is_mended:
            self.error = None
        if is_mended or self._app.served.changed:
            self.count += 1
            self.tell()
            log.info("built again: %d pages written in %.2f s", release.report.written, release.report.seconds)
        elif not is_due_as_before:
            self.tell()

    def tell(self) -> None:
        """Tell plugins of the release; once more soon where one could not store what it made of it."""
        self._is_untold = False  # also where a plugin ends all this
        self._is_untold = any(isinstance(error, StoreError) for error in self._app.tell())

    def report(self, error: BaseException) -> None:
        """Keep *error*, for whoever looks at the site being made; say it once."""
        before, self.error = self.error, error
        self.count += 1
        if _told(error) != _told(before):
            trace = None if isinstance(error, PressframeError) else error
            log.error("the site was not built again; what was there is still served.\n%s", error, exc_info=trace)

    def _is_due(self) -> bool:
        release = self._app.served.release
        now = self._app.clock()
        is_late = release.until is not None and release.until <= now
        is_early = release.now > now + _SET_BACK
        return self._asked.is_set() or is_late or is_early or self._may_pass or self._is_stale(release)

    def _is_stale(self, release: Release) -> bool:
        start = time.thread_time()
        is_stale = release.is_stale()
        self._pause = min(max((time.thread_time() - start) / _POLL_SHARE, _POLLS[0]), _POLLS[1])
        return is_stale

    def _watch(self) -> None:
        pause, self._is_untold = _POLLS[1], True
        while not self._stopping.is_set():
            start = time.thread_time()
            if self.run_due():
                rest = _REST_WHILE_BUSY if self._is_busy else _REST
                self._must_scan.wait(min(rest * (time.thread_time() - start), _LONGEST_REST))
            # What is stale stays stale until what is wrong is mended: that mostly needs an edit, which asks.
            longest = _PAUSE_FOR_ROOM if self._may_pass else _LONGEST_PAUSE
            pause = self._pause if self.error is None else min(2 * max(pause, _POLLS[1]), longest)
            self._asked.wait(_PAUSE_FOR_ROOM if self._is_untold else pause)


@contextmanager
def _sweeping() -> Iterator[None]:
    """Look for garbage a little at a time while the block runs.

    A build lets Python not look for any; and to look at its end through all that was made keeps readers waiting.
    """
    is_over = threading.Event()

    def sweep() -> None:
        while not is_over.wait(_SWEEP_SECONDS):
            gc.collect(1)

    thread = threading.Thread(target=sweep, name="pressframe-sweeper", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _may_pass(error: BaseException) -> bool:
    """Say whether *error* may be over without an edit: a full disk, a store that is locked, another build."""
    if isinstance(error, ManyErrors):
        return any(map(_may_pass, error.errors))
    return isinstance(error, StoreError | OSError) or isinstance(error.__cause__, OSError)


def _told(error: BaseException | None) -> str:
    """Return what tells apart errors that need be told of; a full disk is met now at this file, now at that."""
    return error.message if isinstance(error, BuildError) and _may_pass(error) else str(error)
