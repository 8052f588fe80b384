"""What opens a closed entry for who is not of its audience: grants of plugins, asked anew for each request."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pressframe.errors import PressframeError
from pressframe.model import Card
from pressframe.press import NOBODY
from pressframe_web.model import Cookie, Grant, Request

if TYPE_CHECKING:
    from pressframe import Site
    from pressframe_web._served import Served

log = logging.getLogger("pressframe.web")


class Opened(NamedTuple):
    """What grants open: as whose reader the request counts, what the gate asks for besides, and the cookies to set."""

    audiences: frozenset[str]
    lacked: frozenset[str]
    cookies: tuple[Cookie, ...]


class Grants:
    """The grants of one site's plugins.

    Attributes:
        are_there: Whether any plugin has some; without one, nothing is asked.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._listening = site.hooks.implementers("on_reading")
        self.are_there = bool(site.hooks.implementers("register_grants"))

    def open(self, served: Served, path: str, request: Request) -> Opened | None:
        """Return what is opened at *path*; None if nothing is that was closed.

        Called in a thread, for who cannot read all of it by their own audiences.
        """
        had, counting = request.reader.audiences if request.reader else frozenset[str](), served.gated[path]
        entry = served.entry_at(path) if NOBODY not in counting else None
        if entry is None:
            return None
        gate = served.release.view(had).gate(entry.id)
        lacked = gate.requires - had if gate else frozenset[str]()
        sections = counting - had - (gate.requires if gate else frozenset())
        given = self._given(entry, lacked, request, sections)
        free = frozenset(grant.audience for _, grant in given if not grant.counted)
        lacking = lacked - free
        spent = {grant.audience: (plugin, grant) for plugin, grant in reversed(given) if grant.audience in lacking}
        if lacking - spent.keys() or not (gate or sections & free):
            return None
        cookies = self._tell(entry, list(spent.values()), request) if spent else ()
        return None if cookies is None else Opened(lacked | (sections & free), lacked, cookies)

    def _given(
        self, entry: Card, lacking: frozenset[str], request: Request, sections: frozenset[str]
    ) -> Sequence[tuple[str, Grant]]:
        every = self._site.hooks.all("register_grants", entry, lacking, request, self._site, sections)
        return [(plugin, grant) for plugin, grant in every if grant.until is None or grant.until > request.now]

    def _tell(self, entry: Card, spent: Sequence[tuple[str, Grant]], request: Request) -> tuple[Cookie, ...] | None:
        """Have the grants counted; None if that cannot be."""
        deaf = [plugin for plugin, _ in spent if plugin not in self._listening]
        if deaf:
            log.error("%s has counted grants and no on_reading: what they would open stays closed", deaf[0])
            return None
        cookies: list[Cookie] = []
        grants = tuple(grant for _, grant in spent)
        for plugin, told in self._site.hooks.ask("on_reading", entry, grants, request, self._site):
            if isinstance(told, PressframeError):  # logged already
                return None
            noted = _cookies(told)
            if noted is None:
                log.error("%s answered on_reading with no cookies: the entry stays closed", plugin)
                return None
            cookies += noted
        return tuple(cookies)


def _cookies(told: object) -> list[Cookie] | None:
    """Return what a plugin told; None if these are no cookies, or it failed on the way."""
    try:
        found = list(told) if isinstance(told, Iterable) else [None]
    except Exception:
        log.exception("a plugin failed in on_reading")
        return None
    cookies = [one for one in found if isinstance(one, Cookie)]
    return cookies if len(cookies) == len(found) else None
