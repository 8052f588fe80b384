"""A whole site as text, built in a temporary folder."""

import contextlib
import re
import textwrap
from datetime import datetime
from pathlib import Path

import attrs
from click.testing import CliRunner

from pressframe import ManyErrors, PressframeError, Release, Report, Site
from pressframe.cli import main
from pressframe_testing._client import Served
from pressframe_testing._clock import Clock
from pressframe_testing._process import Process

_HEADING = re.compile(r"^== (\S+) ==$", re.MULTILINE)
_SETTINGS = '[site]\ntitle = "A site"\nplugins = ["markdown", "archives", "feeds", "journal"]\n'


@attrs.frozen
class Built:
    """What one build gave.

    Attributes:
        error: What stopped it; None if nothing did. ``release`` is then what was asked for, else it raises.
    """

    folder: Path
    _release: Release | None = attrs.field(alias="release")
    error: PressframeError | None = None

    @property
    def release(self) -> Release:
        """Return the release; raise what stopped the build, if something did."""
        if self._release is None:
            assert self.error is not None
            raise self.error
        return self._release

    @property
    def report(self) -> Report:
        """Return what the build did."""
        return self.release.report

    @property
    def errors(self) -> tuple[str, ...]:
        """Return what stopped the build, a text for each error; nothing if nothing did."""
        if self.error is None:
            return ()
        return tuple(map(str, self.error.errors)) if isinstance(self.error, ManyErrors) else (str(self.error),)

    @property
    def files(self) -> dict[str, str]:
        """Return every file of the public folder that is text, by its path."""
        found = {path.relative_to(self.folder): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}
        return {str(path): text.decode(errors="replace") for path, text in found.items() if path.name != ".pressframe"}

    def read(self, address: str, *audiences: str) -> str:
        """Return what readers with *audiences* get at *address*.

        Raises:
            LookupError: There is nothing for them.
        """
        stored = self.release.find(address, frozenset(audiences))
        if stored is None:
            raise LookupError(f"nothing at {address}; there are {', '.join(sorted(self.release.files))}")
        return stored.file.read_text(encoding="utf-8")


@attrs.frozen
class Ran:
    """What a command printed, and its exit status."""

    status: int
    output: str
    errors: str


@attrs.frozen(eq=False)
class TestSite:
    """A site in a folder of its own; change its files, build it, run commands on it."""

    __test__ = False  # not a test, whatever its name

    folder: Path
    clock: Clock
    _closing: contextlib.ExitStack

    @classmethod
    def of_text(cls, text: str, folder: Path, *, clock: Clock, closing: contextlib.ExitStack) -> "TestSite":
        """Return a site of the files in *text*, each under a line ``== path ==``; settings are supplied if missing.

        Args:
            closing: Gets what is to be done when the site is no longer needed.
        """
        made = cls(folder, clock, closing)
        parts = _HEADING.split(textwrap.dedent(text))
        files = dict(zip(parts[1::2], parts[2::2], strict=True))
        for path, content in {"pressframe.toml": _SETTINGS, **files}.items():
            made.edit(path, content.lstrip("\n"))
        return made

    def edit(self, path: str, text: str) -> None:
        """Write *text* to the file *path*."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def read(self, path: str) -> str:
        """Return the text of the file *path*."""
        return (self.folder / path).read_text(encoding="utf-8")

    def remove(self, path: str) -> None:
        """Remove the file *path*."""
        (self.folder / path).unlink()

    def open(self) -> Site:
        """Return the site as the core opens it."""
        return Site.open(self.folder)

    def build(self, *, drafts: bool = False, now: datetime | None = None) -> Built:
        """Build into ``public`` at the clock's time; an error is kept in the answer, not raised."""
        output = self.folder / "public"
        try:
            release = self.open().build(drafts=drafts, now=now or self.clock.now)
        except PressframeError as error:
            return Built(output, None, error)
        return Built(output, release)

    def published(self) -> dict[str, bytes]:
        """Return every file that the last build made, for strangers or for those who may read more, by its path."""
        folders = [self.folder / "public", self.folder / ".pressframe" / "open"]
        files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
        return {file.relative_to(self.folder).as_posix(): file.read_bytes() for file in files}

    def serve(self) -> Served:
        """Build and serve it in this process, at the clock's time."""
        served = Served.of(self.folder, self.clock)
        self._closing.callback(served.close)
        return served

    def start(self, *arguments: str) -> Process:
        """Serve it in a process of its own, on a free port and by the real clock, until the test ends.

        Args:
            arguments: Further ones for ``pressframe serve``.
        """
        process = Process.start(self.folder, *arguments)
        self._closing.callback(process.kill)
        return process

    def run(self, *arguments: str, given: str = "") -> Ran:
        """Run ``pressframe`` with *arguments* in the site's folder, in this process; *given* is its standard input."""
        with contextlib.chdir(self.folder):
            result = CliRunner().invoke(main, arguments, input=given, prog_name="pressframe")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)
