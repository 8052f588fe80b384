"""From a save to the browser: how long the live server takes to show what was written, or approved."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import attrs

from bench import posts
from bench.generators import Site, writing
from bench.live import HOST, free_ports, running, serve_command
from bench.measure import run
from bench.posts import Post
from bench.reader import Reader

_PAUSE = 0.4
"""Seconds between two saves: the last one is over by then."""
_PATIENCE = 20.0
_LOOK = 0.002
_SHOWN_AT_ONCE = """
[plugins.comments]
moderation = "never"
flood_limit = 0
flood_limit_site = 0
"""


@attrs.frozen
class Delay:
    """Milliseconds from a change to the first page that shows it.

    Attributes:
        cpu: Of the server, all its threads, for one change and for being asked meanwhile; 0 where the system is not
            Linux.
    """

    name: str
    typical: float
    worst: float
    cpu: float


def measure(folder: Path, *, count: int, runs: int, told: Callable[[str], None]) -> list[Delay]:
    """Return the delays of a site of *count* posts, which is made in *folder*."""
    site = Site(writing(), folder / "writing", posts.generate(count))
    site.create()
    with (site.folder / "pressframe.toml").open("a", encoding="utf-8") as settings:
        settings.write(_SHOWN_AT_ONCE)
    told(f"{count:,} posts: the first build")
    run(site.generator.command(site.output), folder=site.folder)
    (port,) = free_ports(1)
    told(f"{count:,} posts: the live server starts")
    with running(serve_command(port), folder=site.folder) as server:
        Reader(HOST, port).wait()
        time.sleep(2 * _PAUSE)  # the watcher, too, has begun
        with closing(http.client.HTTPConnection(HOST, port, timeout=10)) as connection:
            author = _Author(site, connection, server)
            changes = (
                author.save_text, author.save_title, author.comment, author.approve, author.approve_first,
            )  # fmt: skip
            return [_measure(change, server, runs, told) for change in changes]


def _measure(change: Callable[[int], tuple[str, float]], server: int, runs: int, told: Callable[[str], None]) -> Delay:
    delays, cpu = [], []
    for number in range(runs + 1):
        time.sleep(_PAUSE)
        before = _cpu_seconds(server)
        name, delay = change(number)
        told(f"{name}, {number}")
        time.sleep(_PAUSE)
        delays.append(delay * 1000)
        cpu.append((_cpu_seconds(server) - before) * 1000)
    # The first of its kind finds modules that are not imported yet.
    return Delay(name, median(delays[1:]), max(delays[1:]), median(cpu[1:]))


@attrs.frozen
class _Author:
    """Writes, approves, and looks at the page until it shows that."""

    site: Site
    connection: http.client.HTTPConnection
    server: int

    def save_text(self, number: int) -> tuple[str, float]:
        post = self.site.posts[len(self.site.posts) // 2]
        said = f"Un mot de plus, le {number}e."
        start = time.perf_counter()
        self.site.write(attrs.evolve(post, text=f"{post.text}\n{said}\n"))
        return "a post's text", self._until(post.address, said) - start

    def save_title(self, number: int) -> tuple[str, float]:
        """Save the newest post with another title, and see that the lists and the feed have it, too."""
        post = self.site.posts[-1]
        title = f"Titre {number}, tout neuf"
        start = time.perf_counter()
        self.site.write(attrs.evolve(post, title=title))
        end = self._until(post.address, title)
        for address in ("/", f"/category/{post.category}/", "/feed.xml"):
            self._check(address, title)
        return "a post's title", end - start

    def comment(self, number: int) -> tuple[str, float]:
        """Send a comment that waits for nobody, so that the server itself accepts it; from its answer on."""
        post, said = self.site.posts[-4], f"Bien vu, {number} fois."
        form = {"author": "Zoé", "email": "zoe@example.org", "comment": said}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        entry = f"posts/{post.published.year}/{post.slug}"
        self.connection.request("POST", f"/comments/{entry}", urlencode(form), headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 303:
            raise RuntimeError(f"a comment was answered {answer.status}")
        start = time.perf_counter()
        delay = self._until(post.address, said) - start
        self._until("/", f"{post.address}#comment-")
        return "a comment accepted by the server", delay

    def approve(self, number: int) -> tuple[str, float]:
        """Approve another comment on a post."""
        return "a comment approved by another process", self._approve(self.site.posts[-2], f"Bien dit, {number} fois.")

    def approve_first(self, number: int) -> tuple[str, float]:
        """Approve the first comment on a post, which gets feeds of its own."""
        return "a post's first comment, by another process", self._approve(
            self.site.posts[-9 - number], "Je suis le premier."
        )

    def _approve(self, post: Post, said: str) -> float:
        """Approve a comment in another process than the server's, as ``pressframe comments approve`` does."""
        from pressframe import Site as Opened
        from pressframe_comments import Draft, State, comment_store

        store = comment_store(Opened.open(self.site.folder))
        entry = f"posts/{post.published.year}/{post.slug}"
        draft = Draft(entry=entry, author="Zoé", email="", url=None, body=said, received=datetime.now(UTC))
        filed = store.add(draft, State.PENDING)
        store.move([filed.comment.id], State.APPROVED)
        start = time.perf_counter()
        delay = self._until(post.address, said) - start
        self._until("/", f"{post.address}#comment-{filed.comment.id}")  # what lists it follows
        return delay

    def _until(self, address: str, text: str) -> float:
        """Return when *text* is on the page at *address*."""
        patience = time.perf_counter() + _PATIENCE
        while (now := time.perf_counter()) < patience:
            if text in self._page(address):
                return time.perf_counter()
            time.sleep(_LOOK)
        raise RuntimeError(f"{address} did not show {text!r} within {now - patience + _PATIENCE:.0f} s")

    def _check(self, address: str, text: str) -> None:
        if text not in self._page(address):
            raise RuntimeError(f"{address} was left behind, without {text!r}")

    def _page(self, address: str) -> str:
        self.connection.request("GET", address)
        return self.connection.getresponse().read().decode()


def _cpu_seconds(process: int) -> float:
    stat = Path(f"/proc/{process}/schedstat")
    if not stat.exists():
        return 0.0
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(one.read_text().split()[0]) for one in threads) / 1e9
