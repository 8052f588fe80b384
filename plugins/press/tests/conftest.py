"""Small sites, built again and again with something changed in between."""

import pytest

from .pieces import SETTINGS

SITE = (
    SETTINGS
    + """
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
)


@pytest.fixture
def blog(site):
    """Return the site, built once."""
    made = site(SITE)
    made.build()
    return made


DIARY = (
    SETTINGS
    + """
== plugins/own.py ==
from datetime import UTC, datetime
from pathlib import Path
import attrs
from pressframe import Asset, Block, Gate, Page, Teaser, hookimpl

HERE = Path(__file__).parents[1] / "brought"

@attrs.frozen(eq=False)
class Own:
    loud: bool = True

    @hookimpl
    def filter_entry(self, entry):
        return attrs.evolve(entry, title=entry.title.upper()) if self.loud else None

    @hookimpl
    def judge_gate(self, entry):
        if "closed" in entry.title.lower():
            until = datetime(2090, 1, 1, tzinfo=UTC)
            return Gate(requires=frozenset({"friends"}), until=until, reason="its title says so", conversation="shown")

    @hookimpl
    def find_teaser(self, entry, gate):
        return Teaser(html="<p>A teaser.</p>")

    @hookimpl
    def register_templates(self):
        yield HERE / "templates"

    @hookimpl
    def register_assets(self):
        yield Asset(address="/own.css", file=HERE / "own.css")

    @hookimpl
    def register_pages(self, site):
        yield Page(address="/", template="list.html", data={"posts": site.size()})
        yield Page(address="/late.txt", template="late.txt", media_type="text/plain")

    @hookimpl
    def register_blocks(self, slot, page):
        if slot == "footer" and page.subject:
            yield Block(template="own/footer.html")

== brought/templates/post.html ==
lost

== brought/templates/own/footer.html ==
<footer></footer>

== brought/own.css ==
a {}

== static/plain.txt ==
Plain.

== templates/list.html ==
{% for card in site.latest() %}{{ card.title }} {% endfor %}

== templates/late.txt ==
{{ site.is_past(site.entry("posts/one").published.replace(year=2091)) }}

== templates/base.html ==
<link href="{{ asset("/own.css") }}">{% block main %}{% endblock %}{{ slot("footer") }}

== templates/post.html ==
{% extends "base.html" %}{% block main %}{% include "part.html" %}{{ entry.body.html | safe }}{% endblock %}

== templates/part.html ==
<h1>{{ entry.title }}</h1>

== content/posts/one.md ==
---
title: One
date: 2026-01-01
slug: one
---
First text.

== content/posts/two.md ==
---
title: Two closed
date: 2026-01-02
slug: two
---
Second text. ![](two.png)

== content/posts/two.png ==
a picture

== content/posts/draft.md ==
---
title: Three
date: 2026-01-03
draft: true
---
Third text.
"""
)


@pytest.fixture
def diary(site):
    """Return a site with a gate, blocks, files and a draft; not built."""
    return site(DIARY)
