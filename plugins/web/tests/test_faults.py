"""Faults of the machine while a site is served: a full disk, other builds, edits that come during one."""

import contextlib
import fcntl
import logging

import pytest

from pressframe.files import digest_of_bytes
from pressframe_testing import TestSite
from pressframe_testing._disk import small_disk

from .conftest import SITE

OPEN = "/2026/11/open/"
POST = "content/posts/2026/open.md"


def write(blog, text):
    blog.edit(POST, f"---\ntitle: Ouvert\ndate: 2026-11-20\n---\n{text}\n")


def ask(served):
    """Build again, as after an edit that was seen."""
    served.app.rebuilder.ask()
    return served.rebuild()


def errors_in(caplog):
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.fixture
def disk(tmp_path, clock):
    """Return the site on a small file system of its own, in memory."""
    with small_disk(tmp_path / "disk") as folder, contextlib.ExitStack() as closing:
        yield TestSite.of_text(SITE, folder / "site", clock=clock, closing=closing)


def test_a_full_disk_leaves_the_old_pages_up_and_new_ones_come_once_there_is_room(disk, caplog):
    """Fault F6: one message, however often it is tried, and nobody has to ask."""
    served, filler = disk.serve(), disk.folder / "filler"
    write(disk, "Salut.")
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))

    ask(served)
    assert served.rebuild()  # again, by itself
    assert "Du texte pour tous" in served.visitor.get(OPEN).text
    assert len(errors_in(caplog)) == 1
    assert "cannot be written: No space left on device" in caplog.text

    filler.unlink()
    assert served.rebuild()
    assert "Salut" in served.visitor.get(OPEN).text
    assert served.app.rebuilder.error is None
    assert not served.rebuild()


def test_what_only_an_edit_can_mend_is_not_tried_again_and_again(served, blog):
    blog.edit(POST, "---\ntitel: x\n---\n")
    ask(served)

    assert not served.rebuild()


def test_an_edit_that_comes_while_the_site_is_built_is_built_next(served, blog, monkeypatch):
    """Fault F10."""
    write(blog, "Premier.")
    rebuild = served.app.rebuild

    def disturbed(*, scan):
        release = rebuild(scan=scan)
        write(blog, "Second.")
        served.app.rebuilder.ask()
        return release

    monkeypatch.setattr(served.app, "rebuild", disturbed)
    assert ask(served)
    assert "Premier" in served.visitor.get(OPEN).text
    monkeypatch.setattr(served.app, "rebuild", rebuild)

    assert served.rebuild()
    assert "Second" in served.visitor.get(OPEN).text


@pytest.mark.parametrize("is_removed", [False, True], ids=["other text", "post removed"])
def test_another_build_that_comes_before_the_new_pages_are_read_mixes_nothing(served, blog, monkeypatch, is_removed):
    """Fault F10: what is served under one tag are the bytes that have it."""
    write(blog, "Premier.")
    blog.edit("content/posts/2026/more.md", "---\ntitle: Premier\ndate: 2026-11-18\nslug: more\n---\nPremier.\n")
    rebuild = served.app.rebuild

    def overtaken(*, scan):
        release = rebuild(scan=scan)
        assert release.files  # what it holds is known, and not read yet
        monkeypatch.setattr(served.app, "rebuild", rebuild)
        write(blog, "Second.")
        if is_removed:
            blog.remove("content/posts/2026/more.md")
        assert blog.build().error is None
        return release

    monkeypatch.setattr(served.app, "rebuild", overtaken)
    assert ask(served)

    reply = served.visitor.get(OPEN)
    assert "Second" in reply.text
    assert digest_of_bytes(reply.body) in reply.headers["etag"]
    assert served.visitor.get("/2026/11/more/").status == (404 if is_removed else 200)
    assert ("Premier" in served.visitor.get("/").text) != is_removed
    assert served.app.rebuilder.error is None


def test_a_page_that_somebody_changed_by_hand_as_it_was_built_is_served_all_the_same(served, blog, monkeypatch):
    """There is no other build to be waited for."""
    page = blog.folder / "public/2026/11/open/index.html"
    write(blog, "Premier.")

    def meddled(build):
        def meddle(**wanted):
            release = build(**wanted)
            page.write_text("par quelqu'un", "utf-8")
            return release

        return meddle

    for name in ("build", "rebuild"):
        monkeypatch.setattr(served.app, name, meddled(getattr(served.app, name)))
    assert ask(served)

    assert "par quelqu'un" in served.visitor.get(OPEN).text


def test_a_build_that_takes_too_long_is_waited_for_again(served, blog, monkeypatch, caplog):
    """Fault F10: the other one's end is no edit."""
    monkeypatch.setattr("pressframe_press._output._PATIENCE", 0.0)
    write(blog, "Salut.")
    with (blog.folder / ".pressframe/lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ask(served)
        assert served.rebuild()
        assert "Du texte pour tous" in served.visitor.get(OPEN).text
        assert "another build of this site is still running" in caplog.text
        assert len(errors_in(caplog)) == 1

    assert served.rebuild()
    assert "Salut" in served.visitor.get(OPEN).text
