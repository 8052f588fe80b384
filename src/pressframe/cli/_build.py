"""``pressframe build``: the site as static files."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from pressframe._site import Site
from pressframe.press import Reason, find_press, witnessed

if TYPE_CHECKING:
    from pressframe.model import Report


@click.command("build")
@click.argument("site", default=".", type=click.Path(path_type=Path))
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Where to write; SITE/public if left out.")
@click.option("--drafts", is_flag=True, help="Also build drafts and scheduled entries.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="How many processes; as many as pay if left out.")
@click.option("--explain", is_flag=True, help="List the pages that were rendered, each with the reason.")
@click.option("--profile", is_flag=True, help="Show where the time went, by stage, plugin and hook.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object that tells what was done.")
def command(site: Path, output: Path | None, explain: bool, profile: bool, as_json: bool, **options: Any) -> None:
    """Build the site into static files that any host can serve.

    What was published before stays until the new site is whole.
    """
    clock = find_press().profile() if profile else None
    with witnessed(clock):
        release = Site.open(site).build(output=output, progress=_progress, **options)
    report, reasons = release.report, release.reasons if explain else ()
    for note in report.notes:
        click.echo(f"note: {note}", err=True)
    if as_json:
        import json

        more: dict[str, object] = {"reasons": [one._asdict() for one in reasons]} if explain else {}
        more |= {"profile": clock.rows(report.stages)} if clock else {}
        click.echo(json.dumps(attrs.asdict(report) | more))
        return
    for line in (
        *(_explained(reasons) if explain else ()),
        *(click.style(line, bold=bold or None) for line, bold in (clock.table(report.stages) if clock else ())),
        _summary(report),
    ):
        click.echo(line)


def _summary(report: Report) -> str:
    changes = f"{report.written} written, {report.removed} removed"
    changed = changes if report.written or report.removed else "nothing changed"
    return f"{report.entries} entries, {report.pages} pages: {changed}, in {report.seconds:.2f} s"


def _explained(reasons: Sequence[Reason]) -> Iterator[str]:
    """Yield a line for each page, by address."""
    wide = min(max((len(one.address) for one in reasons), default=0), 60)
    for one in reasons:
        whom = f"for {', '.join(one.audiences)}: " if one.audiences else ""
        yield f"{click.style(f'{one.address:{wide}}', bold=True)}  {whom}{one.why}"
    yield (
        f"{len(reasons)} rendered." if reasons else "Nothing was rendered: nothing that any page asked for has changed."
    )


def _progress(stage: str, done: int, of: int) -> None:
    """Write over one line, on a terminal, while a build takes long; clear it at the end of the stage."""
    if of >= 1000 and sys.stderr.isatty():
        click.echo(f"\r{stage} {done:,}/{of:,}" if done < of else "\r\033[K", nl=False, err=True)
