"""What one finished build stands for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from pressframe.model import Host, Live, Report
from pressframe.press import Reason, Stored
from pressframe_press._talk import fingerprints

if TYPE_CHECKING:
    from pressframe_press._memory import Done
    from pressframe_press._output import Output
    from pressframe_press._plan import Plan
    from pressframe_press._view import Press


class Contents:
    """What a release holds.

    Attributes:
        files: What every stranger may get, by address.
        gated: Addresses whose answer depends on the reader, with the audiences that open them.
        opened: What those readers get there.
    """

    def __init__(self, press: Press, plan: Plan, done: Iterable[Done], output: Output) -> None:
        _ = press.world.rows.all  # what is remembered will be of other releases
        press.world.shelf.hold()
        self.press, self.gated = press, plan.gated
        self.files: dict[str, Stored] = {}
        self.opened: dict[str, Stored] = {}
        for one in done:
            found = self.opened if one.audiences else self.files
            found[one.address] = output.stored(one)
        for address, source in plan.files.items():
            if address in plan.gated:
                self.opened[address] = source
            else:
                self.files[address] = attrs.evolve(source, file=output.file(address))


@attrs.define(eq=False, kw_only=True)
class Release:
    """Every address with its bytes; never changes, and may be asked from any thread.

    Attributes:
        report: What the build did.
        now: The moment it was made for.
        until: When a gate, a schedule or a page that looks at the date makes it out of date; None if only an edit can.
        reasons: Why each page that was rendered was, by address.
    """

    report: Report
    now: datetime
    until: datetime | None
    _host: Host = attrs.field(alias="host")
    _comments: tuple[str, ...] = attrs.field(alias="comments")
    _make: Callable[[], Contents] = attrs.field(alias="contents")
    reasons: Sequence[Reason] = ()

    @functools.cached_property
    def contents(self) -> Contents:
        """What it holds; put together when first asked for, as a build that has nothing to do needs none of it."""
        return self._make()

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
        return fingerprints(self._host) != self._comments
