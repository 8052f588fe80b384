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

Stamp: TypeAlias = tuple[int, ...]
"""Changes when the file does, or an entry comes or goes that it is named after."""

Listed: TypeAlias = tuple[tuple[str, ...], tuple[tuple[str, bool], ...]]
"""Folders, and files of conversations, each with whether something beside it has its name."""


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

    def fingerprint(self) -> str:
        return hashlib.sha256(repr(list(self._files())).encode()).hexdigest()

    def of(self, entries: frozenset[str]) -> Mapping[str, Sequence[Comment]]:
        found: dict[str, list[Comment]] = defaultdict(list)
        owners: dict[str, Place] = {}
        errors: list[PressframeError] = []
        for path, state in self._files():
            try:
                conversation = self._read(path, state)
                entry = conversation.entry or self._entry_beside(Path(path), entries)
                for place, comment in conversation.comments(entry):
                    self._claim(comment.id, place, owners)
                    if entry in entries:
                        found[entry].append(comment)
            except PressframeError as error:
                errors.append(error)
        raise_all(errors)
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

    def _entry_beside(self, path: Path, entries: frozenset[str]) -> str:
        """Return the entry that the file at *path* is named after.

        Raises:
            ContentError: There is none, or it goes by an id of its own.
        """
        stem = path.name.removesuffix(SUFFIX)
        inside = path.parent.relative_to(self._folder) / stem
        id = unicodedata.normalize("NFC", inside.as_posix())
        if id in entries:
            return id
        beside = [
            file for file in sorted(path.parent.iterdir()) if file.stem == stem and not file.name.endswith(SUFFIX)
        ]
        if not beside:
            raise ContentError(
                f"there is no entry {id} for these comments",
                at=Place(self._named(path)),
                fix='name this file after the entry\'s, or begin it with entry = "id of the entry"',
            )
        own = _OWN_ID.match(beside[0].read_text("utf-8", "replace")[:4096])
        if own and own[1].strip() != id:
            raise ContentError(
                f'the entry in {beside[0].name} has the id "{own[1].strip()}"',
                at=Place(self._named(path)),
                fix=f'begin this file with entry = "{own[1].strip()}"',
            )
        return id

    def _named(self, path: Path) -> str:
        return str(path.relative_to(self._site) if path.is_relative_to(self._site) else path)

    def _files(self) -> Iterator[tuple[str, Stamp]]:
        """Yield each file with its stamp, in a fixed order; costs one look at each folder and file, opens none."""
        folders = [str(self._folder)]
        while folders:
            inner, files = self._list(folders.pop())
            folders += reversed(inner)
            for file, has_entry in files:
                with suppress(FileNotFoundError):
                    yield file, (*_state(file), has_entry)

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
        stems = {Path(one.name).stem for one in inside if not one.name.endswith(SUFFIX)}
        found = [one for one in inside if one.name.endswith(SUFFIX) and one.is_file()]
        files = tuple((one.path, one.name.removesuffix(SUFFIX) in stems) for one in found)
        if now - changed > _COARSE_SECONDS * 1e9:
            self._listed[folder] = changed, (folders, files)
        return folders, files


def _state(file: str) -> tuple[int, ...]:
    status = os.stat(file)  # noqa: PTH116 - asked several times a second
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
