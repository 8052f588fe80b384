"""Releases that are put together from the one before, as a server has them made."""

import gc
import random
import shutil
import weakref

import pytest

from .pieces import SAID, SETTINGS

SITE = (
    SETTINGS
    + "== plugins/own.py =="
    + SAID
    + """
@attrs.frozen(eq=False)
class Own:
    @hookimpl
    def register_comments(self, host):
        yield Said()

    @hookimpl
    def judge_gate(self, entry, now):
        return (
            Gate(requires=frozenset({"friends"}), reason="a test", conversation="shown")
            if entry.title.startswith("Closed") else None
        )

    @hookimpl
    def register_pages(self, site):
        yield Page(address="/list", template="list.txt", media_type="text/plain")
        for group in site.groups("tag"):
            yield Page(address=f"/tag/{group.slug}", template="list.txt", media_type="text/plain")
        for id, address in site.conversations():
            yield Page(address=f"{address}said", template="post.html", subject=id)

== said.json ==
{}

== templates/post.html ==
<h1>{{ entry.title }}</h1>{{ entry.body.html | safe }}{{ site.comments(entry.id) | length }}

== templates/page.html ==
{% extends "post.html" %}

== templates/list.txt ==
{% for card in site.latest() %}{{ card.title }} {{ card.comments }} {% endfor %}

== static/look.css ==
old

== content/one.md ==
---
title: One
date: 2026-01-01
---
First.

== content/two.md ==
---
title: Two
date: 2026-01-02
---
Second.

== content/pages/closed.md ==
---
title: Closed from the start
---
For friends.

== content/draft.md ==
---
title: Three
date: 2026-01-03
status: draft
---
Third.
"""
)
ONE, TWO, THREE, CLOSED = "/2026/01/one/", "/2026/01/two/", "/2026/01/draft/", "/closed/"


@pytest.fixture
def blog(site):
    return site(SITE)


@pytest.fixture
def opened(blog):
    """Return the site, opened once and for all."""
    return blog.open()


@pytest.fixture
def first(opened, blog):
    """Return its first release."""
    return opened.build(now=blog.clock.now)


def again(opened, last, blog, **options):
    return opened.rebuild(last, now=blog.clock.now, **options)


def shown(release):
    """Return all that can be got of a release."""
    whole = frozenset({"friends"})
    found = {
        (address, audiences): stored and (stored.file.read_bytes(), stored.media_type, stored.tag, stored.size)
        for address in {*release.files, *release.gated}
        for audiences in (frozenset(), whole)
        for stored in [release.find(address, audiences)]
    }
    views = [release.view(audiences) for audiences in (frozenset(), whole)]
    lists = [[(card, view.entry(card.id), view.comments(card.id)) for card in view.latest()] for view in views]
    groups = [(view.groups("tag"), view.groups("month"), view.listed()) for view in views]
    tagged = [view.latest(within=("tag", slug)) for view in views for slug in "ab"]
    return found, dict(release.gated), lists, groups, tagged, [view.page(ONE) for view in views], release.until


EDITS = {
    "nothing": {},
    "a text": {"content/one.md": ("First", "Other")},
    "a title": {"content/one.md": ("One", "Eins")},
    "a date": {"content/one.md": ("01-01", "01-09")},
    "a gate": {"content/one.md": ("title: One", "title: Closed")},
    "a draft published": {"content/draft.md": ("status: draft", "tags: [a]")},
    "a post withdrawn": {"content/one.md": ("title: One", "title: One\nstatus: draft")},
    "a comment": {"said.json": ("{}", '{"one": "1"}')},
    "a comment on a closed post": {"said.json": ("{}", '{"pages/closed": "1"}')},
    "a tag": {"content/one.md": ("title: One", "title: Eins\ntags: [a, b]")},
    "a tag and a comment": {
        "content/one.md": ("title: One", "title: One\ntags: [a]"),
        "said.json": ("{}", '{"one": "1", "pages/closed": "2"}'),
    },
    "a tag of another": {"content/two.md": ("title: Two\nd", "title: Two\ntags: [b]\nd")},
    "a template": {"templates/post.html": ("<h1>", "<h1 class='a'>")},
    "a file": {"static/look.css": ("old", "new")},
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("then", ["a text", "a draft published", "a tag of another"])
def test_a_release_taken_over_from_the_last_is_what_a_clean_build_makes(blog, opened, first, edit, then):
    release = first
    for changes in (edit, EDITS[then]):
        for path, (old, new) in changes.items():
            blog.edit(path, blog.read(path).replace(old, new))
        release = again(opened, release, blog)

    output = blog.folder.parent / "clean"
    clean = blog.open().build(output=output, now=blog.clock.now)

    assert shown(release) == shown(clean)


@pytest.mark.parametrize("seed", range(6))
def test_a_chain_of_releases_ends_with_what_a_clean_build_makes(blog, opened, first, seed):
    chance, release, done = random.Random(seed), first, set()
    for number in range(10):
        name = chance.choice([*EDITS])
        for path, (old, new) in EDITS[name].items():
            blog.edit(path, blog.read(path).replace(*((new, old) if name in done else (old, new)), 1))
        done ^= {name}
        release = again(opened, release, blog, scan=chance.random() < 0.7, early=lambda pages: None)
        if number % 3 == 0:  # the server builds once more after a build that did not scan
            release = again(opened, release, blog)
            output = blog.folder.parent / f"clean-{number}"
            assert shown(release) == shown(blog.open().build(output=output, now=blog.clock.now)), name


def test_what_has_not_changed_is_the_very_same_in_both(blog, opened, first):
    blog.edit("content/one.md", blog.read("content/one.md").replace("First", "Other"))

    release = again(opened, first, blog)

    assert {address for address, stored in release.files.items() if first.files.get(address) is not stored} == {ONE}


def test_a_release_shows_nothing_of_a_comment_that_another_process_has_wiped_since(blog, opened, first):
    """Threat 79: what is rendered live from it, before the server has the next one, does without."""
    blog.edit("said.json", '{"one": "1"}')
    view = again(opened, first, blog).view()
    blog.edit("said.json", "{}")

    blog.build()

    assert (view.comments("one"), view.latest_comments(5)) == ((), ())


def test_the_last_release_stays_as_it_was(blog, opened, first):
    before = dict(first.files), dict(first.gated), [card.title for card in first.view().latest()]
    blog.edit("content/one.md", blog.read("content/one.md").replace("title: One", "title: Closed"))

    again(opened, first, blog)

    assert (dict(first.files), dict(first.gated), [card.title for card in first.view().latest()]) == before


def test_nothing_is_taken_over_where_another_process_has_built_since(blog, opened, first):
    blog.edit("content/two.md", blog.read("content/two.md").replace("title: Two", "title: Closed"))
    blog.build()
    blog.edit("content/one.md", blog.read("content/one.md").replace("First", "Other"))

    release = again(opened, first, blog)

    assert set(release.gated) == {TWO, CLOSED}
    assert "Second" not in release.find(TWO).file.read_text()
    assert "Other" in release.find(ONE).file.read_text()


@pytest.mark.parametrize("is_remembered", [True, False])
def test_a_release_keeps_none_of_those_before(blog, opened, is_remembered):
    release = opened.build(now=blog.clock.now)
    for number in range(3):
        blog.edit("content/one.md", blog.read("content/one.md").replace("First", f"First {number}"))
        if not is_remembered:
            shutil.rmtree(blog.folder / ".pressframe")
        last, release = release, again(opened, release, blog)
        assert release.files
        gone = weakref.ref(last.contents.press)
        del last
        gc.collect()

        assert gone() is None


def test_a_release_is_made_though_the_memory_was_deleted(blog, opened, first):

    shutil.rmtree(blog.folder / ".pressframe")

    assert shown(again(opened, first, blog)) == shown(first)


def test_the_page_of_a_comment_is_told_of_before_all_others_and_none_that_is_closed(blog, opened, first):
    early = []

    def told(pages):
        assert opened.folder.joinpath("public/list").read_text().startswith("Two 0 One 0")
        early.append({address: (stored.tag, stored.file.read_text()) for address, stored in pages.items()})

    blog.edit("said.json", '{"one": "1", "pages/closed": "2"}')
    release = again(opened, first, blog, scan=False, early=told)

    assert early == [{ONE: (release.find(ONE).tag, release.find(ONE).file.read_text())}]
    assert early[0][ONE][1].rstrip().endswith("1")
    assert "One 1" in release.find("/list").file.read_text()


def test_nothing_is_told_of_early_where_nothing_waits_for_it(blog, opened, first):
    blog.edit("content/one.md", blog.read("content/one.md").replace("First", "Other"))
    early = []

    again(opened, first, blog, early=early.append)

    assert early == []


def test_a_build_that_does_not_scan_shows_comments_and_leaves_content_to_the_next(blog, opened, first):
    blog.edit("said.json", '{"one": "1"}')
    blog.edit("content/one.md", blog.read("content/one.md").replace("First", "Other"))

    heard = again(opened, first, blog, scan=False)
    listed, page = (heard.find(one).file.read_text() for one in ("/list", ONE))
    seen = again(opened, heard, blog)

    assert listed.split() == ["Two", "0", "One", "1"]
    assert "First" in page
    assert "Other" in seen.find(ONE).file.read_text()
    assert shown(seen) == shown(blog.build().release)


def test_a_build_that_does_not_scan_scans_where_it_cannot_know_what_there_is(blog, opened, first):
    blog.edit("content/one.md", blog.read("content/one.md").replace("First", "Other"))
    blog.build()
    blog.edit("content/one.md", blog.read("content/one.md").replace("Other", "Third"))

    release = again(opened, first, blog, scan=False)

    assert "Third" in release.find(ONE).file.read_text()
