"""The command line: ``pressframe``. Here errors are printed and become exit statuses; a file for each command."""

import importlib
import logging
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from pressframe.errors import ConfigError, ManyErrors, PressframeError

_OWN = {
    "build": "Build the site into static files.",
    "check": "Find what is wrong with a site, without publishing it.",
    "hooks": "List what plugins can do, and which do it here.",
    "new": "Make a new site.",
    "plugins": "List the plugins enabled here, with their settings.",
}
_KNOWN = {"serve": "web", "comments": "comments", "members": "members", "db": "sql"}
"""Commands that bundled plugins bring, for the hint when the plugin is not enabled."""


class _Commands(click.Group):
    """The core's commands, imported when one is run, and those of the site's plugins."""

    def main(self, args: Sequence[str] | None = None, *, standalone_mode: bool = True, **extra: Any) -> Any:  # type: ignore[override] # click's own takes positions that nobody uses
        """Run one command and leave with its exit status: 0, 1 for the site's own mistakes, 2 for wrong usage."""
        given = list(sys.argv[1:] if args is None else args)
        kept = [argument for argument in given if argument != "--debug"]
        if not standalone_mode:
            return super().main(kept, standalone_mode=False, **extra)
        logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)
        try:
            status = super().main(kept, standalone_mode=False, **extra)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            click.echo("Interrupted.", err=True)
            sys.exit(130)
        except PressframeError as error:
            if "--debug" in given:
                traceback.print_exc()
            report(error)
            sys.exit(1)
        sys.exit(status if isinstance(status, int) else 0)

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        context.meta["pressframe.arguments"] = tuple(args)
        return super().resolve_command(context, args)

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted({*_OWN, *self._brought(context)})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in _OWN:
            command: click.Command = importlib.import_module(f"pressframe.cli._{name}").command
            return command
        folder = _site_folder(context.meta.get("pressframe.arguments", ()))
        if name not in _KNOWN and not (folder / "pressframe.toml").is_file():
            return None
        brought = self._brought(context, folder)
        if name not in brought and name in _KNOWN:
            raise ConfigError(
                f"{name} is a command of the plugin {_KNOWN[name]}, which {folder} does not enable",
                fix=f'name a site with --site DIR, or add "{_KNOWN[name]}" to its [site] plugins',
            )
        return brought.get(name)

    def _brought(self, context: click.Context, folder: Path | None = None) -> dict[str, click.Command]:
        """Return the plugins' commands; without a *folder* those of the site here, if this is one."""
        from pressframe._site import Site

        if folder is None:
            folder = Path()
            if not (folder / "pressframe.toml").is_file():
                return {}
        site = Site.open(folder)
        return {str(command.name): with_site(command) for _, command in site.hooks.register_commands(site)}

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        own = list(_OWN.items())
        try:
            brought = [(name, command.get_short_help_str(80)) for name, command in self._brought(context).items()]
        except PressframeError:
            brought = []
        with formatter.section("Commands"):
            formatter.write_dl(own)
        with formatter.section(
            "Commands of plugins" if brought else "Commands of plugins (of the site in this folder)"
        ):
            formatter.write_dl(brought or [(name, f"with the plugin {plugin}") for name, plugin in _KNOWN.items()])


def with_site(command: click.Command) -> click.Command:
    """Add ``--site DIR`` to every command below *command* that has no such parameter; the site was found before."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            with_site(inner)
    elif not any(parameter.name == "site" for parameter in command.params):
        command.params.append(
            click.Option(["--site"], metavar="DIR", expose_value=False, help="The site's folder; this one if left out.")
        )
    return command


def _site_folder(arguments: Sequence[str]) -> Path:
    """Return the site that the command line names: with --site, or by the first argument that is a site's folder."""
    for index, argument in enumerate(arguments):
        if argument == "--site" and index + 1 < len(arguments):
            return Path(arguments[index + 1])
        if argument.startswith("--site="):
            return Path(argument.removeprefix("--site="))
    for argument in arguments[1:]:
        if (Path(argument) / "pressframe.toml").is_file():
            return Path(argument)
    named = [argument for argument in arguments[1:] if not argument.startswith("-")]
    return Path(named[0]) if arguments[:1] == ("serve",) and named and not named[0].isdigit() else Path()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="pressframe")
@click.option("--debug", is_flag=True, expose_value=False, help="Show where in the code an error comes from.")
def main() -> None:
    """Publish a site: a folder with pressframe.toml, content and plugins."""


def report(error: PressframeError) -> None:
    """Print what went wrong, one paragraph for each error."""
    errors = error.errors if isinstance(error, ManyErrors) else (error,)
    for one in errors:
        where = f"{one.at}: " if one.at else ""
        click.secho("error: ", fg="red", bold=True, nl=False, err=True)
        click.echo(f"{where}{one.message}", err=True)
        for line in (one.fix or "").splitlines():
            click.echo(f"  {line.strip()}", err=True)
    if len(errors) > 1:
        click.echo(f"{len(errors)} errors.", err=True)
