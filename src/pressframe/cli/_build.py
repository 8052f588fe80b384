"""``pressframe build``: the site as static files."""

import atexit
import gc
import json
import sys
from pathlib import Path

import attrs
import click

from pressframe._site import Site
from pressframe.model import Report


@click.command("build")
@click.argument("site", default=".", type=click.Path(path_type=Path))
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Where to write; SITE/public if left out.")
@click.option("--drafts", is_flag=True, help="Also build drafts and scheduled entries.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object that tells what was done.")
def command(site: Path, output: Path | None, drafts: bool, as_json: bool) -> None:
    """Build the site into static files that any host can serve.

    What was published before stays until the new site is whole.
    """
    atexit.register(gc.freeze)  # at the end there is no use in looking for what nobody needs any more
    report = Site.open(site).build(output=output, drafts=drafts, progress=_progress).report
    for note in report.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(json.dumps(attrs.asdict(report)) if as_json else _summary(report))


def _summary(report: Report) -> str:
    changes = f"{report.written} written, {report.removed} removed"
    changed = changes if report.written or report.removed else "nothing changed"
    return f"{report.entries} entries, {report.pages} pages: {changed}, in {report.seconds:.2f} s"


def _progress(stage: str, done: int, of: int) -> None:
    """Write over one line, on a terminal, while a build takes long; clear it at the end of the stage."""
    if of >= 1000 and sys.stderr.isatty():
        click.echo(f"\r{stage} {done:,}/{of:,}" if done < of else "\r\033[K", nl=False, err=True)
