"""The output folder: written beside what is served, then switched; killed at any moment, the next build mends it.

What changes is staged in a folder beside the output. When all of it is there, a journal says what is to be moved and
removed, and only then does the output change. A journal found at the start is one that was not finished: its steps
can be done twice. Open renderings of gated entries go to files named by their hash, outside the output.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType

import attrs

from pressframe.errors import BuildError, Place

MARK = ".pressframe"
"""An empty file in an output folder that says: everything here was put there by pressframe, and may be removed."""

_PATIENCE = 60.0
"""Seconds to wait for another build of the same site."""


@attrs.frozen
class Stored:
    """Rendered or copied bytes.

    Attributes:
        tag: Hash of the bytes, 32 hexadecimal digits.
        size: In bytes.
    """

    file: Path
    media_type: str
    tag: str
    size: int


class Output:
    """One output folder while it is being written: ``with Output(...) as output`` holds its lock."""

    def __init__(self, folder: Path, state: Path) -> None:
        self.folder = folder
        self.state = state
        self.opened = state / "open"
        self._next = folder.parent / f".{folder.name}.next"
        self._journal = state / "journal.json"
        self._manifest = state / "release.json"
        self._lock: int | None = None
        self._made: set[str] = set()

    def __enter__(self) -> Output:
        with self._reporting():
            self.state.mkdir(parents=True, exist_ok=True)
            self._take_lock()
            try:
                self._finish()
                self._check_ours()
                shutil.rmtree(self._next, ignore_errors=True)
                self._next.mkdir(parents=True)
                (self._next / MARK).touch()
                self.opened.mkdir(exist_ok=True)
                self.before = self._read_manifest()
            except BaseException:
                self._release_lock()
                raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self._journal.exists():  # else the next build needs what is staged, to finish the switch
            shutil.rmtree(self._next, ignore_errors=True)
        self._release_lock()

    def _take_lock(self) -> None:
        self._lock = os.open(self.state / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        patience = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > patience:
                    holder = os.pread(self._lock, 20, 0).decode() or "unknown"
                    raise BuildError(
                        f"another build of this site is still running (process {holder})", fix="wait for it, or end it"
                    ) from None
                time.sleep(0.05)
            else:
                os.ftruncate(self._lock, 0)
                os.pwrite(self._lock, str(os.getpid()).encode(), 0)
                return

    def _release_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _check_ours(self) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            raise BuildError("is a file", at=Place(str(self.folder)), fix="name a folder with --output")
        if self.folder.is_dir() and any(self.folder.iterdir()) and not (self.folder / MARK).exists():
            raise BuildError(
                "holds files that pressframe did not put there", at=Place(str(self.folder)), fix="empty it, or name another with --output"
            )

    def _read_manifest(self) -> dict[str, str]:
        """Return the tag of each file in the output, by path; an empty tag for files that no manifest tells of."""
        found = {path: "" for path in _files(self.folder)} if self.folder.is_dir() else {}
        with contextlib.suppress(OSError, ValueError, AttributeError):
            known = json.loads(self._manifest.read_text())
            found |= {path: tag for path, tag in known.items() if path in found}
        return found

    # ------------------------------------------------------------------------------------------- staging

    def stage(self, path: str, content: bytes, tag: str) -> bool:
        """Stage *content* for *path*, a file below the output; return False if it is there already."""
        if self.before.get(path) == tag:
            return False
        with open(self._prepared(path), "wb") as file:  # noqa: PTH123 - measured: a third of Path.open's time
            file.write(content)
        return True

    def stage_copy(self, path: str, source: Path, tag: str) -> bool:
        """Stage a copy of *source* for *path*; return False if it is there already."""
        if self.before.get(path) == tag:
            return False
        shutil.copyfile(source, self._prepared(path))
        return True

    def _prepared(self, path: str) -> str:
        folder = os.path.join(self._next, os.path.dirname(path))  # noqa: PTH118, PTH120 - once a page
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - the same
            self._made.add(folder)
        return os.path.join(self._next, path)  # noqa: PTH118 - the same

    def store_open(self, name: str, content: bytes) -> tuple[Path, bool]:
        """Keep an open rendering under *name*, which its hash is part of; return its file, and whether it is new."""
        file = self.opened / name
        if file.exists():
            return file, False
        draft = file.with_suffix(".tmp")
        draft.write_bytes(content)
        draft.replace(file)
        return file, True

    # ----------------------------------------------------------------------------------------- switching

    def switch(self, tags: Mapping[str, str], opened: Iterable[Path]) -> int:
        """Make what is staged the output, all of it; return how many files were removed.

        Args:
            tags: Every path that the output is to hold, with the tag of its bytes.
            opened: The open renderings that are still needed.
        """
        removed = [path for path in self.before if path not in tags and path != MARK]
        with self._reporting():
            draft = self._journal.with_suffix(".tmp")
            draft.write_text(json.dumps({"removed": removed, "tags": dict(tags)}))
            draft.replace(self._journal)
            self._finish()
        needed = {file.name for file in opened}
        for file in self.opened.iterdir():
            if file.name not in needed:
                file.unlink(missing_ok=True)
        return len(removed)

    def _finish(self) -> None:
        """Do what the journal says, from wherever it was left."""
        if not self._journal.exists():
            return
        journal = json.loads(self._journal.read_text())
        if self._next.is_dir() and not self.folder.exists():
            self._next.rename(self.folder)
        for path in journal["removed"]:
            (self.folder / path).unlink(missing_ok=True)
            _prune(self.folder / path, self.folder)
        for path in _files(self._next) if self._next.is_dir() else ():
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            (self._next / path).replace(target)
        draft = self._manifest.with_suffix(".tmp")
        draft.write_text(json.dumps(journal["tags"]))
        draft.replace(self._manifest)
        self._journal.unlink()

    @contextlib.contextmanager
    def _reporting(self) -> Iterator[None]:
        """Turn what the operating system says into one sentence."""
        try:
            yield
        except OSError as error:
            raise unwritable(error, self.folder) from error


def unwritable(error: OSError, folder: Path) -> BuildError:
    """Return the error that tells why *folder* could not be written."""
    place = Place(str(error.filename or folder))
    return BuildError(f"cannot be written: {error.strerror}", at=place, fix="what was published before is still there")


def _files(folder: Path) -> Iterator[str]:
    """Yield the path of every file below *folder*."""
    pending = [""]
    while pending:
        inside = pending.pop()
        with os.scandir(folder / inside) as found:
            for one in found:
                path = f"{inside}{one.name}"
                if one.is_dir(follow_symlinks=False):
                    pending.append(f"{path}/")
                else:
                    yield path


def _prune(path: Path, top: Path) -> None:
    """Remove the folders above *path* that are empty now."""
    with contextlib.suppress(OSError):
        for folder in path.parents:
            if folder == top:
                return
            folder.rmdir()


def state_of(site: Path, output: Path) -> Path:
    """Return the folder that keeps what pressframe knows of *output*; another one for each output of a site."""
    base = site / ".pressframe"
    return base if output == site / "public" else base / f"output-{zlib.crc32(bytes(output)):08x}"
