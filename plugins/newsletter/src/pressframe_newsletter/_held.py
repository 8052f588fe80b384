"""What a process holds while it serves the site or sends for it: the site's release, and mails once rendered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

import attrs

if TYPE_CHECKING:
    from pressframe.press import Release
    from pressframe_newsletter._sending import Sending


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@attrs.define(eq=False)
class Held:
    """Nothing at first.

    Attributes:
        release: What mails are rendered from.
        has_begun: True once it is stored what a start changes.
        known: Keys of campaigns that are known to have been made.
        sending: Who sends, with its connections; one for a process.
        clock: Gives the time, aware.
    """

    release: Release | None = None
    has_begun: bool = False
    known: set[str] = attrs.field(factory=set)
    sending: Sending | None = None
    clock: Callable[[], datetime] = utc_now

    def __reduce__(self) -> NoReturn:
        raise TypeError("what is being sent cannot go to another process: open the site there")
