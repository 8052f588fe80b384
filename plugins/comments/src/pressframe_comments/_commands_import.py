"""The command that brings comments from elsewhere: our own exports, and those of other systems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

import attrs
import click

from pressframe.errors import ContentError, Place
from pressframe.model import Host, Live
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
    @click.option(
        "--author",
        "authors",
        multiple=True,
        metavar="WHO[=SLUG]",
        help="Whose comments the author of an entry wrote: the account there, or its address."
        " With SLUG, the last part of /author/SLUG/, under the entries which that author signs; else under all.",
    )
    @click.option("--dry-run", is_flag=True, help="Say what would be brought, and bring nothing.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object: ids by what became of them.")
    def bring(
        file: Path, system: str | None, moved: Sequence[tuple[str, str]], authors: Sequence[str], **how: bool
    ) -> None:
        dry_run, as_json = how["dry_run"], how["as_json"]
        records, left_out = _read(host, file, system, _Told(moved=dict(moved), authors=_by_sign(authors)))
        if dry_run:
            _report_plan(records, left_out, as_json=as_json)
            return
        store = comment_store(host)
        brought: list[Brought] = []
        for start in range(0, len(records), _AT_ONCE):
            brought += store.bring(records[start : start + _AT_ONCE])
        _report(records, brought, left_out, as_json=as_json)

    return bring


@attrs.frozen(kw_only=True)
class _Told:
    """What the owner says of an export: where pages have moved, and which author here signs how there."""

    moved: Mapping[str, str]
    authors: Mapping[str, str]


def _by_sign(authors: Sequence[str]) -> dict[str, str]:
    """Return slugs by what signs their comments there; the slug is empty for the author of every entry."""
    parts = [one.partition("=") for one in authors]
    return {sign.strip().lower(): slug.strip() for sign, _, slug in parts}


def _anonymous(host: Host) -> str:
    return "Anonyme" if host.settings.language.partition("-")[0] == "fr" else "Anonymous"


def _read(host: Host, file: Path, system: str | None, told: _Told) -> tuple[list[Record], Counter[str]]:
    """Return the comments that *file* holds, and how many cannot be brought for which reason."""
    from pressframe_comments.foreign import detect, read
    from pressframe_comments.foreign._bringing import Bringing

    system = system or detect(file) or _OWN
    if system != _OWN:
        view = _view(host)
        _check_slugs(view, told.authors.values())
        bringing = Bringing(
            system=system, find=partial(_find, view), moved=told.moved, anonymous=_anonymous(host),
            authors=told.authors, signers=partial(_signers, view),
        )  # fmt: skip
        return bringing.records(read(file, system))
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"cannot be read: {error}", at=Place(str(file))) from error
    return codec.read(text, str(file)), Counter()


def _view(host: Host) -> Live:
    """Return the site as it is now."""
    from pressframe import Site

    return Site.open(host.folder).build().view()


def _find(view: Live, address: str) -> str | None:
    page = view.page(address)
    return None if page is None else page.subject


def _signers(view: Live, entry: str) -> frozenset[str]:
    card = view.card(entry)
    return frozenset(author.slug for author in card.authors) if card else frozenset()


def _check_slugs(view: Live, slugs: Iterable[str]) -> None:
    known = {group.slug for group in view.groups("author")}
    for slug in filter(None, slugs):
        if slug not in known:
            there = ", ".join(sorted(known)) or "no post names an author"
            raise click.BadParameter(f'"{slug}" signs no post here; who does: {there}', param_hint="--author")


def _report(records: Sequence[Record], brought: Sequence[Brought], left_out: Counter[str], *, as_json: bool) -> None:
    new = [record for record, what in zip(records, brought, strict=True) if what is Brought.NEW]
    pairs = list(zip((record.filed.comment.id for record in records), brought, strict=True))
    if as_json:
        ids = {what.name.lower(): [id for id, became in pairs if became is what] for what in Brought}
        click.echo(json_text({**ids, "by_author": _by_author(new), "left_out": left_out}, indent=None))
        return
    counts = Counter(brought)
    refused = counts[Brought.TAKEN] + counts[Brought.ERASED]
    click.echo(f"{counts[Brought.NEW]} new, {counts[Brought.KNOWN]} known, {refused + left_out.total()} left out")
    _tell_authors(new, "of those that are new")
    for id, what in pairs:
        if what in (Brought.TAKEN, Brought.ERASED):
            click.echo(f"  {id}: {what.value}")
    _tell_left_out(left_out)
    waiting = sum(record.filed.state is State.PENDING for record in new)
    if waiting:
        click.echo(f"  {waiting} of those that are new must be approved: `pressframe comments list` shows them")


def _report_plan(records: Sequence[Record], left_out: Counter[str], *, as_json: bool) -> None:
    entries = Counter(record.filed.comment.entry for record in records)
    if as_json:
        click.echo(json_text({"entries": entries, "by_author": _by_author(records), "left_out": left_out}, indent=None))
        return
    click.echo(f"{len(records)} would be brought, unless they are here; {left_out.total()} would be left out")
    for entry, count in sorted(entries.items()):
        click.echo(f"  {entry}: {count}")
    _tell_authors(records, "of them")
    _tell_left_out(left_out)


def _by_author(records: Iterable[Record]) -> list[str]:
    return [record.filed.comment.id for record in records if record.filed.comment.by_author]


def _tell_authors(records: Iterable[Record], whose: str) -> None:
    if count := len(_by_author(records)):
        click.echo(f"  {count} {whose}: by an author of their entry, and marked so")


def _tell_left_out(left_out: Counter[str]) -> None:
    from pressframe_comments.foreign._model import NO_ENTRY

    for why, count in left_out.most_common(_SHOWN):
        click.echo(f"  {count} left out: {printable(why)}")
    if len(left_out) > _SHOWN:
        click.echo(f"  … and for {len(left_out) - _SHOWN} other reasons: --json has them all")
    if any(why.startswith(NO_ENTRY) for why in left_out):
        click.echo("  Where a page has moved, say so, as often as needed: --moved /old/ /new/")
