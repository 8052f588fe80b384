"""Comments accepted a second, and how long readers of the same server wait meanwhile; Isso beside pressframe."""

from __future__ import annotations

import http.client
import random
import re
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

import attrs

from bench import posts
from bench.beside import beside
from bench.environment import Environment
from bench.generators import Site, writing
from bench.live import HOST, free_ports, pinned, processors, running, serve_command
from bench.measure import run
from bench.reader import Reader
from pressframe import Site as OpenedSite
from pressframe_bayes import Bayes
from pressframe_comments import Draft, State, comment_store
from pressframe_sql import database

_HERE = Path(__file__).parent
_SECONDS = 5
_CLIENTS = 50
_POSTS = 100
_LOOK = 0.01
_ISSO_WORKERS = 4
_ISSO = """\
[general]
dbpath = {folder}/isso.db
host = http://{host}:{port}
[server]
listen = http://{host}:{port}
[guard]
enabled = false
"""

_NO_LIMITS = """
[plugins.comments]
moderation = "always"
flood_limit = 0
flood_limit_site = 0
"""
_SHOWN_AT_ONCE = """
[plugins.comments]
moderation = "never"
flood_limit = 0
flood_limit_site = 0
"""
_ALL_RULES = """
[plugins.web]
trusted_proxies = ["127.0.0.0/8"]

[plugins.comments]
flood_limit_site = 1_000_000
blocked = ["casino", "crédit facile", "pilules", "mail:*@spam.example", "site:casino.example", "network:203.0.113.0/24"]
trusted = ["mail:*@example.com", "name:Rédaction"]
"""
_TRAINING = 200


@attrs.frozen
class Accepted:
    """What one server took in.

    Attributes:
        a_second: Comments, each on disk before it was answered; the median of the runs.
        waited: 99th percentile of readers' milliseconds meanwhile, of all runs; None where nobody read.
        refused: How many were refused, or not answered in time, in all runs; they don't count.
    """

    name: str
    a_second: float
    waited: float | None = None
    refused: int = 0


@attrs.frozen
class _Run:
    """One run: comments stored a second, how many seconds each reader waited, and how many comments were refused."""

    rate: float
    waited: list[float]
    refused: int


@attrs.frozen(kw_only=True)
class _Server:
    """What is posted to.

    Attributes:
        count: Returns how many comments are stored.
        page: What readers ask for meanwhile; None if nobody does.
        may_refuse: Whether it may refuse comments; none of ours may.
    """

    name: str
    port: int
    path: str
    kind: str
    count: Callable[[], int]
    page: str | None = None
    may_refuse: bool = False


def measure(folder: Path, *, runs: int, peer: bool, told: Callable[[str], None]) -> list[Accepted]:
    """Return what each server accepts, Isso too if a *peer* is wanted; the sites are made in *folder*."""
    found: dict[str, list[_Run]] = {}
    for number in range(1, runs + 1):
        for make in (_no_limits, _all_rules, _shown_at_once, *((_isso,) if peer else ())):
            with make(folder / f"{make.__name__}-{number}") as server:
                told(f"{server.name}, {number}")
                found.setdefault(server.name, []).append(_load(server))
    return [_summed_up(name, measured) for name, measured in found.items()]


def _summed_up(name: str, measured: list[_Run]) -> Accepted:
    waited = [one for run in measured for one in run.waited]
    return Accepted(
        name,
        median(run.rate for run in measured),
        quantiles(waited, n=100)[98] * 1000 if waited else None,
        sum(run.refused for run in measured),
    )


@contextmanager
def _no_limits(folder: Path) -> Iterator[_Server]:
    with _pressframe(folder, name="pressframe, limits off", settings=_NO_LIMITS) as server:
        yield server


@contextmanager
def _all_rules(folder: Path) -> Iterator[_Server]:
    name = "pressframe, all rules on"
    with _pressframe(folder, name=name, settings=_ALL_RULES, kind="forwarded", plugin="bayes") as server:
        yield server


@contextmanager
def _shown_at_once(folder: Path) -> Iterator[_Server]:
    with _pressframe(folder, name="pressframe, shown at once", settings=_SHOWN_AT_ONCE) as server:
        yield server


@contextmanager
def _pressframe(
    folder: Path, *, name: str, settings: str, kind: str = "form", plugin: str | None = None
) -> Iterator[_Server]:
    site = Site(writing(), folder, posts.generate(_POSTS))
    site.create()
    file = folder / "pressframe.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace('"comments"', f'"comments", "{plugin}"') if plugin else text
    file.write_text(text + settings, encoding="utf-8")
    if plugin == "bayes":
        _train(folder)
    run(site.generator.command(site.output), folder=site.folder)
    post = site.posts[-1]
    (port,) = free_ports(1)
    with running(serve_command(port), folder=folder):
        Reader(HOST, port).wait()
        yield _Server(
            name=name,
            port=port,
            path=f"/comments/posts/{post.published.year}/{post.slug}",
            kind=kind,
            count=lambda: _rows(folder / "data" / "site.sqlite", "comments_comment"),
            page=site.posts[0].address,
        )


def _train(folder: Path) -> None:
    """Have the site's filter learn comments and spam, under entries that nobody asks for."""
    site, chance, sentences = OpenedSite.open(folder), random.Random(1), posts.sentences()
    store = comment_store(site)
    for number in range(_TRAINING):
        is_spam = bool(number % 2)
        body = " ".join(["Casino, crédit facile, gagnez."] * is_spam + chance.sample(sentences, 3))
        draft = Draft(
            entry="posts/none",
            author="Zoé",
            email=f"z{chance.randrange(1000)}@example.org",
            url=None,
            body=body,
            received=datetime.now(UTC),
        )
        store.add(draft, State.SPAM if is_spam else State.APPROVED)
    learned, _ = site.plugin(Bayes).filter(site).train()
    database(site).close()
    if learned != _TRAINING:
        raise RuntimeError(f"the filter learned {learned} of {_TRAINING} comments")


@contextmanager
def _isso(folder: Path) -> Iterator[_Server]:
    folder.mkdir(parents=True)
    (port,) = free_ports(1)
    settings = folder / "isso.cfg"
    settings.write_text(_ISSO.format(folder=folder, host=HOST, port=port), encoding="utf-8")
    gunicorn = Environment().program("gunicorn")
    command: list[str | Path] = [
        gunicorn,
        "--bind",
        f"{HOST}:{port}",
        "--workers",
        str(_ISSO_WORKERS),
        "--preload",
        "isso.run",
    ]
    with running(command, folder=folder, ISSO_SETTINGS=str(settings)):
        _wait(port)
        yield _Server(
            name="Isso behind gunicorn",
            port=port,
            path="/new?uri=%2Farticle%2F",
            kind="json",
            count=lambda: _rows(folder / "isso.db", "comments"),
            may_refuse=True,
        )


def _wait(port: int) -> None:
    patience = time.monotonic() + 20
    while True:
        try:
            with closing(http.client.HTTPConnection(HOST, port, timeout=5)) as connection:
                connection.request("GET", "/")
                connection.getresponse().read()
                return
        except OSError:
            if time.monotonic() > patience:
                raise
            time.sleep(0.1)


def _rows(file: Path, table: str) -> int:
    if not file.exists():
        return 0
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
            return 0
        (number,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(number)


def _load(server: _Server) -> _Run:
    """Return what one run has measured.

    Raises:
        RuntimeError: One was refused by us, or answered and not stored.
    """
    script = ["-s", str(_HERE / "comments.lua"), f"http://{HOST}:{server.port}"]
    command = ["wrk", "-t1", f"-c{_CLIENTS}", f"-d{_SECONDS}", *script, "--", server.path, server.kind, "wrk"]
    before = server.count()
    with _reading(server) as waited, pinned(processors()[1]):
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    answered = re.search(r"answered (\d+), refused (\d+)", said)
    taken = re.search(r"requests in ([\d.]+)s", said)
    if answered is None or taken is None:
        raise RuntimeError(f"{server.name}: wrk did not say what it had measured:\n{said}")
    refused = int(answered[2])
    if (refused or "Socket errors" in said) and not server.may_refuse:
        raise RuntimeError(f"{server.name}: not every comment was accepted:\n{said}")
    accepted, stored = int(answered[1]) - refused, server.count() - before
    if stored < accepted:  # those in flight at the end are stored and not counted
        raise RuntimeError(f"{server.name} accepted {accepted} comments and stored {stored}")
    lost = sum(map(int, re.findall(r"\d+", said.partition("Socket errors")[2].partition("\n")[0])))
    return _Run(accepted / float(taken[1]), waited, refused + lost)


@contextmanager
def _reading(server: _Server) -> Iterator[list[float]]:
    """Read a page again and again while the block runs; what that took is in the list afterwards."""
    waited: list[float] = []
    page = server.page
    if page is None:
        yield waited
        return

    def read(is_over: threading.Event) -> None:
        with closing(http.client.HTTPConnection(HOST, server.port, timeout=10)) as connection:
            while not is_over.wait(_LOOK):
                start = time.perf_counter()
                connection.request("GET", page)
                connection.getresponse().read()
                waited.append(time.perf_counter() - start)

    with beside(read):
        yield waited
