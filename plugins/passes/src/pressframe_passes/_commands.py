"""``pressframe passes``: gift links and preview links, made, listed and revoked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from pressframe.model import Entry, Host

if TYPE_CHECKING:
    from pressframe_passes._plugin import Passes
    from pressframe_passes._store import Link


def make_passes_command(host: Host, passes: Passes) -> click.Group:
    """Return the command ``passes`` for one site."""
    group = click.Group("passes", help="Make, list and revoke links that open an entry: gifts, previews of drafts.")
    for command in (_make_gift(host, passes), _make_preview(host, passes), _make_list(host), _make_revoke(host)):
        group.add_command(command)
    return group


def _now() -> datetime:
    return datetime.now(UTC)


def _entry(host: Host, named: str) -> Entry:
    from pressframe_passes._drafts import find_entry
    from pressframe_passes._store import UnfitError

    found = find_entry(host, named)
    if found is None:
        raise UnfitError(f"there is no entry {named}", fix="give its file, its id or its address")
    return found


def _print(host: Host, link: Link) -> None:
    from pressframe_passes._store import LinkStore

    click.echo(f"{host.settings.url}{LinkStore(host).address(link)}")


def _make_gift(host: Host, passes: Passes) -> click.Command:
    @click.command("gift", help="Print a new link that opens ENTRY, its file, id or address, whatever closes it.")
    @click.argument("entry")
    @click.option("--readers", type=click.IntRange(1, 10_000), help="Browsers that may take it; else the setting's.")
    @click.option("--days", type=click.IntRange(1, 365), help="How long it is good; the setting's if left out.")
    def gift(*, entry: str, readers: int | None, days: int | None) -> None:
        from pressframe_passes._make import make_gift

        lasting = passes.gift_for if days is None else timedelta(days=days)
        most = readers or passes.gift_readers
        _print(host, make_gift(host, _entry(host, entry), _now(), readers=most, lasting=lasting))

    return gift


def _make_preview(host: Host, passes: Passes) -> click.Command:
    @click.command("preview", help="Print a new link that shows the draft ENTRY, its file or id, to whoever has it.")
    @click.argument("entry")
    @click.option("--days", type=click.IntRange(1, 365), help="How long it is good; the setting's if left out.")
    def preview(*, entry: str, days: int | None) -> None:
        from pressframe_passes._make import make_preview

        lasting = passes.preview_for if days is None else timedelta(days=days)
        _print(host, make_preview(host, _entry(host, entry), _now(), lasting=lasting))

    return preview


def _make_list(host: Host) -> click.Command:
    @click.command("list", help="Print each link's id, kind, state, end, use and entry, newest first.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
    def show(*, as_json: bool) -> None:
        from pressframe_passes._store import LinkStore

        now = _now()
        rows = [
            {
                "id": link.id,
                "kind": link.kind,
                "state": link.state(now),
                "expires": link.expires.isoformat(timespec="seconds"),
                "used": link.used,
                "most": link.most,
                "entry": link.entry,
            }
            for link in LinkStore(host).all()
        ]
        if as_json:
            click.echo(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            used = f"{row['used']} of {row['most']}" if row["kind"] == "gift" else ""
            click.echo(
                f"{row['id']}  {row['kind']:<7}  {row['state']:<7}  {row['expires']}  {used:<10}  {row['entry']}"
            )
        if not rows:
            click.echo("no link has been made yet")

    return show


def _make_revoke(host: Host) -> click.Command:
    @click.command("revoke", help="End the link with ID, as the list prints it: it opens nothing any more.")
    @click.argument("id")
    def revoke(*, id: str) -> None:
        from pressframe_passes._store import LinkStore

        link = LinkStore(host).revoke(id, _now())
        click.echo(f"the {link.kind} link to {link.entry} opens nothing any more")

    return revoke
