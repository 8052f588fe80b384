"""A French blog with an old post, a new one and a page, some of it closed."""

from collections.abc import Callable

import pytest

from pressframe_testing import TestSite

OLD, NEW, PAGE = "/2012/01/old/", "/2026/11/new/", "/about/"
SETTINGS = """
== pressframe.toml ==
[site]
title = "PRland"
url = "https://prland.example"
language = "{language}"
plugins = [{plugins}]
[plugins.gates]
{gates}
"""
CONTENT = """
== content/old.md ==
---
title: Vieux billet
date: 2012-01-01
slug: old
categories: [Études]
tags: [Crise]
authors: [Odile]
---
Le premier paragraphe.

La suite, réservée.
== content/new.md ==
---
title: Billet neuf
date: 2026-11-20
slug: new
tags: [Presse]
---
Un texte neuf.

Sa suite.
== content/pages/about.md ==
---
title: À propos
date: 2012-01-01
---
Qui écrit ici.

Et pourquoi.
"""
WITHHELD = "La suite, réservée."
ALONE = ("markdown", "gates", "archives", "feeds", "journal")
LIVE = ("markdown", "sql", "web", "gates", "members", "comments", "archives", "feeds", "journal")


@pytest.fixture
def blog(site) -> Callable[..., TestSite]:
    """Return a function that makes the blog, with lines for ``[plugins.gates]`` and further files."""

    def make(
        gates: str = 'archive_after = "30 days"',
        *,
        files: str = CONTENT,
        more: str = "",
        language: str = "fr",
        plugins: tuple[str, ...] = ALONE,
    ) -> TestSite:
        listed = ", ".join(f'"{name}"' for name in plugins)
        return site(SETTINGS.format(gates=gates, language=language, plugins=listed) + files + more)

    return make
