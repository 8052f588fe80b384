"""``pressframe explain``: how an address came about."""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from shutil import get_terminal_size

import click

from pressframe._site import Site
from pressframe.press import Explanation

_FOLDER = click.Path(path_type=Path)


@click.command("explain")
@click.argument("url")
@click.argument("site", default=".", type=_FOLDER)
@click.option("--output", "-o", type=_FOLDER, help="The folder that was built; SITE/public if left out.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with everything that is cut short otherwise.")
def command(url: str, site: Path, output: Path | None, as_json: bool) -> None:
    """Tell how an address came about: its entry, templates and plugins, what it asked for, why it was made again.

    URL is an address of the site, a whole URL, or the source file of an entry. Nothing is built: the last build
    remembers.
    """
    found = Site.open(site).explain(url, output=output)
    if as_json:
        click.echo(json.dumps({"address": found.address, "summary": found.summary, **found.facts}))
        return
    click.echo("\n".join(_lines(found, min(get_terminal_size().columns, 120))))


def _lines(found: Explanation, width: int) -> Iterator[str]:
    yield f"{click.style(found.address, bold=True)}  {found.summary}"
    for heading, lines in found.parts.items():
        yield f"\n{click.style(heading, bold=True)}"
        column, before = max(len(label) for label, _ in lines), None
        for label, text in lines:
            first = f"  {label if label != before else '':{column}}  " if column else "  "
            before = label
            yield textwrap.fill(
                text, width, initial_indent=first, subsequent_indent=" " * len(first),
                break_long_words=False, break_on_hyphens=False,
            )  # fmt: skip
