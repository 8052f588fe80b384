"""The gifts that a browser has taken: their ids, in a signed cookie; whether each is still good the database says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from pressframe.model import Host
from pressframe_passes._store import Link, LinkStore
from pressframe_web import Cookie, Grant, Request
from pressframe_web.identity import Links

COOKIE = "gifts"
GIFT = "a gift link"

_MOST = 20
_ID = re.compile(r"[\w-]{32}", re.ASCII)
_KEPT = timedelta(days=90)


def taken(host: Host, request: Request) -> list[str]:
    """Return the ids of the gifts that the browser of *request* has taken, oldest first."""
    told = Links(host, "passes gifts").read(request.cookies.get(COOKIE, ""))
    return [id for id in told.split(".") if _ID.fullmatch(id)] if told else []


def cookie_with(host: Host, request: Request, link: Link) -> Cookie:
    """Return the cookie that remembers *link* as well; the oldest of too many is forgotten."""
    ids = [id for id in taken(host, request) if id != link.id][-_MOST + 1 :]
    signed = Links(host, "passes gifts").sign(".".join([*ids, link.id]))
    return Cookie(name=COOKIE, value=signed, max_age=_KEPT)


def grants(host: Host, request: Request, entry: str, requires: Iterable[str]) -> list[Grant]:
    """Return what the gifts in a browser open of *entry*: everything that it requires, or nothing."""
    links = LinkStore(host).alive(taken(host, request), entry, request.now)
    until = max((link.expires for link in links), default=None)
    return [Grant(audience=name, until=until, reason=GIFT) for name in requires] if until else []
