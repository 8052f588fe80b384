"""What one finished build stands for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from pressframe.model import Host, Live, Report
from pressframe.press import Reason, Stored
from pressframe_press._talk import fingerprints

if TYPE_CHECKING:
    from pressframe_press._load import Found, Loaded
    from pressframe_press._memory import Done, Key
    from pressframe_press._output import Output
    from pressframe_press._plan import Plan
    from pressframe_press._rows import Row
    from pressframe_press._view import Press


@attrs.frozen(eq=False, kw_only=True)
class Contents:
    """What a release holds.

    Attributes:
        files: What every stranger may get, by address.
        gated: Addresses whose answer depends on the reader, with the audiences that open them.
        opened: What those readers get there.
        rows: What was loaded from each source.
        done: What was rendered.
    """

    press: Press
    files: Mapping[str, Stored]
    gated: Mapping[str, frozenset[str]]
    opened: Mapping[str, Stored]
    rows: Mapping[Key, Row]
    done: Mapping[Key, Done]

    @classmethod
    def of(
        cls, press: Press, plan: Plan, done: Mapping[Key, Done], places: Places, *, rows: Mapping[Key, Row]
    ) -> Contents:
        """Return what was planned and rendered."""
        files, opened = dict[str, Stored](), dict[str, Stored]()
        for one in done.values():
            (opened if one.audiences else files)[one.address] = places.page(one)
        for address, source in plan.files.items():
            if address in plan.gated:
                opened[address] = source
            else:
                files[address] = places.file(address, source)
        return cls(press=press, files=files, gated=plan.gated, opened=opened, rows=rows, done=done)

    def after(
        self, press: Press, plan: Plan, done: Mapping[Key, Done], places: Places, *, rows: Mapping[Key, Row]
    ) -> Contents:
        """Return what the next release holds, which has the same plan but for a few pages."""
        files, opened = dict(self.files), dict(self.opened)
        for address, audiences in self.done.keys() - done.keys():
            del (opened if audiences else files)[address]
        for key, one in done.items():
            if self.done.get(key) is not one:
                (opened if one.audiences else files)[one.address] = places.page(one)
        gated = self.gated if plan.known and plan.known.is_same else plan.gated
        return Contents(press=press, files=files, gated=gated, opened=opened, rows=rows, done=done)


@attrs.frozen
class Places:
    """Where files stand in an output; what stood there in the *last* release is that release's very object."""

    output: Output
    last: Contents | None = None

    def page(self, done: Done) -> Stored:
        """Return where a page stands."""
        known = self.last and (self.last.opened if done.audiences else self.last.files).get(done.address)
        return known if known and _is_same(known, done) else self.output.stored(done)

    def file(self, address: str, source: Stored) -> Stored:
        """Return where the copy of a file stands."""
        known = self.last and self.last.files.get(address)
        return known if known and _is_same(known, source) else attrs.evolve(source, file=self.output.file(address))


def _is_same(one: Stored, other: Stored | Done) -> bool:
    return one.tag == other.tag and one.media_type == other.media_type


@attrs.frozen(kw_only=True)
class Seen:
    """What a release was made of: the sources of a site, as loaders listed them, and what is said there.

    Attributes:
        listing: Changes when any of them does.
        comments: What changes when comments do, by source.
        loaded: What became of them; None where that was not looked at, as nothing had changed.
    """

    found: Sequence[Found]
    listing: str
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
        """Addresses whose answer depends on the reader, with the audiences that open them."""
        return self.contents.gated

    def find(self, address: str, audiences: frozenset[str] = frozenset()) -> Stored | None:
        """Return what readers with *audiences* get at *address*; None if there is nothing for them.

        The one door to rendered bytes: whole entries come out of it only for who has every audience that they require.
        """
        required = self.gated.get(address)
        if required is not None and required <= audiences:
            return self.contents.opened.get(address)
        return self.files.get(address)

    def view(self, audiences: frozenset[str] = frozenset(), *, changed: Callable[[], None] = lambda: None) -> Live:
        """Return the site as readers with *audiences* see it; *changed* is what ``Live.changed`` calls."""
        return self.contents.press.view(audiences, changed=changed)

    def is_stale(self) -> bool:
        """Say whether comments have changed since; cheap enough to be asked several times a second."""
        return fingerprints(self.host) != self.seen.comments
