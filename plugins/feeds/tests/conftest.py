"""Small sites with feeds: entries given as mappings, published from a folder, read back as programs read them."""

import json
import re
from collections.abc import Callable, Mapping
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pressframe import Page, Release, Site

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
def publish(tmp_path) -> Callable[..., Published]:
    """Return a function that publishes entries: mappings of what shelf.py knows."""

    def publish(
        *entries: Mapping[str, object],
        feeds: str = "",
        site: str = "",
        language: str = "fr",
        host: str = "https://prland.example",
        plugins: tuple[str, ...] = ("shelf", "chat"),
    ) -> Published:
        (tmp_path / "plugins").mkdir(exist_ok=True)
        for name in plugins:
            (tmp_path / "plugins" / f"{name}.py").write_text((HERE / f"{name}.py").read_text("utf-8"), "utf-8")
        (tmp_path / "templates").mkdir(exist_ok=True)
        for name in ("post.html", "page.html", "list.html"):
            (tmp_path / "templates" / name).write_text(TEMPLATE, "utf-8")
        (tmp_path / "shelf.json").write_text(json.dumps(entries), "utf-8")
        opening = SETTINGS.format(host=host, plugins=json.dumps([*plugins, "feeds"]))
        settings = f'{opening}language = "{language}"\n{site}\n[plugins.feeds]\n{feeds}'
        (tmp_path / "pressframe.toml").write_text(settings, "utf-8")
        return Published(Site.open(tmp_path).build())

    return publish


@pytest.fixture(scope="session")
def naughty() -> list[str]:
    """Strings that have broken programs."""
    file = SHARED / "strings" / "blns.json"
    if not file.is_file():
        pytest.skip(f"there are no test strings in {SHARED}")
    return [text for text in json.loads(file.read_text("utf-8")) if text]
