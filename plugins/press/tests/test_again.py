"""What is rendered again after an edit, and what is not."""

import os
import pickle
import shutil

import pytest

from .pieces import SAID

SITE = """
== pressframe.toml ==
[site]
title = "A site"
description = "Old"
plugins = ["markdown", "own"]

== plugins/own.py ==
"""
SITE += (
    SAID
    + """
@attrs.frozen(eq=False)
class Own:
    @hookimpl
    def register_filters(self):
        def told(page):
            with FOLDER.joinpath("rendered.txt").open("a") as file:
                file.write(page.address + " ")
            return ""
        return {"told": told, "day": datetime.fromisoformat}

    @hookimpl
    def register_comments(self, host):
        yield Said()

    @hookimpl
    def register_templates(self):
        yield FOLDER / "theme"

    @hookimpl
    def register_pages(self, site):
        for name in ("list", "tags", "near", "late", "talk", "style", "all"):
            yield Page(address=f"/{name}", template=f"{name}.txt")
        for group in site.groups("tag"):
            yield Page(address=f"/tag/{group.slug}", template="tag.txt", data={"slug": group.slug})

== said.json ==
{"one": "1"}

== theme/post.html ==
{% extends "base.html" %}{% block main %}{% include "part.html" %}{{ entry.body.html | safe }}
{{ site.comments(entry.id) | length }}{% endblock %}

== theme/page.html ==
{% extends "base.html" %}{% block main %}{{ entry.body.html | safe }}{% endblock %}

== theme/base.html ==
{{ page | told }}{% block main %}{% endblock %}

== theme/part.html ==
<h1>{{ entry.title }}</h1>

== theme/list.txt ==
{{ page | told }}{% for card in site.latest(count=2) %}{{ card.title }} {{ card.comments }} {% endfor %}

== theme/tag.txt ==
{{ page | told }}{% for card in site.latest(within=("tag", slug)) %}{{ card.title }} {% endfor %}

== theme/tags.txt ==
{{ page | told }}{% for group in site.groups("tag") %}{{ group.name }} {{ group.size }} {% endfor %}

== theme/near.txt ==
{{ page | told }}{{ site.neighbours("one") }}

== theme/late.txt ==
{{ page | told }}{{ site.is_past("2026-12-24T00:00:00+00:00" | day) }}

== theme/talk.txt ==
{{ page | told }}{% for card, reply in site.latest_comments(5) %}{{ card.title }} {{ reply.html }} {% endfor %}

== theme/style.txt ==
{{ page | told }}{{ asset("/look.css") }}

== theme/all.txt ==
{{ page | told }}{% for one in site.pages() %}{{ one.address }} {% endfor %}

== static/look.css ==
old

== content/one.md ==
---
title: One
date: 2026-01-01
tags: [a]
---
MANY

In the middle.

== content/two.md ==
---
title: Two
date: 2026-01-02
---
Second.

== content/three.md ==
---
title: Three
date: 2026-01-03
tags: [a, b]
---
Third.

== content/pages/about.md ==
---
title: About
---
About us.
"""
)
ONE, TWO, THREE, ABOUT = "/2026/01/one/", "/2026/01/two/", "/2026/01/three/", "/about/"
POSTS = {ONE, TWO, THREE}
ALL = POSTS | {ABOUT, "/list", "/tags", "/near", "/late", "/talk", "/style", "/all", "/tag/a", "/tag/b"}


@pytest.fixture
def paper(site):
    """Return the site, built once."""
    made = site(SITE.replace("MANY", "word " * 60))
    made.build()
    return made


def rendered(paper, **options):
    """Build again; return the addresses of the pages that were rendered."""
    file = paper.folder / "rendered.txt"
    file.unlink(missing_ok=True)
    report = paper.build(**options).report
    found = file.read_text().split() if file.exists() else []
    assert len(found) == report.rendered
    return set(found)


def change(paper, path, old, new):
    text = paper.read(path)
    assert old in text
    paper.edit(path, text.replace(old, new))


def test_a_first_build_renders_every_page_once(paper):
    shutil.rmtree(paper.folder / ".pressframe")

    assert rendered(paper) == ALL


EDITS = {
    "words that no list shows": ("content/one.md", "In the middle", "In between", {ONE}),
    "first words": ("content/two.md", "Second", "Next", {TWO, "/list", "/near"}),
    "title of a neighbour": ("content/two.md", "Two", "Zwei", {TWO, "/list", "/near", "/all"}),
    "title with comments": ("content/one.md", "One", "Eins", {ONE, "/tag/a", "/talk", "/all"}),
    "last of a tag": ("content/three.md", "[a, b]", "[a]", {THREE, "/list", "/tag/a", "/tags", "/all"}),
    "first of a tag": (
        "content/two.md",
        "---\nS",
        "tags: c\n---\nS",
        {TWO, "/list", "/near", "/tags", "/tag/c", "/all"},
    ),
    "page": ("content/pages/about.md", "About us", "Us", {ABOUT}),
    "include": ("theme/part.html", "h1", "h2", POSTS),
    "parent template": ("theme/base.html", "{{ page", "x{{ page", POSTS | {ABOUT}),
    "template": ("theme/tags.txt", "{{ page", "x{{ page", {"/tags"}),
    "asset": ("static/look.css", "old", "new", {"/style"}),
    "first comment": ("said.json", '"1"}', '"1", "two": "2"}', {TWO, "/list", "/near", "/talk"}),
    "last comment": ("said.json", '"one": "1"', "", {ONE, "/tag/a", "/talk"}),
    "setting": ("pressframe.toml", "Old", "New", ALL),
    "plugin": ("plugins/own.py", "Yes.", "No.", ALL),
}


@pytest.mark.parametrize(("path", "old", "new", "pages"), EDITS.values(), ids=EDITS)
def test_an_edit_renders_what_looked_at_what_it_changed_and_nothing_else(paper, path, old, new, pages):
    change(paper, path, old, new)

    assert rendered(paper) == pages
    assert rendered(paper) == set()


def test_a_new_post_renders_the_lists_that_it_is_in(paper):
    paper.edit("content/four.md", "---\ntitle: Four\ndate: 2026-01-04\ntags: [b]\n---\nFourth.\n")

    assert rendered(paper) == {"/2026/01/four/", "/list", "/tag/b", "/tags", "/all"}


def test_a_post_that_is_gone_renders_the_lists_that_it_was_in(paper):
    paper.remove("content/two.md")

    assert rendered(paper) == {"/list", "/near", "/all"}


def test_a_template_of_the_site_that_wins_over_a_plugin_s_renders_its_pages(paper):
    paper.edit("templates/part.html", "<h3>{{ entry.title }}</h3>")

    assert rendered(paper) == POSTS


def test_the_clock_renders_what_looks_at_the_date(paper, clock):
    clock.move("1 day")
    assert rendered(paper) == set()

    clock.move("60 days")

    assert rendered(paper) == {"/late"}


def test_a_file_written_anew_as_it_was_renders_nothing(paper):
    change(paper, "content/one.md", "One", "One")
    change(paper, "theme/base.html", "page", "page")

    assert rendered(paper) == set()


def test_a_page_whose_bytes_come_out_equal_is_not_written(paper):
    before = times(paper)
    change(paper, "theme/base.html", "{{ page", "{# a remark #}{{ page")

    report = paper.build().report

    assert (report.rendered, report.written, report.removed) == (4, 0, 0)
    assert times(paper) == before


def times(paper):
    """Return when each public file was written; the mark of the folder is none of them."""
    files = [file for file in (paper.folder / "public").rglob("*") if file.is_file() and file.name != ".pressframe"]
    return {file: file.stat().st_mtime_ns for file in files}


def test_where_nothing_has_changed_nothing_is_even_loaded(paper, monkeypatch):
    monkeypatch.setattr("pressframe.files._COARSE", 0)  # else files written just now are looked at closely
    paper.build()

    assert list(paper.build().report.stages) == ["scan"]


def test_what_another_version_remembers_is_not_believed(paper, tmp_path, monkeypatch):
    (tmp_path / "installed" / "engine-2.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "installed")

    assert rendered(paper) == ALL


class Trap:
    """Makes a folder when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("caught",)


def test_nothing_that_is_remembered_is_run(paper, tmp_path, monkeypatch):
    """A memory that a stranger has put there, in a checkout say, is data."""
    monkeypatch.chdir(tmp_path)
    kept = paper.folder / ".pressframe"
    for file in (*(kept / "memory").iterdir(), kept / "release.json"):
        file.write_bytes(pickle.dumps(Trap()))

    assert rendered(paper) == ALL
    assert not (tmp_path / "caught").exists()
