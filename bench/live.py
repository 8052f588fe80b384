"""Requests a second: the live server on one processor, `wrk` on another, and a bare ASGI application as the limit."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median

import attrs

from bench import posts
from bench.beside import beside
from bench.generators import live
from bench.measure import usual_environment
from bench.reader import Reader

HOST = "127.0.0.2"
"""Not 127.0.0.1: for that, `serve` adds the script that reloads an author's browser."""

_POSTS = 100
_BYTES = 22_500
"""Of Markdown; with the theme they make a page of about 30 kB."""
_SECONDS = 5
_WRK = ("wrk", "-t1", "-c16", f"-d{_SECONDS}")
_END = "C’est la fin de l’article."
_WRITERS = 50
"""Comments that come in a second while readers' waiting is measured."""


@attrs.frozen(kw_only=True)
class Target:
    """What is asked for again and again: an address on HOST, with headers."""

    name: str
    port: int
    path: str
    headers: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Rate:
    """Requests answered in a second.

    Attributes:
        requests: The median of the runs.
        spread: From the slowest run to the fastest, as a part of the median.
    """

    name: str
    requests: float
    spread: float


@attrs.frozen
class Served:
    """What was measured.

    Attributes:
        rates: The bare application's first.
        size: Bytes of the open article.
        waited: Milliseconds within which 99 of 100 readers of it are answered, over 16 connections that ask as fast as
            they can, while comments come in; the median of the runs.
        written: Comments stored a second meanwhile.
    """

    rates: tuple[Rate, ...]
    size: int
    waited: float
    written: float


def why_not() -> str | None:
    """Return why nothing can be measured here; None if it can."""
    if shutil.which("wrk") is None:
        return "wrk is not installed (Debian and Ubuntu: apt-get install wrk)"
    if not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2:
        return "it needs Linux, and a processor each for the server and for what loads it"
    return None


def measure(folder: Path, *, runs: int, told: Callable[[str], None]) -> Served:
    """Return how many requests a second are answered; the site is made in *folder*."""
    opened, closed = _articles()
    site = live().site(folder / "live", [*posts.generate(_POSTS), opened, closed])
    site.create()
    port, bare = free_ports(2)
    told("the live server starts")
    with running(serve_command(port), folder=site.folder):
        page, targets = _ready(port, opened.address, closed.address, outbox=site.folder / "outbox")
        body = folder / "body.html"
        body.write_bytes(page)
        with running(_bare_server(bare), folder=Path(__file__).parents[1], BENCH_BODY=str(body)):
            Reader(HOST, bare).wait()
            limit = Target(name="bare ASGI application", port=bare, path="/")
            rates = tuple(_in_turn([limit, *targets], runs, told))
        waited, written = [], []
        for number in range(1, runs + 1):
            told(f"{targets[0].name} while comments come in, {number}")
            with _writing(port, opened) as stored:
                waited.append(_wait(targets[0]))
            written.append(len(stored) / _SECONDS)
    return Served(rates, len(page), median(waited), median(written))


def _articles() -> tuple[posts.Post, posts.Post]:
    """Return an open and a closed post of the same text."""
    made = posts.generate(20, seed=30)
    long = "\n".join(post.text for post in made).encode()[:_BYTES].decode(errors="ignore")
    whole_blocks = long.rpartition("\n\n")[0]
    opened = attrs.evolve(made[-1], slug="ouvert", text=f"{whole_blocks}\n\n{_END}\n")
    return opened, attrs.evolve(opened, slug="ferme", audience="subscribers")


def _ready(port: int, opened: str, closed: str, *, outbox: Path) -> tuple[bytes, list[Target]]:
    """Return the open article, and what is to be asked of pressframe once a reader has subscribed.

    Raises:
        RuntimeError: The server does not open what it should, or opens what it should not.
    """
    stranger, subscriber = Reader(HOST, port), Reader(HOST, port)
    stranger.wait()
    subscriber.subscribe("lectrice@example.org", outbox)
    headers, page = stranger.get(opened)
    end = _END.encode()
    if end not in page or end not in subscriber.get(closed)[1] or end in stranger.get(closed)[1]:
        raise RuntimeError("the gate does not open for the subscriber alone")
    return page, [
        Target(name="open article", port=port, path=opened),
        Target(name="… not modified (304)", port=port, path=opened, headers={"If-None-Match": headers["etag"]}),
        Target(name="gated, to a subscriber", port=port, path=closed, headers={"Cookie": subscriber.cookie}),
        Target(name="gated, to a stranger", port=port, path=closed),
    ]


def _bare_server(port: int) -> list[str | Path]:
    options = ["--host", HOST, "--port", str(port), "--no-access-log", "--log-level", "warning"]
    return [sys.executable, "-m", "uvicorn", "bench.bare:app", *options]


def _in_turn(targets: Sequence[Target], runs: int, told: Callable[[str], None]) -> Iterator[Rate]:
    found: dict[str, list[float]] = {target.name: [] for target in targets}
    for number in range(1, runs + 1):
        for target in targets:
            told(f"{target.name}, {number}")
            found[target.name].append(_load(target))
    for name, rates in found.items():
        yield Rate(name, median(rates), (max(rates) - min(rates)) / median(rates))


def _load(target: Target) -> float:
    """Return how many requests a second are answered."""
    return float(_asked(target, r"Requests/sec:\s+([\d.]+)")[1])


def _wait(target: Target) -> float:
    """Return the milliseconds that 99 of 100 requests waited at most."""
    found = _asked(target, r"99%\s+([\d.]+)(us|ms|s)\b", "--latency")
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]]


def _asked(target: Target, what: str, *options: str) -> re.Match[str]:
    """Have wrk ask, and return *what* it says.

    Raises:
        RuntimeError: Not every request was answered.
    """
    headers = [part for name, value in target.headers.items() for part in ("-H", f"{name}: {value}")]
    command = [*_WRK, *options, *headers, f"http://{HOST}:{target.port}{target.path}"]
    with pinned(processors()[1]):
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(what, said)
    if found is None or "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"{target.name}: not every request was answered:\n{said}")
    return found


@contextmanager
def _writing(port: int, post: posts.Post) -> Iterator[list[int]]:
    """Send comments while the block runs, so many a second; the list gets the number of each that is stored.

    Raises:
        RuntimeError: One was not accepted.
    """
    stored: list[int] = []
    entry = f"posts/{post.published.year}/{post.slug}"

    def write(is_over: threading.Event) -> None:
        writer, begun = Reader(HOST, port), time.monotonic()
        for number in count(1):
            if is_over.wait(max(begun + (number - 1) / _WRITERS - time.monotonic(), 0)):
                return
            writer.comment(entry, f"Une réponse de plus, la {number} de {begun}.")
            stored.append(number)

    with beside(write):
        yield stored


def serve_command(port: int) -> list[str | Path]:
    """Return what serves the site in the current folder."""
    program = Path(sys.executable).with_name("pressframe")
    return [program, "serve", ".", "--host", HOST, "--port", str(port)]


@contextmanager
def running(command: Sequence[str | Path], *, folder: Path, **environment: str) -> Iterator[int]:
    """Run a server on the first processor while the block runs, which gets its number; if that fails, show why."""
    with tempfile.TemporaryFile() as said:
        with pinned(processors()[0]):
            given = {**usual_environment(), **environment}
            process = subprocess.Popen(
                command, cwd=folder, env=given, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
        try:
            yield process.pid
        except (RuntimeError, OSError):
            said.seek(0)
            print(said.read().decode(errors="replace")[-2000:], file=sys.stderr)
            raise
        finally:
            process.terminate()
            process.wait()


@contextmanager
def pinned(processor: int) -> Iterator[None]:
    """Have processes that start in the block stay on one processor."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {processor})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def processors() -> list[int]:
    """Return the processors that this process may use."""
    return sorted(os.sched_getaffinity(0))


def free_ports(count: int) -> list[int]:
    """Return ports of HOST that nobody listens at."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
