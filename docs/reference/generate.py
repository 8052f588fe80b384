"""Write the reference from the code: hooks, models, settings, commands. ``make docs`` runs it; a test compares."""

from __future__ import annotations

import importlib
import inspect
import re
import tempfile
import typing
from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import Enum
from pathlib import Path

import attrs
import click

from pressframe import hookspecs, model
from pressframe._config import _wanted
from pressframe._plugins import BUNDLED, Plugin, installed, known_hooks
from pressframe._site import Site
from pressframe.cli import main, with_site
from pressframe.model import SiteSettings

HERE = Path(__file__).parent
_UNITS = {
    "days": timedelta(days=1),
    "hours": timedelta(hours=1),
    "minutes": timedelta(minutes=1),
    "seconds": timedelta(seconds=1),
}
EVERYTHING = f"""[site]
title = "T"
plugins = {[*(name for name in BUNDLED if name not in ("dask", "journal")), "journal"]}
[plugins.akismet]
key = "k"
[plugins.stripe]
key = "sk_test_1"
webhook_secret = "whsec_1"
"""
ADDED = {
    "pressframe_sql": ("Job", "PersonalData"),
    "pressframe_web": ("Route", "Request", "Response", "Cookie", "Later", "Grant", "Message", "Mailer"),
    "pressframe_admin": ("Screen", "Action", "Role", "Account", "Done", "Flash", "Undo", "Tile"),
    "pressframe_members.model": ("Member", "Membership", "AccountPart", "Column", "Outcome"),
    "pressframe_comments": ("Change",),
}
"""Models of plugins' own: what the hooks that they declare take and give, and what those hold."""
NOTE = "<!-- Written by docs/reference/generate.py from the code; change the docstrings there. -->"


def hooks() -> str:
    """Return the page of all hooks, in the order of the contract, with the bundled plugins that implement each."""
    plugins = [_found(name) for name in BUNDLED]
    lines = [*_head("Hooks", "Every question that the core asks plugins, in the order in which a site asks it.")]
    lines += [_prose(hookspecs.__doc__ or ""), ""]
    for name, spec in known_hooks(plugins).items():
        contract = spec.contract
        lines += [
            f"## {name}",
            "",
            "```python",
            f"{name}{_signature(spec)}",
            "```",
            "",
            _prose(inspect.getdoc(spec) or ""),
            "",
        ]
        users = [f"`{plugin.name}`" for plugin in plugins if name in plugin.hooks()]
        owner = inspect.getmodule(spec)
        if owner is not None and owner is not hookspecs:
            lines += [f"Declared by `{owner.__name__.split('.')[0]}`.", ""]
        lines += [
            f"Stage: {contract.stage}. On failure: {contract.failure}. Implemented by {', '.join(users) or 'none'}.",
            "",
        ]
    return "\n".join(lines)


def models() -> str:
    """Return the page of all models and protocols, by subject."""
    lines = [*_head("Models", "What hooks are given and give back: `from pressframe import Entry`.")]
    lines += ["Models are frozen: `attrs.evolve(entry, title=…)` makes another one. All are made with keywords.", ""]
    for subject in ("content", "gating", "comments", "rendering", "site"):
        module = importlib.import_module(f"pressframe.model.{subject}")
        lines += [f"## {(module.__doc__ or '').split(chr(10))[0].rstrip('.')}", ""]
        kinds = [kind for kind in vars(module).values() if inspect.isclass(kind) and kind.__module__ == module.__name__]
        wanted = (one for one in kinds if one.__name__ in model.__all__ and one is not SiteSettings)
        lines += [line for kind in wanted for line in _model(kind)]
    for package, names in ADDED.items():
        lines += [
            f"## Of the plugin {package.split('.')[0].removeprefix('pressframe_')}: `from {package} import …`",
            "",
        ]
        lines += [line for name in names for line in _model(getattr(importlib.import_module(package), name))]
    return "\n".join(lines)


def _model(kind: type) -> list[str]:
    told = _prose((inspect.getdoc(kind) or "").partition("Attributes:\n")[0])
    return [f"### {kind.__name__}", "", told, "", *_members(kind), ""]


def _members(kind: type) -> list[str]:
    """Return what a model holds, what an enumeration can be, or what a protocol answers."""
    if attrs.has(kind):
        meanings = _meanings(inspect.getdoc(kind) or "")
        rows = [
            f"| `{field.name}` | `{_typed(field.type)}` | {_code(field)} | {meanings.get(field.name, '')} |"
            for field in attrs.fields(kind)
        ]
        return ["| field | type | default | meaning |", "|---|---|---|---|", *rows]
    if issubclass(kind, Enum):
        return [" · ".join(f"`{kind.__name__}.{one.name}`" for one in kind)]
    rows = []
    for name, member in vars(kind).items():
        asked = member.fget if isinstance(member, property) else member
        if not name.startswith("_") and inspect.isfunction(asked):
            signature = _signature(asked).replace("(self, ", "(").replace("(self)", "()").replace("= post", '= "post"')
            shown = f"{name}{signature[2:] if isinstance(member, property) else signature}".replace("|", "\\|")
            rows.append(f"| `{shown}` | {_first_paragraph(asked)} |")
    return ["| it has | meaning |", "|---|---|", *rows]


def _typed(kind: object) -> str:
    shown = kind if isinstance(kind, str) else inspect.formatannotation(kind)
    shown = shown.replace(repr(model.Json), "Json").replace("datetime.datetime", "datetime")
    return re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Z])", "", shown).replace("'", '"').replace("|", "\\|")


def _code(field: attrs.Attribute[object]) -> str:
    """Return a default as Python would write it."""
    value = field.default
    if value is attrs.NOTHING:
        return "required"
    if inspect.isfunction(value):
        return "`…`"
    shown = repr(value.factory()) if isinstance(value, attrs.Factory) else repr(value)  # type: ignore[arg-type] # as below
    return f"`{shown}`".replace("'", '"')


def settings() -> str:
    """Return the page of all settings: the site's, then each bundled plugin's."""
    lines = [*_head("Settings", "Every key of `pressframe.toml`.")]
    lines += ["## [site]", "", *_fields(SiteSettings), ""]
    for name in BUNDLED:
        plugin = _found(name)
        lines += [f"## [plugins.{name}]", "", _first_paragraph(plugin.kind), "", *_fields(plugin.kind), ""]
    return "\n".join(lines)


def commands() -> str:
    """Return the page of all commands, those of plugins asked for as a site with all bundled ones has them."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "pressframe.toml").write_text(EVERYTHING, "utf-8")
        site = Site.open(Path(folder))
    brought = {str(command.name): with_site(command) for _, command in site.hooks.all("register_commands", site)}
    context = click.Context(main, info_name="pressframe")
    own = {name: main.get_command(context, name) for name in ("build", "explain", "check", "plugins", "hooks", "new")}
    lines = [
        *_head(
            "Commands",
            "What `pressframe` can be told. Exit status: 0; 1 for the site's own mistakes; 2 for wrong usage.",
        )
    ]
    for name, command in [*own.items(), *sorted(brought.items())]:
        assert command is not None
        for path, one in _leaves(f"pressframe {name}", command):
            lines += [f"## {path}", "", "```text", _usage(path, one), "```", ""]
    return "\n".join(lines)


def _leaves(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, inner in sorted(command.commands.items()):
            yield from _leaves(f"{path} {name}", inner)
    else:
        yield path, command


def _usage(path: str, command: click.Command) -> str:
    context = click.Context(
        command, info_name=path, max_content_width=100, terminal_width=100, help_option_names=["-h", "--help"]
    )
    return command.get_help(context).rstrip()


def _found(name: str) -> Plugin:
    (point,) = (one for one in installed() if one.name == name)
    return Plugin(name, point.load(), "")


def _head(title: str, summary: str) -> list[str]:
    return [
        "---",
        f"title: {title}",
        "kind: page",
        "date: 2026-11-23",
        f'summary: "{summary}"',
        "---",
        NOTE,
        "",
        summary,
        "",
    ]


def _prose(text: str) -> str:
    """Return a docstring as Markdown: literals in single quotes, its tables and lists as they are."""
    return inspect.cleandoc(text).replace("``", "`").replace("Args:\n", "Arguments:\n\n").strip()


def _signature(spec: typing.Callable[..., object]) -> str:
    return re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Z])", "", str(inspect.signature(spec)).replace("'", ""))


def _first_paragraph(kind: object) -> str:
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split()).replace("``", "`")


def _fields(kind: type, prefix: str = "") -> list[str]:
    types = typing.get_type_hints(kind)
    meanings = _meanings(inspect.getdoc(kind) or "")
    rows = []
    for field in attrs.fields(kind):
        if not field.init:
            continue
        nested = next((one for one in (types[field.name], *typing.get_args(types[field.name])) if attrs.has(one)), None)
        meaning = meanings.get(field.name, "")
        rows.append(f"| `{prefix}{field.name}` | {_wanted(types[field.name])} | {_default(field)} | {meaning} |")
        if nested is not None:
            rows += _fields(nested, f"{prefix}{field.name}.")[2:]
    return (
        ["| key | type | default | meaning |", "|---|---|---|---|", *rows]
        if rows or prefix
        else ["It has no settings."]
    )


def _meanings(doc: str) -> dict[str, str]:
    """Return what the ``Attributes`` part of a docstring says of each field."""
    _, _, part = doc.partition("Attributes:\n")
    meanings: dict[str, str] = {}
    name = ""
    for line in part.splitlines():
        indent = len(line) - len(line.lstrip())
        if indent == 4 and ":" in line:
            name, _, text = line.strip().partition(":")
            meanings[name] = text.strip()
        elif indent > 4 and name:
            meanings[name] += f" {line.strip()}"
    return {name: text.replace("``", "`").replace("|", "\\|") for name, text in meanings.items()}


def _default(field: attrs.Attribute[object]) -> str:
    """Return a default as the settings file would write it."""
    value = field.default
    if value is attrs.NOTHING:
        return "required"
    if isinstance(value, attrs.Factory):  # type: ignore[arg-type] # a class at run time, a function for the checker
        value = value.factory()
    return "none" if value is None else f"`{_toml(value)}`"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | frozenset | list):
        return f"[{', '.join(_toml(one) for one in value)}]"
    if isinstance(value, timedelta):
        name, unit = next((name, unit) for name, unit in _UNITS.items() if value % unit == timedelta(0))
        return f'"{value // unit} {name}"' if value != unit else f'"1 {name.removesuffix("s")}"'
    if isinstance(value, int | float):
        return str(value)
    return "{ }" if isinstance(value, Mapping) else f'"{value.value if isinstance(value, Enum) else value}"'


def pages() -> dict[str, str]:
    """Return each page's text by its file's name."""
    texts = {"hooks.md": hooks(), "models.md": models(), "settings.md": settings(), "commands.md": commands()}
    return {name: f"{text.rstrip()}\n" for name, text in texts.items()}


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
