"""What one finished build stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from pressframe._build._catalogue import comment_fingerprints
from pressframe._build._output import Stored
from pressframe.model import Live, Report

if TYPE_CHECKING:
    from pressframe._build._view import Press


@attrs.frozen(eq=False, kw_only=True)
class Release:
    """Every address with its bytes; never changes, and may be asked from any thread.

    Attributes:
        report: What the build did.
        now: The moment it was made for.
        until: When a gate, a schedule or a page that looks at the date makes it out of date; None if only an edit can.
        files: What every stranger may get, by address.
        gated: Addresses whose answer depends on the reader, with the audiences that open them.
    """

    report: Report
    now: datetime
    until: datetime | None
    files: Mapping[str, Stored]
    gated: Mapping[str, frozenset[str]]
    _opened: Mapping[str, Stored] = attrs.field(alias="opened")
    _press: Press = attrs.field(alias="press")
    _comments: tuple[str, ...] = attrs.field(alias="comments")

    def find(self, address: str, audiences: frozenset[str] = frozenset()) -> Stored | None:
        """Return what readers with *audiences* get at *address*; None if there is nothing for them.

        The one door to rendered bytes: whole entries come out of it only for who has every audience that they require.
        """
        required = self.gated.get(address)
        if required is not None and required <= audiences:
            return self._opened[address]
        return self.files.get(address)

    def view(self, audiences: frozenset[str] = frozenset(), *, changed: Callable[[], None] = lambda: None) -> Live:
        """Return the site as readers with *audiences* see it; *changed* is what ``Live.changed`` calls."""
        return self._press.view(audiences, changed=changed)

    def is_stale(self) -> bool:
        """Say whether comments have changed since; cheap enough to be asked several times a second."""
        return comment_fingerprints(self._press.catalogue.host) != self._comments
