"""Pages of plugins that come, go or are planned otherwise, while the entries stay where they are."""

import shutil

import pytest

from pressframe_press import _known, _make

from .pieces import SETTINGS

SITE = (
    SETTINGS
    + """
== plugins/own.py ==
import attrs
from pressframe import Gate, Page, hookimpl

@attrs.frozen(eq=False)
class Own:
    @hookimpl
    def judge_gate(self, entry):
        if entry.title.startswith("Closed"):
            return Gate(requires=frozenset({"friends"}), reason="its title says so")

    @hookimpl
    def register_pages(self, site):
        yield Page(address="/all.txt", template="all.txt")
        yield Page(address="/listed.txt", template="listed.txt")
        for group in site.groups("tag"):
            first = site.latest(within=("tag", group.slug))[0]
            subject = first.id if group.name.startswith("/about/") else None
            data = {"size": group.size, "slug": group.slug}
            yield Page(address=group.name.partition("!")[0], template="tag.txt", subject=subject, data=data)

== templates/post.html ==
{{ entry.title }}{{ entry.body.html | safe }}

== templates/all.txt ==
{% for page in site.pages() %}{{ page.address }} {{ page.title }} {{ page.data.get("size", "") }} {% endfor %}

== templates/listed.txt ==
{% for address, changed in site.listed() %}{{ address }} {{ changed }} {% endfor %}

== templates/tag.txt ==
{{ size }} {% for card in site.latest(within=("tag", slug)) %}{{ card.title }} {% endfor %}
{{ entry and entry.body.html }}

== static/plain.txt ==
plain

== content/one.md ==
---
title: One
date: 2026-01-01
tags: [/a/, /b/]
---
First text.

== content/two.md ==
---
title: Two
date: 2026-01-02
tags: [/b/]
---
Second text.

== content/closed.md ==
---
title: Closed
date: 2026-01-03
slug: closed
---
Shown.

<!--more-->

Withheld. ![](closed.png)

== content/closed.png ==
a picture
"""
)
ONE, TWO, CLOSED = "/2026/01/one/", "/2026/01/two/", "/2026/01/closed/"
FRIENDS = frozenset({"friends"})


@pytest.fixture
def blog(site):
    return site(SITE)


@pytest.fixture
def few(monkeypatch):
    """Count how often a few moves are found to be enough."""
    found = []
    monkeypatch.setattr("pressframe.files._COARSE", 0)  # else files written just now are looked at closely
    monkeypatch.setattr(_make, "find_moved", lambda *given: found.append(_known.find_moved(*given)) or found[-1])
    return found


def tag(blog, path, tags):
    text = blog.read(path)
    above, _, rest = text.partition("date:")
    date, _, below = rest.partition("\n")
    kept = below[below.index("\n") + 1 :] if below.startswith("tags:") else below
    blog.edit(path, f"{above}date:{date}\ntags: [{tags}]\n{kept}")


def everything(blog, release):
    """Return all that anybody can get."""
    found = {
        (one, who): release.find(one, who) for one in {*release.files, *release.gated} for who in (frozenset(), FRIENDS)
    }
    return blog.published(), {key: one and one.file.read_bytes() for key, one in found.items()}, dict(release.gated)


def afresh(blog):
    shutil.rmtree(blog.folder / "public")
    shutil.rmtree(blog.folder / ".pressframe")
    return blog.build()


MOVES = {
    "a first tag": ("content/two.md", "/b/, /c/", {"/b/", "/c/"}),
    "one of two posts": ("content/two.md", "", {"/b/"}),
    "a last tag": ("content/one.md", "/b/", {"/b/"}),
    "one for another": ("content/one.md", "/b/, /c/page/", {"/b/", "/c/page/"}),
    "an address that moves to another tag": ("content/one.md", "/a/!x, /b/", {"/a/", "/b/"}),
    "a page of a closed post": ("content/closed.md", "/about/", {"/about/"}),
}


@pytest.mark.parametrize(("path", "tags", "lists"), MOVES.values(), ids=MOVES)
def test_pages_that_move_are_those_of_a_clean_build_and_little_else_is_rendered(blog, few, path, tags, lists):
    was = blog.read(path)
    first = everything(blog, blog.build().release)
    tag(blog, path, tags)

    again = blog.build()

    made = {one.address for one in again.release.reasons}
    assert made - {"/all.txt", "/listed.txt", ONE, TWO, CLOSED} <= lists
    assert len(made & {ONE, TWO, CLOSED}) == 1
    found = everything(blog, again.release), again.report.pages
    clean = afresh(blog)
    assert found == (everything(blog, clean.release), clean.report.pages)
    assert None not in few
    assert few
    blog.edit(path, was)
    assert everything(blog, blog.build().release) == first


def test_a_page_about_a_closed_post_is_whole_for_its_readers_alone(blog, few):
    blog.build()
    tag(blog, "content/closed.md", "/about/")

    release = blog.build().release

    assert b"Withheld" in release.find("/about/", FRIENDS).file.read_bytes()
    assert b"Withheld" not in release.find("/about/").file.read_bytes()
    tag(blog, "content/closed.md", "")
    release = blog.build().release
    assert release.find("/about/", FRIENDS) is None
    assert len(few) == 2
    assert None not in few


WRONG = {
    "where an entry is": TWO,
    "where a file is": "/plain.txt",
    "where a file is but for its case": "/PLAIN.txt",
    "below a file": "/plain.txt/below/",
    "where a folder is": "/2026",
    "where a file is that only readers get": "/2026/01/closed/closed.png",
    "twice": "/c/, /c/!x",
    "once in capitals": "/c/, /C/!x",
    "a device": "/c/con.txt",
    "outside": "/../c",
}


@pytest.mark.parametrize("tags", WRONG.values(), ids=WRONG)
def test_a_page_that_comes_where_it_cannot_be_is_told_of_as_in_a_clean_build(blog, tags):
    first = everything(blog, blog.build().release)
    was = blog.read("content/one.md")
    tag(blog, "content/one.md", f"/a/, /b/, {tags}")

    told = str(blog.build().error)

    assert told != "None"
    blog.edit("content/one.md", was)
    assert everything(blog, blog.build().release) == first
    tag(blog, "content/one.md", f"/a/, /b/, {tags}")
    assert told == str(afresh(blog).error)


def test_many_pages_that_come_at_once_are_planned_with_all_others(blog, few):
    blog.build()
    tag(blog, "content/one.md", ", ".join(f"/many/{number}/" for number in range(_known.MOST + 1)))

    found = everything(blog, blog.build().release)

    assert few == [None]
    assert found == everything(blog, afresh(blog).release)


def test_addresses_that_are_not_plain_are_checked_with_all_others(blog, few):
    blog.build()
    tag(blog, "content/one.md", "/a/, /b/, /Été/")

    found = everything(blog, blog.build().release)

    assert few == [None]
    assert found == everything(blog, afresh(blog).release)


def test_what_was_not_checked_with_all_others_is_checked_once_they_are_planned_again(blog, few):
    blog.build()
    tag(blog, "content/one.md", "/a/, /b/, /c/")
    assert blog.build().error is None
    assert None not in few

    blog.edit("content/c.md", "---\ntitle: In the way\ndate: 2026-01-04\naddress: /c/\n---\n")

    assert "/c/" in str(blog.build().error)
