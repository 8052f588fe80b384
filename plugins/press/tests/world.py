"""The site of the proof as text, and everything that may happen to it."""

import struct
from pathlib import Path

ATLAS = Path(__file__).with_name("atlas.py").read_text("utf-8")

CROWD = '''
import attrs
from pressframe import Page, hookimpl

@attrs.frozen(eq=False)
class Crowd:
    """Enough pages to be worth two processes."""

    @hookimpl
    def register_pages(self, site):
        ids = [card.id for card in site.latest(count=50)]
        for number in range(120):
            data = {"what": "entry", "id": ids[number % len(ids)] if ids else ""}
            yield Page(address=f"/crowd/{number}.txt", template="atlas.txt", data=data)
'''

GUARDS = '''
from datetime import UTC, datetime
import attrs
from pressframe import Gate, Teaser, hookimpl

CLEAR = datetime(2026, 11, 23, 14, tzinfo=UTC)  # which nothing else asks about

@attrs.frozen(eq=False)
class Gates:
    """Closes a category, and fails where it is told to."""

    friends: str = "c"
    talk: str = "hidden"
    fails: str = ""

    @hookimpl
    def judge_gate(self, entry, now):
        slugs = {term.slug for term in entry.terms}
        if (self.fails == "for some" and "b" in slugs) or (self.fails == "for now" and now < CLEAR and "a" in slugs):
            raise RuntimeError("nobody knows")
        if self.friends in slugs:
            return Gate(requires=frozenset({"friends"}), reason="friends", conversation=self.talk)

    @hookimpl
    def find_teaser(self, entry, gate):
        if self.fails == "at teasers":
            raise RuntimeError("no teaser")
        return Teaser(html="<p>For friends mark0000.</p>") if "friends" in gate.requires else None
'''

TEXT = """
== pressframe.toml ==
[site]
title = "A site"
url = "https://one.example"
description = "mark0000"
language = "en"
timezone = "Europe/Paris"
per_page = 2
menu = { Start = "/" }
plugins = ["markdown", "sql", "web", "gates", "members", "comments", "archives", "feeds", "journal", "atlas", "guards"]

[plugins.markdown]
permalink = "/{year}/{slug}/"

[plugins.gates]
archive_after = "30 days"
closed_comments = "counted"
audiences = { paid = { name = "patrons", join = "/support/" } }

[plugins.comments]
close_after = "3 days"

[plugins.atlas]
label = "atlas"
club = false

[plugins.guards]
friends = "d"
talk = "hidden"
fails = "for now"

== content/posts/one.md ==
---
title: One
date: 2026-11-20
tags: [a]
---
First mark0000.

<!--more-->

Withheld mark0000.

== content/posts/two.md ==
---
title: Two
date: 2026-11-21 10:00
tags: [a, b]
categories: [News]
---
Second ![](photo.png) mark0000.

== content/posts/sub/three.md ==
---
title: Three
date: 2026-11-19
nest: [a<b]
tags: [b]
---
Third mark0000.

== content/posts/five.md ==
---
title: Five
date: 2026-10-24 09:30
nest: [b<c]
authors: [ann]
---
Fifth mark0000.

== content/posts/six.md ==
---
title: Six
date: 2026-11-18
nest: [b<d]
---
Sixth mark0000.

== content/pages/four.md ==
---
title: Four
nest: [c<d]
---
Fourth mark0000.

== content/posts/one.comments.toml ==
[[comment]]
id = 18
author = "Zoé"
date = 2026-11-20T10:47:00+02:00
body = "Said mark0000."

== content/posts/photo.png ==
mark0000

== static/look.css ==
mark0000

== plugins/theme/atlas.html ==
{% extends "atlas-base.html" %}
{% block main %}{% include "atlas-part.html" %}
{% for id in page.data.ids %}{{ site.entry(id) and site.entry(id).title }}{% endfor %}{{ slot("after_entry") }}
{% endblock %}

== plugins/theme/atlas-base.html ==
<html><head><title>{{ page.title }}</title>{{ slot("head") }}</head>
<body>mark0000 {% block main %}{% endblock %}{{ slot("footer") }}</body></html>

== plugins/theme/atlas-part.html ==
part mark0000 {{ "folded" | loud }} {{ "/here/" | absolute }} {{ _("Said") }}

== plugins/theme/late.html ==
{% extends "atlas-base.html" %}{% block main %}{% include ["late-base.html", "atlas-part.html"] %}{% endblock %}

== plugins/theme/atlas-block.html ==
{% import "atlas-macros.html" as macros with context %}
{{ macros.show(newest) }} {{ late }} {{ label }} {{ site.settings.title }}

== plugins/theme/atlas-macros.html ==
{% macro show(text) %}<i>{{ text }} mark0000</i>{% endmacro %}

== plugins/theme/atlas-menu.html ==
{% for card in site.latest(within=("category", "b"), count=count) %}{{ card.title }} {% endfor %}
{{ part("atlas-count.html") }} {{ site.card("posts/one") and site.card("posts/one").comments }} mark0000

== plugins/theme/atlas-count.html ==
{{ site.size(within=("tag", "b")) }} {{ site.comment_count("posts/two") }} {{ site.audiences | sort | join(" ") }}

== plugins/theme/atlas-near.html ==
{% for one in near if one %}<a href="{{ one.address }}">{{ one.title }} {{ one.comments }}</a>{% endfor %}
{% include "maybe.html" ignore missing %}

== plugins/atlas.css ==
mark0000

== templates/atlas.txt ==
{% macro card(one) %}{{ one.id }} {{ one.title }} {{ one.excerpt }} {{ one.comments }} {{ one.gated }}
{{ one.published }} {{ one.terms }} {{ one.address }}{% endmacro %}
{% if what == "entry" %}{% set one = site.entry(id) %}{{ one and one.body.html }} {{ one and one.data.atlas }}
{% elif what == "card" %}{% set one = site.card(id) %}{{ one and card(one) }}
{% elif what == "gate" %}{% set one = site.gate(id) %}{{ one and (one.requires | sort | join(" "), one.until) }}
{% elif what == "near" %}{% set two = site.neighbours(id) %}
{{ two.older and two.older.title }} < {{ two.newer and two.newer.title }}
{% elif what == "comments" %}
{% for one in site.comments(id) %}{{ one.comment.id }} {{ one.html }} {{ one.comment.received }} {% endfor %}
{% elif what == "count" %}{{ site.comment_count(id) }}
{% elif what == "latest" %}{% for one in site.latest(count=2) %}{{ card(one) }}{% endfor %}
{% elif what == "rest" %}{% for one in site.latest(start=2, count=50) %}{{ one.title }} {% endfor %}
{% elif what == "pages" %}{% for one in site.latest(kind="page") %}{{ one.title }} {% endfor %}
{{ site.size(kind="page") }}
{% elif what == "size" %}{{ site.size() }} {{ site.size(within=("tag", "a")) }}
{% elif what == "tagged" %}{% for kind in ("page", "note") %}
{{ site.latest(kind=kind, within=("tag", "a")) | length }} {{ site.size(kind=kind, within=("tag", "a")) }}{% endfor %}
{% elif what == "notes" %}{{ site.latest(kind="note") | length }} {{ site.size(kind="note") }}
{% elif what == "groups" %}{% for one in site.groups(taxonomy) %}
{{ one.slug }} {{ one.name }} {{ one.size }} {{ one.parent }} {% endfor %}
{% elif what == "first" %}{% for one in site.latest(within=(taxonomy, slug), count=1) %}{{ card(one) }}{% endfor %}
{% elif what == "second" %}{% for one in site.latest(within=(taxonomy, slug), start=1, count=1) %}{{ one.title }}
{% endfor %}
{% elif what == "within" %}{% for one in site.latest(within=(taxonomy, slug), count=50) %}{{ card(one) }}{% endfor %}
{% elif what == "number" %}{{ site.size(within=(taxonomy, slug)) }}
{% elif what == "beside" %}{% set ns = namespace(before="") %}
{% for one in site.latest(within=(taxonomy, slug), count=9) %}{{ ns.before }} > {{ one.id }}{% set ns.before = one.id %}
{% endfor %}
{% elif what == "talk" %}{% for one, reply in site.latest_comments(3) %}{{ one.title }} {{ reply.html }} {% endfor %}
{% elif what == "all said" %}{{ site.latest_comments(99) | length }} {{ site.conversations() }}
{% elif what == "past" %}{{ site.is_past("2026-11-22T09:00:00+00:00" | moment) }}
{% elif what == "parts" %}{{ part("atlas-menu.html", count=1) }} {{ part("atlas-menu.html", count=2) }}
{% elif what == "chosen" %}{% set one = site.entry("posts/one") %}
{% set mood = one.data.markdown.extra.mood if one and one.data.markdown.extra.mood is defined else {} %}
{% include (mood.layout if mood.layout is defined else "maybe.html") ignore missing %}
{% include ["missing.html", "maybe.html", "atlas-part.html"] %}
{% elif what == "odd" %}{{ site.latest(start=-3, count=1) | length }} {{ site.latest(count=0) | length }}
{{ site.card("nothing") }} {{ site.neighbours("pages/four").older }} {{ site.gate("nothing") }}
{{ site.settings.description }} {{ site.settings.menu | length }} {{ site.audiences | sort | join(" ") }}
{% elif what == "listed" %}{% for address, changed in site.listed() %}{{ address }} {{ changed }} {% endfor %}
{% elif what == "soon" %}{{ "late" if site.is_past("2026-11-24T00:00:00+00:00" | moment) else "early" }}
{% elif what == "asset" %}{{ asset("/look.css") }} {{ asset("/atlas.css") if "atlas" in site.settings.plugins }}
{% elif what == "addresses" %}{% for one in site.pages() %}{{ one.address }} {{ one.title }} {% endfor %}
{% endif %}
"""
TEXT += f"""
== plugins/atlas.py ==
{ATLAS}
== plugins/crowd.py ==
{CROWD}
== plugins/guards.py ==
{GUARDS}
"""


def catalogue(words: dict[str, str]) -> bytes:
    """Return a compiled catalogue, as msgfmt makes it of these words."""
    pairs = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **words}.items())
    texts = [(one.encode(), other.encode()) for one, other in pairs]
    start, where, body = 28 + 16 * len(texts), ([], []), b""
    for side in (0, 1):
        for pair in texts:
            where[side].extend((len(pair[side]), start + len(body)))
            body += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(texts), 28, 28 + 8 * len(texts), 0, 0)
    return head + struct.pack(f"<{4 * len(texts)}I", *where[0], *where[1]) + body


def said(id: int, *, parent: int | None = None, author: str = "Zoé") -> str:
    """Return an archived comment."""
    above = f"parent = {parent}\n" if parent else ""
    return f"""[[comment]]
id = {id}
{above}author = "{author}"
date = 2026-11-21T10:{id}:00+01:00
body = "Said {id} mark0000."
"""


VARIANTS = {
    "templates/atlas-part.html": [None, "the site's mark0000", "{% extends 'atlas:atlas-part.html' %}", "{{ broken"],
    "templates/late-base.html": [None, "late mark0000"],
    "templates/atlas-base.html": [None, "other {% block main %}{% endblock %} {{ slot('footer') }}"],
    "templates/missing.html": [None, "found mark0000", "{% include 'atlas-part.html' %}"],
    "templates/maybe.html": [None, "maybe mark0000", "{% include 'atlas-part.html' %}"],
    "templates/comments/comment.html": [None, "<p>{{ reply.html | safe }} mark0000</p>"],
    "templates/gates/section.html": [None, "{{ requires | join(' ') }} {{ count }} mark0000"],
    "templates/journal/head.html": [None, "<!-- mark0000 -->"],
    "plugins/theme/atlas-part.html": [
        "part {{ 'folded' | loud }}", "other {{ '/there/' | absolute }}", "{% include 'maybe.html' ignore missing %}",
    ],
    "plugins/theme/atlas-macros.html": [
        "{% macro show(text) %}a {{ text }}{% endmacro %}", "{% macro show(text) %}mark0000{% endmacro %}",
    ],
    "plugins/theme/atlas-base.html": ["<b>{% block main %}{% endblock %}</b>", "{% block main %}{% endblock %} base"],
    "plugins/theme/atlas-menu.html": ["{{ site.size() }}", "{% include 'atlas-count.html' %}", "mark0000"],
    "plugins/guards.py": [
        GUARDS, GUARDS.replace("For friends", "Only for friends"), GUARDS.replace('"b" in', '"a" in'),
    ],
    "plugins/atlas.css": ["one", "mark0000"],
    "plugins/atlas.py": [ATLAS, ATLAS.replace("upper", "lower"), ATLAS.replace("count=2", "count=3")],
    "static/look.css": ["one", "two", "mark0000", None],
    "static/2026/one/index.html": [None, "in the way"],
    "static/atlas.css": [None, "the site's mark0000"],
    "locale/fr/LC_MESSAGES/site.mo": [None, catalogue({"Said": "Dit"}), catalogue({"Said": "Parlé"}), b"odd"],
    "plugins/words/fr/LC_MESSAGES/atlas.mo": [None, catalogue({"Said": "Redit", "Home": "Chez nous"})],
    "plugins/words/en/LC_MESSAGES/atlas.mo": [None, catalogue({"Said": "Spoken"})],
    "content/posts/photo.png": [None, "mark0000", "other"],
    "content/posts/other.png": [None, "other"],
    "content/authors.toml": [None, '[ann]\nname = "Ann Onym"\n', '[ann]\nname = "Anna"\n'],
    "content/posts/one.comments.toml": [None, said(18), said(18, author="Ann") + said(19, parent=18), said(19)],
    "content/posts/two.comments.toml": [None, said(28), said(18)],
}  # fmt: skip
SETTINGS = {
    "title": ['"A site"', '"Another"'], "url": ['"https://one.example"', '"https://two.example"'],
    "language": ['"en"', '"fr"'], "timezone": ['"Europe/Paris"', '"Pacific/Auckland"', '"UTC"'],
    "per_page": ["1", "2", "3"], "permalink": ['"/{year}/{slug}/"', '"/{slug}/"'],
    "archive_after": ['"30 days"', '"2 days"'], "closed_comments": ['"counted"', '"shown"', '"hidden"'],
    "close_after": ['"3 days"', '"1 day"'], "label": ['"atlas"', '"globe"'], "club": ["true", "false"],
    "friends": ['""', '"a"', '"b"', '"c"', '"d"'], "talk": ['"hidden"', '"counted"', '"shown"'],
    "fails": ['""', '"for some"', '"for now"', '"at teasers"'], "menu": ['{ Start = "/" }', "{}"],
    "audiences": ['{ paid = { name = "patrons", join = "/support/" } }', "{ paid = {} }"],
    "description": ['"mark0000"', '""'],
}  # fmt: skip
