"""Archived conversations: files beside the content, ``<entry>.comments.toml``."""

from __future__ import annotations

import hashlib
import os
import re
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from pressframe.errors import ContentError, Place, PressframeError, raise_all
from pressframe.model import Comment
from pressframe_comments._archive_file import ArchiveFile

SUFFIX = ".comments.toml"

_OWN_ID = re.compile(r"\A---\n(?:(?!---\n).*\n)*?id:[ \t]*[\"']?([^\"'\n#]+)")
_COARSE_SECONDS = 0.1
"""A folder changed more recently than this may change again without its time telling."""

Stamp: TypeAlias = tuple[int | str | None, ...]
"""Changes when the file does, or what it is named after comes, goes, or takes another id."""

Listed: TypeAlias = tuple[tuple[str, ...], tuple[tuple[str, str | None], ...]]
"""Folders, and files of conversations, each with the file of the entry that it is named after, if there is one."""


class Archive:
    """Every conversation kept as a file below *folder*; each belongs to the entry whose file stands beside it.

    Args:
        folder: Where the content is.
        site: The site's folder, to name files as their owner would.
        timezone: For dates without one.
    """

    name = "archive"

    def __init__(self, folder: Path, site: Path, timezone: ZoneInfo) -> None:
        self._folder = folder
        self._site = site
        self._timezone = timezone
        self._listed: dict[str, tuple[int, Listed]] = {}
        self._parsed: dict[str, tuple[Stamp, ArchiveFile]] = {}
        self.given: frozenset[str] = frozenset()
        """``id`` of every comment that was found last, of whatever entry."""
        self._ids: dict[str, tuple[tuple[int, ...], str]] = {}

    def fingerprint(self) -> str:
        return hashlib.sha256(repr(list(self._files())).encode()).hexdigest()

    def of(self, entries: frozenset[str]) -> Mapping[str, Sequence[Comment]]:
        found: dict[str, list[Comment]] = defaultdict(list)
        owners: dict[str, Place] = {}
        errors: list[PressframeError] = []
        for path, state in self._files():
            try:
                conversation = self._read(path, state)
                entry = conversation.entry or self._entry_beside(Path(path), state, entries)
                for place, comment in conversation.comments(entry):
                    self._claim(comment.id, place, owners)
                    if entry in entries:
                        found[entry].append(comment)
            except PressframeError as error:
                errors.append(error)
        raise_all(errors)
        self.given = frozenset(owners)
        return found

    def _read(self, path: str, state: Stamp) -> ArchiveFile:
        """Return what is in the file, parsed again only if it has changed."""
        if path not in self._parsed or self._parsed[path][0] != state:
            self._parsed[path] = state, ArchiveFile(Path(path), self._named(Path(path)), self._timezone)
        return self._parsed[path][1]

    def _claim(self, id: str, place: Place, owners: dict[str, Place]) -> None:
        if id in owners:
            raise ContentError(f"comment {id} is in {owners[id]}, too", at=place, fix="give one of them another id")
        owners[id] = place

    def _entry_beside(self, path: Path, state: Stamp, entries: frozenset[str]) -> str:
        """Return the entry that the file at *path* is named after.

        Raises:
            ContentError: There is none, or it goes by an id of its own.
        """
        stem = path.name.removesuffix(SUFFIX)
        inside = path.parent.relative_to(self._folder) / stem
        id = unicodedata.normalize("NFC", inside.as_posix())
        if id in entries:
            return id
        *_, beside, own = state
        if beside is None:
            raise ContentError(
                f"there is no entry {id} for these comments",
                at=Place(self._named(path)),
                fix='name this file after the entry\'s, or begin it with entry = "id of the entry"',
            )
        if own not in ("", id):
            raise ContentError(
                f'the entry in {Path(str(beside)).name} has the id "{own}"',
                at=Place(self._named(path)),
                fix=f'begin this file with entry = "{own}"',
            )
        return id

    def _named(self, path: Path) -> str:
        return str(path.relative_to(self._site) if path.is_relative_to(self._site) else path)

    def _files(self) -> Iterator[tuple[str, Stamp]]:
        """Yield each file with its stamp, in a fixed order; costs one look at each, opens only what has changed."""
        folders = [str(self._folder)]
        while folders:
            inner, files = self._list(folders.pop())
            folders += reversed(inner)
            for file, beside in files:
                with suppress(FileNotFoundError):
                    yield file, (*_state(file), beside, self._own_id(beside) if beside else None)

    def _own_id(self, file: str) -> str:
        """Return the id that an entry's file gives itself; empty if it gives none."""
        state = _state(file)
        if file not in self._ids or self._ids[file][0] != state:
            with open(file, encoding="utf-8", errors="replace") as opened:  # noqa: PTH123 - as its neighbours
                own = _OWN_ID.match(opened.read(4096))
            self._ids[file] = state, own[1].strip() if own else ""
        return self._ids[file][1]

    def _list(self, folder: str) -> Listed:
        """Return the folders and conversations in *folder*, read again only if its time has changed."""
        try:
            changed = os.stat(folder).st_mtime_ns  # noqa: PTH116
            if folder in self._listed and self._listed[folder][0] == changed:
                return self._listed[folder][1]
            now = time.time_ns()
            with os.scandir(folder) as listing:
                inside = sorted(listing, key=lambda one: one.name)
        except (FileNotFoundError, NotADirectoryError):
            return (), ()
        except OSError as error:
            raise ContentError(f"cannot be read: {error.strerror}", at=Place(self._named(Path(folder)))) from error
        folders = tuple(one.path for one in inside if one.is_dir(follow_symlinks=False) and one.name[0] != ".")
        entries = {
            Path(one.name).stem: one.path for one in reversed(inside) if not one.name.endswith(SUFFIX) and one.is_file()
        }
        found = [one for one in inside if one.name.endswith(SUFFIX) and one.is_file()]
        files = tuple((one.path, entries.get(one.name.removesuffix(SUFFIX))) for one in found)
        if now - changed > _COARSE_SECONDS * 1e9:
            self._listed[folder] = changed, (folders, files)
        return folders, files


def _state(file: str) -> tuple[int, ...]:
    status = os.stat(file)  # noqa: PTH116 - asked several times a second
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
