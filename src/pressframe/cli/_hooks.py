"""``pressframe hooks``: the contract, and who implements it."""

from __future__ import annotations

import inspect
from pathlib import Path

import click

from pressframe._plugins import HOOKS
from pressframe._site import Site
from pressframe.errors import PluginError, did_you_mean


@click.command("hooks")
@click.argument("name", required=False)
@click.option(
    "--site",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Also say who implements them there, in order.",
)
def command(name: str | None, folder: Path | None) -> None:
    """List what plugins can do; with NAME, the whole contract of one hook."""
    if folder is None and Path("pressframe.toml").is_file():
        folder = Path()
    site = Site.open(folder) if folder is not None else None
    if name is not None and name not in HOOKS:
        raise PluginError(f"{name} is no hook", fix=did_you_mean(name, HOOKS) or "pressframe hooks lists all")
    if name is not None:
        _show_contract(name)
    for hook in [name] if name else HOOKS:
        implementers = site.hooks.implementers(hook) if site else ()
        if name is None:
            click.secho(hook, bold=True, nl=False)
            click.echo(f"  {_first_line(hook)}")
        if implementers:
            click.echo(f"    {' → '.join(implementers)}")
        elif name and site:
            click.echo(f"\nNo plugin enabled in {folder} implements it.")


def _first_line(hook: str) -> str:
    return (inspect.getdoc(HOOKS[hook]) or "").splitlines()[0]


def _show_contract(hook: str) -> None:
    spec = HOOKS[hook]
    click.secho(f"{hook}{inspect.signature(spec)}", bold=True)
    click.echo(f"\n{inspect.getdoc(spec)}\n")
    click.echo(f"Stage: {spec.contract.stage}. On failure: {spec.contract.failure}.")
