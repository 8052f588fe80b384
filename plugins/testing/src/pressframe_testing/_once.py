"""What a run of tests does once for all its sites: find plugins, create tables, compile mails. And cheap hashes."""

from __future__ import annotations

import functools
import gettext
import importlib
import importlib.util
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

import jinja2
import pytest

from pressframe import PressframeError
from pressframe_sql import Database
from pressframe_web.letters import Letters

if TYPE_CHECKING:
    from argon2 import PasswordHasher
    from jinja2.bccache import Bucket


class _Backend(Protocol):
    def prepare(self) -> None:
        """Make sure that there is something to connect to."""


class Once:
    """Keeps what was done for one site, for the next ones."""

    def __init__(self) -> None:
        self._catalogues: dict[bytes, dict[str, object]] = {}
        self._installed = _Installed()
        self._mails = _InMemory()
        self._tables = _Tables()

    def use(self, patch: pytest.MonkeyPatch) -> None:
        """Let all sites of this process use what is kept, until *patch* is undone."""
        really_render, really_open = Letters._render, Database._open
        really_read = gettext.GNUTranslations._parse

        def render(letters: Letters, name: str, names: Mapping[str, object]) -> str:
            letters._templates.bytecode_cache = self._mails
            return really_render(letters, name, names)

        def opened(database: Database) -> object:
            if database._opened is None:  # its libraries are imported for who needs a database
                patch.setattr("pressframe_sql._opened.upgrade", self._tables.create)
            return really_open(database)

        def read(words: gettext.GNUTranslations, opened: IO[bytes]) -> None:
            content = opened.read()
            if content not in self._catalogues:
                opened.seek(0)
                really_read(words, opened)
                self._catalogues[content] = dict(vars(words))
            vars(words).update(self._catalogues[content])

        self._installed.use(patch)
        patch.setattr(gettext.GNUTranslations, "_parse", read)
        patch.setattr(Letters, "_render", render)
        patch.setattr(Database, "_open", opened)
        if importlib.util.find_spec("pressframe_admin"):
            patch.setattr("pressframe_admin._passwords.Passwords._hasher", property(lambda passwords: cheap_hasher()))


@functools.cache
def cheap_hasher() -> PasswordHasher:
    """Return what hashes in a millisecond what takes 64 MB and a tenth of a second on a site."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class _Installed:
    """What is known of installed plugins, whose code stays as it is while tests run."""

    def __init__(self) -> None:
        self._points: dict[tuple[tuple[Path, int], ...], list[object]] = {}
        self._flawless: set[tuple[type, tuple[str, ...]]] = set()
        self._stamps: dict[Path, list[str]] = {}
        plugins, seal = map(importlib.import_module, ("pressframe._plugins", "pressframe_press._seal"))
        self._find_points, self._find_flaws, self._find_stamps = plugins.installed, plugins._flaws, seal._code

    def use(self, patch: pytest.MonkeyPatch) -> None:
        """Let all sites of this process use what is known, until *patch* is undone."""
        patch.setattr("pressframe._plugins.installed", self.points)
        patch.setattr("pressframe._plugins._flaws", self.flaws)
        patch.setattr("pressframe_press._seal._code", self.stamps)

    def points(self) -> list[object]:
        folders = [Path(place) for place in sys.path]
        places = tuple((folder, folder.stat().st_mtime_ns) for folder in folders if folder.exists())
        if places not in self._points:
            self._points[places] = self._find_points()
        return self._points[places]

    def flaws(self, kind: type, folder: Path, hooks: Mapping[str, Callable[..., object]]) -> list[PressframeError]:
        if (kind, tuple(hooks)) in self._flawless:
            return []
        flaws = list(self._find_flaws(kind, folder, hooks))
        if not flaws and not kind.__module__.startswith("pressframe_local_"):
            self._flawless.add((kind, tuple(hooks)))
        return flaws

    def stamps(self, file: Path) -> list[str]:
        if file.name != "__init__.py":  # a plugin of one file, which is a site's own
            return list(self._find_stamps(file))
        if file not in self._stamps:
            self._stamps[file] = list(self._find_stamps(file))
        return self._stamps[file]


class _InMemory(jinja2.BytecodeCache):
    """Compiled templates by name and text."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if (code := self._kept.get((bucket.key, bucket.checksum))) is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


class _Tables:
    """SQLite files as plugins' revisions left them, of sites without revisions of their own."""

    def __init__(self) -> None:
        self._kept: dict[tuple[tuple[str, Path], ...], bytes] = {}
        self._lock = threading.Lock()

    def create(self, backend: _Backend, folders: Sequence[tuple[str, Path]]) -> None:
        """Do what ``upgrade`` does; of a new file, copy what it did for another one."""
        upgrade = importlib.import_module("pressframe_sql._schema").upgrade
        file: Path | None = getattr(backend, "file", None)  # PostgreSQL has none
        if file is None or any(folder.is_relative_to(file.parents[1]) for _, folder in folders):
            upgrade(backend, folders)
            return
        kept, is_new = self._kept.get(tuple(folders)), not file.exists()
        if kept is None:
            upgrade(backend, folders)
            if is_new:
                self._kept[tuple(folders)] = file.read_bytes()
            return
        backend.prepare()
        with self._lock:
            is_new = file.stat().st_size == 0
            if is_new:
                file.write_bytes(kept)
        if not is_new:
            upgrade(backend, folders)
