"""Builds again in the background when something has changed, and switches to the new release."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from pressframe.errors import PressframeError

if TYPE_CHECKING:
    from pressframe_web.app import App

log = logging.getLogger("pressframe.web")

_POLL_SECONDS = 0.25


class Rebuilder:
    """One thread that builds, one build at a time; asks that come meanwhile are answered by one more build.

    Attributes:
        error: What stopped the last build; None if it went well. The release before it is still served.
        count: How many releases were made; what waits for a change compares it.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._asked = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.error: PressframeError | None = None
        self.count = 0

    def ask(self) -> None:
        """Ask for a build soon; returns at once."""
        self._asked.set()

    def start(self) -> None:
        """Build in a thread from now on, whenever asked or when the release is out of date."""
        self._thread = threading.Thread(target=self._watch, name="pressframe-builder", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Return when the build under way, if any, is done."""
        self._stopping.set()
        self._asked.set()
        if self._thread is not None:
            self._thread.join()

    def run_due(self) -> bool:
        """Build now if it was asked for or is due; say whether it was. Tests call it in place of ``start``."""
        release, now = self._app.served.release, self._app.clock()
        is_due = release.until is not None and release.until <= now
        if not (self._asked.is_set() or is_due or release.is_stale()):
            return False
        self._asked.clear()
        try:
            self._app.switch(self._app.build(now))
        except PressframeError as error:
            if str(error) != str(self.error):
                log.error("the site was not built again, what was there is still served:\n%s", error)
            self.error = error
        else:
            self.error = None
        self.count += 1
        return True

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                if self.run_due() and self.error is not None:
                    self._stopping.wait(1.0)  # a stale release stays stale until what is wrong is mended
            except Exception:
                log.exception("the builder failed and goes on")
                self._stopping.wait(1.0)
            self._asked.wait(_POLL_SECONDS)
