"""``pressframe members``: who has subscribed, and how to forget somebody."""

from __future__ import annotations

import json

import click

from pressframe.errors import StoreError
from pressframe.model import Host


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
        from pressframe_members._store import MemberStore

        rows = [
            {
                "address": member.address,
                "state": "confirmed" if member.confirmed else "pending",
                "since": (member.confirmed or member.since).isoformat(timespec="seconds"),
            }
            for member in MemberStore(host).all()
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
        from pressframe_members._store import MemberStore
        from pressframe_web.addresses import read_address

        found = read_address(address)
        if found is None or not MemberStore(host).remove(folded=found.folded):
            raise StoreError(f"nobody has subscribed with {address}", fix="see pressframe members list")
        click.echo(f"{address} is forgotten")

    return remove
