"""What a run of tests does once for all its sites: create tables, compile templates of mails. And cheap hashes."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import jinja2
import pytest

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
        self._mails = _InMemory()
        self._tables = _Tables()

    def use(self, patch: pytest.MonkeyPatch) -> None:
        """Let all sites of this process use what is kept, until *patch* is undone."""
        really_render, really_open = Letters._render, Database._open

        def render(letters: Letters, name: str, names: Mapping[str, object]) -> str:
            letters._templates.bytecode_cache = self._mails
            return really_render(letters, name, names)

        def opened(database: Database) -> object:
            if database._opened is None:  # its libraries are imported for who needs a database
                patch.setattr("pressframe_sql._opened.upgrade", self._tables.create)
            return really_open(database)

        patch.setattr(Letters, "_render", render)
        patch.setattr(Database, "_open", opened)
        if importlib.util.find_spec("pressframe_admin"):
            patch.setattr("pressframe_admin._passwords.Passwords._hasher", property(lambda passwords: cheap_hasher()))


@functools.cache
def cheap_hasher() -> PasswordHasher:
    """Return what hashes in a millisecond what takes 64 MB and a tenth of a second on a site."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


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
