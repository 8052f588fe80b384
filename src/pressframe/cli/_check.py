"""``pressframe check``: what is wrong with a site, without publishing it."""

from pathlib import Path

import click

from pressframe._site import Site
from pressframe.press import find_press


@click.command("check")
@click.argument("site", default=".", type=click.Path(path_type=Path))
def command(site: Path) -> int:
    """Find what is wrong with a site: settings, plugins, content, templates, links that lead nowhere.

    Publishes nothing. The exit status is 1 if there is anything to mend.
    """
    problems = find_press().check(Site.open(site))
    for problem in problems:
        click.echo(problem)
    click.echo(f"{len(problems)} problem{'s' if len(problems) != 1 else ''}." if problems else "All is well.")
    return 1 if problems else 0
