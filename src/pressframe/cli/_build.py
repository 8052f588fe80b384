"""``pressframe build``: the site as static files."""

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
    progress = _Progress()
    release = Site.open(site).build(output=output, drafts=drafts, progress=progress)
    progress.clear()
    for note in release.report.notes:
        click.echo(f"note: {note}", err=True)
    if as_json:
        click.echo(json.dumps(attrs.asdict(release.report)))
    else:
        click.echo(summary(release.report))


def summary(report: Report) -> str:
    """Return what a build did, in one line."""
    changed = (
        f"{report.written} written, {report.removed} removed" if report.written or report.removed else "nothing changed"
    )
    return f"{report.entries} entries, {report.pages} pages: {changed}, in {report.seconds:.2f} s"


class _Progress:
    """One line that is written over, on a terminal, once a build takes long."""

    def __init__(self) -> None:
        self._shown = False
        self._terminal = sys.stderr.isatty()

    def __call__(self, stage: str, done: int, of: int) -> None:
        if self._terminal and of >= 1000:
            self._shown = True
            click.echo(f"\r{stage} {done:,}/{of:,}", nl=False, err=True)

    def clear(self) -> None:
        if self._shown:
            click.echo("\r\033[K", nl=False, err=True)
