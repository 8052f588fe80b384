"""What builds remember: what each page was made of, so that only what changed is made again.

Everything is in ``.pressframe/memory``, which is safe to delete: an SQLite file, and the texts of entries beside it. It
is written after the output was switched, in one transaction; when it is damaged, or of another set of plugins and
settings, it is forgotten.
"""

from __future__ import annotations

import functools
import json
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, TypeVar

import attrs

from pressframe_press._rows import Row, Shelf
from pressframe_press._world import Said

FORMAT = "1"
_FILE = "index.sqlite"
_STATES = "states.json"
"""What the other files looked like when they were left: sizes and times, as nothing else may change them."""
Key: TypeAlias = tuple[str, ...]


class Done(NamedTuple):
    """A page as it was rendered, for strangers or for readers with ``audiences``, which are joined by commas.

    Attributes:
        page: JSON of the model.
        questions: JSON: what its rendering asked.
        reason: Why it was rendered the last time.
    """

    address: str
    audiences: str
    page: str
    media_type: str
    tag: str
    size: int
    questions: str
    reason: str


class Planned(NamedTuple):
    """The pages that a plugin planned: JSON of addresses, subjects and pages; and what it asked for it, also JSON."""

    plugin: str
    pages: str
    questions: str


class Answer(NamedTuple):
    """What a question was answered that entries and comments alone can't answer."""

    question: str
    answer: str


class Copied(NamedTuple):
    """A file that is published as it is: ``stamp`` changes when it does."""

    path: str
    stamp: str
    tag: str
    size: int


class Fact(NamedTuple):
    """Something about the whole build."""

    name: str
    value: str


_KINDS: Mapping[str, tuple[Any, int]] = {
    "rows": (Row, 2), "said": (Said, 1), "done": (Done, 2), "planned": (Planned, 1),
    "answers": (Answer, 1), "copied": (Copied, 1), "facts": (Fact, 1),
}  # fmt: skip
"""Of each table the class of its rows, and how many of their first values are its key."""

Rows = TypeVar("Rows", bound=tuple[Any, ...])


@attrs.frozen(eq=False, kw_only=True)
class Snapshot:
    """Everything remembered of one build, by key."""

    rows: Mapping[Key, Row] = attrs.field(factory=dict)
    said: Mapping[Key, Said] = attrs.field(factory=dict)
    done: Mapping[Key, Done] = attrs.field(factory=dict)
    planned: Mapping[Key, Planned] = attrs.field(factory=dict)
    answers: Mapping[Key, Answer] = attrs.field(factory=dict)
    copied: Mapping[Key, Copied] = attrs.field(factory=dict)
    facts: Mapping[Key, Fact] = attrs.field(factory=dict)

    def fact(self, name: str) -> str:
        """Return one fact; empty if it is not known."""
        found = self.facts.get((name,))
        return found.value if found else ""


def by_key(rows: Sequence[Rows], keys: int = 1) -> dict[Key, Rows]:
    """Return *rows* by their first values."""
    return {row[:keys]: row for row in rows}


class Memory:
    """What is remembered in a folder, for as long as one build holds the lock of its output."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.shelf = Shelf(folder)

    def facts(self) -> Snapshot:
        """Return what decides whether there is anything to do, and nothing else."""
        return self._read(("facts", "copied"))

    def everything(self) -> Snapshot:
        """Return all that is remembered; an empty snapshot if it is none, or damaged."""
        return self._read(tuple(_KINDS))

    def _read(self, names: tuple[str, ...]) -> Snapshot:
        if not self._is_whole:
            return Snapshot()
        try:
            with closing(self._connect()) as file:
                found = {}
                for name in names:
                    kind, keys = _KINDS[name]
                    found[name] = {row[:keys]: kind._make(row) for row in file.execute(f"SELECT * FROM {name}")}
        except (sqlite3.Error, TypeError):
            return Snapshot()
        return Snapshot(**found)

    @functools.cached_property
    def _is_whole(self) -> bool:
        """Say whether every file is as it was left; texts may have grown since, in a build that was killed."""
        try:
            left = dict(json.loads((self._folder / _STATES).read_text("utf-8")))
            now = {name: _state(self._folder / name) for name in left}
            grown = {name for name in left if name != _FILE and now[name][0] > left[name][0]}
            return _FILE in left and all(now[name] == left[name] for name in left if name not in grown)
        except (OSError, ValueError, TypeError, LookupError):
            return False

    def _leave(self) -> None:
        states = {file.name: _state(file) for file in self._folder.iterdir() if file.name != _STATES}
        (self._folder / _STATES).write_text(json.dumps(states), "utf-8")

    def keep(self, before: Snapshot, after: Snapshot) -> None:
        """Remember *after*, where *before* is remembered now; forget everything if that is not possible."""
        try:
            with closing(self._connect()) as file:
                file.execute("BEGIN IMMEDIATE")
                for name, (kind, keys) in _KINDS.items():
                    columns = ", ".join(kind._fields)
                    key = ", ".join(kind._fields[:keys])
                    file.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns}, PRIMARY KEY ({key})) WITHOUT ROWID")
                    _save(file, name, getattr(before, name), getattr(after, name))
                file.execute("COMMIT")
            self._leave()
        except (sqlite3.Error, UnicodeError, OSError):
            self.forget()

    def forget(self) -> None:
        """Start anew. Releases that read texts from the files go on doing so."""
        self.shelf.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        self.shelf = Shelf(self._folder)

    def _connect(self) -> sqlite3.Connection:
        file = sqlite3.connect(self._folder / _FILE, isolation_level=None, timeout=60)
        file.execute("PRAGMA synchronous = OFF")
        return file


def _state(file: Path) -> list[int]:
    status = file.stat()
    return [status.st_size, status.st_mtime_ns]


def _save(file: sqlite3.Connection, name: str, before: Mapping[Key, Any], after: Mapping[Key, Any]) -> None:
    kind, keys = _KINDS[name]
    changed = [row for key, row in after.items() if before.get(key) != row]
    gone = [key for key in before if key not in after]
    where = " AND ".join(f"{column} = ?" for column in kind._fields[:keys])
    file.executemany(f"DELETE FROM {name} WHERE {where}", gone)
    marks = ", ".join("?" * len(kind._fields))
    file.executemany(f"INSERT OR REPLACE INTO {name} VALUES ({marks})", changed)


def read_list(text: str) -> list[Any]:
    """Return a list that was kept as JSON."""
    found: list[Any] = json.loads(text)
    return found
