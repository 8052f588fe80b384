"""``pressframe members``: who has subscribed, what each may read, and how to forget somebody."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from pressframe.errors import StoreError
from pressframe.model import Host, Json

if TYPE_CHECKING:
    from pressframe_members.model import Member, Membership, State
    from pressframe_members.store import Members

COMPLIMENTARY = "complimentary"

_PAGE = 500
_DAY = len("2027-01-31")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def make_members_command(host: Host) -> click.Group:
    """Return the command ``members`` for one site."""
    from pressframe_members._commands_transfer import make_export, make_import

    group = click.Group("members", help="Show the site's members, give and take what they may read, or forget one.")
    makers = (_make_list, _make_show, _make_grant, _make_revoke, _make_remove, make_import, make_export)
    for make in makers:
        group.add_command(make(host))
    return group


def reader_of_ends(host: Host) -> Callable[[str], datetime]:
    """Return what reads ``--until``, in the site's zone; of a day its end, as on the owner's screen."""
    zone = host.settings.timezone

    def read(text: str) -> datetime:
        try:
            if len(text) <= _DAY:
                moment = datetime.combine(date.fromisoformat(text) + timedelta(days=1), time())
            else:
                moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            message = f'"{text}" is no date: write its last day, 2027-01-31, or a moment, 2027-01-31T12:00'
            raise click.BadParameter(message) from None

    return read


def _make_list(host: Host) -> click.Command:
    @click.command("list", help="Print each member's address, state (confirmed or pending) and date, oldest first.")
    @click.option("--search", default="", metavar="WORDS", help="Only those with these words in address or name.")
    @click.option("--audience", help="Only those who have it.")
    @click.option("--state", type=click.Choice(["confirmed", "pending"]), help="Only these.")
    @click.option("--newest", is_flag=True, help="Newest first.")
    @_JSON
    def show(*, search: str, audience: str | None, state: State | None, newest: bool, as_json: bool) -> None:
        found = _pages(host, text=search, audience=audience, state=state, newest=newest)
        if as_json:
            _print_list(_row(member) for member in found)
            return
        is_empty = True
        for member in found:
            row, is_empty = _row(member), False
            click.echo(f"{row['since']}  {row['state']:<9}  {row['address']}")
        if is_empty:
            click.echo("nobody fits" if search or audience or state else "nobody has subscribed yet")

    return show


def _make_show(host: Host) -> click.Command:
    @click.command("show", help="Print who the member with ADDRESS is, and what they may read until when.")
    @click.argument("address")
    @_JSON
    def show(*, address: str, as_json: bool) -> None:
        from pressframe_members.care import count_sessions

        members, member, now = _find(host, address)
        given = [_given(one, now) for one in members.memberships(member.id)]
        told: dict[str, Json] = {
            "id": member.id, "address": member.address, "name": member.name, "language": member.language,
            "state": _state(member), "since": _iso(member.since), "confirmed": _iso(member.confirmed),
            "sessions": count_sessions(host, member.id, now), "audiences": [*given],
        }  # fmt: skip
        if as_json:
            click.echo(json.dumps(told, ensure_ascii=False))
            return
        for name, value in told.items():
            if name != "audiences" and value not in (None, ""):
                click.echo(f"{name:<10} {value}")
        for one in given:
            until = f" until {one['until']}" if one["until"] else ""
            over = "" if one["active"] else ", which is over"
            click.echo(f"audience   {one['audience']}, {one['source']}, since {one['since']}{until}{over}")

    return show


def _make_grant(host: Host) -> click.Command:
    @click.command("grant", help="Give the member with ADDRESS an AUDIENCE, as a gift of the owner.")
    @click.argument("address")
    @click.argument("audience")
    @click.option(
        "--until",
        type=reader_of_ends(host),
        metavar="DATE",
        help="Its last day, 2027-01-31, or a moment, 2027-01-31T12:00, in the site's time zone; no end if left out.",
    )
    @_JSON
    def grant(*, address: str, audience: str, until: datetime | None, as_json: bool) -> None:
        members, member, now = _find(host, address)
        if until is not None and until <= now:
            raise StoreError(f"{_iso(until)} has passed", fix="name a day to come; members revoke ends it at once")
        is_done = members.grant(member.id, audience, source=COMPLIMENTARY, now=now, until=until)
        if as_json:
            click.echo(json.dumps({"address": member.address, "audience": audience, "changed": is_done}))
            return
        told = f"{member.address} has {audience}{f' until {_iso(until)}' if until else ''}"
        click.echo(told if is_done else f"{told} already")

    return grant


def _make_revoke(host: Host) -> click.Command:
    @click.command("revoke", help="Take AUDIENCE back from the member with ADDRESS, whoever gave it.")
    @click.argument("address")
    @click.argument("audience")
    @click.option("--source", help="Only what this source gave: complimentary, import, stripe …")
    @_JSON
    def revoke(*, address: str, audience: str, source: str | None, as_json: bool) -> None:
        members, member, now = _find(host, address)
        members.check_audience(audience)
        is_done = members.revoke(member.id, audience, source=source, now=now)
        if as_json:
            click.echo(json.dumps({"address": member.address, "audience": audience, "changed": is_done}))
            return
        click.echo(
            f"{member.address} has {audience} no more" if is_done else f"{member.address} did not have {audience}"
        )

    return revoke


def _make_remove(host: Host) -> click.Command:
    @click.command("remove", help="Forget the member with ADDRESS: their row, their links and their sessions.")
    @click.argument("address")
    @_JSON
    def remove(*, address: str, as_json: bool) -> None:
        members, member, now = _find(host, address)
        if not members.remove(member.id, now=now):
            raise _nobody(address)
        click.echo(json.dumps({"address": address, "removed": True}) if as_json else f"{address} is forgotten")

    return remove


def _find(host: Host, address: str) -> tuple[Members, Member, datetime]:
    from pressframe_members.store import Members

    members = Members(host)
    found = members.find_by_address(address)
    if found is None:
        raise _nobody(address)
    return members, found, datetime.now(UTC)


def _nobody(address: str) -> StoreError:
    return StoreError(f"nobody has subscribed with {address}", fix="see pressframe members list")


def _pages(host: Host, *, text: str, audience: str | None, state: State | None, newest: bool) -> Iterator[Member]:
    """Yield who is looked for, asking for some at a time."""
    from pressframe_members import known_audiences
    from pressframe_members.store import Members

    members, now, after = Members(host), datetime.now(UTC), None
    if audience is not None and audience not in known_audiences(host):
        members.check_audience(audience)
    while True:
        found = members.search(
            text, audience=audience, state=state, now=now, after=after, limit=_PAGE, oldest_first=not newest
        )
        yield from found.members
        after = found.more
        if after is None:
            return


def _print_list(rows: Iterator[Mapping[str, Json]]) -> None:
    """Print one JSON list, however long, a row at a time."""
    before = "["
    for row in rows:
        click.echo(f"{before}{json.dumps(row, ensure_ascii=False)}", nl=False)
        before = ",\n"
    click.echo("[]" if before == "[" else "]")


def _row(member: Member) -> Mapping[str, Json]:
    return {"address": member.address, "state": _state(member), "since": _iso(member.confirmed or member.since)}


def _given(one: Membership, now: datetime) -> dict[str, Json]:
    return {
        "audience": one.audience, "source": one.source, "since": _iso(one.since), "until": _iso(one.until),
        "active": one.is_active(now),
    }  # fmt: skip


def _state(member: Member) -> str:
    return "confirmed" if member.confirmed else "pending"


def _iso(found: datetime | None) -> str | None:
    return None if found is None else found.isoformat(timespec="seconds")
