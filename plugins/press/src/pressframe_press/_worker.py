"""One batch of a build, done by a worker: a thread, a process, or another machine that shares the site's folder.

A worker opens the site itself, is told what to do as JSON, and only reads: what it made goes back with its answer.
"""

from __future__ import annotations

import logging
import pickle
import socket
import threading
import traceback
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from pressframe import Site
from pressframe.errors import BuildError, PressframeError
from pressframe.files import digest_of_bytes
from pressframe.model import Output as Bytes
from pressframe.model import Source
from pressframe.press import NOBODY, Stored, Wish
from pressframe_press._json import Damaged, decode, moment, parse
from pressframe_press._likeness import likeness_of, unlike
from pressframe_press._load import Reading
from pressframe_press._memory import Planned
from pressframe_press._output import Output, state_of
from pressframe_press._overlay import Part, Said
from pressframe_press._parts import by_address, make_press
from pressframe_press._plan import Files, Plan
from pressframe_press._render import Rendered, Rendering
from pressframe_press._rows import Row, Shelf
from pressframe_press._scan import Found
from pressframe_press._view import Notebook, Press
from pressframe_press._world import World

log = logging.getLogger("pressframe")

HANDED = "handed-over-"
"""How the names of files begin that a build hands over to its workers."""


class Recipe(NamedTuple):
    """What every worker must know to do any batch of one build.

    Attributes:
        build: No other build has the same.
        url: The address in the site's settings, which a command may have replaced.
        output: The folder of what strangers get.
        likeness: What the machines must have in common; see ``likeness_of``.
    """

    build: str
    folder: str
    url: str
    drafts: bool
    now: str
    output: str
    likeness: Mapping[str, str]

    @property
    def state(self) -> Path:
        """The folder that keeps what pressframe knows of the output."""
        return state_of(Path(self.folder), Path(self.output))

    @property
    def handed_over(self) -> Path:
        """The file that the build hands over to be rendered from."""
        return self.state / f"{HANDED}{self.build}.json"


class Answer(NamedTuple):
    """What became of a batch: a result for each thing, and the bytes that results speak of; or what stopped it.

    Attributes:
        told: Of what was logged meanwhile: level, message, and what names the plugin.
    """

    results: Sequence[Any] = ()
    contents: Sequence[bytes | None] = ()
    error: Exception | None = None
    told: Sequence[tuple[int, str, Mapping[str, str]]] = ()


class Sent(NamedTuple):
    """What became of a page elsewhere."""

    rendered: Rendered
    address: str
    is_open: bool


def do(recipe: str, order: str, handed: str) -> Answer:
    """Return what becomes of one batch; what goes wrong is an answer too.

    Args:
        recipe: JSON of a ``Recipe``.
        order: JSON of the sources to be loaded; or of the pages to be rendered, each with the tag of what is there.
        handed: Digest of what the build handed over to be rendered from; empty where sources are to be loaded.
    """
    with _Desk.lock:  # tasks in threads of one process take turns, as Python would have them do anyway
        with _Ear() as ear:
            answer = _do(recipe, order, handed)
        return answer._replace(told=ear.heard)


def _do(recipe: str, order: str, handed: str) -> Answer:
    try:
        desk = _Desk.of(Recipe._make(parse(recipe)))
        return desk.render(order, handed) if handed else desk.load(order)
    except Exception as error:  # noqa: BLE001 - raised in the build
        if not isinstance(error, PressframeError | Damaged):
            error.add_note(f"on {socket.gethostname()}:\n{traceback.format_exc()}")
        return Answer(error=_sendable(error))


class _Ear(logging.Filter):
    """Keeps back what this thread logs: the owner of the site reads what the build logs, wherever that was."""

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.get_ident()
        self.heard: list[tuple[int, str, Mapping[str, str]]] = []

    def __enter__(self) -> _Ear:
        log.addFilter(self)
        return self

    def __exit__(self, *error: object) -> None:
        log.removeFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        if record.thread != self._thread:
            return True
        named = {name: value for name, value in vars(record).items() if name in ("hook", "plugin")}
        self.heard.append((record.levelno, record.getMessage(), named))
        return False


class _Desk:
    """What a worker has before it: the site as it is for one build."""

    lock = threading.Lock()
    last: _Desk | None = None

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self._site = _open(recipe)
        self._now = datetime.fromisoformat(recipe.now)
        self._press: Press | None = None

    @classmethod
    def of(cls, recipe: Recipe) -> _Desk:
        """Return the one for *recipe*, which is the last one or a new one."""
        if cls.last is None or cls.last.recipe != recipe:
            cls.last = None
            cls.last = cls(recipe)
        return cls.last

    def load(self, order: str) -> Answer:
        """Load sources; the contents are the texts of each, one after the other, and its row has their lengths."""
        loaders = {one.name: (plugin, one) for plugin, one in self._site.hooks.register_loaders(self._site)}
        found = [Found(*loaders[source.loader], source) for source in decode(tuple[Source, ...], order)]
        tray = _Tray(self.recipe.state / "memory")
        reading = Reading(self._site, found, tray, self._now, self.recipe.drafts)
        rows = [_sendable(row) if isinstance(row, PressframeError) else row for row in reading(range(len(found)))]
        return Answer(rows, [tray.take(row) if isinstance(row, Row) and row.text else None for row in rows])

    def render(self, order: str, handed: str) -> Answer:
        """Render pages; the contents are their bytes, where others are there."""
        if self._press is None:
            self._press = self._make_press(_read(self.recipe, handed))
        tasks = [
            (address, frozenset(NOBODY if one is None else one for one in audiences), tag)
            for address, audiences, tag in parse(order)
        ]
        folder = _Folder(Path(self.recipe.output), self.recipe.state)
        made = Rendering(self._press, folder, [task[:2] for task in tasks])(range(len(tasks)))
        sent = [Sent(one, task[0], bool(task[1])) for one, task in zip(made, tasks, strict=True)]
        is_there = [not one.is_open and one.rendered.tag == task[2] for one, task in zip(sent, tasks, strict=True)]
        return Answer(sent, [None if skip else body for skip, body in zip(is_there, folder.bodies, strict=True)])

    def _make_press(self, content: bytes) -> Press:
        rows, said, planned, tags = parse(content)
        kept = [Row._make(one) for one in rows]
        talk = [Said._make(one) for one in said]
        part = Part[Row](lambda id: None, lambda: kept, {}, lambda row: row.id)
        world = World(
            part, Part[Said](lambda id: None, lambda: talk, {}, lambda one: one.entry),
            _Checked(self.recipe.state / "memory", kept, talk), moment(self._now),
        )  # fmt: skip
        _ = world.rows.all, world.said.all
        wish = Wish(
            site=self._site, folder=Path(self.recipe.output), drafts=self.recipe.drafts, now=self._now, jobs=1,
        )  # fmt: skip
        files = _Published(tags)
        press = make_press(wish, world, files, Notebook())
        press.pages = Plan(part, [Planned._make(one) for one in planned], files, at=by_address(part))
        return press


class _Tray(Shelf):
    """Texts that are sent to the build, which puts them on its shelf."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._put: list[bytes] = []

    def put(self, content: bytes, kind: str = "") -> str:
        self._put.append(content)
        return str(len(content))

    def take(self, row: Row) -> bytes:
        """Return the texts of the next row that has some."""
        count = row.text.count(",") + 1
        texts, self._put = self._put[:count], self._put[count:]
        return b"".join(texts)


class _Checked(Shelf):
    """The build's texts, of which a file system that machines share might have old ones."""

    def __init__(self, folder: Path, rows: Sequence[Row], said: Sequence[Said]) -> None:
        super().__init__(folder)
        texts = [
            (places, [row.digest(number) for number, _ in enumerate(places)])
            for row in rows
            for places in [row.text.split(",")]
        ]
        self._digests = {place: digest for both, digests in texts for place, digest in zip(both, digests, strict=False)}
        self._digests |= {one.text: one.shown for one in said}

    def get(self, place: str) -> bytes:
        content = super().get(place)
        if digest_of_bytes(content) != self._digests[place]:
            raise Damaged
        return content


class _Folder(Output):
    """Renderings that are sent to the build, which stages them."""

    def __init__(self, folder: Path, state: Path) -> None:
        super().__init__(folder, state)
        self.bodies: list[bytes] = []

    def stage(self, address: str, rendered: Bytes) -> str:
        return self.keep_open(rendered)

    def keep_open(self, rendered: Bytes) -> str:
        self.bodies.append(rendered.body)
        return digest_of_bytes(rendered.body)


class _Published(Files):
    """What the build found to be published as it is, of which templates ask the tag alone."""

    def __init__(self, tags: Mapping[str, str]) -> None:
        self.copied = {}
        self.published = {address: Stored(Path(), "", tag, 0) for address, tag in tags.items()}


def _open(recipe: Recipe) -> Site:
    where = f"a worker on {socket.gethostname()}"
    try:
        site = Site.open(Path(recipe.folder), url=recipe.url)
    except PressframeError as error:
        fix = f"share the site's folder, as {recipe.folder}, and install its plugins where workers run"
        raise BuildError(f"{where} cannot open the site: {error}", fix=fix) from error
    others = unlike(recipe.likeness, likeness_of(site))
    if others:
        fix = "install the same where workers run, and start them again"
        raise BuildError(f"{where} has another {', another '.join(others[:5])} than the build", fix=fix)
    return site


def _read(recipe: Recipe, digest: str) -> bytes:
    """Return what this build, and no other, handed over."""
    file = recipe.handed_over
    fix = "share the site's folder between the machines, under the same name"
    try:
        content = file.read_bytes()
    except OSError as error:
        message = f"a worker on {socket.gethostname()} cannot read {file}: {error.strerror}"
        raise BuildError(message, fix=fix) from error
    if digest_of_bytes(content) != digest:
        raise BuildError(f"a worker on {socket.gethostname()} found another {file} than was written", fix=fix)
    return content


def _sendable(error: Exception) -> Exception:
    """Return *error* if it can cross to another process, else one that says the same."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 - a plugin's own error may hold anything
        return BuildError(f"{type(error).__name__}: {error}")
    return error
