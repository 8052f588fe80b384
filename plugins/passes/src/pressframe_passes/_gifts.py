"""The gifts that a browser has taken: their ids, in a signed cookie; whether each is still good the database says."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

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


def grants(host: Host, request: Request, entry: str, requires: frozenset[str], sections: frozenset[str]) -> list[Grant]:
    """Return what one of the gifts in a browser opens of *entry*, the one that opens most.

    That is what its giver may read at this moment, sections included, and past the gate all or nothing. Two gifts do
    not add up, as none of the givers may read so much.
    """
    links = LinkStore(host).alive(taken(host, request), entry, request.now)
    opened = [(found, link.expires) for link in links if (found := _opens(host, link, request.now, requires, sections))]
    if not opened:
        return []
    names, until = max(opened, key=lambda one: (len(one[0]), one[1]))
    return [Grant(audience=name, until=until, reason=GIFT) for name in sorted(names)]


def lets_past(host: Host, link: Link, now: datetime, lacked: frozenset[str]) -> bool:
    """Say whether a gift opens a gate for who lacks these audiences: not once its giver may not read it either."""
    return lacked <= _opens(host, link, now, lacked, frozenset())


def _opens(host: Host, link: Link, now: datetime, requires: frozenset[str], sections: frozenset[str]) -> frozenset[str]:
    """Return the audiences, of those lacked, that a gift stands for: the owner's for all, a reader's for their own."""
    if not link.giver:
        return requires | sections
    if link.reader is None or "members" not in host.settings.plugins:  # nobody can say what they may read now
        return requires
    from pressframe_members.store import Members

    members = Members(host)
    giver = members.find(link.reader)
    if giver is None or giver.confirmed is None:
        return frozenset()
    may = frozenset(one.audience for one in members.memberships(link.reader, now=now))
    return requires | (sections & may) if requires <= may else frozenset()
