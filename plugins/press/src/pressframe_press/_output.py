"""The output folder: written beside what is served, then switched; killed at any moment, the next build mends it.

What changes is staged in a folder beside the output. When all of it is there, a journal says what the output is to hold
and what is to be removed, and only then does the output change; at the end the journal becomes the manifest. A journal
found at the start is one that was not finished: its steps can be done twice. Open renderings of gated entries go to
files named by their hash, outside the output.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import time
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import attrs

from pressframe.errors import BuildError, Place
from pressframe.files import digest_of, digest_of_bytes
from pressframe.press import Stored
from pressframe_press._json import Damaged, pack, parse

if TYPE_CHECKING:
    from pressframe.model import Output as Rendered
    from pressframe_press._memory import Done

MARK = ".pressframe"
"""An empty file in an output folder that says: everything here was put there by pressframe, and may be removed."""

_MANY = 300_000
"""Bytes of a manifest above which looking at every file that it names would take longer than a small change."""

_DRAFT = ".tmp"
"""How names of files end that are not whole yet; those of Jinja, too."""

_PATIENCE = 60.0
"""Seconds to wait for another build of the same site."""


def path_of(address: str) -> str:
    """Return the file of *address* below the output folder: ``/a/`` is in ``a/index.html``."""
    path = unquote(address) if "%" in address else address
    return (path + "index.html" if path.endswith("/") else path)[1:]


def state_of(site: Path, output: Path) -> Path:
    """Return the folder that keeps what pressframe knows of *output*; another one for each output of a site."""
    base = site / ".pressframe"
    return base if output == site / "public" else base / f"output-{zlib.crc32(bytes(output)):08x}"


@contextlib.contextmanager
def open_output(folder: Path, state: Path) -> Iterator[Output]:
    """Yield the output in *folder*, locked; what an interrupted build left undone there is done first.

    Raises:
        BuildError: It is another's, or the operating system refuses something, here or in the block.
    """
    output = Output(folder, state)
    try:
        state.mkdir(parents=True, exist_ok=True)
        with _locked(state / "lock"):
            output.prepare()
            try:
                yield output
            finally:
                output.clear()
    except OSError as error:
        place, fix = Place(str(error.filename or folder)), "what was published before is still there"
        raise BuildError(f"cannot be written: {error.strerror}", at=place, fix=fix) from error


class Output:
    """One output folder while it is being written.

    Attributes:
        before: Tags of the files that it holds, by path, also once it was switched; empty ones of those that are not as
            they were left.
    """

    def __init__(self, folder: Path, state: Path) -> None:
        self.folder = folder
        self._next = folder.parent / f".{folder.name}.next"
        self._staged = str(self._next)
        self._state, self._opened = state, state / "open"
        self._journal = state / "journal.json"
        self._manifest = state / "release.json"
        self._made: set[str] = set()
        self._version: str | None = None

    def prepare(self) -> None:
        """Finish what was begun, make room for what will be staged, and note what is there."""
        self._finish()
        self._clear_drafts()
        if self.folder.exists() and not self.folder.is_dir():
            raise BuildError("is a file", at=Place(str(self.folder)), fix="name a folder with --output")
        if self.folder.is_dir() and any(self.folder.iterdir()) and not (self.folder / MARK).is_file():
            fix = "empty it, or name another with --output"
            raise BuildError("holds files that pressframe did not put there", at=Place(str(self.folder)), fix=fix)
        self._clear_staged()
        self._next.mkdir(parents=True)
        (self._next / MARK).touch()
        self._opened.mkdir(exist_ok=True)
        self.before: Mapping[str, str] = {}
        self._opened_before = set[Path]()

    def _clear_drafts(self) -> None:
        """Remove what builds that were killed had begun to write."""
        for folder in (self._state, self._opened, *(self._state / "templates").glob("*")):
            for draft in folder.glob(f"*{_DRAFT}"):
                draft.unlink(missing_ok=True)  # the server compiles templates while others build

    def version(self) -> str:
        """Return what changes with each switch; empty if the output is not as the last one left it."""
        if self._version is None:
            is_whole = self._is_large() or self._tags == self._found()
            self._version = self._name_version() if is_whole else ""
        return self._version

    def _is_large(self) -> bool:
        return self._manifest.is_file() and self._manifest.stat().st_size > _MANY

    def _name_version(self) -> str:
        if not (self.folder / MARK).is_file() or not self._manifest.is_file():
            return ""
        status = self._manifest.stat()
        made = f"{status.st_mtime_ns}-{status.st_ino}-{status.st_size}"
        if status.st_size > _MANY:
            return made
        return f"{made}-{digest_of(chr(10).join(sorted(file.name for file in self._found_open())))}"

    def look(self, *, closely: bool, left: Mapping[str, str] | None = None) -> None:
        """Find out what is there: file by file if *closely*, else by what the last switch left.

        Args:
            left: That, where somebody has it at hand.
        """
        if left is not None:
            self._tags = left
        self.before = self._found() if closely else self._tags
        self._opened_before = self._found_open()

    def peek(self) -> None:
        """Note what is there, and change nothing."""
        self.look(closely=True)

    def _found(self) -> dict[str, str]:
        """Return the tag of each file that is there; an empty one of those that others put there or changed."""
        tags = self._tags
        left = self._manifest.stat().st_mtime_ns if tags else 0  # everything was staged before this was written
        found = ((path, status.st_mtime_ns <= left) for path, status in _files(self.folder))
        return {path: tags.get(path, "") if is_ours else "" for path, is_ours in found if path != MARK}

    def _found_open(self) -> set[Path]:
        """Return the open renderings that are there, without those that others put there or changed."""
        left = self._manifest.stat().st_mtime_ns if self._tags else 0
        return {self._opened / name for name, status in _files(self._opened) if status.st_mtime_ns <= left}

    @functools.cached_property
    def _tags(self) -> Mapping[str, str]:
        with contextlib.suppress(OSError, Damaged, TypeError, KeyError, AttributeError, ValueError):
            told = parse(self._manifest.read_bytes())
            if told["made"] == self._manifest.stat().st_mtime_ns:  # else it does not tell which files are as they were
                return dict(told["tags"])
        return {}

    def has(self, address: str, tag: str, *, is_open: bool) -> bool:
        """Say whether the rendering with *tag* is there already."""
        if is_open:
            return self._open_file(tag) in self._opened_before
        return self.before.get(path_of(address)) == tag

    def file(self, address: str) -> Path:
        """Return where strangers' file at *address* is, once the output was switched."""
        return self.folder / path_of(address)

    def stored(self, done: Done) -> Stored:
        """Return where a page is, once the output was switched."""
        file = self._open_file(done.tag) if done.audiences else self.file(done.address)
        return Stored(file, done.media_type, done.tag, done.size)

    def staged(self, done: Done) -> Stored:
        """Return where strangers' page is before the output is switched."""
        file = Path(self._staged, path_of(done.address))
        return attrs.evolve(self.stored(done), file=file) if file.is_file() else self.stored(done)

    def _open_file(self, tag: str) -> Path:
        return self._opened / f"{tag}.html"

    def clear(self) -> None:
        """Remove what is staged, unless the next build needs it to finish a switch."""
        if not self._journal.exists():
            self._clear_staged()

    def _clear_staged(self) -> None:
        """Remove what is staged; most often nothing is, and the rest of it needs no help."""
        with contextlib.suppress(OSError):
            (self._next / MARK).unlink()
        try:
            self._next.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            import shutil

            shutil.rmtree(self._next, ignore_errors=True)

    # ------------------------------------------------------------------------------------------- staging

    def stage(self, address: str, rendered: Rendered) -> str:
        """Stage the rendering of *address*, unless it is there already; return its tag."""
        path, tag = path_of(address), digest_of_bytes(rendered.body)
        if self.before.get(path) != tag:
            _write(self._prepared(path), rendered.body)
        return tag

    def stage_copy(self, address: str, source: Stored) -> Stored:
        """Stage a copy of *source* for *address*, unless it is there already; return it as it was copied."""
        path, tag = path_of(address), source.tag
        if self.before.get(path) != tag:
            content = source.file.read_bytes()
            tag = digest_of_bytes(content)
            _write(self._prepared(path), content)
        return attrs.evolve(source, file=self.folder / path, tag=tag)

    def _prepared(self, path: str) -> str:
        folder = f"{self._staged}/{path.rpartition('/')[0]}"
        if folder not in self._made:
            try:
                os.mkdir(folder)  # noqa: PTH102 - once a page, in a tenth of Path.mkdir's time
            except OSError:  # it is there, or what is above it is not
                os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - the same
            self._made.add(folder)
        return f"{self._staged}/{path}"

    def keep_open(self, rendered: Rendered) -> str:
        """Keep an open rendering, under the hash of its bytes, which is its tag."""
        tag = digest_of_bytes(rendered.body)
        file = self._open_file(tag)
        if file not in self._opened_before:
            _write_whole(file, rendered.body)
        return tag

    # ----------------------------------------------------------------------------------------- switching

    def switch(
        self, after: Mapping[str, str], opened: Iterable[str] | None, *, changed: Collection[str] | None = None
    ) -> tuple[int, int]:
        """Make what is staged the output, all of it; return how many files were written, and how many removed.

        Args:
            changed: Paths of files that may be others than before, or gone; None if any may.
            after: Tags of all files that the output is to hold, by path.
            opened: Of the open renderings that are still needed; None if none of them has changed.
        """
        before = self.before
        gone, come = (before, after) if changed is None else (changed, changed)
        removed = [path for path in gone if path in before and path not in after]
        written = [path for path in come if path in after and before.get(path) != after[path]]
        if removed or written or any(self._next.iterdir()):
            _write_dated(self._journal, {"removed": removed, "tags": after})
            self._switch(removed, written if before else ())
            self.before = self._tags = after
        count = len(written)
        if opened is not None:
            present, needed = set(self._opened.iterdir()), set(map(self._open_file, opened))
            for file in present - needed:
                file.unlink(missing_ok=True)
            count += len(present & needed - self._opened_before)
        self._version = self._name_version()
        return count, len(removed)

    def _finish(self) -> None:
        """Do what the journal says, from wherever it was left; one that power cut off leaves an output nobody knows."""
        if not self._journal.exists():
            return
        try:
            removed = list(parse(self._journal.read_bytes())["removed"])
        except (Damaged, TypeError, KeyError):
            self._manifest.unlink(missing_ok=True)
            self._journal.unlink()
            return
        self._switch(removed)

    def _switch(self, removed: Iterable[str], staged: Iterable[str] = ()) -> None:
        """Do what the journal says, which becomes the manifest.

        Args:
            staged: Files that are known to be staged, most of them in the place of others.
        """
        for path in removed:
            file = self.folder / path
            file.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # from the first that is not empty; the output itself holds MARK
                os.removedirs(file.parent)
        if self._next.is_dir():
            _move_files(staged, self._staged, str(self.folder))
            _move(self._staged, str(self.folder))
        self._journal.replace(self._manifest)
        self.__dict__.pop("_tags", None)


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Hold the lock that *file* stands for, once other builds of the same site have let go of it."""
    with file.open("a+") as lock:
        patience = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as busy:
                if time.monotonic() > patience:
                    message = f"another build of this site is still running (process {file.read_text() or 'unknown'})"
                    raise BuildError(message, fix="wait for it, or end it") from busy
            time.sleep(0.05)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _move_files(paths: Iterable[str], source: str, target: str) -> None:
    """Move files to where others are, without looking around: in a third of the time; leave those that are no such."""
    for path in paths:
        try:
            os.rename(f"{source}/{path}", f"{target}/{path}")  # noqa: PTH104 - in half of the time of a Path's
            os.rmdir(f"{source}/{path.rpartition('/')[0]}")  # noqa: PTH106 - the same
        except OSError:
            continue


def _move(source: str, target: str) -> None:
    """Move *source*, whole where nothing is at *target* yet: unlike a new folder, that needs no room on a full disk."""
    if not os.path.isdir(target) or not os.path.isdir(source):  # noqa: PTH112 - once a page, in half of a Path's time
        os.rename(source, target)  # noqa: PTH104 - the same
        return
    for name in os.listdir(source):  # noqa: PTH208 - the same
        _move(f"{source}/{name}", f"{target}/{name}")


def _write(path: str, content: bytes) -> None:
    """Write a new file, in half the time of ``open``."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        rest = memoryview(content)
        while rest:  # what did not fit is tried again, to be told why
            rest = rest[os.write(file, rest) :]
    finally:
        os.close(file)


def _write_whole(file: Path, content: bytes) -> None:
    """Write *file* so that it is never there half written."""
    draft = _draft_of(file)
    draft.write_bytes(content)
    draft.replace(file)


def _write_dated(file: Path, told: Mapping[str, object]) -> None:
    """Write *file* so, with the moment in it that the file system has for it: whoever touches it later is found out."""
    draft = _draft_of(file)
    draft.touch()
    made = draft.stat().st_mtime_ns
    draft.write_bytes(pack({**told, "made": made}))
    os.utime(draft, ns=(made, made))
    draft.replace(file)


def _draft_of(file: Path) -> Path:
    return file.with_suffix(f".{os.getpid()}{_DRAFT}")  # several processes may write the same bytes


def _files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield path and state of every file below *folder*; links to folders are files, and nothing is in no folder."""
    pending, start = [""] if folder.is_dir() else [], str(folder)
    while pending:
        inside = pending.pop()
        with os.scandir(f"{start}/{inside}") as found:
            for one in found:
                path = f"{inside}{one.name}"
                if one.is_dir(follow_symlinks=False):
                    pending.append(f"{path}/")
                else:
                    yield path, one.stat(follow_symlinks=False)
