"""A site with a plugin that answers in every odd way, served in this process."""

from pathlib import Path

import pytest

SITE = """
== pressframe.toml ==
[site]
title = "Essai"
url = "https://essai.example"
language = "fr"
plugins = ["markdown", "web", "answers", "archives", "journal"]

[plugins.web]
trusted_proxies = ["10.0.0.0/24"]
in_memory = 100000

== outside.txt ==
one

== templates/form.html ==
<html><head></head><form method="post" action="/do/record"><button>Oui</button></form></html>

== content/posts/2026/open.md ==
---
title: Ouvert
date: 2026-11-20
---
Du texte pour tous, assez long pour être comprimé. Du texte pour tous, assez long pour être comprimé.

== content/posts/2026/closed.md ==
---
title: Fermé
date: 2026-11-19
---
Le début.

<!--more-->

canari-serveur-1

"""
CLOSED_POST = """
== content/closed/index.md ==
---
title: Fermé
date: 2026-11-19
slug: closed
---
Le début.

<!--more-->

canari-octroi ![](photo.png)
"""
"""What plugins of tests close: at /2026/11/closed/."""
PLUGIN = Path(__file__).with_name("answers.py").read_text("utf-8")
SITE += f"""
== plugins/answers.py ==
{PLUGIN}"""


@pytest.fixture
def blog(site):
    """Return the site."""
    made = site(SITE)
    (made.folder / "static").mkdir()
    (made.folder / "static" / "film.mp4").write_bytes(bytes(range(256)) * 2000)
    return made


@pytest.fixture
def served(blog):
    """Return the site, served."""
    return blog.serve()


@pytest.fixture
def friend(served):
    """Return a browser whose reader may read what is gated."""
    visitor = served.browser()
    visitor.cookies["__Host-session"] = "friend"
    return visitor
