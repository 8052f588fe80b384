"""Small sites in the theme: posts given as text, published from a folder, read back as a browser gets them."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from pressframe import Site

# A plugin in the site's own folder: it loads and gates what a test wrote into desk.json.
DESK = Path(__file__).with_name("desk.py")
SETTINGS = """
[site]
title = "PRland"
url = "https://prland.example"
description = "Relations publics, vues de l’intérieur."
timezone = "Europe/Paris"
per_page = 2
menu = { "À propos" = "/a-propos/", "Archives" = "/archives/" }
"""


_DEFAULTS = {"authors": [["odile", "Odile"]], "html": "<p>Un texte.</p>"}


def _day(number: int) -> str:
    """Return when a post was published, the first of them last."""
    return f"2012-05-{29 - number:02}T10:00:00+02:00"


class Published(dict[str, str]):
    """A built site: each address with its text."""

    def tags(self, address: str, name: str) -> list[str]:
        """Return every start tag *name* of a page, as written."""
        return re.findall(rf"<{name}\b[^>]*>", self[address])

    def title(self, address: str) -> str:
        return self[address].partition("<title>")[2].partition("</title>")[0]


@pytest.fixture
def publish(tmp_path, compiled) -> Callable[..., Published]:
    """Return a function that publishes posts: mappings as a shelf has them, the newest first."""

    def publish(
        *posts: Mapping[str, object],
        settings: str = "",
        language: str = "fr",
        plugins: Sequence[str] = ("desk", "archives", "journal"),
    ) -> Published:
        if not (tmp_path / ".pressframe").exists():
            (tmp_path / ".pressframe").mkdir()
            (tmp_path / ".pressframe" / "templates").symlink_to(compiled)
        (tmp_path / "plugins").mkdir(exist_ok=True)
        (tmp_path / "plugins" / "desk.py").write_text(DESK.read_text("utf-8"), "utf-8")
        (tmp_path / "templates").mkdir(exist_ok=True)
        (tmp_path / "templates" / "slot.html").write_text("<!--slot:{{ slot_name }}-->", "utf-8")
        written = [{**_DEFAULTS, "published": _day(number), **post} for number, post in enumerate(posts, 1)]
        (tmp_path / "desk.json").write_text(json.dumps(written), "utf-8")
        (tmp_path / "pressframe.toml").write_text(
            f'{SETTINGS}language = "{language}"\nplugins = {json.dumps(plugins)}\n[plugins.journal]\n{settings}',
            "utf-8",
        )
        release = Site.open(tmp_path).build()
        texts = {at: one.file for at, one in release.files.items() if not at.endswith(".woff2")}
        return Published({address: file.read_text("utf-8") for address, file in texts.items()})

    return publish
