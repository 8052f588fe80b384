"""The command that brings comments from elsewhere: our own exports, and those of other systems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from pressframe.errors import ContentError, Place
from pressframe.model import Host
from pressframe_comments import _codec as codec
from pressframe_comments._printing import json_text, printable
from pressframe_comments._store import Brought, Record, State, comment_store

_OWN = "pressframe"
_AT_ONCE = 500
_SHOWN = 20


def make_import(host: Host) -> click.Command:
    """Return the command for one site."""
    from pressframe_comments.foreign import SYSTEMS

    @click.command(
        "import",
        help="Bring the comments of FILE into this site; twice does no harm."
        " FILE is what `export` wrote, or what another system exported; which one it tells itself, mostly."
        " Of other systems' comments those are brought whose page has an entry here at the same address.",
    )
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--from", "system", type=click.Choice([_OWN, *SYSTEMS]), help="Who exported it.")
    @click.option(
        "--moved", nargs=2, multiple=True, metavar="OLD NEW", help="A page's address there and here: /a/ /b/."
    )
    @click.option("--dry-run", is_flag=True, help="Say what would be brought, and bring nothing.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object: ids by what became of them.")
    def bring(
        file: Path, system: str | None, moved: Sequence[tuple[str, str]], *, dry_run: bool, as_json: bool
    ) -> None:
        records, left_out = _read(host, file, system, moved=dict(moved))
        if dry_run:
            _report_plan(records, left_out, as_json=as_json)
            return
        store = comment_store(host)
        brought: list[Brought] = []
        for start in range(0, len(records), _AT_ONCE):
            brought += store.bring(records[start : start + _AT_ONCE])
        _report(records, brought, left_out, as_json=as_json)

    return bring


def _anonymous(host: Host) -> str:
    return "Anonyme" if host.settings.language.partition("-")[0] == "fr" else "Anonymous"


def _read(host: Host, file: Path, system: str | None, *, moved: Mapping[str, str]) -> tuple[list[Record], Counter[str]]:
    """Return the comments that *file* holds, and how many cannot be brought for which reason."""
    from pressframe_comments.foreign import detect, read
    from pressframe_comments.foreign._bringing import Bringing

    system = system or detect(file) or _OWN
    if system != _OWN:
        bringing = Bringing(system=system, find=_finder(host), moved=moved, anonymous=_anonymous(host))
        return bringing.records(read(file, system))
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"cannot be read: {error}", at=Place(str(file))) from error
    return codec.read(text, str(file)), Counter()


def _finder(host: Host) -> Callable[[str], str | None]:
    """Return what finds the entry at an address of the site as it is now."""
    from pressframe import Site

    view = Site.open(host.folder).build().view()

    def find(address: str) -> str | None:
        page = view.page(address)
        return None if page is None else page.subject

    return find


def _report(records: Sequence[Record], brought: Sequence[Brought], left_out: Counter[str], *, as_json: bool) -> None:
    pairs = list(zip((record.filed.comment.id for record in records), brought, strict=True))
    if as_json:
        ids = {what.name.lower(): [id for id, became in pairs if became is what] for what in Brought}
        click.echo(json_text({**ids, "left_out": left_out}, indent=None))
        return
    counts = Counter(brought)
    refused = counts[Brought.TAKEN] + counts[Brought.ERASED]
    click.echo(f"{counts[Brought.NEW]} new, {counts[Brought.KNOWN]} known, {refused + left_out.total()} left out")
    for id, what in pairs:
        if what in (Brought.TAKEN, Brought.ERASED):
            click.echo(f"  {id}: {what.value}")
    _tell_left_out(left_out)
    new = [record.filed.state for record, what in zip(records, brought, strict=True) if what is Brought.NEW]
    waiting = new.count(State.PENDING)
    if waiting:
        click.echo(f"  {waiting} of those that are new must be approved: `pressframe comments list` shows them")


def _report_plan(records: Sequence[Record], left_out: Counter[str], *, as_json: bool) -> None:
    entries = Counter(record.filed.comment.entry for record in records)
    if as_json:
        click.echo(json_text({"entries": entries, "left_out": left_out}, indent=None))
        return
    click.echo(f"{len(records)} would be brought, unless they are here; {left_out.total()} would be left out")
    for entry, count in sorted(entries.items()):
        click.echo(f"  {entry}: {count}")
    _tell_left_out(left_out)


def _tell_left_out(left_out: Counter[str]) -> None:
    from pressframe_comments.foreign._model import NO_ENTRY

    for why, count in left_out.most_common(_SHOWN):
        click.echo(f"  {count} left out: {printable(why)}")
    if len(left_out) > _SHOWN:
        click.echo(f"  … and for {len(left_out) - _SHOWN} other reasons: --json has them all")
    if any(why.startswith(NO_ENTRY) for why in left_out):
        click.echo("  Where a page has moved, say so, as often as needed: --moved /old/ /new/")
