"""What the bench builds is right, and what is not is seen."""

import os
import re

import attrs
import pytest

from bench import posts
from bench.edits import EDITS, Proof
from bench.generators import OURS
from pressframe import Site as OpenedSite
from pressframe_comments import Search, State, comment_store
from pressframe_sql import database


def _created(name, folder, count=40):
    site = OURS[name]().site(folder / "site", posts.generate(count))
    site.create()
    return site


def _build(site):
    return OpenedSite.open(site.folder).build(output=site.output)


def test_a_fifth_of_prland_is_closed_and_its_comments_are_shown(tmp_path):
    site = _created("prland", tmp_path)

    release = _build(site)
    site.check()

    assert len(release.gated) == 8 == len(site.posts) - len(site.open_posts)
    shown = sum(page.count('<li id="comment-') for post in site.posts for page in site.pages(post.address))
    assert 80 < shown < 160
    assert shown == comment_store(OpenedSite.open(site.folder)).counts()[State.APPROVED]


def test_an_open_post_that_should_be_closed_is_seen(tmp_path):
    site = _created("prland", tmp_path)
    (closed, *_) = (post for post in site.posts if post not in site.open_posts)
    (file,) = site.folder.rglob(f"{closed.slug}.md")
    file.write_text(file.read_text("utf-8").replace("---\n", "---\naudience: public\n", 1), "utf-8")
    _build(site)

    with pytest.raises(RuntimeError, match=f"{closed.address} is not closed to strangers"):
        site.check()


def test_a_closed_post_that_should_be_open_is_seen(tmp_path):
    site = _created("prland", tmp_path)
    post = site.open_posts[0]
    (file,) = site.folder.rglob(f"{post.slug}.md")
    file.write_text(file.read_text("utf-8").replace("audience: public", "audience: subscribers"), "utf-8")
    _build(site)

    with pytest.raises(RuntimeError, match=f"{post.address} is not open to all"):
        site.check()


def test_a_comment_that_is_not_shown_is_seen(tmp_path):
    site = _created("prland", tmp_path)
    opened = OpenedSite.open(site.folder)
    store = comment_store(opened)
    (filed,) = store.search(Search(), count=1).comments
    store.move([filed.comment.id], State.SPAM)
    database(opened).close()
    _build(site)

    with pytest.raises(RuntimeError, match="does not show its"):
        site.check()


@pytest.mark.parametrize("name", OURS)
def test_every_edit_shows_after_a_build_and_not_before(tmp_path, name):
    site = _created(name, tmp_path)
    _build(site)

    for edit in EDITS[1:]:
        proofs = edit.make(site, 1)
        for proof in proofs:
            with pytest.raises(RuntimeError, match=re.escape(proof.text)):
                proof.check(site)
        _build(site)
        for proof in proofs:
            proof.check(site)


def test_what_should_be_everywhere_is_looked_for_on_every_page(tmp_path):
    site = OURS["plain"]().site(tmp_path, [])
    for name, text in (("a", "old new"), ("b", "old")):
        (site.output / name).mkdir(parents=True)
        (site.output / name / "index.html").write_text(text, "utf-8")

    Proof("/", "new").check(site)
    Proof("/", "old", everywhere=True).check(site)

    with pytest.raises(RuntimeError, match="without 'new'"):
        Proof("/", "new", everywhere=True).check(site)
    with pytest.raises(RuntimeError, match="built /c/"):
        Proof("/c/", "new", everywhere=True).check(site)


def test_pages_that_an_earlier_build_left_need_not_show_the_edit(tmp_path):
    site = OURS["plain"]().site(tmp_path, [])
    for name, text in (("a", "new"), ("left", "old")):
        (site.output / name).mkdir(parents=True)
        (site.output / name / "index.html").write_text(text, "utf-8")
    os.utime(site.output / "left" / "index.html", ns=(1_000, 1_000))

    Proof("/", "new", everywhere=True, since=2_000).check(site)

    with pytest.raises(RuntimeError, match="without 'new'"):
        Proof("/", "new", everywhere=True, since=1_000).check(site)


def test_the_slow_run_once_with_many_posts_and_never_with_too_many():
    generator = attrs.evolve(OURS["plain"](), once_from=5_000, posts_at_most=20_000)

    assert [generator.runs(3, posts=count) for count in (4_999, 5_000, 20_000, 20_001)] == [3, 1, 1, 0]


def test_a_cold_build_finds_nothing_of_earlier_ones(tmp_path):
    site = _created("plain", tmp_path)
    before = {path for path in site.folder.rglob("*") if path.is_file()}
    _build(site)
    assert {path for path in site.folder.rglob("*") if path.is_file()} > before

    site.forget()

    assert {path for path in site.folder.rglob("*") if path.is_file()} == before
