"""``pressframe plugins``: what is enabled, from where, with which settings."""

import json
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import attrs
import click

from pressframe._config import _UNITS
from pressframe._site import Site

_SECRET = "(secret)"


@click.command("plugins")
@click.argument("site", default=".", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(site: Path, as_json: bool) -> None:
    """List the plugins enabled in a site: where each is from, its hooks, its settings with their values."""
    plugins = Site.open(site).plugins.values()
    if as_json:
        names = ("name", "origin", "hooks", "settings")
        rows = [(found.name, str(found.origin), found.hooks(), _settings(plugin)) for found, plugin in plugins]
        click.echo(json.dumps([dict(zip(names, row, strict=True)) for row in rows]))
        return
    for found, plugin in plugins:
        click.secho(found.name, bold=True, nl=False)
        click.echo(f"  {found.origin}\n  hooks     {', '.join(found.hooks()) or 'none'}")
        for key, value in _settings(plugin).items():
            click.echo(f"  {key} = {_shown(value)}")
    if not plugins:
        click.echo("No plugin is enabled: [site] plugins in pressframe.toml lists them.")


def _settings(plugin: attrs.AttrsInstance) -> dict[str, object]:
    """Return the settings as JSON knows them; those that attrs keeps out of the repr, or changes there, are secrets."""
    settings = {}
    for field in attrs.fields(type(plugin)):
        if field.init:
            value = getattr(plugin, field.name)
            shown = field.repr(value) if callable(field.repr) else _plain(value)
            settings[field.name] = shown if field.repr else _SECRET
    return settings


def _plain(value: Any) -> object:
    if attrs.has(type(value)):
        return _settings(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | frozenset):
        return [_plain(one) for one in (value if isinstance(value, tuple) else sorted(value, key=str))]
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        unit = next((unit for unit, size in reversed(_UNITS.items()) if seconds % size == 0), "second")
        return f"{seconds / _UNITS[unit]:g} {unit}{'s' * (seconds != _UNITS[unit])}"
    if isinstance(value, Enum):
        return _plain(value.value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _shown(value: object) -> str:
    """Return a setting much as the settings file would write it."""
    return "not set" if value is None else _SECRET if value == _SECRET else json.dumps(value, ensure_ascii=False)
