"""A disk that is full and a database that another process has locked: nothing is answered that is not stored."""

import contextlib
import os
import re
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pressframe_comments import Search, comment_store
from pressframe_sql import database
from pressframe_testing import Process, TestSite
from pressframe_testing._disk import small_disk

ROUNDS = 50
"""So often the disk is full, as fault F6 says."""
STEPS = 16
"""Each time there is more room left, and after so many times little again; with still more all comments are taken."""
ENTRY = "/comments/billet"
SITE = """
== pressframe.toml ==
[site]
title = "Essai"
url = "https://essai.example"
language = "fr"
plugins = ["markdown", "sql", "web", "comments", "archives", "journal"]
[plugins.comments]
moderation = "never"
flood_limit = 0
flood_limit_site = 0
same_text_within = "0 days"
== content/billet.md ==
---
title: Billet
date: 2026-11-20
---
Un texte.
"""


def form(text):
    return {"author": "Zoé", "email": "zoe@example.org", "comment": text}


@pytest.fixture
def disk(tmp_path, clock):
    """Return the site on a small file system of its own, in memory."""
    with small_disk(tmp_path / "disk", "size=16m") as folder, contextlib.ExitStack() as closing:
        yield TestSite.of_text(SITE, folder / "site", clock=clock, closing=closing)


def _fill(file, *, leave):
    """Take all room of the disk but for *leave* bytes."""
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))
    if leave:
        os.truncate(file, max(file.stat().st_size - leave, 0))


def test_no_comment_is_answered_that_a_full_disk_kept_from_being_stored(disk):
    """Fault F6: with more or less room left; pages stay, and without a restart all goes on once there is room."""
    served, filler, answered, refused = disk.serve(), disk.folder / "filler", [], []
    assert served.visitor.post(ENTRY, form("Avant.")).status == 303

    for turn in range(ROUNDS):
        _fill(filler, leave=turn % STEPS * 4096 * 7)
        for number in range(40):
            text = f"Tour {turn}, avis {number}. " + "mot " * 500
            reply = served.visitor.post(ENTRY, form(text))
            (answered if reply.status == 303 else refused).append(text)
            if reply.status != 303:
                assert reply.status == 503
                assert int(reply.headers["retry-after"]) > 0
                assert f"Tour {turn}, avis {number}." in reply.text  # given back
                break
        assert served.visitor.get("/2026/11/billet/").status == 200
        filler.unlink()
        start = time.monotonic()
        assert served.visitor.post(ENTRY, form(f"Après {turn}.")).status == 303
        assert time.monotonic() - start < 5

    assert len(refused) >= ROUNDS // 2
    kept = [record.filed.comment.body for record in comment_store(served.app.site).records(Search())]
    assert {one.strip() for one in answered} <= {one.strip() for one in kept}
    assert not {one.strip() for one in refused} & {one.strip() for one in kept}
    assert len(kept) == len(set(kept))
    with database(served.app.site).read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


@pytest.fixture
def process(site):
    blog = site(SITE)
    started = Process.start(blog.folder)
    assert started.ask("POST", ENTRY, form("Avant.")).status == 303
    yield started, blog.folder / "data" / "site.sqlite"
    started.kill()


@contextlib.contextmanager
def _locked(file):
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.close()


def test_a_database_that_stays_locked_is_waited_for_five_seconds_and_pages_are_read_meanwhile(process):
    """Fault F8: 503 and when to come again after 5 s, however long the lock lasts; one that ends is waited for."""
    served, file = process
    with ThreadPoolExecutor(1) as pool:
        with _locked(file):
            start = time.monotonic()
            late = pool.submit(served.ask, "POST", ENTRY, form("Trop tard."))
            slowest = 0.0
            while not late.done():
                asked = time.monotonic()
                assert served.get("/2026/11/billet/").status == 200
                slowest = max(slowest, time.monotonic() - asked)
            waited = time.monotonic() - start
        reply = late.result()
        with _locked(file):
            soon = pool.submit(served.ask, "POST", ENTRY, form("À temps."))
            while time.monotonic() - start < waited + 1:
                assert served.get("/2026/11/billet/").status == 200
        assert soon.result().status == 303

    assert reply.status == 503
    assert re.fullmatch(r"[1-9]\d*", reply.headers["retry-after"])
    assert "Trop tard." in reply.text
    assert 4 < waited < 9
    assert slowest < 1
    assert served.ask("POST", ENTRY, form("Trop tard.")).status == 303
