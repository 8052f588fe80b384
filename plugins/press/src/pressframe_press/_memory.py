"""What builds remember: what each page was made of, so that only what changed is made again.

Everything is in ``.pressframe/memory``, which is safe to delete: an SQLite file, and the texts of entries beside it. It
is written after the output was switched, in one transaction, and read only as far as a build has questions. When it is
damaged, or of another set of plugins and settings, it is forgotten.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from pressframe_press._json import Damaged, parse
from pressframe_press._overlay import Said
from pressframe_press._rows import Row, Shelf

FORMAT = "9"
_FILE = "index.sqlite"
_STATES = "states.json"
"""Sizes and times of the other files when they were left: nothing else may change them."""
_AT_ONCE = 500
"""Keys looked for in one question to SQLite, which takes 999 at most from old versions."""
Key: TypeAlias = tuple[str, ...]


class Done(NamedTuple):
    """A page as it was rendered, for strangers or for readers with ``audiences``, which are joined by commas.

    Attributes:
        page: Digest of its plan.
        shared: Of the questions that many pages ask: where ``Shared`` has them.
        own: JSON of the others.
        reason: Why it was rendered the last time.
        build: Which build that was: the fact of this name, as it was then.
    """

    address: str
    audiences: str
    page: str
    media_type: str
    tag: str
    size: int
    shared: str
    own: str
    reason: str
    build: str

    @property
    def readers(self) -> list[str]:
        """The audiences one by one."""
        return self.audiences.split(",") if self.audiences else []


class Shared(NamedTuple):
    """Questions that several pages asked, as JSON: templates, assets, groups."""

    id: str
    questions: str


class Asked(NamedTuple):
    """That a page asked about a topic; see ``topic_of``."""

    topic: str
    address: str
    audiences: str


class Planned(NamedTuple):
    """The pages that a plugin planned: JSON of ``Item``; and what it asked for it, also JSON."""

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
    """Something about the whole build; ``Long`` is one that takes a while to read."""

    name: str
    value: str


class Long(NamedTuple):
    name: str
    value: str


_KINDS: Mapping[str, tuple[Any, int]] = {
    "rows": (Row, 2), "said": (Said, 1), "done": (Done, 2), "shared": (Shared, 1), "asked": (Asked, 3),
    "planned": (Planned, 1), "answers": (Answer, 1), "copied": (Copied, 1), "facts": (Fact, 1), "longs": (Long, 1),
}  # fmt: skip
"""Of each table the class of its rows, and how many of their first values are its key."""

_INDEXES = (
    "rows_id ON rows (id)", "rows_address ON rows (address)", "done_shared ON done (shared)",
    "done_open ON done (tag) WHERE audiences != ''",
)  # fmt: skip

_TEXT = Said._fields.index("text")

Kind = TypeVar("Kind", bound=tuple[Any, ...])


class Table(Generic[Kind]):
    """Rows of one kind by key, read one by one until all of them are wanted.

    Raises:
        Damaged: In every method, where the file can't be read.
    """

    def __init__(self, name: str, file: sqlite3.Connection | None) -> None:
        self._name, self._file = name, file
        self._kind, self._keys = _KINDS[name]
        self._some: dict[Key, Kind | None] = {}
        self._every: dict[Key, Kind] | None = {} if file is None else None

    def get(self, *key: str) -> Kind | None:
        """Return the row with *key*."""
        if self._every is not None:
            return self._every.get(key)
        if key not in self._some:
            where = " AND ".join(f"{column} = ?" for column in self._kind._fields[: self._keys])
            self._some[key] = next(iter(self.find(where, *key)), None)
        return self._some[key]

    def some(self, keys: Set[Key]) -> list[Kind]:
        """Return the rows that there are with these keys."""
        if self._every is None:
            found = self.among(self._kind._fields[0], [key[0] for key in keys if key not in self._some])
            self._some |= {row[: self._keys]: row for row in found}
            self._some = dict.fromkeys(keys) | self._some
        return [row for key in keys if (row := self.get(*key))]

    def among(self, column: str, values: Sequence[str]) -> list[Kind]:
        """Return the rows that have one of *values* in a column: in a quarter of the time of looking for each alone."""
        parts = [values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE)]
        return [row for part in parts for row in self.find(f"{column} IN ({', '.join('?' * len(part))})", *part)]

    def take(self, every: dict[Key, Kind]) -> None:
        """Take every row from who has them already."""
        self._every = every

    def all(self) -> dict[Key, Kind]:
        """Return every row by its key, in the order in which they were first kept."""
        if self._every is None:
            self._every = {row[: self._keys]: row for row in self.find("1")}
        return self._every

    def keys(self) -> Set[Key]:
        """Return every key."""
        if self._every is not None:
            return self._every.keys()
        return {tuple(key) for key in self.read(", ".join(self._kind._fields[: self._keys]), "1")}

    def find(self, where: str, *values: str) -> list[Kind]:
        """Return the rows for which an SQL condition holds."""
        made: list[Kind] = [self._kind._make(row) for row in self.read(", ".join(self._kind._fields), where, *values)]
        return made

    def read(self, columns: str, where: str, *values: str) -> list[Any]:
        """Return some columns of the rows for which an SQL condition holds."""
        if self._file is None:
            return []
        try:
            return self._file.execute(f"SELECT {columns} FROM {self._name} WHERE {where}", values).fetchall()
        except sqlite3.Error as error:
            raise Damaged from error


class Past:
    """What the last build remembered; nothing, if there was none."""

    def __init__(self, file: sqlite3.Connection | None = None) -> None:
        self._file = file
        self.rows: Table[Row] = Table("rows", file)
        self.said: Table[Said] = Table("said", file)
        self.done: Table[Done] = Table("done", file)
        self.shared: Table[Shared] = Table("shared", file)
        self.asked: Table[Asked] = Table("asked", file)
        self.planned: Table[Planned] = Table("planned", file)
        self.answers: Table[Answer] = Table("answers", file)
        self.copied: Table[Copied] = Table("copied", file)
        self._facts: Table[Fact] = Table("facts", file)
        self._longs: Table[Long] = Table("longs", file)

    def __bool__(self) -> bool:
        return bool(self._facts.all())

    def fact(self, name: str) -> str:
        """Return one fact; empty if it is not known."""
        found = self._facts.all().get((name,))
        return found.value if found else ""

    def long(self, name: str) -> str:
        """Return a fact that takes a while to read."""
        found = self._longs.get(name)
        return found.value if found else ""

    def longs(self) -> list[str]:
        """Return the names of such facts."""
        return [name for (name,) in self._longs.read("name", "1")]

    def close(self) -> None:
        """Read no more."""
        if self._file is not None:
            self._file.close()


class News(NamedTuple):
    """What is to be remembered from now on, by table: what is put there, by key, and the keys that are gone."""

    put: Mapping[str, Mapping[Key, tuple[Any, ...]]]
    gone: Mapping[str, Iterable[Key]]


class Memory:
    """What is remembered in a folder, for as long as one build holds the lock of its output."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.shelf = Shelf(folder)
        self._begun: sqlite3.Connection | None = None
        self._put: Set[str] = frozenset()

    def past(self) -> Past:
        """Return what is remembered; nothing if it is damaged."""
        if not self._is_whole():
            return Past()
        past = Past(self._connect())
        try:
            past.fact("")
        except Damaged:
            past.close()
            return Past()
        return past

    def _is_whole(self) -> bool:
        """Say whether every file is as it was left; texts may have grown since, in a build that was killed."""
        try:
            left = dict(json.loads((self._folder / _STATES).read_bytes()))
            now = {name: _state(self._folder / name) for name in left}
            texts = [name for name in left if name != _FILE]
            return left[_FILE] == now[_FILE] and all(
                now[one] == left[one] or now[one][0] > left[one][0] for one in texts
            )
        except (OSError, ValueError, TypeError, LookupError):
            return False

    def begin(self, put: Mapping[str, Mapping[Key, tuple[Any, ...]]]) -> None:
        """Begin anew with some tables while there is time: nothing is remembered before ``keep`` has the rest."""
        with contextlib.suppress(sqlite3.Error, UnicodeError, OSError):  # ``keep`` will meet it too, and forget all
            self._begun, self._put = self._anew(put), put.keys()

    def _anew(self, put: Mapping[str, Mapping[Key, tuple[Any, ...]]]) -> sqlite3.Connection:
        """Return a new file with some tables filled, nothing of it written down for good."""
        (self._folder / _FILE).unlink(missing_ok=True)
        file = self._connect()
        try:
            file.execute("BEGIN IMMEDIATE")
            for name, (kind, keys) in _KINDS.items():
                key, rest = ", ".join(kind._fields[:keys]), "WITHOUT ROWID" if keys == len(kind._fields) else ""
                file.execute(f"CREATE TABLE {name} ({', '.join(kind._fields)}, PRIMARY KEY ({key})) {rest}")
            _put(file, put)
        except BaseException:
            file.close()
            raise
        return file

    def keep(self, news: News, *, anew: bool) -> None:
        """Remember *news*, and nothing else if *anew*; forget everything if that is not possible."""
        try:
            file = self._begun or (self._anew({}) if anew else self._connect())
            try:
                is_less_said = not anew and self._is_less_said(file, news)
                _save(file, news, self._put, anew=anew)
                if is_less_said:
                    self.shelf.wipe(place for (place,) in file.execute("SELECT text FROM said"))
            finally:
                self._begun, self._put = None, frozenset()
                file.close()
            states = {one.name: _state(one) for one in self._folder.iterdir() if one.name != _STATES}
            (self._folder / _STATES).write_text(json.dumps(states), "utf-8")
        except (sqlite3.Error, UnicodeError, OSError, Damaged):
            self.forget()

    def _is_less_said(self, file: sqlite3.Connection, news: News) -> bool:
        """Say whether a conversation lost or changed anything, so that it must not stay on the shelf as it was."""
        put = news.put.get("said", {})
        for (entry,) in (*news.gone.get("said", ()), *put):
            for (place,) in file.execute("SELECT text FROM said WHERE entry = ?", (entry,)):
                before = self.shelf.get(place)
                if (entry,) not in put or not self.shelf.get(put[entry,][_TEXT]).startswith(before[:-1]):
                    return True
        return False

    def held(self, last: Shelf | None = None) -> Shelf:
        """Return the texts for a release, which outlives this: those of the *last* one if they are the same."""
        shelf = Shelf(self._folder)
        shelf.hold()
        return last if last and last.holds_what(shelf) else shelf

    def close(self) -> None:
        """Let go of the files; what was begun and not kept is not remembered."""
        self.shelf.close()
        if self._begun:
            self._begun.close()
            self._begun, self._put = None, frozenset()

    def forget(self) -> None:
        """Start anew. Releases that read texts from the files go on doing so."""
        self.close()
        self._folder.mkdir(parents=True, exist_ok=True)
        if any(self._folder.iterdir()):
            import shutil  # which takes as long as 20 entries

            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True, exist_ok=True)
        self.shelf = Shelf(self._folder)

    def _connect(self) -> sqlite3.Connection:
        file = sqlite3.connect(self._folder / _FILE, isolation_level=None, timeout=60)
        file.execute("PRAGMA page_size = 16384")  # of a new one: rows of two kilobytes are put there sooner
        file.execute("PRAGMA synchronous = OFF")  # what was cut off is found out by its state, and forgotten
        file.execute("PRAGMA journal_mode = MEMORY")
        return file


def _state(file: Path) -> list[int]:
    status = file.stat()
    return [status.st_size, status.st_mtime_ns]


def _save(file: sqlite3.Connection, news: News, known: Set[str], *, anew: bool) -> None:
    """Put *news* into the file, but for tables that are *known* there already."""
    if not anew:
        file.execute("BEGIN IMMEDIATE")
    for name, gone in news.gone.items():
        kind, keys = _KINDS[name]
        where = " AND ".join(f"{column} = ?" for column in kind._fields[:keys])
        file.executemany(f"DELETE FROM {name} WHERE {where}", gone)
    _put(file, {name: put for name, put in news.put.items() if name not in known})
    for index in _INDEXES if anew else ():
        file.execute(f"CREATE INDEX {index}")
    file.execute("COMMIT")


def _put(file: sqlite3.Connection, tables: Mapping[str, Mapping[Key, tuple[Any, ...]]]) -> None:
    for name, put in tables.items():
        marks = ", ".join("?" * len(_KINDS[name][0]._fields))
        file.executemany(f"INSERT OR REPLACE INTO {name} VALUES ({marks})", put.values())


def facts_of(values: Mapping[str, object]) -> dict[Key, Fact]:
    """Return facts as they are kept."""
    return {(name,): Fact(name, str(value)) for name, value in values.items()}


def asked_of(done: Done) -> Iterator[Asked]:
    """Yield what a page asked about, each topic once."""
    for topic in {topic_of(question) for question in parse(done.own)}:
        yield Asked(topic, done.address, done.audiences)


def topic_of(question: str) -> str:
    """Return what a page's own question is about: an entry, its neighbours, part of a list, all comments, a moment."""
    name, _, rest = question.partition("\t")
    if name in ("latest", "size"):
        kind, start, end, *within = rest.split("\t", 4)
        return f"{list_topic(kind, within)}{start}\t{end}"
    return question if name in ("near", "past") else "talk" if name in ("talk", "conversations") else f"entry\t{rest}"


def list_topic(kind: str, within: Sequence[str]) -> str:
    """Return how the topics of all parts of one list begin."""
    return "\t".join(["list", kind, *within, "", ""])
