"""Builds as a live server does them, among those of a proof."""

from contextlib import suppress
from pathlib import Path

from pressframe import PressframeError, Release, Site
from pressframe_testing._look import Look, Order, build, close, look_at


class Server:
    """Builds as a live server does: its site stays open as long as its settings do, and it has the last release.

    Attributes:
        is_at_work: False while builds are those of commands.
    """

    def __init__(self) -> None:
        self.is_at_work = False
        self._site: Site | None = None
        self._release: Release | None = None
        self._opened: object = None

    def build(self, order: Order) -> Look:
        """Return what there is to be seen after the next build; of one that failed, its error."""
        if not self.is_at_work:
            return build(order)
        try:
            site = self._open(order.folder)
            if self._release:
                self._release = self._again(site, self._release, order, scan=True)
            else:
                self._release = site.build(output=order.output, drafts=order.drafts, now=order.now)
            return look_at(self._release, order)
        except PressframeError as error:
            return {"error": str(error).encode()}

    def named(self, jobs: int) -> str:
        """Return who builds with so many *jobs*."""
        return "a server" if self.is_at_work else f"this process, {jobs} jobs"

    def hear(self, order: Order) -> None:
        """Build without a look at content, as after a comment."""
        if self.is_at_work and self._site and self._release and self._opened == _settings(order.folder):
            with suppress(PressframeError):
                self._release = self._again(self._site, self._release, order, scan=False)

    def _again(self, site: Site, last: Release, order: Order, *, scan: bool) -> Release:
        return site.rebuild(
            last, output=order.output, drafts=order.drafts, now=order.now, scan=scan, early=lambda pages: None
        )

    def _open(self, folder: Path) -> Site:
        settings = _settings(folder)
        if self._site is None or settings != self._opened:
            self.close()
            self._site, self._opened = Site.open(folder), settings
        return self._site

    def close(self) -> None:
        """Forget everything, as at the end of the process."""
        if self._site is not None:
            close(self._site)
        self._site = self._release = None


def _settings(folder: Path) -> object:
    """Return what a server is started again for."""
    code = sorted((folder / "plugins").glob("**/*.py"))
    return (folder / "pressframe.toml").read_bytes(), [(str(file), file.read_bytes()) for file in code]
