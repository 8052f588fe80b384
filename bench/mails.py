"""Newsletter mails a second through a mail server of this machine, and how long readers of the site wait meanwhile."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

import attrs

from bench import posts
from bench.beside import beside
from bench.generators import Site, writing
from bench.live import HOST, free_ports, serve_command
from bench.measure import run, usual_environment
from bench.reader import Reader
from pressframe import Site as OpenedSite
from pressframe_members.store import Members
from pressframe_newsletter import Newsletters
from pressframe_newsletter._campaigns import Campaigns
from pressframe_newsletter._office import Office
from pressframe_sql import Worker, database

_POSTS = 100
_LOOK = 0.01
_PATIENCE = 120
MOST_REPEATED = 8
"""What may be in flight when the server is killed."""
_SETTINGS = """
[plugins.web]
smtp = {{ host = "127.0.0.1", port = {port}, security = "none" }}

[plugins.newsletter]
automatic = false
"""


@attrs.frozen(kw_only=True)
class Sent:
    """What one sending took.

    Attributes:
        a_second: Mails that the mail server took, from the first to the last.
        waited: 99th percentile of readers' milliseconds meanwhile.
        longest: The longest that one waited.
    """

    mails: int
    a_second: float
    waited: float
    longest: float


@attrs.frozen(kw_only=True)
class Killed:
    """What a sending left that was cut off again and again.

    Attributes:
        skipped: Members who got nothing.
        repeated: Mails that came once more, by kill: each of them within ``MOST_REPEATED``.
    """

    kills: int
    mails: int
    skipped: int
    repeated: Sequence[int]

    @property
    def is_right(self) -> bool:
        """Whether nobody was skipped, and no kill repeated more than what was in flight."""
        return self.skipped == 0 and max(self.repeated, default=0) <= MOST_REPEATED


@attrs.frozen
class Place:
    """A site with members, and a mail server.

    Attributes:
        notes: What the mail server took: time, address, Message-ID, a line each.
    """

    site: Site
    notes: Path
    port: int

    def taken(self) -> list[tuple[float, str, str]]:
        """Return what the mail server took until now."""
        if not self.notes.exists():
            return []
        lines = self.notes.read_text("ascii").splitlines()
        return [(float(at), to, id) for at, to, id in (line.split(" ") for line in lines if line.count(" ") == 2)]

    def count(self) -> int:
        """Return how many mails the mail server took, without a look at each."""
        return self.notes.read_bytes().count(b"\n") if self.notes.exists() else 0

    def plan(self) -> str:
        """Plan to mail the newest post, and return the campaign's id; who serves the site sends it."""
        with _opened(self.site.folder) as opened:
            plugin = opened.plugin(Newsletters)
            plugin.held.release = opened.build()
            entry = plugin.held.release.view().latest(count=1)[0].id
            return Office(opened, plugin).plan("posts", entry, due=datetime.now(UTC), by="bench").id

    def is_done(self, campaign: str) -> bool:
        """Say whether the campaign is over."""
        with _opened(self.site.folder) as opened:
            found = Campaigns(opened).find(campaign)
            return found is not None and found.state == "done"


def measure(folder: Path, *, members: int, told: Callable[[str], None]) -> Sent:
    """Return what mailing a post to so many members takes, while the site is read.

    Raises:
        RuntimeError: Somebody got nothing, or something twice.
    """
    with prepared(folder, members=members, told=told) as place, serving(place):
        told(f"{members} mails")
        with _reading(place.port, place.site.posts[0].address) as waited:
            place.plan()
            _wait(lambda: place.count() >= members)
        found = place.taken()
    if Counter(to for _, to, _ in found) != Counter(_address(number) for number in range(members)):
        raise RuntimeError(f"{len(found)} mails to {len({to for _, to, _ in found})} of {members} members")
    times = [at for at, _, _ in found]
    percentile = quantiles(waited, n=100)[98] * 1000
    return Sent(
        mails=members, a_second=members / (max(times) - min(times)), waited=percentile, longest=max(waited) * 1000
    )


def kill(folder: Path, *, members: int, kills: int, told: Callable[[str], None], seed: int = 1) -> Killed:
    """Return what is left where the server is killed so often, at random moments of one sending, and started again."""
    chance, moments = random.Random(seed), []
    with prepared(folder, members=members, told=told) as place:
        campaign = ""
        for number in range(kills):
            told(f"kill {number + 1} of {kills}")
            with serving(place) as server:
                campaign = campaign or place.plan()
                begun = place.count()
                share = (members - begun) / (kills - number + 1)
                wanted = begun + chance.uniform(0.2, 1.5) * share
                _wait(lambda: place.count() >= wanted)  # noqa: B023 - it is asked within this turn
                time.sleep(chance.uniform(0, 0.02))
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()
                moments.append(time.time())
        told("the rest")
        with serving(place):
            _wait(lambda: place.is_done(campaign))
        found = place.taken()
    got, repeated = {to for _, to, _ in found}, _repeats(found, moments)
    skipped = sum(_address(number) not in got for number in range(members))
    return Killed(kills=kills, mails=members, skipped=skipped, repeated=repeated)


def _repeats(found: Sequence[tuple[float, str, str]], moments: Sequence[float]) -> list[int]:
    """Return how many mails came twice, by the kill that was the first after they came."""
    repeated, last = [0] * len(moments), dict[str, float]()
    for at, _, id in found:
        if id in last:
            repeated[min(sum(moment < last[id] for moment in moments), len(moments) - 1)] += 1
        last[id] = at
    return repeated


# ---------------------------------------------------------------------------------------------------- set up


@contextmanager
def prepared(folder: Path, *, members: int, told: Callable[[str], None]) -> Iterator[Place]:
    """Give a site in *folder* with so many members, built, and a mail server."""
    told(f"a site with {members} members")
    site = Site(writing(), folder / "site", posts.generate(_POSTS))
    site.create()
    mail, port = free_ports(2)
    file = site.folder / "pressframe.toml"
    text = file.read_text(encoding="utf-8").replace(
        '"comments"', '"comments", "admin", "gates", "members", "newsletter"'
    )
    text = text.replace('url = "http://127.0.0.2"', f'url = "http://{HOST}:{port}"')
    file.write_text(text + _SETTINGS.format(port=mail), encoding="utf-8")
    _add_members(site.folder, members)
    run(site.generator.command(site.output), folder=site.folder)
    notes = folder / "taken.txt"
    sink = subprocess.Popen([sys.executable, "-m", "bench.sink", str(mail), str(notes)], cwd=Path(__file__).parents[1])
    try:
        _wait(lambda: _listens(mail))
        yield Place(site, notes, port)
    finally:
        sink.terminate()
        sink.wait()


def _add_members(folder: Path, count: int) -> None:
    now = datetime.now(UTC)
    with _opened(folder) as opened:
        members = Members(opened)

        def work(connection: object) -> None:
            for number in range(count):
                members.add(
                    _address(number),
                    now=now,
                    confirmed_at=now,
                    source="import",
                    connection=connection,  # type: ignore[arg-type] # SQLAlchemy's own
                )

        database(opened).write(work)
        jobs = [job for _, job in opened.hooks.all("register_jobs", opened) if job.name.startswith("members")]
        Worker(opened, jobs).run_due()  # plugins are told of them


def _address(number: int) -> str:
    return f"lectrice{number}@example.org"


@contextmanager
def _opened(folder: Path) -> Iterator[OpenedSite]:
    opened = OpenedSite.open(folder)
    try:
        yield opened
    finally:
        database(opened).close()


@contextmanager
def serving(place: Place) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the site while the block runs, in a process group of its own."""
    with (place.site.folder / "serve.txt").open("ab") as said:
        server = subprocess.Popen(
            serve_command(place.port), cwd=place.site.folder, stdout=said, stderr=said, start_new_session=True,
            env=usual_environment(),
        )  # fmt: skip
        try:
            Reader(HOST, place.port).wait()
            yield server
        finally:
            if server.poll() is None:
                server.terminate()
                server.wait()


@contextmanager
def _reading(port: int, page: str) -> Iterator[list[float]]:
    """Ask for a page and for a form again and again while the block runs; the list has the seconds afterwards."""
    times: list[float] = []

    def read(is_over: threading.Event) -> None:
        reader = Reader(HOST, port)
        while not is_over.wait(_LOOK):
            for address in (page, "/members/sign-in"):
                begun = time.perf_counter()
                reader.get(address)
                times.append(time.perf_counter() - begun)

    with beside(read):
        yield times


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _wait(is_so: Callable[[], bool]) -> None:
    patience = time.monotonic() + _PATIENCE
    while not is_so():
        if time.monotonic() > patience:
            raise RuntimeError("the mails did not all come")
        time.sleep(0.05)
