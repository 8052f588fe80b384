"""When the site is built again, and what is served meanwhile."""

import logging
import os
import threading
from datetime import timedelta

import pytest
import watchfiles

from pressframe_web._watch import Watcher

OPEN, CLOSED = "/2026/11/open/", "/2026/11/closed/"
BROKEN = "---\ntitel: x\n---\n"


def test_a_new_release_is_served_after_an_edit(served, blog):
    blog.edit("content/posts/2026/open.md", blog.read("content/posts/2026/open.md").replace("pour tous", "pour toutes"))
    served.app.rebuilder.ask()

    assert served.rebuild()
    assert "pour toutes" in served.visitor.get(OPEN).text
    assert not served.rebuild()


def test_the_old_release_stays_while_the_new_one_cannot_be_built(served, blog, caplog):
    blog.edit("content/posts/2026/open.md", BROKEN)

    for _ in range(3):
        served.app.rebuilder.ask()
        assert served.rebuild()

    assert "titel" in str(served.app.rebuilder.error)
    assert caplog.text.count("open.md:2") == 1
    assert served.visitor.get(OPEN).status == 200


def test_a_mended_site_is_built(served, blog):
    blog.edit("content/posts/2026/odd.md", BROKEN)
    served.app.rebuilder.ask()
    served.rebuild()

    blog.remove("content/posts/2026/odd.md")
    served.app.rebuilder.ask()

    assert served.rebuild()
    assert served.app.rebuilder.error is None


@pytest.mark.parametrize("step", ["_serve_early", "switch"])
def test_a_page_that_is_served_early_is_made_good_where_its_release_does_not_come(served, blog, monkeypatch, step):
    show, before = served.app._serve_early, served.visitor.get(OPEN).text

    def fail(*given):
        if step == "_serve_early":
            show(*given)
        raise OSError("no more room")

    blog.edit("outside.txt", "said")
    monkeypatch.setattr(served.app, step, fail)
    served.rebuild()
    early, error = served.visitor.get(OPEN).text, served.app.rebuilder.error
    monkeypatch.undo()
    blog.edit("outside.txt", "one")
    served.app.rebuilder.ask()
    served.rebuild()

    assert error is not None
    assert early != before
    assert served.visitor.get(OPEN).text == before
    assert served.app.rebuilder.error is None


def test_a_scheduled_post_appears_at_its_time(served, blog, clock):
    blog.edit("content/posts/2026/soon.md", "---\ntitle: Bientôt\ndate: 2026-11-24\nslug: soon\n---\nDemain.\n")
    served.app.rebuilder.ask()
    served.rebuild()
    assert served.visitor.get("/2026/11/soon/").status == 404
    assert not served.rebuild()

    clock.move("1 day")

    assert served.rebuild()
    assert served.visitor.get("/2026/11/soon/").status == 200


def test_a_post_that_a_clock_which_was_ahead_has_shown_waits_for_its_time_again(served, blog, clock):
    """Threats 17, 75: nobody has to ask for it, and a clock that is corrected by little builds nothing."""
    blog.edit("content/posts/2026/soon.md", "---\ntitle: Bientôt\ndate: 2026-11-24\nslug: soon\n---\nDemain.\n")
    clock.move("1 day")
    served.app.rebuilder.ask()
    served.rebuild()
    assert served.visitor.get("/2026/11/soon/").status == 200

    clock.now -= timedelta(seconds=10)
    assert not served.rebuild()
    clock.now -= timedelta(days=1)
    assert served.rebuild()

    assert served.visitor.get("/2026/11/soon/").status == 404
    assert not served.rebuild()


def test_a_gate_that_comes_due_closes_a_page_that_was_open(served, clock):
    """Threat 10: nobody has to ask for it."""
    assert "Du texte pour tous" in served.visitor.get(OPEN).text

    clock.move("52 weeks")

    assert served.rebuild()
    assert "Du texte pour tous" not in served.visitor.get(OPEN).text


def test_a_change_that_a_plugin_tells_of_asks_for_a_build(served):
    served.visitor.post("/do/change", {})

    assert served.rebuild()


def test_a_comment_that_another_process_accepted_asks_for_a_build(served, blog):
    blog.edit("outside.txt", "two")

    assert served.rebuild()
    assert not served.rebuild()


@pytest.mark.parametrize("error", ["RuntimeError('odd')", "StoreError('locked')", "SystemExit('bye')"])
def test_a_plugin_that_cannot_say_whether_something_changed_is_told_of_once(served, blog, caplog, error):
    """Threats 62, 13: the site is served as before."""
    blog.edit("outside.txt", f"raise {error}")

    for _ in range(3):
        served.rebuild()

    assert served.visitor.get(OPEN).status == 200
    assert len([record for record in caplog.records if record.levelno >= logging.ERROR]) == 1


def test_a_comment_is_shown_though_a_file_is_just_half_written(served, blog):
    blog.edit("content/posts/2026/open.md", BROKEN)
    served.app.rebuilder.ask()
    served.rebuild()
    blog.edit("outside.txt", "two")

    assert served.rebuild()

    assert not served.app.served.release.is_stale()
    assert "titel" in str(served.app.rebuilder.error)


def test_content_is_looked_at_after_a_comment_though_nobody_told_of_it(served, blog):
    blog.edit("outside.txt", "two")
    blog.edit("content/posts/2026/open.md", blog.read("content/posts/2026/open.md").replace("pour tous", "pour toutes"))

    served.rebuild()

    assert "pour toutes" in served.visitor.get(OPEN).text


def test_browsers_are_told_of_what_changed_once(served, blog):
    before = served.app.rebuilder.count
    served.app.rebuilder.ask()
    served.rebuild()
    assert served.app.rebuilder.count == before

    blog.edit("content/posts/2026/open.md", blog.read("content/posts/2026/open.md").replace("pour tous", "pour toutes"))
    served.app.rebuilder.ask()
    served.rebuild()

    assert served.app.rebuilder.count == before + 1


def test_builds_go_on_in_the_background_until_the_server_ends(served, blog):
    built = threading.Event()
    served.app.switch, switch = lambda release: (switch(release), built.set()), served.app.switch

    with served.app.running():
        blog.edit("outside.txt", "two")
        assert built.wait(60)

    assert not any(thread.name == "pressframe-builder" for thread in threading.enumerate())


def test_what_did_not_change_keeps_its_compressed_bytes(served):
    before = served.visitor.get("/journal.css", headers={"accept-encoding": "br"}).body
    kept = served.app.served.open["/journal.css"].encoded(b"br")[1]
    served.app.rebuilder.ask()

    served.rebuild()

    assert served.app.served.open["/journal.css"].encoded(b"br")[1] is kept
    assert served.visitor.get("/journal.css", headers={"accept-encoding": "br"}).body == before


def test_watching_that_is_ended_before_it_has_begun_ends_in_silence(served, monkeypatch):
    failures = []
    monkeypatch.setattr(threading, "excepthook", failures.append)

    Watcher(served.app, lambda: None, lambda: None).stop()

    for thread in threading.enumerate():
        if thread.name == "pressframe-watch":
            thread.join()
    assert failures == []


@pytest.mark.parametrize("where", ["inside", "beside"])
def test_files_are_watched_again_after_that_failed(served, blog, monkeypatch, caplog, where):
    """Too many are watched on this machine, say; what changed meanwhile is found."""
    watch, failed, found = watchfiles.watch, [], threading.Event()

    def fail(*folders, recursive, **how):
        if not failed and recursive is (where == "inside"):
            failed.append(folders)
            name = "content/posts/2026/open.md" if recursive else "pressframe.toml"
            blog.edit(name, blog.read(name) + "\n")
            raise OSError("OS file watch limit reached")
        yield from watch(*folders, recursive=recursive, **how)

    monkeypatch.setattr(watchfiles, "watch", fail)
    monkeypatch.setattr("pressframe_web._watch._AGAIN_SECONDS", 0)
    monkeypatch.setattr(served.app.rebuilder, "ask", found.set)
    watcher = Watcher(served.app, lambda: None, found.set)
    try:
        assert found.wait(60)
    finally:
        watcher.stop()

    assert caplog.text.count("OS file watch limit reached") == 1


def test_a_file_that_was_saved_while_the_first_build_began_is_found(served, blog, monkeypatch):
    """File systems date by a clock that ticks a hundred times a second: it seems to be older than the build."""
    found = threading.Event()
    for file in blog.folder.rglob("*"):
        os.utime(file, (0, 0))
    moment = served.app.served.release.now.timestamp() - 0.009
    os.utime(blog.folder / "content/posts/2026/open.md", (moment, moment))
    monkeypatch.setattr(served.app.rebuilder, "ask", found.set)
    watcher = Watcher(served.app, lambda: None, lambda: None)
    try:
        assert found.wait(60)
    finally:
        watcher.stop()


def test_a_plugin_that_would_end_the_program_does_not_end_the_watching(served, blog):
    """While settings are tried out."""
    tried, started = [], threading.Event()

    def try_settings():
        tried.append(True)
        if len(tried) == 1:
            blog.edit("pressframe.toml", blog.read("pressframe.toml") + "\n")
            raise SystemExit(1)

    watcher = Watcher(served.app, try_settings, started.set)
    try:
        blog.edit("pressframe.toml", blog.read("pressframe.toml") + "\n")
        assert started.wait(60)
    finally:
        watcher.stop()

    assert "1" in str(served.app.rebuilder.error)


def test_comments_that_keep_coming_leave_the_builder_time_to_rest_and_an_edit_ends_it(served, monkeypatch):
    """Fault F14: a flood of accepted comments is shown by and by; the builder takes a third of the time at most."""
    rests, builder = [], served.app.rebuilder
    monkeypatch.setattr(builder._must_scan, "wait", rests.append)
    monkeypatch.setattr("pressframe_web._rebuild.time.thread_time", iter(range(1000)).__next__)
    monkeypatch.setattr(builder, "run_due", lambda: len(rests) < 3 or builder.stop())

    builder._watch()

    assert rests == [2.0, 2.0, 2.0]


@pytest.fixture
def scans(served, blog, monkeypatch):
    """Return whether each build looks at files; during the first one more is said."""
    asked, rebuild = [], served.app.rebuild

    def building(*, scan):
        release = rebuild(scan=scan)
        asked.append(scan)
        if len(asked) == 1:
            blog.edit("outside.txt", "three")
        return release

    monkeypatch.setattr(served.app, "rebuild", building)
    return asked


def test_files_that_nobody_told_of_wait_while_more_is_said_during_a_build(served, blog, scans):
    blog.edit("outside.txt", "two")
    blog.edit("content/posts/2026/open.md", blog.read("content/posts/2026/open.md").replace("pour tous", "pour toutes"))

    assert served.rebuild()
    assert "pour toutes" not in served.visitor.get(OPEN).text
    assert served.rebuild()

    assert "pour toutes" in served.visitor.get(OPEN).text
    assert scans == [False, False, True]
    assert not served.rebuild()


def test_an_edit_that_was_told_of_is_built_whatever_is_said(served, blog, scans):
    blog.edit("outside.txt", "two")
    served.app.rebuilder.ask()

    assert served.rebuild()

    assert scans == [True]


def test_the_builder_rests_for_longer_where_more_is_said_during_a_build(served, blog, scans, monkeypatch):
    """Fault F14: in a flood of accepted comments it takes a seventh of the time at most."""
    rests, builder = [], served.app.rebuilder
    monkeypatch.setattr(builder._must_scan, "wait", lambda seconds: rests.append(seconds) or len(rests) < 2)
    monkeypatch.setattr("pressframe_web._rebuild.time.thread_time", iter(range(1000)).__next__)
    monkeypatch.setattr("pressframe_web._rebuild._LONGEST_REST", 100)
    blog.edit("outside.txt", "two")
    run_due = builder.run_due
    monkeypatch.setattr(builder, "run_due", lambda: run_due() if len(rests) < 2 else builder.stop())

    builder._watch()

    assert rests == [18.0, 6.0]


def test_garbage_is_looked_for_while_a_build_goes_on(served, blog, monkeypatch):
    looked, rebuild = threading.Event(), served.app.rebuild
    monkeypatch.setattr("pressframe_web._rebuild.gc.collect", lambda generation: looked.set())
    monkeypatch.setattr(served.app, "rebuild", lambda *, scan: looked.wait(60) and rebuild(scan=scan))
    served.app.rebuilder.ask()

    assert served.rebuild()

    assert looked.is_set()
    assert not any(thread.name == "pressframe-sweeper" for thread in threading.enumerate())
