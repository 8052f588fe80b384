"""Small whole sites in a test's own folder."""

import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner, Result

from pressframe import PressframeError, Release, Site
from pressframe.cli import main

SITES = Path(__file__).parent / "sites"
NOW = datetime(2024, 6, 15, 12, tzinfo=UTC)

_CLASS = """
import attrs
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import *
from pressframe import *

@attrs.frozen(eq=False)
class {name}:
{body}
"""


@attrs.define
class Folder:
    """A site's folder, to be filled, opened and built.

    Attributes:
        plugins: What ``[site] plugins`` lists.
        settings: Lines of ``[site]`` beyond title, url and plugins.
        tables: The settings file's further tables.
    """

    path: Path
    plugins: list[str] = attrs.field(factory=list)
    settings: str = ""
    tables: str = ""

    def write(self, files: Mapping[str, str | bytes]) -> "Folder":
        """Write each of *files* below the site's folder."""
        for name, content in files.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        return self

    def post(self, name: str, body: str = "<p>Text.</p>", **front: object) -> "Folder":
        """Write an entry of the ``paper`` site; see its plugin for what *front* may hold."""
        lines = [f"{key} = {_toml(value)}\n" for key, value in front.items()]
        return self.write({f"content/{name}.html": f"+++\n{''.join(lines)}+++\n{body}"})

    def plugin(self, name: str, body: str) -> "Folder":
        """Write a plugin of one class with *body*, and enable it after the others."""
        code = _CLASS.format(name=name.title(), body=textwrap.indent(textwrap.dedent(body), "    "))
        if name not in self.plugins:
            self.plugins.append(name)
        return self.write({f"plugins/{name}.py": code})

    def open(self) -> Site:
        """Write the settings and open the site."""
        head = f'[site]\ntitle = "Paper"\nurl = "https://paper.example"\nplugins = {json.dumps(self.plugins)}\n'
        self.write({"pressframe.toml": f"{head}{self.settings}\n{self.tables}"})
        return Site.open(self.path)

    def build(self, **options: object) -> Release:
        return self.open().build(**{"now": NOW, **options})

    def text(self, address: str) -> str:
        """Return what the public folder holds at *address*."""
        return (self.path / "public" / address[1:] / ("index.html" if address.endswith("/") else "")).read_text("utf-8")

    def fails(self, kind: type[PressframeError] = PressframeError, **options: object) -> str:
        """Return what the owner is told when the site can't be opened or built."""
        with pytest.raises(kind) as caught:
            self.build(**options)
        return str(caught.value)


def _toml(value: object) -> str:
    """Return *value* as TOML writes it on one line."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_toml(one)}' for key, one in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value)


@pytest.fixture
def bare(tmp_path: Path) -> Folder:
    """Return an empty folder for a site."""
    return Folder(tmp_path / "site")


@pytest.fixture
def paper(tmp_path: Path, compiled: Path) -> Folder:
    """Return a site with the plugin ``paper``: a loader, an engine, gates, comments and a theme, and no entries."""
    folder = Path(shutil.copytree(SITES / "paper", tmp_path / "site"))
    (folder / ".pressframe").mkdir()
    (folder / ".pressframe" / "templates").symlink_to(compiled)
    return Folder(folder, ["paper"])


@pytest.fixture(scope="module")
def lasting_paper(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Return a ``paper`` site that a module's tests share, for properties that build it often."""
    return Folder(Path(shutil.copytree(SITES / "paper", tmp_path_factory.mktemp("lasting") / "site")), ["paper"])


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """Return the command line, run in a folder that holds no site."""
    here = tmp_path / "elsewhere"
    here.mkdir()
    monkeypatch.chdir(here)
    return lambda *arguments: CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def distribution(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Return a function that installs a distribution with one plugin for the length of a test."""

    def install(name: str, plugin: str, code: str, *, kind: str = "Plugin") -> None:
        folder = tmp_path / "installed" / name
        stem = name.replace("-", "_")
        module = f"{stem}_module"
        Folder(folder).write(
            {
                f"{module}.py": code,
                f"{stem}-1.5.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.5\n",
                f"{stem}-1.5.dist-info/entry_points.txt": f"[pressframe]\n{plugin} = {module}:{kind}\n",
            }
        )
        monkeypatch.syspath_prepend(folder)
        monkeypatch.delitem(sys.modules, module, raising=False)

    return install
