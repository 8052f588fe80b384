"""Whole sites built on a real cluster on this machine."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pressframe import BuildError, PressframeError

distributed = pytest.importorskip("distributed", reason="needs distributed, which brings Dask's clusters")

COUNT = 230
SITE = """
== pressframe.toml ==
[site]
title = "S"
url = "https://s.example"
plugins = ["markdown", "own", "archives", "feeds", "journal"{}]

== plugins/own.py ==
import os, signal
from pathlib import Path
import attrs
from pressframe import Gate, ContentError, hookimpl

HERE = Path(__file__).parents[1]


@attrs.frozen(eq=False)
class Own:
    @hookimpl
    def filter_entry(self, entry):
        (HERE / "done" / str(os.getpid())).touch()
        if entry.title == "Post 7" and (HERE / "odd").exists():
            raise ContentError("odd number", at=entry.source.place, fix="take another")
        if entry.title == "Post 7" and (HERE / "deadly").exists():
            os.kill(os.getpid(), signal.SIGKILL)
        if entry.title == "Post 7" and (HERE / "interrupted").exists():
            os.kill(int((HERE / "interrupted").read_text()), signal.SIGINT)

    @hookimpl
    def judge_gate(self, entry):
        if entry.title.endswith("5"):
            return Gate(requires=frozenset({{"member"}}), reason="five")
"""


@pytest.fixture(scope="module")
def cluster():
    """Return a cluster of two processes that is not the build's own; a worker that dies is not tried again."""
    dask = pytest.importorskip("dask")
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as made,
    ):
        yield made


@pytest.fixture
def a_site(site):
    """Return a function that makes a site, built on a cluster if there are settings for the plugin."""
    heads = [f"title: Post {n}\ndate: 2026-01-{1 + n // 9:02}\ntags: [t{n % 7}]" for n in range(COUNT)]
    files = [f"== content/p{n}.md ==\n---\n{head}\n---\nText {n}.\n" for n, head in enumerate(heads)]

    def make(settings=None):
        made = site(SITE.format(', "dask"' if settings else "") + "\n" + "\n".join(files))
        if settings:
            made.edit("pressframe.toml", f"{made.read('pressframe.toml')}\n[plugins.dask]\n{settings}\n")
        (made.folder / "done").mkdir()
        return made

    return make


def build(made, jobs=2):
    return made.open().build(now=made.clock.now, jobs=jobs)


def workers(made):
    """Return which processes have loaded entries."""
    return {int(file.name) for file in (made.folder / "done").iterdir()}


def error_of(made):
    """Return what stops the build, which has published nothing."""
    with pytest.raises(PressframeError) as caught:
        build(made)
    assert not (made.folder / "public").exists()
    assert not (made.folder / ".public.next").exists()
    return caught.value


def test_workers_that_a_build_starts_make_what_one_process_makes(a_site):
    alone, spread = a_site(), a_site("workers = 2")

    build(alone, jobs=1)
    build(spread)

    assert len(alone.published()) > COUNT
    assert spread.published() == alone.published()
    assert workers(alone) == {os.getpid()}
    assert os.getpid() not in workers(spread)


def test_a_cluster_serves_one_build_after_the_other(a_site, cluster):
    alone, spread = a_site(), a_site(f'scheduler = "{cluster.scheduler_address}"')
    build(spread)

    for made in (alone, spread):
        made.edit("content/p3.md", made.read("content/p3.md").replace("title: Post", "title: New"))
        made.edit("pressframe.toml", made.read("pressframe.toml").replace('"S"', '"Other"'))
    again = build(spread)
    build(alone, jobs=1)

    assert again.report.rendered > COUNT
    assert spread.published() == alone.published()
    assert workers(spread) <= {one.pid for one in cluster.workers.values()}


def test_what_is_wrong_with_a_site_is_told_as_ever(a_site, cluster):
    made = a_site(f'scheduler = "{cluster.scheduler_address}"')
    made.edit("odd", "")

    assert str(error_of(made)) == "content/p7.md: odd number\n  take another"


def test_a_lost_worker_is_one_error_and_the_next_build_finds_another(a_site, cluster):
    made = a_site(f'scheduler = "{cluster.scheduler_address}"')
    made.edit("deadly", "")

    error = error_of(made)

    assert isinstance(error, BuildError)
    assert str(error).startswith('the executor of "dask" failed: KilledWorker: Attempted to run task')
    made.remove("deadly")
    assert build(made).report.entries == COUNT


def test_a_scheduler_that_is_not_there_is_one_error(a_site):
    with socket.socket() as taken:  # and nobody listens
        taken.bind(("127.0.0.1", 0))
        where = f"tcp://127.0.0.1:{taken.getsockname()[1]}"

        error = error_of(a_site(f'scheduler = "{where}"\npatience = "1 second"'))

    assert str(error).startswith(f"pressframe.toml: plugins.dask.scheduler: no scheduler answers at {where}: Timed out")


def test_an_address_that_is_none_is_one_error(a_site):
    error = error_of(a_site('scheduler = "carrier-pigeon://here"'))

    assert "no scheduler answers at carrier-pigeon://here: unknown address scheme" in str(error)


def test_a_scheduler_without_workers_is_one_error(a_site):
    with distributed.LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0") as empty:
        where = empty.scheduler_address

        error = error_of(a_site(f'scheduler = "{where}"\npatience = "1 second"'))

    assert str(error) == (
        f"pressframe.toml: plugins.dask.scheduler: no worker has joined {where}\n  start some: dask worker {where}"
    )


def test_an_interrupted_build_ends_the_workers_that_it_started(a_site):
    made = a_site("workers = 2")
    code = """
import os
from pathlib import Path
from pressframe import Site
Path("interrupted").write_text(str(os.getpid()))
Site.open(Path(".")).build(jobs=2)
"""

    ran = subprocess.run([sys.executable, "-c", code], cwd=made.folder, stderr=subprocess.PIPE, text=True)

    assert ran.stderr.splitlines()[-1] == "KeyboardInterrupt"
    assert not (made.folder / "public").exists()
    assert [one for one in workers(made) if Path(f"/proc/{one}/status").exists()] == []


PARTS = """---
title: Parties
date: 2026-02-01
slug: parts
---
Le début.

<!-- only: paid -->

Canari-paid.

<!-- end only -->

<!-- only: club -->

Canari-club.

<!-- end only -->
"""
EYES = ((), ("club",), ("paid",), ("club", "paid"), ("member",))


def test_sections_are_made_by_workers_for_their_audiences_as_one_process_makes_them(a_site):
    """Threats 1, 2: what a worker sends back goes to whom it is for, and into no public file."""
    alone, spread = a_site(), a_site("workers = 2")
    for made in (alone, spread):
        settings = made.read("pressframe.toml").replace('"own",', '"own", "gates",')
        made.edit("pressframe.toml", f"{settings}\n[plugins.gates.audiences]\npaid = {{}}\nclub = {{}}\n")
        made.edit("content/parts.md", PARTS)

    releases = [build(alone, jobs=1), build(spread)]

    read = [[one.find("/2026/02/parts/", frozenset(who)).file.read_text("utf-8") for who in EYES] for one in releases]
    assert read[0] == read[1]
    found = [[word in page for word in ("Canari-paid", "Canari-club")] for page in read[1]]
    assert found == [[False, False], [False, True], [True, False], [True, True], [False, False]]
    assert spread.published() == alone.published()
    leaks = [path for path, body in spread.published().items() if b"canari" in body.lower()]
    assert len(leaks) == 3
    assert all(path.startswith(".pressframe/open/") for path in leaks)
    assert os.getpid() not in workers(spread)
