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
    opened = Site.open(site)
    rows = [
        {"name": name, "origin": plugin.origin, "hooks": plugin.hooks(), "settings": _settings(instance)}
        for name, (plugin, instance) in opened.plugins.items()
    ]
    if as_json:
        click.echo(json.dumps(rows, default=str))
        return
    if not rows:
        click.echo("No plugin is enabled: [site] plugins in pressframe.toml lists them.")
    for row in rows:
        click.secho(str(row["name"]), bold=True, nl=False)
        click.echo(f"  {row['origin']}")
        click.echo(f"  hooks     {', '.join(row['hooks']) or 'none'}")
        for key, value in _settings(opened.plugins[str(row["name"])][1]).items():
            click.echo(f"  {key} = {value}")


def _settings(instance: attrs.AttrsInstance) -> dict[str, str]:
    """Return the settings as text; those that attrs keeps out of the repr are secrets."""
    fields = [field for field in attrs.fields(type(instance)) if field.init]
    return {field.name: str(getattr(instance, field.name)) if field.repr else "(secret)" for field in fields}
