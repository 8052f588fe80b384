"""A small site, built again and again with something changed in between."""

import pytest

SITE = """
== pressframe.toml ==
[site]
title = "A site"
url = "https://one.example"
plugins = ["markdown", "own"]

== plugins/own.py ==
from datetime import UTC, datetime
import attrs
from pressframe import Page, hookimpl

@attrs.frozen(eq=False)
class Own:
    @hookimpl
    def register_filters(self):
        return {"loud": str.upper}

    @hookimpl
    def register_pages(self, site):
        for name in ("near", "late", "list"):
            yield Page(address=f"/{name}.txt", template=f"{name}.txt", media_type="text/plain")

== templates/near.txt ==
{% set two = site.neighbours("two") %}{{ two.older and two.older.title }} < {{ two.newer and two.newer.title }}

== templates/late.txt ==
{{ site.is_past(site.entry("one").published.replace(year=2027)) }}

== templates/list.txt ==
{% for card in site.latest() %}{{ card.title }} {% endfor %}

== templates/base.html ==
<title>{{ "site" | loud }}</title>{{ "/here/" | absolute }}{% block main %}{% endblock %}

== templates/post.html ==
{% extends "base.html" %}{% block main %}{% include "part.html" %}{{ entry.body.html | safe }}{% endblock %}

== templates/part.html ==
<h1>{{ entry.title }}</h1>

== content/one.md ==
---
title: One
date: 2026-01-01
---
First text.

== content/two.md ==
---
title: Two
date: 2026-01-02
---
Second text.
"""


@pytest.fixture
def blog(site):
    """Return the site, built once."""
    made = site(SITE)
    made.build()
    return made
