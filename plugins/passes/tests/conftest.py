"""A blog with closed posts, and the ways in which readers meet it."""

from collections.abc import Callable

import pytest

from pressframe_testing import Served, TestSite

OLD, OTHER, THIRD, PAID, NEW = "/2012/01/old/", "/2012/01/other/", "/2012/01/third/", "/2012/01/paid/", "/2026/11/new/"
SETTINGS = """
== pressframe.toml ==
[site]
title = "PRland"
url = "{url}"
language = "{language}"
timezone = "Europe/Paris"
plugins = ["markdown", "sql", "web", "admin", "gates", "passes", "members", "comments", "archives", "feeds", "journal"]
[plugins.gates]
archive_after = "30 days"
audiences = {{ paid = {{}} }}
[plugins.passes]
{passes}
"""
POST = """
== content/posts/{slug}.md ==
---
title: Billet {slug}
date: 2012-01-01
slug: {slug}
{more}---
Début de {slug}.

Suite canari-{slug}.
"""
CONTENT = (
    "".join(
        POST.format(slug=slug, more=more)
        for slug, more in [("old", ""), ("other", ""), ("third", ""), ("paid", "audience: [subscribers, paid]\n")]
    )
    + """
== content/posts/new.md ==
---
title: Billet neuf
date: 2026-11-20
slug: new
---
Un texte neuf.
"""
)


@pytest.fixture
def blog(site) -> Callable[..., TestSite]:
    """Return a function that makes the blog, with lines for ``[plugins.passes]`` and further files."""

    def make(
        passes: str = "free = 2\ngifts = 2",
        *,
        more: str = "",
        language: str = "fr",
        url: str = "https://prland.example",
    ) -> TestSite:
        return site(SETTINGS.format(passes=passes, language=language, url=url) + CONTENT + more)

    return make


@pytest.fixture
def served(blog) -> Served:
    return blog().serve()


def is_whole(reply) -> bool:
    """Say whether an answer holds what is withheld; if not, that it holds the public part."""
    assert b"but de " in reply.body
    return b"canari-" in reply.body
