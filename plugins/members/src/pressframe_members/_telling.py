"""Telling plugins what happened to members, after it is stored; and that an audience has come to its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import attrs
import sqlalchemy as sa

from pressframe.model import Host, Json
from pressframe_members._rows import find_in, has
from pressframe_members._tables import MEMBER, MEMBERSHIP
from pressframe_members.model import Change, Member
from pressframe_sql import Database, database
from pressframe_web import Web

TELL, END = "members.tell", "members.end"
"""The jobs: tell of a change that shared somebody's transaction; look whether an audience is over."""


@attrs.frozen
class Told:
    """One change, as plugins are told it."""

    member: Member
    audience: str
    change: Change
    now: datetime


def tell(host: Host, changes: Iterable[Told]) -> None:
    """Tell the server, where it concerns what somebody may read, and every plugin; one that fails is logged."""
    for one in changes:
        if one.change not in ("joined", "confirmed"):
            host.plugin(Web).forget_reader(one.member.id)
        for _ in host.hooks.ask("on_subscription", one.member, one.audience, one.change, one.now, host):
            pass


def leave(db: Database, connection: sa.Connection, changes: Iterable[Told]) -> None:
    """Have a job tell them if, and only if, the transaction of *connection* is committed."""
    for one in changes:
        member: dict[str, Json] = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in attrs.asdict(one.member).items()
        }
        payload: dict[str, Json] = {
            "member": member,
            "audience": one.audience,
            "change": one.change,
            "now": one.now.isoformat(),
        }
        db.enqueue(connection, TELL, payload)


def plan_end(db: Database, connection: sa.Connection, id: str, audience: str, until: datetime) -> None:
    """Have a job look at *until* whether the member has *audience* no more."""
    key = f"{END}:{id}:{audience}:{until.astimezone(UTC).isoformat()}"
    db.enqueue(connection, END, {"id": id, "audience": audience, "until": until.isoformat()}, key=key, due=until)


@attrs.frozen
class Telling:
    """The jobs of one site."""

    _host: Host

    def tell_later(self, payload: Mapping[str, Json]) -> None:
        """Tell the change in *payload*; what a job runs."""
        match payload:
            case {"member": dict(member), "audience": str(audience), "change": str(change), "now": str(now)}:
                moments = {
                    name: datetime.fromisoformat(str(member[name])) if member[name] else None
                    for name in ("since", "confirmed")
                }
                who = Member(**{**member, **moments})
                tell(self._host, [Told(who, audience, change, datetime.fromisoformat(now))])  # type: ignore[arg-type] # one that was stored here

    def look_at_end(self, payload: Mapping[str, Json]) -> None:
        """Tell that an audience is over, unless somebody has prolonged it; what a job runs."""
        until, audience = datetime.fromisoformat(str(payload["until"])), str(payload["audience"])
        is_wanted = MEMBER.c.reader == str(payload["id"])
        had = sa.exists().where(MEMBERSHIP.c.member == MEMBER.c.id, MEMBERSHIP.c.audience == audience)
        with database(self._host).read() as connection:
            member = find_in(connection, is_wanted & had & ~has(audience, until))
        if member is not None:
            tell(self._host, [Told(member, audience, "lapsed", until)])
