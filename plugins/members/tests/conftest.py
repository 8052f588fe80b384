"""A French blog with an old post, a new one and a page, and the ways in which readers meet it."""

import re
from collections.abc import Callable

import attrs
import pytest

from pressframe_testing import Served, TestSite

OLD, NEW, PAGE = "/2012/01/old/", "/2026/11/new/", "/about/"
SETTINGS = """
== pressframe.toml ==
[site]
title = "PRland"
url = "https://prland.example"
language = "{language}"
plugins = ["markdown", "sql", "web", "comments", "gates", "members", "archives", "feeds", "journal"]
[plugins.gates]
{gates}
[plugins.members]
{members}
"""
CONTENT = """
== content/old.md ==
---
title: Vieux billet
date: 2012-01-01
slug: old
---
Le premier paragraphe.

La suite, réservée.
== content/new.md ==
---
title: Billet neuf
date: 2026-11-20
slug: new
---
Un texte neuf.

Sa suite.
== content/pages/about.md ==
---
title: À propos
date: 2012-01-01
---
Qui écrit ici.
"""
WITHHELD = "La suite, réservée."


@pytest.fixture
def blog(site) -> Callable[..., TestSite]:
    """Return a function that makes the blog, with lines for two plugins' tables and further files."""

    def make(
        members: str = "",
        *,
        gates: str = 'archive_after = "30 days"',
        files: str = CONTENT,
        more: str = "",
        language: str = "fr",
    ) -> TestSite:
        return site(SETTINGS.format(members=members, gates=gates, language=language) + files + more)

    return make


@attrs.frozen
class Readers:
    """The blog being served, and what its readers do there."""

    site: TestSite
    served: Served

    def __getattr__(self, name):
        return getattr(self.served, name)

    @classmethod
    def of(cls, site: TestSite) -> "Readers":
        return cls(site, site.serve())

    def command(self, *arguments: str) -> str:
        """Run ``pressframe members`` and return what it prints."""
        return self.site.run("members", *arguments).output

    def ask(self, address="lectrice@example.org", *, door="subscribe", next="", browser=None, **fields):
        """Send one of the two forms that ask for a mail."""
        form = {"email": address, "next": next, "website": "", **fields}
        return (browser or self.visitor).post(f"/members/{door}", form)

    def mail(self, address="lectrice@example.org", **how):
        """Ask for a mail and return the path of the link in it; None if none was sent."""
        before = len(self.mails)
        assert self.ask(address, **how).status == 200
        self.run_jobs()
        return self.links()[0] if len(self.mails) > before else None

    def sign_up(self, address="lectrice@example.org", *, browser=None):
        """Subscribe, confirm and return the browser, signed in."""
        browser = browser or self.browser()
        assert browser.post(self.mail(address, browser=browser), {}).status == 303
        return browser


@pytest.fixture
def readers(blog) -> Readers:
    return Readers.of(blog("overlay = true"))


@pytest.fixture
def serve(blog) -> Callable[..., Readers]:
    return lambda *settings, **more: Readers.of(blog(*settings, **more))


def main_of(html: str) -> str:
    """Return the text in a page's <main>, without markup."""
    inside = html.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]*>", " ", inside)).strip()
