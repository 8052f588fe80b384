"""Page times of a busy blog: a conversation of 5,000 comments, and the owner's list while 100,000 wait."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from statistics import median, quantiles

import attrs

from bench import posts
from bench.generators import Site, writing
from bench.live import HOST, free_ports, running, serve_command
from bench.measure import run, usual_environment
from bench.reader import Reader
from pressframe import Site as OpenedSite
from pressframe_comments import CommentStore, Draft, State, comment_store
from pressframe_sql import database

REQUESTS = 100
_WARM_UP = 5
_POSTS = 100
_SHOWN, _WAITING = 5_000, 100_000
_THREAD = 10
"""Of the conversation, so many comments form a thread: one, and answers to it and to each other."""
_AT_ONCE = 5_000
_PUBLIC_GOAL, _OWNERS_GOAL = 100.0, 200.0
_OWNER, _PASSWORD = "odile@example.org", "quatre mots tirés au sort"
_LIST = "/admin/comments/"
_PLUGINS = """
[plugins.comments]
moderation = "always"
flood_limit = 0
flood_limit_site = 0
"""


@attrs.frozen
class PageTime:
    """Milliseconds from a request to the end of its answer, over a connection that stays open.

    Attributes:
        goal: What the median has to stay under.
    """

    name: str
    typical: float
    p99: float
    goal: float


@attrs.frozen(kw_only=True)
class _Asked:
    """A page that is asked for, and what must be on it so and so often."""

    name: str
    path: str
    sign: str
    times: int
    goal: float
    cookie: str = ""


def measure(
    folder: Path, *, told: Callable[[str], None], shown: int = _SHOWN, waiting: int = _WAITING, requests: int = REQUESTS
) -> list[PageTime]:
    """Return how long each page takes that readers and the owner ask for; the site is made in *folder*.

    Raises:
        RuntimeError: A page is not what it should be.
    """
    site = _make(folder, told, shown=shown, waiting=waiting)
    (port,) = free_ports(1)
    told("the live server starts")
    with running(serve_command(port), folder=folder):
        Reader(HOST, port).wait()
        owner = Reader(HOST, port)
        owner.sign_in(_OWNER, _PASSWORD)
        found = []
        for asked in _pages(site, owner):
            told(asked.name)
            found.append(_time(port, asked, requests))
        return found


def _make(folder: Path, told: Callable[[str], None], *, shown: int, waiting: int) -> Site:
    site = Site(writing(), folder, posts.generate(_POSTS))
    site.create()
    file = folder / "pressframe.toml"
    text = file.read_text(encoding="utf-8").replace('"comments"', '"admin", "comments", "moderation"')
    file.write_text(text + _PLUGINS, encoding="utf-8")
    _make_owner(folder)
    opened = OpenedSite.open(folder)
    try:
        store = comment_store(opened)
        told(f"{shown:,} comments under one post")
        _converse(store, _entry(site), shown)
        told(f"{waiting:,} comments that wait")
        _flood(store, _entry(site, -2), waiting)
    finally:
        database(opened).close()
    run(site.generator.command(site.output), folder=folder)
    return site


def _entry(site: Site, number: int = -1) -> str:
    post = site.posts[number]
    return f"posts/{post.published.year}/{post.slug}"


def _make_owner(folder: Path) -> None:
    program = Path(sys.executable).with_name("pressframe")
    command: list[str | Path] = [program, "admin", "create", _OWNER, "--role", "owner", "--password-stdin"]
    subprocess.run(
        command, cwd=folder, input=_PASSWORD, env=usual_environment(), check=True, capture_output=True, text=True
    )


def _converse(store: CommentStore, entry: str, count: int) -> None:
    """Store a conversation that was approved: threads of ten, in which every third comment answers the first."""
    ids: list[str] = []
    for number, draft in enumerate(_drafts(entry, count)):
        place = number % _THREAD
        parent = None if not place else ids[number - place] if place % 3 == 1 else ids[number - 1]
        ids.append(store.add(attrs.evolve(draft, parent=parent), State.APPROVED).comment.id)


def _flood(store: CommentStore, entry: str, count: int) -> None:
    """Store comments that wait; many share a commit."""
    drafts = list(_drafts(entry, count))
    for begin in range(0, count, _AT_ONCE):
        reasons = ["nothing by its sender has been accepted yet"]
        stored = [store.submit(draft, State.PENDING, reasons) for draft in drafts[begin : begin + _AT_ONCE]]
        for one in stored:
            one.result()


def _drafts(entry: str, count: int) -> Iterator[Draft]:
    """Yield comments by a tenth as many people, a second apart, each another text of some 300 letters."""
    sentences, end = posts.sentences(), datetime.now(UTC)
    for number in range(count):
        who = number % max(count // 10, 1)
        said = " ".join(sentences[(number * 7 + step) % len(sentences)] for step in range(3))
        yield Draft(
            entry=entry,
            author=f"Zoé {who}",
            email=f"zoe{who}@example.org",
            url=None,
            body=f"{said} {number}",
            received=end - timedelta(seconds=count - number),
            sender=f"s{who}",
            client=f"192.0.{who % 250}.0/24",
        )


def _pages(site: Site, owner: Reader) -> Sequence[_Asked]:
    """Return what is asked for, the owner's pages with their session."""
    post, entry = site.posts[-1].address, _entry(site)
    reader = Reader(owner.host, owner.port)
    comments = _comments(reader.get(post)[1])
    later = re.findall(rf'href="({re.escape(post)}comments-\d+/)', reader.get(post)[1].decode())[-1]
    first = owner.get(_LIST)[1]
    older = re.search(r'href="([^"]+)" rel="next"', first.decode())
    if not comments or older is None:
        raise RuntimeError("the conversation or the list is not what it should be")
    on_page, on_later, waiting = len(comments), len(_comments(reader.get(later)[1])), first.count(b"data-comment")
    answered = _comments(reader.get(later)[1])[0]
    form = f"/comments/reply/{entry}?to={answered}"
    return [
        _public("a long conversation's page", post, times=on_page),
        _public("a later page of it", later, times=on_later),
        _public("the same with the form for an answer", form, times=on_later),
        _owners("the list of what waits", _LIST, waiting, owner.cookie),
        _owners("its next page", unescape(older[1]), waiting, owner.cookie),
        _owners("a search for words in it", f"{_LIST}?q={_WORD}", waiting, owner.cookie),
    ]


_WORD = "Zo%C3%A9+77"


def _public(name: str, path: str, *, times: int) -> _Asked:
    return _Asked(name=name, path=path, sign='<li id="comment-', times=times, goal=_PUBLIC_GOAL)


def _owners(name: str, path: str, times: int, cookie: str) -> _Asked:
    return _Asked(name=name, path=path, sign="data-comment", times=times, goal=_OWNERS_GOAL, cookie=cookie)


def _comments(page: bytes) -> list[str]:
    return re.findall(r'<li id="comment-(c\d+)"', page.decode())


def _time(port: int, asked: _Asked, requests: int) -> PageTime:
    headers = {"Cookie": asked.cookie} if asked.cookie else {}
    taken = []
    with closing(http.client.HTTPConnection(HOST, port, timeout=30)) as connection:
        for _ in range(_WARM_UP + requests):
            start = time.perf_counter()
            connection.request("GET", asked.path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            taken.append((time.perf_counter() - start) * 1000)
            if answer.status != 200 or body.count(asked.sign.encode()) != asked.times:
                told = f"{body.count(asked.sign.encode())} comments for {asked.times}"
                raise RuntimeError(f"{asked.path} was answered {answer.status}, with {told}")
    taken = taken[_WARM_UP:]
    return PageTime(asked.name, median(taken), quantiles(taken, n=100)[98], asked.goal)
