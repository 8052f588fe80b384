"""``pressframe plugins``: what is enabled, from where, with which settings."""

import json
from pathlib import Path

import attrs
import click

from pressframe._site import Site


@click.command("plugins")
@click.argument("site", default=".", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(site: Path, as_json: bool) -> None:
    """List the plugins enabled in a site: where each is from, its hooks, its settings with their values."""
    plugins = Site.open(site).plugins.values()
    if as_json:
        names = ("name", "origin", "hooks", "settings")
        rows = [(found.name, found.origin, found.hooks(), _settings(plugin)) for found, plugin in plugins]
        click.echo(json.dumps([dict(zip(names, row, strict=True)) for row in rows]))
        return
    for found, plugin in plugins:
        click.secho(found.name, bold=True, nl=False)
        click.echo(f"  {found.origin}\n  hooks     {', '.join(found.hooks()) or 'none'}")
        for key, value in _settings(plugin).items():
            click.echo(f"  {key} = {value}")
    if not plugins:
        click.echo("No plugin is enabled: [site] plugins in pressframe.toml lists them.")


def _settings(plugin: attrs.AttrsInstance) -> dict[str, str]:
    """Return the settings as text; those that attrs keeps out of the repr are secrets."""
    fields = [field for field in attrs.fields(type(plugin)) if field.init]
    return {field.name: str(getattr(plugin, field.name)) if field.repr else "(secret)" for field in fields}
