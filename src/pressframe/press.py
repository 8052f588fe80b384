"""What makes releases of a site: a press, what it is asked for, what it gives back, and what the core lends to it.

The press is a distribution of its own, ``pressframe-press``, found by its entry point of the group
``pressframe.press``; another one may take its place. It reads the site through ``site.hooks``, renders with
``pressframe.templates``, and tells changed files by ``pressframe.files``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

import attrs

from pressframe._hooks import NOBODY, ask_part
from pressframe.errors import PluginError
from pressframe.model import Live, Report

if TYPE_CHECKING:
    from pressframe._site import Site

__all__ = ["NOBODY", "Press", "Release", "Stored", "Wish", "ask_part", "find_press"]

GROUP = "pressframe.press"


@attrs.frozen
class Stored:
    """A file's bytes: ``tag`` is their hash, 32 hexadecimal digits, and ``size`` counts them."""

    file: Path
    media_type: str
    tag: str
    size: int


class Release(Protocol):
    """Every address with its bytes; never changes, and may be asked from any thread."""

    @property
    def report(self) -> Report:
        """What the build did."""

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
        """Addresses whose answer depends on the reader, with the audiences that open them."""

    def find(self, address: str, audiences: frozenset[str] = frozenset()) -> Stored | None:
        """Return what readers with *audiences* get at *address*; None if there is nothing for them.

        The one door to rendered bytes: whole entries come out of it only for who has every audience that they require.
        """

    def view(self, audiences: frozenset[str] = frozenset(), *, changed: Callable[[], None] = lambda: None) -> Live:
        """Return the site as readers with *audiences* see it; *changed* is what ``Live.changed`` calls."""

    def is_stale(self) -> bool:
        """Say whether comments have changed since; cheap enough to be asked several times a second."""


@attrs.frozen(kw_only=True)
class Wish:
    """What ``Site.build`` was asked for; see there."""

    site: Site
    folder: Path
    drafts: bool
    now: datetime
    jobs: int | None
    told: Callable[[str, int, int], None]


Press: TypeAlias = Callable[[Wish], Release]


def find_press() -> Press:
    """Return the press that is installed.

    Raises:
        PluginError: There is none, or there are several.
    """
    found = list(entry_points(group=GROUP))
    if not found:
        raise PluginError("nothing is installed that builds sites", fix="pip install pressframe-press")
    if len(found) > 1:
        named = " and ".join(sorted(one.value.partition(":")[0] for one in found))
        raise PluginError(f"{named} both build sites", fix="uninstall one of them")
    press: Press = found[0].load()
    return press
