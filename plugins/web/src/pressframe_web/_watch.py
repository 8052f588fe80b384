"""Watch the files of a site: builds it again when they change, and has it started again for new settings."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    import watchfiles

    from pressframe_web.app import App

log = logging.getLogger("pressframe.web")

_END_SECONDS = 1.0
_AGAIN_SECONDS = 5.0
"""How long it is waited where files cannot be watched, as when too many are on this machine."""
_STEP_MS = 5
"""How long no further file may change before a change is told of. A file that is half written by then is built again
when the rest of it comes."""
_STEP_BESIDE_MS = 20
"""The same for what lies in the site's folder itself: settings mostly, for which all starts again."""
_OVERLAP = timedelta(seconds=1)
"""How much is looked at once more when a folder has come."""
_TICK = timedelta(milliseconds=10)
"""So much older than it is a file may seem: file systems date by a clock that ticks a hundred times a second."""
_LONGEST_MS = 50
"""How long files may go on changing before the first of them are told of: one build at a time takes what came."""


class Watcher:
    """Looks at the folder of *app*'s site, from the moment on that its release was built for.

    Args:
        try_settings: Opens and builds the site as its settings are now; raises what keeps it from being served.
        on_settings: Called when ``has_new_settings`` becomes True.

    Attributes:
        has_new_settings: True once the settings or the site's own plugins were changed, and can be used.
    """

    def __init__(self, app: App, try_settings: Callable[[], None], on_settings: Callable[[], None]) -> None:
        self.has_new_settings = False
        self._app = app
        self._try_settings = try_settings
        self._on_settings = on_settings
        self._is_refused = False
        self._said = ""
        self._concerns = _Concerns(app.site.folder, app.site.folder / app.web.outbox)
        self._taking = threading.Lock()
        self._is_beside = threading.Event()
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=look, name="pressframe-watch", daemon=True)
            for look in (self._look_inside, self._look_beside)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(_END_SECONDS)

    def _look_inside(self) -> None:
        """Look at the folders that the site is made of; what serving it writes is in others, and wakes nobody."""
        since = self._app.served.release.now - _TICK
        while not self._stopping.is_set():
            folders, is_first = self._concerns.folders(), True
            with self._bearing():
                for changes in self._changes(*folders, step=_STEP_MS):
                    if is_first:
                        self._is_beside.wait(_END_SECONDS)
                    # From the first time on nothing is missed.
                    self._take(self._concerns.newer(since) if is_first else {path for _, path in changes})
                    if self._concerns.folders() != folders:
                        break
                    is_first, since = False, datetime.now(UTC) - _OVERLAP

    def _look_beside(self) -> None:
        since, has_failed = self._app.served.release.now, False
        while not self._stopping.is_set():
            with self._bearing():
                for changes in self._changes(str(self._concerns.folder), step=_STEP_BESIDE_MS, recursive=False):
                    self._is_beside.set()
                    self._take({path for _, path in changes} | (self._concerns.newer(since) if has_failed else set()))
                    since, has_failed = datetime.now(UTC) - _OVERLAP, False
            has_failed = True

    @contextmanager
    def _bearing(self) -> Iterator[None]:
        """Bear what keeps files from being watched: say it once, and let it be tried again in a while."""
        try:
            yield
        except FileNotFoundError:  # a folder that has just gone
            self._stopping.wait(_LONGEST_MS / 1000)
        except Exception as error:  # noqa: BLE001 - whatever it is, no edit would be seen any more
            if str(error) != self._said:
                log.error("files are not watched: %s", error)
            self._said = str(error)
            self._stopping.wait(_AGAIN_SECONDS)

    def _changes(
        self, *folders: str, step: int, recursive: bool = True
    ) -> Iterator[set[tuple[watchfiles.Change, str]]]:
        """Yield what has changed, and nothing now and then, until this is stopped."""
        import watchfiles

        return watchfiles.watch(
            *folders,
            watch_filter=self._concerns,
            stop_event=self._stopping,
            debounce=_LONGEST_MS,
            step=step,
            rust_timeout=200,
            yield_on_timeout=True,
            recursive=recursive,
        )

    def _take(self, paths: Set[str]) -> None:
        if not paths:
            return
        with self._taking:
            is_new = self._needs_a_start(paths)
            if is_new or self._is_refused:  # what the settings were refused for may be mended elsewhere
                self._check_settings()
            if not is_new and not self.has_new_settings:
                self._app.rebuilder.ask()

    def _needs_a_start(self, paths: Set[str]) -> bool:
        inside = [Path(path).relative_to(self._concerns.folder) for path in paths]
        return any(
            path.name == "pressframe.toml" or (path.parts[0] == "plugins" and path.suffix == ".py") for path in inside
        )

    def _check_settings(self) -> None:
        try:
            self._try_settings()
        except BaseException as error:  # noqa: BLE001 - it runs what plugins bring; what is served stays
            self._is_refused = True
            self._app.rebuilder.report(error)
        else:
            self.has_new_settings = True
            self._on_settings()


@attrs.frozen
class _Concerns:
    """Says whether a file is one that the site is made of: not what building and serving it writes."""

    folder: Path
    outbox: Path

    def __call__(self, _: watchfiles.Change | None, path: str) -> bool:
        inside = Path(path).relative_to(self.folder).parts
        is_made = inside[:1] in ((), ("public",), ("data",)) or Path(path).is_relative_to(self.outbox)
        return not is_made and not any(part.startswith(".") or part.endswith("~") for part in inside)

    def folders(self) -> set[str]:
        """Return the folders in the site's own that the site is made of."""
        with suppress(OSError), os.scandir(self.folder) as inside:
            return {one.path for one in inside if one.is_dir() and self(None, one.path)}
        return set()

    def newer(self, moment: datetime) -> set[str]:
        """Return the files, and the folders of what came or went, that were changed after *moment*."""
        found: set[str] = set()
        for folder, inside, files in os.walk(self.folder):
            inside[:] = [name for name in inside if self(None, f"{folder}/{name}")]
            kept = [name for name in files if self(None, f"{folder}/{name}")]
            found |= {path for name in (*inside, *kept) if _changed(path := f"{folder}/{name}", moment)}
        return found


def _changed(path: str, moment: datetime) -> bool:
    try:
        changed = Path(path).stat().st_mtime
    except OSError:  # it is gone again
        return True
    return moment.timestamp() < changed <= time.time()  # a date to come tells nothing
