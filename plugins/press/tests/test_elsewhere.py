"""Builds whose batches an executor does that a plugin handed in: the same bytes, and one clear error."""

import os
import subprocess
import sys

import pytest

from pressframe import PressframeError

COUNT = 230
several = pytest.mark.parametrize("by", ["threads", "processes"])
PLUGIN = """
import os, signal, threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import attrs
from pressframe import Comment, ContentError, Gate, Page, hookimpl
from pressframe.errors import Place

HERE = Path(__file__).parents[1]
CALLS = []


class Noted:
    def submit(self, *call):
        CALLS.append(call)
        return super().submit(*call)

    def __exit__(self, *error):
        (HERE / "left").touch()
        return super().__exit__(*error)


class Threads(Noted, ThreadPoolExecutor):
    pass


class Processes(Noted, ProcessPoolExecutor):
    pass


class Unreachable(ThreadPoolExecutor):
    def submit(self, *call):
        raise OSError(113, "No route to host")


class Cold(ThreadPoolExecutor):
    def __enter__(self):
        raise TimeoutError("nobody answered")


class Elsewhere(ThreadPoolExecutor):
    def submit(self, do, recipe, order, handed):
        return super().submit(do, recipe.replace(str(HERE), "/nowhere"), order, handed)


class Changed(ThreadPoolExecutor):
    def submit(self, *call):
        settings = HERE / "pressframe.toml"
        draft = HERE / f"draft{threading.get_ident()}.toml"  # others read it meanwhile
        draft.write_text(settings.read_text().replace('"S"', '"Other"'))
        draft.replace(settings)
        return super().submit(*call)


class Spoilt(ThreadPoolExecutor):
    def submit(self, *call):
        for file in (HERE / ".pressframe" / "memory").glob("*texts"):
            file.write_bytes(bytes(file.stat().st_size))
        return super().submit(*call)


class Mixed(ThreadPoolExecutor):
    def submit(self, do, recipe, order, handed):
        for file in (HERE / ".pressframe").glob("handed-over-*"):
            file.write_text("[[], [], [], {}]")
        return super().submit(do, recipe, order, handed)


class Talk:
    name = "talk"

    def fingerprint(self):
        return "1"

    def of(self, entries):
        return {
            one: [
                Comment(id=f"{one}-{n}", entry=one, author=f"R{n}", body=f"No & yes {n}.",
                        received=datetime(2026, 3, 1, tzinfo=UTC))
                for n in range(3)
            ]
            for one in entries if one.endswith("5")
        }


@attrs.frozen(eq=False)
class Own:
    by: str = ""
    fault: str = ""

    @hookimpl
    def find_executor(self):
        spawn = get_context("spawn")
        return {
            "": lambda: None, "threads": lambda: Threads(3), "processes": lambda: Processes(2, spawn),
            "unreachable": lambda: Unreachable(1), "cold": lambda: Cold(1), "odd": lambda: 7,
            "elsewhere": lambda: Elsewhere(1), "changed": lambda: Changed(1), "mixed": lambda: Mixed(1),
            "spoilt": lambda: Spoilt(1),
        }[self.by]()

    @hookimpl
    def register_comments(self, host):
        return [Talk()]

    @hookimpl
    def filter_entry(self, entry):
        number = int(entry.id[1:])
        (HERE / "done" / f"{os.getpid()}-{threading.get_ident()}").touch()
        if self.fault == "content" and number % 100 == 7:
            raise ContentError("odd number", at=Place(entry.source.place.file, 3), fix="take another")
        if self.fault == "own" and number == 207:
            error = ContentError("holds a lock")
            error.lock = threading.Lock()
            raise error
        if self.fault == "hook" and number == 207:
            raise ZeroDivisionError("by nothing")
        if self.fault == "lost" and number == 207:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fault == "interrupted" and number == 207:
            os.kill(os.getpid() if self.by == "threads" else os.getppid(), signal.SIGINT)
        return attrs.evolve(entry, data={"odd": number % 2 == 1})

    @hookimpl
    def judge_gate(self, entry, now):
        number = int(entry.id[1:])
        if self.fault == "gate" and number % 17 == 0:
            raise RuntimeError("cannot judge")
        if number % 5 == 0:
            return Gate(requires=frozenset({"member", "Ünï"}), reason="five", conversation="counted")

    @hookimpl
    def register_pages(self, site):
        for start in range(0, site.size(), 10):
            yield Page(address=f"/list/{start}/", template="list.html", data={"start": start})

    @hookimpl
    def register_filters(self):
        return {"loud": self.loud}

    def loud(self, text):
        if self.fault == "template" and text == "Entry 207":
            raise KeyError("loud")
        return text.upper()
"""
TEMPLATES = """
== templates/base.html ==
<title>{{ page.title }}</title><link href="{{ asset("/look.css") }}">{% block main %}{% endblock %}

== templates/post.html ==
{% extends "base.html" %}{% block main %}<h1>{{ entry.title | loud }}</h1>{{ entry.body.html | safe }}
{{ entry.data.odd }} {{ site.gate(entry.id) is none }} {{ site.comment_count(entry.id) }}
{% for reply in site.comments(entry.id) %}{{ reply.html | safe }}{% endfor %}
{% set near = site.neighbours(entry.id) %}{{ near.older and near.older.title }} {{ near.newer and near.newer.title }}
{% for group in site.groups("tag") %}{{ group.name }} {{ group.size }}{% endfor %}
{% for card, reply in site.latest_comments(4) %}{{ card.title }}: {{ reply.html | safe }}{% endfor %}
{% endblock %}

== templates/list.html ==
{% extends "base.html" %}{% block main %}
{% for card in site.latest(start=start) %}{{ card.title }} {{ card.comments }} {{ card.address }}
{% endfor %}{{ site.pages() | length }} {{ site.listed() | length }}{% endblock %}

== static/look.css ==
body { color: red }
"""


def entry(number):
    """Return a file; six entries each share a moment, so that their order is a tie."""
    tags = ", ".join(f"t{number % prime}" for prime in (3, 7))
    head = f"title: Entry {number}\ndate: 2026-01-{1 + number // 6 % 28:02}\ntags: [{tags}]"
    return f"== content/e{number}.md ==\n---\n{head}\n---\nSeen {number}.\n\n<!--more-->\n\nHidden {number} 'é'.\n"


@pytest.fixture
def a_site(site):
    """Return a function that makes the site whose batches are done *by* something."""
    files = "\n".join(entry(number) for number in range(COUNT))

    def make(by="", fault=""):
        settings = '[site]\ntitle = "S"\nurl = "https://s.example"\nplugins = ["markdown", "own"]\n'
        own = f'[plugins.own]\nby = "{by}"\nfault = "{fault}"\n'
        head = f"== pressframe.toml ==\n{settings}{own}\n== plugins/own.py ==\n{PLUGIN}\n"
        made = site(head + TEMPLATES + files)
        (made.folder / "done").mkdir()
        return made

    return make


def build(made, jobs=2):
    return made.open().build(now=made.clock.now, jobs=jobs)


def error_of(made, jobs=2):
    """Return what stops the build, which has published nothing."""
    with pytest.raises(PressframeError) as caught:
        build(made, jobs)
    assert not (made.folder / "public").exists()
    assert not (made.folder / ".public.next").exists()
    assert list((made.folder / ".pressframe").glob("handed-over-*")) == []
    return caught.value


@several
def test_whatever_does_the_batches_the_bytes_are_the_same(a_site, by):
    alone, spread = a_site("", "gate"), a_site(by, "gate")

    first, second = build(alone, jobs=1), build(spread)

    assert len(alone.published()) > COUNT + 30
    assert spread.published() == alone.published()
    assert (second.report.pages, second.report.rendered) == (first.report.pages, first.report.rendered)
    assert dict(second.gated).keys() == dict(first.gated).keys()
    assert second.view().entry("e1") == first.view().entry("e1")


@several
def test_builds_elsewhere_and_here_go_on_from_one_another(a_site, by):
    alone, spread = a_site(), a_site(by)
    build(spread)

    for made in (alone, spread):
        made.edit("templates/base.html", made.read("templates/base.html").replace("<title>", "<title>New: "))
        made.edit("content/e3.md", made.read("content/e3.md").replace("Seen", "Edited"))
        made.remove("content/e4.md")
    again = build(spread)
    build(alone, jobs=1)

    assert again.report.rendered > COUNT
    assert spread.published() == alone.published()
    assert build(spread, jobs=1).report.rendered == 0


def test_entries_are_loaded_where_the_executor_says(a_site):
    made = a_site("processes")

    build(made)

    done = {int(file.name.partition("-")[0]) for file in (made.folder / "done").iterdir()}
    assert done
    assert os.getpid() not in done


def test_a_build_with_one_job_asks_no_executor(a_site):
    made = a_site("cold")

    assert build(made, jobs=1).report.entries == COUNT


@several
def test_the_executor_is_left_when_the_build_has_ended(a_site, by):
    made = a_site(by)

    build(made)

    assert (made.folder / "left").exists()
    assert list((made.folder / ".pressframe").glob("handed-over-*")) == []


@several
@pytest.mark.parametrize("fault", ["content", "hook", "template"])
def test_what_is_wrong_with_a_site_is_told_as_ever(a_site, by, fault):
    here, there = error_of(a_site("", fault), jobs=1), error_of(made := a_site(by, fault))

    assert type(there) is type(here)
    assert str(there) == str(here).replace("site-1", "site-2")
    assert (made.folder / "left").exists()


@several
def test_what_workers_log_is_logged_by_the_build(a_site, by, caplog):
    made = a_site(by, "gate")

    build(made)

    told = [one for one in caplog.records if "failed in judge_gate, while working on the entry" in one.getMessage()]
    assert len(told) == len({one.getMessage() for one in told}) == len(range(0, COUNT, 17))
    assert {(one.levelname, one.plugin) for one in told} == {("ERROR", "own")}


def test_an_error_that_cannot_cross_to_another_process_is_told_in_its_words(a_site):
    error = error_of(a_site("processes", "own"))

    assert str(error) == "ContentError: holds a lock"


def test_a_lost_worker_is_one_error(a_site):
    error = error_of(a_site("processes", "lost"))

    assert str(error).startswith('the executor of "own" failed: BrokenProcessPool: A process in the process pool was')
    assert str(error).endswith("\n  see whether its workers are there, and have memory enough")


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("unreachable", 'the executor of "own" failed: OSError: [Errno 113] No route to host'),
        ("cold", 'the executor of "own" failed: TimeoutError: nobody answered'),
        ("odd", "own answered find_executor with int; an Executor is wanted"),
        ("elsewhere", "cannot open the site: there is no folder /nowhere"),
        ("changed", "has another pressframe.toml, or variable that it names, than the build"),
        ("mixed", "found another"),
        ("spoilt", "holds other texts than were just written"),
    ],
)
def test_an_executor_that_does_not_do_is_one_error(a_site, by, told):
    assert told in str(error_of(a_site(by)))


def test_a_worker_that_goes_on_after_the_end_leaves_nothing_behind(a_site):
    made = a_site("threads")
    site = made.open()
    site.build(now=made.clock.now, jobs=2)
    before, memory = made.published(), sorted((made.folder / ".pressframe" / "memory").iterdir())
    calls = type(site.plugins["own"][1]).find_executor.__globals__["CALLS"]

    for do, *order in calls:
        do(*order)

    assert len(calls) > 5
    assert made.published() == before
    assert not (made.folder / ".public.next").exists()
    assert sorted((made.folder / ".pressframe" / "memory").iterdir()) == memory


@several
def test_an_interrupted_build_lets_go_of_its_executor(a_site, by):
    made = a_site(by, "interrupted")
    code = "import sys; from pathlib import Path; from pressframe import Site; Site.open(Path('.')).build(jobs=2)"

    ran = subprocess.run([sys.executable, "-c", code], cwd=made.folder, stderr=subprocess.PIPE, text=True)

    assert ran.stderr.splitlines()[-1] == "KeyboardInterrupt"
    assert (made.folder / "left").exists()
    assert not (made.folder / "public").exists()
    assert not (made.folder / ".public.next").exists()
