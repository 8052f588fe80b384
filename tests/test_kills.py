"""Builds of 1,000 posts killed at random moments, while readers read. Fault F1: ``make kill KILLS=200`` for many.

The whole site shows its generation: the title of one entry, so that one edit changes every page. One page is at another
address in each.
"""

import collections
import http.client
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time

import attrs
import pytest

from pressframe_testing import Process

KILLS = int(os.environ.get("PRESSFRAME_KILLS", "3"))
IN_A_ROW = min(max(KILLS // 3, 1), 5)
POSTS = 1000
COMMAND = (sys.executable, "-c", "from pressframe.cli import main; main()")
SETTINGS = """
[site]
title = "Killed"
url = "https://killed.example"
plugins = ["markdown", "archives", "feeds", "web", "ages"]
"""
PLUGIN = """
import os
from pathlib import Path
import attrs
from pressframe import Block, Page, hookimpl

STAGES = Path(__file__).parents[2] / "stages"
reached = ""

def reach(stage):
    "Leave word of how far the build has come, for whoever kills the process, in a file of its group."
    global reached
    if stage != reached:
        reached = stage
        (STAGES / str(os.getpgrp())).write_text(stage)

@attrs.frozen(eq=False)
class Ages:
    @hookimpl
    def register_loaders(self):
        reach("scan")
        return []

    @hookimpl
    def filter_entry(self, entry):
        reach("load")

    @hookimpl
    def register_pages(self, site):
        reach("plan")
        age = int(site.entry("pages/age").title.split()[1])
        yield Page(address=f"/only/{age % 7}/", template="only.html", title="Only now", indexed=False)

    @hookimpl
    def register_blocks(self, slot, page):
        reach("render")
        if slot == "footer":
            yield Block(template="age.html")
"""
ENTRY = '{% extends "base.html" %}{% block main %}{{ entry.body.html | safe }}{% endblock %}'
FILES = {
    "templates/base.html": '<title>{{ page.title }}</title>{% block main %}{% endblock %}{{ slot("footer") }}',
    "templates/post.html": ENTRY,
    "templates/page.html": ENTRY,
    "templates/list.html": '{% extends "base.html" %}{% block main %}{{ site.latest() | length }}{% endblock %}',
    "pressframe.toml": SETTINGS,
    "plugins/ages.py": PLUGIN,
    "templates/age.html": '{{ site.card("pages/age").title }};',
    "templates/only.html": '{% include "age.html" %}',
    "templates/feeds/atom.xml": '{% include "feeds:feeds/atom.xml" %}<!-- {% include "age.html" %} -->',
}
AGE = re.compile(rb"Age (\d{6});")
STATE = ("lock", "memory", "open", "release.json", "templates")


def text_of(age):
    return f"---\ntitle: Age {age:06}\naddress: /age/\ndate: 2026-01-01\n---\nAge {age:06};\n"


def tree(folder):
    """Return the bytes of every file below *folder*, by path."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def ages_in(found):
    return {int(age) for text in found.values() for age in AGE.findall(text)}


@attrs.define
class Town:
    """The site.

    Attributes:
        age: The generation that its source has.
        at_birth: What a clean build of the first generation gives.
    """

    folder: object
    age: int = 0
    at_birth: dict = attrs.field(factory=dict)

    @classmethod
    def at(cls, folder):
        (folder.parent / "stages").mkdir()
        for number in range(POSTS):
            date = f"2020-{number % 12 + 1:02}-{number % 28 + 1:02}"
            tags = f"[t{number % 20}, t{number % 7}]"
            post = f"---\ntitle: Post {number}\ndate: {date}\ntags: {tags}\naddress: /{number}/\n---\n"
            cls._write(folder / f"content/posts/{number}.md", post + f"Text *{number}* of a post.\n\n" * 8)
        for path, text in FILES.items():
            cls._write(folder / path, text)
        town = cls(folder)
        town.grow()
        assert town.build().wait() == 0
        town.at_birth = tree(folder / "public")
        assert ages_in(town.at_birth) == {1}
        return town

    @staticmethod
    def _write(file, text):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def grow(self):
        """Have it show the next generation: an edit of one file, done at once."""
        self.age += 1
        self._write(self.folder / ".age", text_of(self.age))
        (self.folder / "content/pages").mkdir(exist_ok=True)
        (self.folder / ".age").replace(self.folder / "content/pages/age.md")

    def touch(self):
        """Have every post be loaded again."""
        for file in (self.folder / "content/posts").iterdir():
            os.utime(file)

    def build(self, *more):
        """Start a build in a process group of its own."""
        command = [*COMMAND, "build", str(self.folder), *more]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)

    def whole(self, age):
        """Return what the public folder holds in a generation, byte for byte."""
        old, new, first, now = b"Age 000001", b"Age %06d" % age, "only/1/index.html", f"only/{age % 7}/index.html"
        return {now if path == first else path: text.replace(old, new) for path, text in self.at_birth.items()}


class Readers:
    """Three readers of what is served, one request after the other, until ``stop``.

    Attributes:
        odd: What they were shown that was of two generations, or older than what somebody had seen before.
        pages: How many answers they looked at.
    """

    def __init__(self):
        self.odd, self.pages, self.newest = [], 0, 0
        self._server, self._lock, self._stopping = None, threading.Lock(), threading.Event()
        self._shown = threading.Condition(self._lock)
        self._threads = [threading.Thread(target=self._read, args=(number,)) for number in range(3)]
        for thread in self._threads:
            thread.start()

    def turn_to(self, server):
        self._server = server.address

    def stop(self):
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, age):
        """Return once somebody was shown a generation."""
        with self._shown:
            assert self._shown.wait_for(lambda: self.newest >= age, 60), f"{self.newest} is served, not {age}"

    def _read(self, seed):
        choice = random.Random(seed)
        connection, server = None, None
        while not self._stopping.is_set():
            if server != self._server:
                server = self._server
                connection = http.client.HTTPConnection(*server, timeout=30)
            if connection is None:
                self._stopping.wait(0.01)
                continue
            self._stopping.wait(0.05)  # the builds need some of the processors, too
            try:
                self._look(connection, choice)
            except (OSError, http.client.HTTPException):  # it was killed
                connection.close()
                self._stopping.wait(0.01)

    def _look(self, connection, choice):
        """Look at the page that is there in one generation, between two others."""
        first = self._age_at(connection, choice.choice(["/", "/feed.xml", "/age/", f"/{choice.randrange(POSTS)}/"]))
        status, ages = self._get(connection, f"/only/{first % 7}/")
        last = self._age_at(connection, f"/{choice.randrange(POSTS)}/")
        if first == last and (status, ages) != (200, {first}):
            self.odd.append(f"/only/{first % 7}/ is {status}, {ages} in generation {first}")

    def _age_at(self, connection, address):
        floor = self.newest
        status, ages = self._get(connection, address)
        if status != 200 or len(ages) != 1 or min(ages) < floor:
            self.odd.append(f"{address} is {status}, of {ages}, after {floor}")
        age = max(ages, default=0)
        with self._shown:
            self.pages += 1
            self.newest = max(self.newest, age)
            self._shown.notify_all()
        return age

    @staticmethod
    def _get(connection, address):
        connection.request("GET", address)
        answer = connection.getresponse()
        return answer.status, {int(age) for age in AGE.findall(answer.read())}


class Killer:
    """Kills builds, and looks at what they leave.

    Attributes:
        stages: How many kills there were in each stage, by what was killed.
        mixed: How many left the public folder half switched.
        took: In how many seconds a build is killed at the latest.
    """

    def __init__(self, town, readers):
        self.town, self.readers, self.choice, self.server = town, readers, random.Random(), None
        self.stages, self.mixed = collections.Counter(), 0
        start = time.monotonic()
        town.grow()
        assert town.build().wait() == 0
        took = time.monotonic() - start
        self.took = {"build": took, "beside": 1.5 * took, "serve": 2 * took}

    def kill(self, kind):
        """Kill one build, let the next one run, and check what is there after each."""
        getattr(self, f"_kill_{kind}")()

    def end(self):
        """Let the next build run, which needs no cleaning up and leaves nothing to be cleaned up."""
        if self.server is not None:
            self.server.kill()
            self.server = None
        assert self.town.build().wait() == 0
        assert tree(self.town.folder / "public") == self.town.whole(self.town.age)
        assert {path.name for path in self.town.folder.iterdir() if path.name.startswith(".")} == {".pressframe"}
        state = self.town.folder / ".pressframe"
        assert {path.name for path in state.iterdir()} == {*STATE}
        assert list(state.rglob("*.tmp")) == []

    def _kill_build(self):
        """A build that nobody serves."""
        while True:
            self._edit()
            build = self.town.build()
            if self._shoot("build", build.pid, build):
                break
        self._check_public()
        if self.choice.random() < 0.5:  # else the next build is killed, too
            self.end()

    def _kill_beside(self):
        """A build, while the site is served, and built by its server too."""
        server = self._serve()
        while True:
            build = self.town.build()
            time.sleep(self.choice.uniform(0, 0.4))  # to be before the server sometimes, and sometimes behind it
            self._edit()
            if self._shoot("beside", build.pid, build):
                break
        self.readers.wait_for(self.town.age)
        assert tree(self.town.folder / "public") == self.town.whole(self.town.age)
        assert "not built" not in server.log

    def _kill_serve(self):
        """A server that builds again; the next build is a command's, or that of its next start."""
        server = self._serve()
        self._edit()
        self._shoot("serve", server.id, None)
        self._check_public()
        server.kill()
        self.server = None
        if self.choice.random() < 0.3:
            self.end()

    def _serve(self):
        """Return the server, with the newest generation served."""
        if self.server is None:
            self.server = Process.start(self.town.folder)
            self.readers.turn_to(self.server)
            self.readers.wait_for(self.town.age)
            assert tree(self.town.folder / "public") == self.town.whole(self.town.age)
        return self.server

    def _edit(self):
        if self.choice.random() < 0.3:
            self.town.touch()
        self.town.grow()

    def _shoot(self, kind, group, process):
        """Kill a process group at a moment of its build; return False if the build had ended by then."""
        self.before = self._manifest()
        if self.choice.random() < 0.25:
            self._wait_for_switch(process)
        else:
            time.sleep(self.choice.uniform(0, self.took[kind]))
        if process is not None and process.poll() is not None:
            return False
        os.killpg(group, signal.SIGKILL)
        if process is not None:
            process.wait()
        stage = self._stage(group)
        self.stages[kind, stage] += 1
        sys.stdout.write(f"{self.stages.total():4} {kind:8}{stage}\n")
        sys.stdout.flush()  # many take long
        return True

    def _wait_for_switch(self, process):
        """Wait until the public folder is being switched, which is too short to be met by chance often."""
        journal, late = self.town.folder / ".pressframe/journal.json", time.monotonic() + 5
        while not journal.exists() and (process is None or process.poll() is None) and time.monotonic() < late:
            time.sleep(0.0005)

    def _manifest(self):
        status = (self.town.folder / ".pressframe/release.json").stat()
        return status.st_mtime_ns, status.st_ino

    def _stage(self, group):
        """Return how far the build of a process group had come: "start" may be waiting for the lock."""
        state, word = self.town.folder / ".pressframe", self.town.folder.parent / "stages" / str(group)
        reached = word.read_text() if word.exists() else "start"
        if reached != "render":
            return reached
        if (state / "journal.json").exists():
            return "switch"
        if self._manifest() != self.before:
            return "switched"
        return reached

    def _check_public(self):
        """Check that what is there is one generation; half of two only where the switch itself was cut off."""
        found = tree(self.town.folder / "public")
        known = [self.town.whole(age) for age in sorted(ages_in(found))]
        if found in known:
            return
        assert (self.town.folder / ".pressframe/journal.json").exists(), f"{ages_in(found)} without a journal"
        assert all(any(text == one.get(path) for one in known) for path, text in found.items())
        self.mixed += 1


@pytest.fixture
def town(tmp_path):
    return Town.at(tmp_path / "town")


@pytest.fixture
def killer(town):
    """Return who kills, with readers at work."""
    readers = Readers()
    killer = Killer(town, readers)
    yield killer
    readers.stop()
    if killer.server is not None:
        killer.server.kill()


def test_readers_see_one_generation_after_the_other_whenever_a_build_is_killed(town, killer):
    """Faults F1 and F10: the whole old site or the whole new one; and the next build gives what a clean one gives."""
    for number in range(KILLS):
        killer.kill(("build", "beside", "serve")[number // IN_A_ROW % 3])
        assert killer.readers.odd[:5] == []
    killer.end()

    lines = [f"{KILLS} kills, {killer.readers.pages} answers, {killer.mixed} half switched"]
    lines += [f"{kind:8}{stage:10}{count:4}" for (kind, stage), count in sorted(killer.stages.items())]
    sys.stdout.write("\n".join(["", *lines, ""]))
    assert town.build("--output", str(town.folder.parent / "clean")).wait() == 0
    assert tree(town.folder.parent / "clean") == tree(town.folder / "public")
