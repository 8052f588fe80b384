"""``pressframe members import`` and ``export``."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from pressframe.errors import StoreError
from pressframe.model import Host
from pressframe_members._commands import reader_of_ends

if TYPE_CHECKING:
    from pressframe_members.transfer import LeftOut, Report

WHY: Mapping[str, str] = {
    "no-address": "it has no address",
    "bad-address": "nobody can be written to at this address",
    "unsubscribed": "they unsubscribed, or want no mail",
    "bounced": "mail to them came back",
    "unconfirmed": "they never confirmed the address",
    "cells": "it has more cells than the header",
    "date": "a date in it cannot be read",
    "twice": "an earlier line has the same address",
    "removed": "they are deleted there",
}
"""Each reason in words."""


def make_import(host: Host) -> click.Command:
    """Return ``members import``."""

    @click.command(
        "import",
        help="Take in the people in FILE, a CSV list of Substack, Mailchimp, Ghost, pressframe, or one with addresses"
        " and names; - for standard input. Who unsubscribed there is left out. Nobody is mailed without --ask.",
    )
    @click.argument("file")
    @click.option("--dry-run", is_flag=True, help="Change nothing; say what would be done.")
    @click.option("--confirmed", is_flag=True, help="Each of them agreed to be written to: you answer for that.")
    @click.option("--ask", is_flag=True, help="Take in who has not confirmed, too, and mail them the question.")
    @click.option("--paid-as", help="The audience of who pays there; paid if the site has it and this is left out.")
    @click.option(
        "--until",
        type=reader_of_ends(host),
        metavar="DATE",
        help="The last day of what they paid, where the list tells none.",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    def run(  # noqa: PLR0913 - click's form
        *, file: str, dry_run: bool, confirmed: bool, ask: bool, paid_as: str | None, until: datetime | None,
        as_json: bool,
    ) -> None:  # fmt: skip
        from pressframe_members.transfer import Terms, import_members

        terms = Terms(confirmed=confirmed, ask=ask, paid_as=paid_as, until=until, dry=dry_run)
        with _opened(file) as (opened, name):
            report = import_members(
                host, opened, name, terms=terms, now=datetime.now(UTC), told=None if as_json else _tell
            )
        if as_json:
            click.echo(json.dumps(_told(report, is_dry=dry_run), ensure_ascii=False))
            return
        for line in _sentences(report, is_dry=dry_run):
            click.echo(line)

    return run


def _tell(one: LeftOut) -> None:
    click.echo(f"line {one.line}: left out, {WHY[one.why]}")


def _told(report: Report, *, is_dry: bool) -> Mapping[str, object]:
    names = ("format", "new", "known", "asked", "granted", "without", "left_out")
    lines = [{"line": one.line, "why": one.why} for one in report.lines]
    return {"dry_run": is_dry, **{name: getattr(report, name) for name in names}, "lines": lines}


def _sentences(report: Report, *, is_dry: bool) -> Iterator[str]:
    left = sum(report.left_out.values())
    head = "nothing was changed; there would be " if is_dry else ""
    yield f"{head}{report.new} new, {report.known} known before, {left} left out ({report.format} list)"
    if report.asked:
        yield f"{report.asked} {'would be' if is_dry else 'are'} mailed the question"
    if report.granted:
        yield f"{report.granted} {'would get' if is_dry else 'got'} an audience"
    if report.without:
        yield f"{report.without} pay there and get no audience here: name it with --paid-as, and its end with --until"


@contextmanager
def _opened(file: str) -> Iterator[tuple[BinaryIO, str]]:
    """Open a file that can be read twice.

    Raises:
        StoreError: It cannot be opened.
    """
    if file == "-":
        with tempfile.TemporaryFile() as kept:
            shutil.copyfileobj(sys.stdin.buffer, kept)
            yield kept, "standard input"
        return
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(Path(file).open("rb"))
        except OSError as error:
            raise StoreError(f"{file} cannot be read: {error.strerror}", fix="name a CSV file") from error
        yield opened, file


def make_export(host: Host) -> click.Command:
    """Return ``members export``."""

    @click.command(
        "export",
        help="Write all members as a CSV list that spreadsheets open safely, to FILE; none or - for the screen.",
    )
    @click.argument("file", required=False)
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object that tells how many; needs FILE.")
    def run(*, file: str | None, as_json: bool) -> None:
        from pressframe_members.transfer import export_members

        if file in (None, "-"):
            if as_json:
                raise click.UsageError("--json needs a FILE: the list itself goes to the screen")
            for piece in export_members(host):
                click.echo(piece.encode(), nl=False)
            return
        number = _write(host, file)
        click.echo(json.dumps({"file": file, "members": number}) if as_json else f"{number} members are in {file}")

    return run


def _write(host: Host, file: str) -> int:
    """Write the list into a new file that only its owner may read, whole or not at all; return how many are in it.

    Raises:
        StoreError: There is such a file, or it cannot be written.
    """
    from pressframe_members.transfer import export_members

    target, lines = Path(file), 0
    try:
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        with ExitStack() as undo:
            beside, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
            undo.callback(Path(name).unlink, missing_ok=True)
            with open(beside, "w", encoding="utf-8", newline="") as out:  # noqa: PTH123 - a descriptor
                for piece in export_members(host):
                    out.write(piece)
                    lines += piece.count("\r\n")
            Path(name).rename(target)
    except OSError as error:
        fix = "name a new file" if error.errno == errno.EEXIST else "make room, or name a file elsewhere"
        raise StoreError(f"{file} cannot be written: {error.strerror}", fix=fix) from error
    return lines - 1
