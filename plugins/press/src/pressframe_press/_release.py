"""What one finished build stands for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from pressframe_press._scan import fingerprints

if TYPE_CHECKING:
    from pressframe.model import Host, Live, Report
    from pressframe.press import Reason, Stored
    from pressframe_press._contents import Contents
    from pressframe_press._load import Loaded
    from pressframe_press._scan import Scanned


@attrs.frozen(kw_only=True)
class Seen:
    """What a release was made of: the sources of a site, as loaders listed them, and what is said there.

    Attributes:
        comments: What changes when comments do, by source.
        loaded: What became of them; None where that was not looked at, as nothing had changed.
    """

    scanned: Scanned
    comments: tuple[str, ...]
    loaded: Loaded | None = None


def kept(contents: Contents) -> Callable[[], Contents]:
    """Return what gives *contents*, and keeps no release that had them before."""
    return lambda: contents


@attrs.define(eq=False, kw_only=True)
class Release:
    """Every address with its bytes; never changes, and may be asked from any thread.

    Attributes:
        report: What the build did.
        now: The moment it was made for.
        until: When a gate, a schedule or a page that looks at the date makes it out of date; None if only an edit can.
        reasons: Why each page that was rendered was, by address.
        mark: What the memory is known by that it was put into; another one after each build that made something.
        seen: What it was made of.
    """

    report: Report
    now: datetime
    until: datetime | None
    host: Host
    _make: Callable[[], Contents] = attrs.field(alias="contents")
    mark: str
    seen: Seen
    reasons: Sequence[Reason] = ()

    @functools.cached_property
    def contents(self) -> Contents:
        """What it holds; put together when first asked for, as a build that has nothing to do needs none of it."""
        contents = self._make()
        self._make = kept(contents)  # what made them may have the release before at hand
        return contents

    @property
    def files(self) -> Mapping[str, Stored]:
        """What every stranger may get, by address."""
        return self.contents.files

    @property
    def gated(self) -> Mapping[str, frozenset[str]]:
        """Addresses whose answer depends on the reader, with the audiences that count for it: all open all of it."""
        return self.contents.gated

    def find(self, address: str, audiences: frozenset[str] = frozenset()) -> Stored | None:
        """Return what readers with *audiences* get at *address*; None if there is nothing for them.

        The one door to rendered bytes: entries and their sections come out of it only for who may read them.
        """
        return self.contents.find(address, audiences)

    def view(self, audiences: frozenset[str] = frozenset(), *, changed: Callable[[], None] = lambda: None) -> Live:
        """Return the site as readers with *audiences* see it; *changed* is what ``Live.changed`` calls."""
        return self.contents.press.view(audiences, changed=changed)

    def is_stale(self) -> bool:
        """Say whether comments have changed since; cheap enough to be asked several times a second."""
        return fingerprints(self.host) != self.seen.comments
