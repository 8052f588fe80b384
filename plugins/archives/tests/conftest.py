"""Small sites with lists: entries given as mappings, published from a folder."""

import html
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pressframe import Release

SHELF = Path(__file__).with_name("shelf.py")
SETTINGS = """
[site]
title = "PRland"
url = "https://prland.example"
timezone = "Europe/Paris"
plugins = ["shelf", "archives"]
"""
BASE = """<!doctype html>
<title>{% block title %}{{ page.title }}{% endblock %}</title>
{% block head %}{% endblock %}
<main>{% block main %}{% endblock %}</main>
"""
ENTRY = '{% extends "base.html" %}{% block main %}<h1>{{ entry.title }}</h1>{% endblock %}'


class Published(dict[str, str]):
    """A built site: each address with its text."""

    def __init__(self, release: Release) -> None:
        super().__init__({address: stored.file.read_text("utf-8") for address, stored in release.files.items()})
        self.pages = {page.address: page for page in release.view().pages()}

    def title(self, address: str) -> str:
        return html.unescape(self[address].partition("<title>")[2].partition("</title>")[0])

    def heading(self, address: str) -> str | None:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self[address], re.DOTALL)
        return html.unescape(found[1]) if found else None

    def posts(self, address: str) -> list[str]:
        """Return the titles of the posts on one page of a list, in order."""
        return re.findall(r'rel="bookmark">(.*?)</a>', self[address])

    def links(self, address: str) -> dict[str, str]:
        """Return the address that each link leads to, by its text."""
        return {text: to for to, text in re.findall(r'<a\b[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', self[address])}


@pytest.fixture
def publish(site) -> Callable[..., Published]:
    """Return a function that publishes entries: mappings of what shelf.py knows, newest first where dates are alike."""

    def publish(
        *entries: Mapping[str, object], archives: str = "", language: str = "fr", per_page: int = 10
    ) -> Published:
        made = site()
        settings = f'{SETTINGS}language = "{language}"\nper_page = {per_page}\n[plugins.archives]\n{archives}'
        made.edit("pressframe.toml", settings)
        made.edit("shelf.json", json.dumps(entries))
        made.edit("plugins/shelf.py", SHELF.read_text("utf-8"))
        for name, text in {"base": BASE, "post": ENTRY, "page": ENTRY}.items():
            made.edit(f"templates/{name}.html", text)
        return Published(made.build().release)

    return publish
