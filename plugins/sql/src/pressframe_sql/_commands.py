"""``pressframe db``: upgrade, check and copy the database."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import click

from pressframe.model import Host
from pressframe_sql._plugin import database


def make_db_command(host: Host) -> click.Group:
    """Return the command ``db`` for one site."""
    group = click.Group("db", help="Upgrade, check and copy the site's database.")
    group.add_command(_make_upgrade(host))
    group.add_command(_make_check(host))
    group.add_command(_make_backup(host))
    return group


def _make_upgrade(host: Host) -> click.Command:
    @click.command("upgrade", help="Create the database, or bring its tables up to date; older ones are copied first.")
    def upgrade() -> None:
        for chain in database(host).upgrade():
            done = f"{chain.now or 'nothing'} -> {chain.newest}" if chain.missing else f"{chain.newest}, up to date"
            click.echo(f"{chain.plugin}: {done}")

    return upgrade


def _make_check(host: Host) -> click.Command:
    @click.command("check", help="Look for damage, tables of another version, and jobs that failed; change nothing.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    def check(*, as_json: bool) -> None:
        findings = database(host).check()
        if findings is None:
            click.echo("{}" if as_json else "there is no database yet; `pressframe db upgrade` creates it")
            return
        if as_json:
            click.echo(json.dumps(attrs.asdict(findings), ensure_ascii=False))
        else:
            for plugin, revision in findings.revisions.items():
                click.echo(f"{plugin}: {revision}")
            click.echo(f"jobs: {findings.waiting} waiting, {len(findings.aside)} set aside")
            for line in findings.aside:
                click.echo(f"  {line}")
            click.echo("damage:" if findings.problems else "damage: none found")
            for line in findings.problems:
                click.echo(f"  {line}")
        if findings.problems:
            raise click.exceptions.Exit(1)

    return check


def _make_backup(host: Host) -> click.Command:
    @click.command("backup", help="Copy the database to FILE (default: beside it, with the time in its name).")
    @click.argument("file", type=click.Path(path_type=Path), required=False)
    def backup(file: Path | None) -> None:
        click.echo(str(database(host).backup(file)))

    return backup
