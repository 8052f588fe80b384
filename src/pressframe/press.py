"""What makes releases of a site: a press, what it is asked for, what it gives back, and what the core lends to it.

The press is a distribution of its own, ``pressframe-press``, found by its entry point of the group
``pressframe.press``; another one may take its place. It reads the site through ``site.hooks``, renders with
``pressframe.templates``, and tells changed files by ``pressframe.files``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import attrs

from pressframe._hooks import NOBODY, ask_part, find_witness, witnessed
from pressframe._installed import entry_points
from pressframe.errors import ContentError, PluginError

if TYPE_CHECKING:
    from pressframe._site import Site
    from pressframe.model import Json, Live, Report

__all__ = [
    "NOBODY", "Explanation", "Press", "Profile", "Reason", "Release", "Stored", "Wish",
    "ask_part", "find_press", "find_witness", "witnessed",
]  # fmt: skip


@attrs.frozen
class Stored:
    """A file's bytes: ``tag`` is their hash, 32 hexadecimal digits, and ``size`` counts them."""

    file: Path
    media_type: str
    tag: str
    size: int


class Reason(NamedTuple):
    """Why a page was rendered, for strangers or for readers with *audiences*."""

    address: str
    audiences: Sequence[str]
    why: str


@attrs.frozen(kw_only=True)
class Explanation:
    """How an address came about, as the last build remembers it.

    Attributes:
        summary: One sentence: what it is, and for whom.
        parts: For people: under each heading lines of two columns, the first of which may be empty.
        facts: The same for programs.
    """

    address: str
    summary: str
    parts: Mapping[str, Sequence[tuple[str, str]]]
    facts: Mapping[str, Json]


class Profile(Protocol):
    """A witness with a clock: what each plugin took in each hook, in all processes of a build."""

    def __call__(self, plugin: str, hook: str, arguments: tuple[object, ...], ask: Callable[[], Any], /) -> Any:
        """Take the time that a plugin needs for its answer."""

    def rows(self, stages: Mapping[str, float]) -> Sequence[Mapping[str, Any]]:
        """Return what was spent in the *stages* of a report, for programs."""

    def table(self, stages: Mapping[str, float]) -> Iterable[tuple[str, bool]]:
        """Yield lines for people, and whether each is a heading."""


class Release(Protocol):
    """Every address with its bytes; never changes, and may be asked from any thread."""

    @property
    def report(self) -> Report:
        """What the build did."""

    @property
    def reasons(self) -> Sequence[Reason]:
        """Why each page that the build rendered was rendered, by address."""

    @property
    def now(self) -> datetime:
        """The moment it was made for."""

    @property
    def until(self) -> datetime | None:
        """When a gate, a schedule or a page that looks at the date makes it out of date; None if only an edit can."""

    @property
    def files(self) -> Mapping[str, Stored]:
        """What every stranger may get, by address."""

    @property
    def gated(self) -> Mapping[str, frozenset[str]]:
        """Addresses whose answer depends on the reader, with the audiences that count for it: all open all of it."""

    def find(self, address: str, audiences: frozenset[str] = frozenset()) -> Stored | None:
        """Return what readers with *audiences* get at *address*; None if there is nothing for them.

        The one door to rendered bytes: entries and their sections come out of it only for who may read them.
        """

    def view(self, audiences: frozenset[str] = frozenset(), *, changed: Callable[[], None] = lambda: None) -> Live:
        """Return the site as readers with *audiences* see it; *changed* is what ``Live.changed`` calls."""

    def is_stale(self) -> bool:
        """Say whether comments have changed since; cheap enough to be asked several times a second."""


@attrs.frozen(kw_only=True)
class Wish:
    """What ``Site.build`` or ``Site.rebuild`` was asked for; see there."""

    site: Site
    folder: Path
    drafts: bool = False
    now: datetime
    jobs: int | None = None
    told: Callable[[str, int, int], None] | None = None
    last: Release | None = None
    scan: bool = True
    early: Callable[[Mapping[str, Stored]], None] | None = None


class Press(Protocol):
    """What the entry point names: a module, or any object with these."""

    def profile(self) -> Profile:
        """Return a clock for one build, which looks on as soon as the site is opened."""

    def check(self, site: Site, /) -> Sequence[ContentError]:
        """Return what the owner should mend; what stops a build is raised as by ``build``."""

    def build(self, wish: Wish, /) -> Release:
        """Return the release made of a site's content, with strangers' files in its folder."""

    def explain(self, wish: Wish, address: str, /) -> Explanation:
        """Return how *address* came about in the last build of the wished site and folder, without building.

        Raises:
            BuildError: Nothing was built, or there is no such address.
        """


@functools.cache
def find_press() -> Press:
    """Return the press that is installed; looked for once a process.

    Raises:
        PluginError: There is none, or there are several.
    """
    found = entry_points("pressframe.press")
    if not found:
        raise PluginError("nothing is installed that builds sites", fix="pip install pressframe-press")
    if len(found) > 1:
        named = sorted(one.value.partition(":")[0] for one in found)
        raise PluginError(f"{' and '.join(named)} both build sites", fix="uninstall one of them")
    press: Press = found[0].load()
    return press
