"""Small sites with feeds: entries given as mappings, published from a folder, read back as programs read them."""

import json
import re
from collections.abc import Callable, Mapping
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pressframe import Page, Release

HERE = Path(__file__).parent
SHARED = Path(__file__).parents[4] / "shared" / "data"
SETTINGS = """
[site]
title = "PRland"
url = "{host}"
timezone = "Europe/Paris"
plugins = {plugins}
"""
TEMPLATE = '<!doctype html><title>{{ page.title }}</title>{{ slot("head") }}'


class Published(dict[str, str]):
    """A built site as a stranger gets it: each address with its text."""

    def __init__(self, release: Release) -> None:
        super().__init__({address: stored.file.read_text("utf-8") for address, stored in release.files.items()})
        self.pages = {page.address: page for page in release.view().pages()}
        self._release = release

    def opened(self, address: str) -> str:
        """Return a page as subscribers get it."""
        return self._release.find(address, frozenset({"subscribers"})).file.read_text("utf-8")

    def render(self, page: Page) -> str:
        return self._release.view().render(page).body.decode()

    def xml(self, address: str) -> ElementTree.Element:
        return ElementTree.fromstring(self[address].encode())

    def json(self, address: str) -> dict:
        return json.loads(self[address], parse_constant=pytest.fail)

    def links(self, address: str) -> list[tuple[str, str, str]]:
        """Return the feeds that a page links to: type, title, address."""
        tags = re.findall(r'<link rel="alternate" type="(.*?)" title="(.*?)" href="(.*?)">', self[address])
        return [(kind, unescape(title), href) for kind, title, href in tags]


@pytest.fixture
def publish(site) -> Callable[..., Published]:
    """Return a function that publishes entries: mappings of what shelf.py and chat.py know."""

    def publish(
        *entries: Mapping[str, object],
        feeds: str = "",
        settings: str = "",
        language: str = "fr",
        host: str = "https://prland.example",
        plugins: tuple[str, ...] = ("shelf", "chat"),
    ) -> Published:
        made = site()
        opening = SETTINGS.format(host=host, plugins=json.dumps([*plugins, "feeds"]))
        made.edit("pressframe.toml", f'{opening}language = "{language}"\n{settings}\n[plugins.feeds]\n{feeds}')
        made.edit("shelf.json", json.dumps(entries))
        for name in plugins:
            made.edit(f"plugins/{name}.py", (HERE / f"{name}.py").read_text("utf-8"))
        for kind in ("post", "page", "list"):
            made.edit(f"templates/{kind}.html", TEMPLATE)
        return Published(made.build().release)

    return publish


@pytest.fixture(scope="session")
def naughty() -> list[str]:
    """Strings that have broken programs."""
    file = SHARED / "strings" / "blns.json"
    if not file.is_file():
        pytest.skip(f"there are no test strings in {SHARED}")
    return [text for text in json.loads(file.read_text("utf-8")) if text]
