"""Who a message goes to and what they may read now: asked for many at once, as most are mailed in their order."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from pressframe.model import Host
from pressframe_members import known_audiences
from pressframe_members.model import Member
from pressframe_members.store import Members

_FRESH = timedelta(seconds=20)
"""So long an answer counts; who unsubscribes is let go at once, by their row."""
_WINDOW = 200


class Readers:
    """Members with their audiences, as they were a few seconds ago at most."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._lock = threading.Lock()
        self._known: dict[str, tuple[Member, frozenset[str]]] = {}
        self._loaded: datetime | None = None

    def find(self, id: str, now: datetime) -> tuple[Member, frozenset[str]] | None:
        """Return a confirmed member with what they may read; None if there is no such member."""
        with self._lock:
            if self._loaded is None or not timedelta(0) <= now - self._loaded <= _FRESH:
                self._known.clear()
                self._loaded = now
            if id not in self._known:
                self._load(id, now)
            return self._known.get(id) or self._find(id, now)

    def _load(self, id: str, now: datetime) -> None:
        """Ask for the member and those after them, by id."""
        members = Members(self._host)
        people: dict[str, Member] = {}
        audiences: dict[str, set[str]] = {}
        for audience in known_audiences(self._host):
            for member in members.having(audience, now=now, after=id[:-1], limit=_WINDOW):
                people[member.id] = member
                audiences.setdefault(member.id, set()).add(audience)
        # Behind the last one of a full window an audience may be missing that another one has told.
        ends = [max(ids) for ids in _by_audience(audiences).values() if len(ids) >= _WINDOW]
        for one, member in people.items():
            if not ends or one <= min(ends):
                self._known[one] = member, frozenset(audiences[one])

    def _find(self, id: str, now: datetime) -> tuple[Member, frozenset[str]] | None:
        members = Members(self._host)
        member = members.find(id)
        if member is None or member.confirmed is None:
            return None
        return member, frozenset(one.audience for one in members.memberships(id, now=now))


def _by_audience(audiences: dict[str, set[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for id, names in audiences.items():
        for name in names:
            found.setdefault(name, []).append(id)
    return found
