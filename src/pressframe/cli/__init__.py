"""The command line: ``pressframe``. Here errors are printed and become exit statuses; a file for each command."""

import gc
import importlib
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import click

from pressframe.errors import ConfigError, ManyErrors, PluginError, PressframeError, did_you_mean

_OWN = {
    "build": "Build the site into static files.",
    "check": "Find what is wrong with a site, without publishing it.",
    "explain": "Tell how an address came about, and why it was made again.",
    "hooks": "List what plugins can do, and which do it here.",
    "new": "Make a new site.",
    "plugins": "List the plugins enabled here, with their settings.",
}
_NAMED = ("admin", "akismet", "bayes", "comments", "members", "newsletter", "passes", "stripe", "webmention")
_KNOWN = {"serve": "web", "db": "sql"} | {name: name for name in _NAMED}
"""Commands that bundled plugins bring, for the hint when the plugin is not enabled."""
_WHERE = "Here is no site; a command of a site's plugin is run in the site's folder, or with --site DIR."


class _Commands(click.Group):
    """The core's commands, imported when one is run, and those of the site's plugins."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        context.meta["pressframe.debug"] = "--debug" in args  # wherever it stands
        rest = super().parse_args(context, [argument for argument in args if argument != "--debug"])
        context.meta["pressframe.arguments"] = tuple(rest)
        return rest

    def invoke(self, context: click.Context) -> Any:
        """Run one command and leave with its exit status: 0, 1 for the site's own mistakes, 2 for wrong usage."""
        try:
            status = super().invoke(context)
        except (KeyboardInterrupt, EOFError, click.Abort):
            click.echo("\nInterrupted.", err=True)
            context.exit(130)
        except PressframeError as error:
            if context.meta["pressframe.debug"]:
                import traceback

                traceback.print_exc()
            report(error)
            context.exit(1)
        context.exit(status if isinstance(status, int) else 0)

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted({*_OWN, *_brought(Path())})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in _OWN:
            command: click.Command = importlib.import_module(f"pressframe.cli._{name}").command
            return command
        import logging  # no quick import, and the core's own commands log nothing but a plugin's failure

        logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)
        gc.enable()  # it may run for days
        arguments = context.meta.get("pressframe.arguments", ())
        folder = _site_folder(name, arguments)
        if name in _KNOWN and {"-h", "--help"}.intersection(arguments) and not (folder / "pressframe.toml").is_file():
            return click.Command(name, help=f"A command of the plugin {_KNOWN[name]}. {_WHERE}")
        brought = _brought(folder, needed=name in _KNOWN)
        if name not in brought and name in _KNOWN:
            raise ConfigError(
                f"{name} is a command of the plugin {_KNOWN[name]}, which {folder} does not enable",
                fix=f'name another site, or add "{_KNOWN[name]}" to its [site] plugins',
            )
        return brought.get(name)

    def resolve_command(self, context: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(context, args)
        except click.UsageError as error:
            is_site = (_site_folder(args[0], args[1:]) / "pressframe.toml").is_file()
            more = did_you_mean(args[0], {*_OWN, *_KNOWN}) or ("" if is_site else _WHERE)
            raise click.UsageError(f"{error.message} {more}".rstrip(), context) from None

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        title = "Commands of plugins (of the site in this folder)"
        others = [(name, f"with the plugin {plugin}") for name, plugin in _KNOWN.items()]
        with suppress(PressframeError):
            brought = [(name, command.get_short_help_str(80)) for name, command in _brought(Path()).items()]
            title, others = ("Commands of plugins", brought) if brought else (title, others)
        for section, rows in (("Commands", list(_OWN.items())), (title, others)):
            with formatter.section(section):
                formatter.write_dl(rows)


def _brought(folder: Path, *, needed: bool = False) -> dict[str, click.Command]:
    """Return the commands of the plugins of the site in *folder*; none if it holds no site and none is *needed*."""
    from pressframe._site import Site

    if not needed and not (folder / "pressframe.toml").is_file():
        return {}
    site = Site.open(folder)
    brought: dict[str, tuple[str, click.Command]] = {}
    for plugin, command in site.hooks.all("register_commands", site):
        name = str(command.name)
        if name in brought:
            raise PluginError(f'"{brought[name][0]}" and "{plugin}" both bring a command called {name}')
        brought[name] = plugin, with_site(command)
    return {name: command for name, (_, command) in brought.items()}


def with_site(command: click.Command) -> click.Command:
    """Add ``--site DIR`` to *command* and all below it that have no such parameter; the site was found before."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            with_site(inner)
    if not any(parameter.name == "site" for parameter in command.params):
        said = "The site's folder; this one if left out."
        command.params.append(click.Option(["--site"], metavar="DIR", expose_value=False, help=said))
    return command


def _site_folder(command: str, arguments: Sequence[str]) -> Path:
    """Return the site that the command line names: with --site, or by the first argument that is a site's folder."""
    for argument, following in pairwise((*arguments, "")):
        if argument == "--site" and following:
            return Path(following)
        if argument.startswith("--site="):
            return Path(argument.removeprefix("--site="))
    for argument in arguments:
        if (Path(argument) / "pressframe.toml").is_file():
            return Path(argument)
    named = [one for before, one in pairwise(("", *arguments)) if not (before.startswith("-") or one.startswith("-"))]
    return Path(named[0]) if command == "serve" and named else Path()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="pressframe", prog_name="pressframe")
@click.option("--debug", is_flag=True, expose_value=False, help="Show where in the code an error comes from.")
def main() -> None:
    """Publish a site: a folder with pressframe.toml, content and plugins."""


def report(error: PressframeError) -> None:
    """Print what went wrong, one paragraph for each error."""
    errors = error.errors if isinstance(error, ManyErrors) else (error,)
    for one in errors:
        click.secho("error: ", fg="red", bold=True, nl=False, err=True)
        click.echo(one, err=True)
    if len(errors) > 1:
        click.echo(f"{len(errors)} errors.", err=True)
