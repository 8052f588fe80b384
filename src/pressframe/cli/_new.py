"""``pressframe new``: the start of a site."""

import json
import re
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import click

from pressframe._plugins import installed
from pressframe.errors import BuildError, Place

_WANTED = ("markdown", "archives", "feeds", "sql", "web", "comments", "gates", "members", "journal")
"""In this order, those that are installed."""


@click.group("new")
def command() -> None:
    """Make a new site."""


@command.command("site")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", help="The site's title; made from the folder's name if left out.")
def site(folder: Path, title: str | None) -> None:
    """Make a site in DIR: settings, a first post, a page."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BuildError("is there already, and not empty", at=Place(str(folder)), fix="name a new folder")
    plugins = [name for name in _WANTED if name in {point.name for point in installed()}]
    words = {
        "TITLE": json.dumps(title or folder.resolve().name.replace("-", " ").title(), ensure_ascii=False),
        "PLUGINS": ", ".join(f'"{name}"' for name in plugins),
        "DATE": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
    }
    try:
        for name in ("pressframe.toml", "content/posts/welcome.md", "content/pages/about.md", "gitignore"):
            text = (files("pressframe") / "start" / name).read_text(encoding="utf-8")
            target = folder / name.replace("gitignore", ".gitignore")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(re.sub(r"@([A-Z]+)@", lambda found: words[found[1]], text), encoding="utf-8")
    except OSError as error:
        raise BuildError(f"cannot be written: {error.strerror}", at=Place(str(error.filename))) from error
    next_one = "serve" if "web" in plugins else "build"
    click.echo(f"Made {folder}. Next:\n  pressframe {next_one} {folder}\nand write in {folder / 'content' / 'posts'}.")
