"""The commands that take comments along: export, import, archive, and what is kept of one person."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from pressframe.errors import StoreError
from pressframe.model import Host
from pressframe_comments import _codec as codec
from pressframe_comments._commands_import import make_import
from pressframe_comments._printing import comments, json_text, make_sure
from pressframe_comments._store import Search, State, comment_store
from pressframe_sql import erase_personal_data, find_personal_data

if TYPE_CHECKING:
    from pressframe_comments._archiving import Archiver

_AT_ONCE = 500
_NOT_LOOKED_INTO = """Not looked into:
  archived conversations   comments that `archive` put there are emptied; others tell no address, but names and texts
  backups and exports      old ones hold all
  outbox/                  mails that were not sent, where there is no mail server"""


def make_data(host: Host) -> Iterator[click.Command]:
    """Yield the commands for one site."""
    yield _make_export(host)
    yield make_import(host)
    yield _make_archive(host)
    yield _make_export_person(host)
    yield _make_erase_person(host)


def _make_export(host: Host) -> click.Command:
    @click.command("export", help="Write every comment, with all that is known of it, to FILE; - is standard output.")
    @click.argument("file", type=click.Path(allow_dash=True, dir_okay=False))
    @click.option("--csv", "as_csv", is_flag=True, help="As a table for spreadsheets, which `import` does not read.")
    def export(file: str, *, as_csv: bool) -> None:
        records = comment_store(host).records(Search(oldest_first=True))
        count = 0
        os.umask(0o077)  # it holds addresses
        try:
            target = click.open_file(file, "w", encoding="utf-8", atomic=file != "-")
        except OSError as error:
            message = f"{file} cannot be written: {error.strerror}"
            raise StoreError(message, fix="name a file in a folder that is there") from error
        with target as opened:
            if as_csv:
                table = csv.writer(opened)
                table.writerow(_COLUMNS)
                for record in records:
                    known = codec.to_json(record.filed)
                    table.writerow([_safe(known[name]) for name in _COLUMNS])
                    count += 1
            else:
                for line in codec.lines_of(records):
                    opened.write(f"{line}\n")
                    count += 1
                count -= 2
        click.echo(f"{comments(count)} exported", err=True)

    return export


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a formula begins with; in wide letters, too, which some programs take for the narrow ones."""
_COLUMNS = ("id", "state", "received", "entry", "parent", "kind", "author", "email", "url", "client", "body")


def _safe(value: object) -> str:
    """Return *value* so that no spreadsheet takes it for a formula (CVE-2024-34448 and its like)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ")[:1] in _FORMULA else text


def _make_archive(host: Host) -> click.Command:
    @click.command("archive", help="Move the shown comments of ENTRY from the database into a file beside the content.")
    @click.argument("entry", required=False)
    @click.option(
        "--older-than", type=click.IntRange(0), metavar="DAYS", help="Of all entries on which nothing came since."
    )
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object: how many, by entry.")
    def archive(entry: str | None, older_than: int | None, *, as_json: bool) -> None:
        if (entry is None) == (older_than is None):
            raise click.UsageError("name one entry, or say --older-than")
        archiver = _archiver(host)
        entries = [entry] if entry is not None else _quiet(host, timedelta(days=older_than or 0))
        done = {one: archiver.archive(one) for one in entries}
        if as_json:
            click.echo(json.dumps(done, ensure_ascii=False))
            return
        if not sum(done.values()):
            click.echo(f"no shown comments of {entry} are in the database" if entry else "there was nothing to archive")
        for one, count in done.items():
            if count:
                click.echo(f"{one}: {comments(count)} archived")

    return archive


def _archiver(host: Host) -> Archiver:
    from pressframe_comments._archiving import Archiver
    from pressframe_comments._plugin import Comments

    return Archiver(host, comment_store(host), host.folder / host.plugin(Comments).archive)


def _quiet(host: Host, age: timedelta) -> list[str]:
    """Return the entries whose last shown comment is older than *age*."""
    before = datetime.now(UTC) - age
    last: dict[str, datetime] = {}
    for record in comment_store(host).records(Search(state=State.APPROVED, oldest_first=True)):
        last[record.filed.comment.entry] = record.filed.comment.received
    return sorted(entry for entry, received in last.items() if received < before)


def _make_export_person(host: Host) -> click.Command:
    @click.command("export-person", help="Print all that plugins keep of the mail ADDRESS, as one JSON object.")
    @click.argument("address")
    def export_person(address: str) -> None:
        _check_address(address)
        archived = [one for file in _archiver(host).of_person(address).values() for one in file.values()]
        texts = [{"id": one.id, "author": one.author, "url": one.url, "body": one.body} for one in archived]
        click.echo(json_text({**find_personal_data(host, address), **({"archived comments": texts} if texts else {})}))

    return export_person


def _make_erase_person(host: Host) -> click.Command:
    @click.command("erase-person", help="Delete all that plugins keep of the mail ADDRESS. Nothing brings it back.")
    @click.argument("address")
    @click.option("--yes", is_flag=True, help="Do it without asking.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object: how many things, by what they were.")
    def erase_person(address: str, *, yes: bool, as_json: bool) -> None:
        _check_address(address)
        if not yes:
            make_sure(f"Delete all that is kept of {address}?")
        archived = _archiver(host).erase_person(address)  # first: what fails here is said before anything is gone
        erased = {**erase_personal_data(host, address), **({"archived comments": archived} if archived else {})}
        click.echo(json.dumps(erased) if as_json else _told(erased))
        if not as_json:
            click.echo(_NOT_LOOKED_INTO)

    return erase_person


def _check_address(address: str) -> None:
    if "@" not in address.strip():
        raise StoreError(f"{address!r} is no mail address")


def _told(erased: Mapping[str, int]) -> str:
    return "erased: " + ", ".join(f"{count} {name}" for name, count in erased.items())
