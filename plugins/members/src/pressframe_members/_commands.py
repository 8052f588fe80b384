"""``pressframe members``: who has subscribed, and how to forget somebody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pressframe.errors import StoreError
from pressframe.model import Host

if TYPE_CHECKING:
    from pressframe_members.model import Member
    from pressframe_members.store import Members


def make_members_command(host: Host) -> click.Group:
    """Return the command ``members`` for one site."""
    group = click.Group("members", help="Show the site's subscribers, or forget one.")
    group.add_command(_make_list(host))
    group.add_command(_make_remove(host))
    return group


def _make_list(host: Host) -> click.Command:
    @click.command("list", help="Print each member's address, state (confirmed or pending) and date, oldest first.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
    def show(*, as_json: bool) -> None:
        from pressframe_members.store import Members

        rows = [
            {
                "address": member.address,
                "state": "confirmed" if member.confirmed else "pending",
                "since": (member.confirmed or member.since).isoformat(timespec="seconds"),
            }
            for member in _all(Members(host))
        ]
        if as_json:
            click.echo(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            click.echo(f"{row['since']}  {row['state']:<9}  {row['address']}")
        if not rows:
            click.echo("nobody has subscribed yet")

    return show


def _make_remove(host: Host) -> click.Command:
    @click.command("remove", help="Forget the member with ADDRESS: their row, their links and their sessions.")
    @click.argument("address")
    def remove(address: str) -> None:
        from pressframe_members.store import Members

        members = Members(host)
        found = members.find_by_address(address)
        if found is None or not members.remove(found.id, now=datetime.now(UTC)):
            raise StoreError(f"nobody has subscribed with {address}", fix="see pressframe members list")
        click.echo(f"{address} is forgotten")

    return remove


def _all(members: Members) -> Iterator[Member]:
    """Yield everybody, oldest first."""
    found, pages = members.search(now=datetime.now(UTC), limit=1000), []
    while True:
        pages.append(found.members)
        if found.more is None:
            break
        found = members.search(now=datetime.now(UTC), after=found.more, limit=1000)
    for page in reversed(pages):
        yield from reversed(page)
