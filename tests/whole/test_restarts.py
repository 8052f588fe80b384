"""PostgreSQL restarted, out of reach and replaced by another server while readers read and comment. Fault F9."""

import logging
import random
import signal
import threading
import time
from collections.abc import Callable

import attrs
import pytest
import sqlalchemy as sa

from pressframe_testing import Line, PostgreSQLServer, Process, wants_everything

pytestmark = pytest.mark.postgresql

log = logging.getLogger(__name__)

RESTARTS = 20 if wants_everything() else 3
"""How often the server is restarted: the whole of it where PRESSFRAME_EVERYTHING is set in the environment."""
HEALED = 2
"""Seconds after an outage in which something may still fail."""
BOUND = 20
"""Seconds in which everything is answered, whatever the database does, on a busy machine."""
POST = "/2026/11/billet/"
SITE = """
== pressframe.toml ==
[site]
title = "PRland"
url = "http://127.0.0.1"
plugins = ["markdown", "sql", "web", "comments", "gates", "members", "archives", "feeds", "journal"]
[plugins.sql]
url = "{url}"
[plugins.comments]
flood_limit = 0
flood_limit_site = 0
[plugins.members]
== content/posts/billet.md ==
---
title: Billet
date: 2026-11-20
---
Un texte.
"""


@attrs.define
class Outages:
    """When the server was away, by the monotonic clock."""

    spans: list[tuple[float, float]] = attrs.field(factory=list)

    def explain(self, begun: float, ended: float) -> bool:
        """Say whether what began and ended then may have failed."""
        return any(begun <= back + HEALED and ended >= gone for gone, back in self.spans)


@attrs.define
class Load:
    """Four who use the site until they are told to stop; what they got."""

    process: Process
    is_over: threading.Event = attrs.field(factory=threading.Event)
    pages: list[int] = attrs.field(factory=list)
    slowest: float = 0.0
    stored: list[str] = attrs.field(factory=list)
    failed: list[tuple[float, float, str]] = attrs.field(factory=list)
    odd: list[str] = attrs.field(factory=list)

    def read(self) -> None:
        while not self.is_over.wait(0.002):
            for address in ("/", POST, "/feed.xml", "/members/sign-in"):
                self.pages.append(self.process.get(address).status)

    def comment(self, name: str) -> None:
        for number in range(100_000):
            text = f"Un avis, le {number} de {name}."
            form = {"author": "Zoé", "email": "zoe@example.org", "comment": text}
            if self._send("/comments/posts/billet", form, 303):
                self.stored.append(text)
            if self.is_over.wait(0.01):
                return

    def sign_up(self) -> None:
        for number in range(100_000):
            self._send("/members/subscribe", {"email": f"m{number}@d{number}.example"}, 200)
            if self.is_over.wait(0.02):
                return

    def _send(self, address: str, form: dict[str, str], wanted: int) -> bool:
        begun = time.monotonic()
        reply = self.process.ask("POST", address, form)
        self.slowest = max(self.slowest, time.monotonic() - begun)
        if reply.status == 503:
            assert reply.headers["retry-after"]
            self.failed.append((begun, time.monotonic(), address))
        elif reply.status != wanted:
            self.odd.append(f"{address} {reply.status}")
        return reply.status == wanted

    def run(self) -> list[threading.Thread]:
        doings: list[Callable[[], None]] = [
            self.read, lambda: self.comment("a"), lambda: self.comment("b"), self.sign_up
        ]  # fmt: skip
        threads = [threading.Thread(target=doing) for doing in doings]
        for thread in threads:
            thread.start()
        return threads


def restart(server: PostgreSQLServer, outages: Outages, load: Load, chance: random.Random) -> None:
    """Stop the server at some moment, in order or as if it had crashed, and start it again a little later."""
    before = len(load.stored)
    while len(load.stored) < before + 5:
        time.sleep(0.01)
    time.sleep(chance.uniform(0, 0.3))
    gone = time.monotonic()
    server.stop(chance.choice((signal.SIGINT, signal.SIGQUIT)))
    time.sleep(chance.uniform(0, 1))
    server.start()
    outages.spans.append((gone, time.monotonic()))


def in_database(server: PostgreSQLServer) -> list[str]:
    engine = sa.create_engine(server.url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        found = list(connection.scalars(sa.text("SELECT body FROM comments_comment")))
    engine.dispose()
    return found


def test_while_the_database_restarts_pages_are_served_and_what_was_taken_is_kept(site, own_postgresql):
    """F9: 503 for as long as it is away and two seconds more at most, nothing lost, nothing twice."""
    process = site(SITE.format(url=own_postgresql.url)).start()
    load, outages, chance = Load(process), Outages(), random.Random(9)
    threads = load.run()
    try:
        for _ in range(RESTARTS):
            restart(own_postgresql, outages, load, chance)
        time.sleep(HEALED)
    finally:
        load.is_over.set()
        for thread in threads:
            thread.join()
    last = process.ask("POST", "/comments/posts/billet", {"author": "Zoé", "email": "z@example.org", "comment": "Fin."})
    found = in_database(own_postgresql)

    log.info("%d pages, %d stored, %d refused", len(load.pages), len(load.stored), len(load.failed))
    assert set(load.pages) == {200}
    assert load.odd == [], process.log
    assert [one for one in load.failed if not outages.explain(one[0], one[1])] == []
    assert last.status == 303
    assert set(load.stored) <= set(found)
    assert len(found) == len(set(found))


def away(outages: Outages, load: Load, seconds: float, *doings: Callable[[], None]) -> None:
    """Let *doings* happen: the first ends the database's service, *seconds* later the others bring it back."""
    before = len(load.stored)
    while len(load.stored) < before + 5:
        time.sleep(0.01)
    gone = time.monotonic()
    doings[0]()
    time.sleep(seconds)
    for doing in doings[1:]:
        doing()
    outages.spans.append((gone, time.monotonic()))
    time.sleep(HEALED)


@pytest.mark.skipif(not wants_everything(), reason="takes a minute of waiting: PRESSFRAME_EVERYTHING=1")
def test_a_network_that_is_cut_and_a_server_that_takes_over_lose_nothing(site, own_postgresql):
    """F9: nobody is told that a connection is dead; every form is answered in time, every page at any time."""
    line, follower = Line.to(own_postgresql.socket), own_postgresql.follow()
    process = site(SITE.format(url=line.url)).start()
    load, outages = Load(process), Outages()
    threads = load.run()
    try:
        away(outages, load, 1, line.cut, line.mend)
        away(outages, load, 15, line.cut, line.mend)
        away(
            outages, load, 10, line.cut, lambda: line.lead_to(follower.socket),
            lambda: own_postgresql.stop(signal.SIGQUIT), follower.promote, line.mend,
        )  # fmt: skip
        away(outages, load, 0, lambda: None)
    finally:
        load.is_over.set()
        for thread in threads:
            thread.join()
        process.kill()
        line.close()
    found = in_database(follower)
    follower.remove()

    log.info("%d pages, %d stored, %d refused", len(load.pages), len(load.stored), len(load.failed))
    assert set(load.pages) == {200}
    assert load.odd == [], process.log
    assert load.slowest < BOUND
    assert [one for one in load.failed if not outages.explain(one[0], one[1])] == []
    assert set(load.stored) <= set(found)
    assert len(found) == len(set(found))
