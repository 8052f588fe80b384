"""Faults of the machine: killed at any moment, two at once, a full disk. The old site stays whole, or the new."""

import contextlib
import fcntl
import itertools
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys

import pytest

from pressframe import BuildError, Site
from pressframe_testing import MOVES, killed_at
from pressframe_testing._disk import small_disk

FORK = multiprocessing.get_context("fork")


def tree(folder):
    """Return the bytes of every file below *folder*, by path."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def write_version(site, version, *, posts):
    """Write the posts of one of two versions of a site: half of them differ, some are in one of them only."""
    shutil.rmtree(site.path / "content", ignore_errors=True)
    for number in range(posts):
        if number % 10 != version:
            text = f"<p>{version if number % 2 else 'always'} {number}</p>"
            gate = {"gate": {"requires": ["a"]}} if number % 7 == 0 else {}
            site.post(f"p{number}", f"{text}<!--more-->{text * 20}", **gate)
    site.open()


def whole_versions(site, *posts):
    """Return what clean builds of the two versions give, with so many posts each."""
    versions = []
    for version in (0, 1):
        write_version(site, version, posts=posts[version])
        Site.open(site.path).build(output=site.path.parent / f"clean{version}")
        versions.append(tree(site.path.parent / f"clean{version}"))
    return versions


def build(path, jobs=None):
    Site.open(path).build(jobs=jobs)


@pytest.mark.parametrize("first", range(1, 4))
def test_a_build_killed_at_any_step_leaves_the_old_site_or_the_new_and_the_next_mends_it(paper, first):
    """Fault F1, threat 74: at every third step: a file opened, moved or removed."""
    versions = whole_versions(paper, 12, 12)
    write_version(paper, 0, posts=12)
    build(paper.path)
    for number, step in enumerate(itertools.count(first, 3)):
        version = 1 - number % 2
        write_version(paper, version, posts=12)
        killed = killed_at(step, lambda: build(paper.path))

        if not (paper.path / ".pressframe" / "journal.json").exists():
            assert tree(paper.path / "public") in versions
        if number % 3 or not killed:
            build(paper.path)
            assert tree(paper.path / "public") == versions[version]
            assert not (paper.path / ".public.next").exists()
            assert list((paper.path / ".pressframe").rglob("*.tmp")) == []
        if not killed:
            break
    assert number > 8


def test_a_build_killed_at_any_step_of_its_switch_is_finished_by_the_next(paper):
    """Fault F1: no file is ever half written, and what was begun is not begun again."""
    versions, half = whole_versions(paper, 12, 12), 0
    write_version(paper, 0, posts=12)
    build(paper.path)
    for step in itertools.count(1):
        version = step % 2
        write_version(paper, version, posts=12)
        killed = killed_at(step, lambda: build(paper.path), steps=MOVES)

        now = tree(paper.path / "public")
        half += now not in versions
        assert all(content in (versions[0].get(path), versions[1].get(path)) for path, content in now.items())
        build(paper.path)
        assert tree(paper.path / "public") == versions[version]
        if not killed:
            break
    assert half > 5


MANY = """
import functools, os, pathlib, signal, time

FIRST, MET = os.getpid(), pathlib.Path(__file__).with_name("met")

@hookimpl
def register_pages(self): return [Page(address=f"/{n}/", template="n.txt", data={"n": n}) for n in range(1600)]

@hookimpl
def filter_entry(self, entry):
    if fate := self.register_filters().get(entry.title):
        fate(1)

@hookimpl
def register_filters(self):
    fates = {
        "ended": lambda n: self.os.kill(self.os.getpid(), self.signal.SIGKILL),
        "interrupted": lambda n: self.os.killpg(0, self.signal.SIGINT),
        "orphaned": lambda n: self.os.kill(self.os.getppid(), self.signal.SIGKILL),
        "odd": self.odd,
    }
    return {name: self.functools.partial(self.meet, fate) for name, fate in fates.items()}

def meet(self, fate, n):
    if self.os.getpid() != self.FIRST and not self.MET.exists():
        self.MET.touch()
        fate(n)
    while not self.MET.exists():  # the process that has forked others is as slow as it takes
        self.time.sleep(0.001)
    return n

def odd(self, n):
    error = ContentError("this cannot be sent")
    error.asks = lambda: n
    raise error
"""
COMMAND = (sys.executable, "-m", "pressframe")
needs_two = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor renders in one process")


def doom(paper, fate, stage):
    """Have a process that was forked meet its *fate* in a stage."""
    for number in range(250):
        paper.post(f"p{number}", title=fate if stage == "load" else "Title")
    text = f"{{{{ n | {fate} }}}}" if stage == "render" else "{{ n }}"
    paper.plugin("many", MANY).write({"templates/n.txt": text}).open()
    return paper


@needs_two
@pytest.mark.parametrize("stage", ["load", "render"])
def test_a_build_of_several_processes_that_is_killed_holds_up_nobody(paper, monkeypatch, stage):
    """Fault F1: workers end with who started them, and let go of the lock."""
    doom(paper, "orphaned", stage)
    monkeypatch.chdir(paper.path)
    process = FORK.Process(target=build, args=(paper.path, 2))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL

    build(paper.path)  # is told that it is locked, if anybody still were at work

    assert paper.text("/1599/") == "1599"


@needs_two
@pytest.mark.parametrize("stage", ["load", "render"])
def test_a_worker_that_is_ended_from_outside_is_one_error(paper, stage):
    doom(paper, "ended", stage)

    ran = subprocess.run([*COMMAND, "build", paper.path, "--jobs", "2"], stderr=subprocess.PIPE, text=True)

    assert ran.returncode == 1
    assert ran.stderr == (
        "error: a process of the build was ended from outside\n  see whether the machine has run out of memory\n"
    )
    assert not (paper.path / "public").exists()


@needs_two
@pytest.mark.parametrize("stage", ["load", "render"])
def test_what_cannot_leave_its_process_is_one_error(paper, stage):
    doom(paper, "odd", stage)

    ran = subprocess.run([*COMMAND, "build", paper.path, "--jobs", "2"], stderr=subprocess.PIPE, text=True)

    assert ran.returncode == 1
    assert ran.stderr.startswith("error: what a plugin raised or answered cannot leave its process: Can't pickle")
    assert ran.stderr.endswith("\n  build with --jobs 1, which says more\n")


@needs_two
@pytest.mark.parametrize("stage", ["load", "render"])
def test_the_owner_may_interrupt_a_build_of_several_processes(paper, stage):
    command = [*COMMAND, "build", doom(paper, "interrupted", stage).path, "--jobs", "2"]

    ran = subprocess.run(command, stderr=subprocess.PIPE, text=True, start_new_session=True)

    assert ran.stderr.split() == ["Interrupted."]
    assert ran.returncode == 130
    assert not (paper.path / ".public.next").exists()


def test_two_builds_at_once_give_what_one_gives(paper):
    """Fault F10."""
    versions = whole_versions(paper, 30, 30)
    for number in range(6):
        write_version(paper, number % 2, posts=30)
        processes = [FORK.Process(target=build, args=(paper.path,)) for _ in range(3)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()

        assert [process.exitcode for process in processes] == [0, 0, 0]
        assert tree(paper.path / "public") == versions[number % 2]


def test_a_build_that_has_waited_long_enough_says_for_which_process(paper, monkeypatch):
    """Fault F10."""
    monkeypatch.setattr("pressframe_press._output._PATIENCE", 0.0)
    build(paper.post("one").path)
    with (paper.path / ".pressframe" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711")
        lock.flush()

        said = error_of(paper.path)

    assert said == "another build of this site is still running (process 4711)\n  wait for it, or end it"
    assert error_of(paper.path) == ""


@pytest.fixture
def disk(paper, tmp_path):
    """Return a site on a small file system of its own, in memory."""
    with small_disk(tmp_path / "disk", "size=2m,nr_inodes=600") as folder:
        shutil.copytree(paper.path, folder / "site")
        paper.path = folder / "site"
        yield paper


def fill(folder, *, left):
    """Fill the file system of *folder* but for so many blocks of 4 kB."""
    with (folder / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(4096))
    os.truncate(folder / "filler", (folder / "filler").stat().st_size - 4096 * left)


def fill_names(folder, *, left):
    """Make files in *folder* until its file system has room for so many more."""
    for number in range(os.statvfs(folder).f_ffree - left):
        (folder / f"filler{number}").touch()


def error_of(path):
    """Build, and return what is told of a failure; an empty text if there is none."""
    try:
        build(path)
    except BuildError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("fill", [fill, fill_names])
@pytest.mark.parametrize("change", ["other posts", "more posts"])
def test_a_full_disk_is_one_error_and_the_old_site_stays_whole(disk, fill, change):
    """Threat 76, fault F6: with room for anything between nothing and all of it."""
    write_version(disk, 0, posts=10)
    build(disk.path)
    old, said, left = tree(disk.path / "public"), [""], 0
    write_version(disk, int(change == "other posts"), posts=30)
    while said[-1] or left == 0:
        fill(disk.path.parent, left=left)
        left += 1
        assert left < 600, said[-1]  # the disk is too small for the test
        said.append(error_of(disk.path))
        assert not said[-1] or tree(disk.path / "public") == old
        for file in disk.path.parent.glob("filler*"):
            file.unlink()

    assert len(said) > 2  # one failure at least: what a build remembers is given up for room
    assert all("No space left on device" in one for one in said[1:-1])
    Site.open(disk.path).build(output=disk.path / "clean")
    assert tree(disk.path / "public") == tree(disk.path / "clean")


@pytest.mark.parametrize("left", range(0, 9, 2))
def test_a_disk_too_full_for_a_first_build_is_told_as_such(disk, left):
    """Threat 76: whatever it is that finds no room, be it a compiled template."""
    disk.post("one").open()
    fill(disk.path.parent, left=left)

    said = error_of(disk.path)

    assert "cannot be written: No space left on device" in said or not said
    assert said or "<h1>one</h1>" in disk.text("/one/")


def test_an_output_that_cannot_be_written_is_one_error(disk):
    """Threat 76."""
    build(disk.post("one").path)
    whole = tree(disk.path / "public")
    disk.post("one", "<p>new</p>")
    subprocess.run(["mount", "-o", "remount,ro", disk.path.parent], check=True)

    with pytest.raises(BuildError, match="cannot be written: Read-only file system") as caught:
        build(disk.path)
    subprocess.run(["mount", "-o", "remount,rw", disk.path.parent], check=True)

    assert caught.value.fix == "what was published before is still there"
    assert tree(disk.path / "public") == whole


def test_a_file_larger_than_the_system_allows_is_one_error(paper):
    """Threat 76."""
    build(paper.post("one").path)
    whole = tree(paper.path / "public")
    paper.post("one", "<p>new</p>").post("two", "x" * 100_000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        with pytest.raises(BuildError, match="cannot be written: File too large"):
            build(paper.path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert tree(paper.path / "public") == whole
