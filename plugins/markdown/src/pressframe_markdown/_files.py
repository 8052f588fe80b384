"""The files of a content folder, found by names, sizes and times alone."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs

from pressframe.errors import ContentError, Place, PressframeError, raise_all
from pressframe.files import stamp

_ENDINGS = (".md", ".markdown")
_BESIDE = "+"
_NOT_SHOWN = (*_ENDINGS, ".toml")


@attrs.frozen
class Found:
    """The Markdown files of a content folder.

    Attributes:
        paths: With ``/``, sorted.
        beside: For each folder what changes when another file in it or below comes or goes.
    """

    paths: Sequence[str]
    beside: Mapping[str, str]


def find_files(folder: Path, label: str) -> Found:
    """Return the files in *folder*, and in every folder below, but those whose names start with a dot.

    Args:
        label: What messages call the folder.

    Raises:
        ContentError: The folder is not there, or a link leads out of it; all such links at once as ManyErrors.
    """
    errors: list[PressframeError] = []
    paths: list[str] = []
    beside: defaultdict[str, list[str]] = defaultdict(list)
    for path in _walk(folder, label, errors):
        if path.endswith(".md") or path.lower().endswith(_ENDINGS):
            paths.append(path)
        elif not path.endswith(_NOT_SHOWN):
            for above in _folders_of(path):
                beside[above].append(path)
    raise_all(errors)
    paths.sort()
    return Found(paths, {above: _digest(some) for above, some in beside.items()})


def fingerprints(folder: Path, paths: Sequence[str], beside: Mapping[str, str]) -> list[str]:
    """Return for each file what changes when it or a file beside it does; empty if it has gone meanwhile."""
    start = f"{folder}/"
    stamps = [_stamp(start + path) for path in paths]
    return [_joined(own, path, beside) for own, path in zip(stamps, paths, strict=True)] if beside else stamps


def _stamp(path: str) -> str:
    try:
        return stamp(path)
    except FileNotFoundError:
        return ""


def _joined(own: str, path: str, digests: Mapping[str, str]) -> str:
    digest = digests.get(path.rpartition("/")[0])
    return f"{own}{_BESIDE}{digest}" if digest else own


def has_files_beside(fingerprint: str) -> bool:
    """Say whether there are other files in the folder of the file with *fingerprint*, or below."""
    return _BESIDE in fingerprint


def _walk(folder: Path, label: str, errors: list[PressframeError]) -> Iterator[str]:
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        start = f"{inside}/" if inside else ""
        with _listed(folder, inside, label) as entries:
            for entry in entries:
                name = entry.name
                path = start + name
                if name[0] == ".":
                    continue
                if name.isascii() and entry.is_file(follow_symlinks=False):  # most are, and need no other question
                    yield path
                    continue
                flaw = _flaw(folder, path, entry)
                if flaw:
                    errors.append(ContentError(flaw, at=Place(f"{label}/{_shown(path)}"), fix="move or copy it"))
                elif entry.is_dir():
                    waiting.append(path)
                elif entry.is_file():
                    yield path


@contextmanager
def _listed(folder: Path, inside: str, label: str) -> Iterator[Iterable[os.DirEntry[str]]]:
    """Yield what is in a folder, which is held open meanwhile: the system finds each file in it sooner."""
    try:
        opened = os.open(folder / inside, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        fix = None if inside else "make it, or name another one: [plugins.markdown] folder"
        place = Place(f"{label}/{_shown(inside)}".rstrip("/"))
        raise ContentError(f"cannot be read: {error.strerror}", at=place, fix=fix) from error
    try:
        with os.scandir(opened) as entries:
            yield entries
    finally:
        os.close(opened)


def _flaw(folder: Path, path: str, entry: os.DirEntry[str]) -> str | None:
    if not entry.name.isascii() and _shown(entry.name) != entry.name:
        return "has a name that is not UTF-8"
    if not entry.is_symlink():
        return None
    if not is_inside(folder, f"{folder}/{path}"):
        return "is a link out of the folder"
    return "is a link to a folder" if entry.is_dir() else None


def _shown(path: str) -> str:
    return path.encode("utf-8", "replace").decode()


def is_inside(folder: Path, path: str) -> bool:
    """Say whether *path* lies in *folder* once every link on the way is followed."""
    return Path(path).resolve().is_relative_to(folder.resolve())


def _folders_of(path: str) -> Iterator[str]:
    """Yield every folder above *path*, up to the content folder, which is an empty text."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def _digest(paths: Iterable[str]) -> str:
    return hashlib.blake2b("\n".join(sorted(paths)).encode(), digest_size=6).hexdigest()
