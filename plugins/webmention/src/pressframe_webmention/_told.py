"""What one process knows of the site that it serves."""

from __future__ import annotations

from typing import NoReturn

from pressframe.model import Live


class Told:
    """The newest release, as a stranger sees it; what plugins keep between hooks is kept in an object like this.

    Attributes:
        site: None before the first release.
        is_behind: True if a release could not be looked at for new links, so that all of the next one is.
    """

    def __init__(self) -> None:
        self.site: Live | None = None
        self.is_behind = True

    def __reduce__(self) -> NoReturn:
        raise TypeError("what is served cannot be sent to another process")
