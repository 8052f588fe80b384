"""``pressframe hooks``: the contract, and who implements it."""

import inspect
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from pressframe._plugins import BUNDLED, Plugin, installed, known_hooks
from pressframe._site import Site
from pressframe.errors import PluginError, did_you_mean

_FOLDER = click.Path(path_type=Path)


@click.command("hooks")
@click.argument("name", required=False)
@click.option("--site", "folder", metavar="DIR", type=_FOLDER, help="Also say who implements them there, in order.")
def command(name: str | None, folder: Path | None) -> None:
    """List what plugins can do; with NAME, the whole contract of one hook."""
    if folder is None and Path("pressframe.toml").is_file():
        folder = Path()
    site = Site.open(folder) if folder is not None else None
    hooks = known_hooks(plugin for plugin, _ in site.plugins.values()) if site else known_hooks(_bundled())
    if name is not None and name not in hooks:
        raise PluginError(f"{name} is no hook", fix=did_you_mean(name, hooks) or "pressframe hooks lists all")
    for hook, spec in [(name, hooks[name])] if name else hooks.items():
        implementers = site.hooks.implementers(hook) if site else ()
        if name:
            _show_contract(hook, spec)
        else:
            click.secho(hook, bold=True, nl=False)
            click.echo(f"  {(inspect.getdoc(spec) or '').splitlines()[0]}")
        if implementers:
            click.echo(f"    {' → '.join(implementers)}")
        elif name and site:
            click.echo(f"\nNo plugin enabled in {folder} implements it.")


def _bundled() -> Iterator[Plugin]:
    for point in installed():
        with suppress(Exception):  # one that can't be imported is told of by the site that enables it
            if point.name in BUNDLED:
                yield Plugin(point.name, point.load(), "")


def _show_contract(hook: str, spec: Any) -> None:
    signature = re.sub(r"'|\b(?:[a-z_]+\.)+(?=[A-Z])", "", str(inspect.signature(spec)))
    click.secho(f"{hook}{signature}", bold=True)
    click.echo(f"\n{inspect.getdoc(spec)}\n")
    click.echo(f"Stage: {spec.contract.stage}. On failure: {spec.contract.failure}.")
