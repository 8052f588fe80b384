"""F9: the database goes away while mails leave; nobody is skipped, and nothing comes twice."""

import signal
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest
import sqlalchemy as sa

from pressframe import StoreError
from pressframe_newsletter import _guard
from pressframe_newsletter._campaigns import Draft, add_campaign, row_of
from pressframe_newsletter._sending import Sending
from pressframe_newsletter._tables import CAMPAIGN
from pressframe_sql import Worker, database
from pressframe_testing import Line, PostgreSQLServer, wants_everything

from .conftest import TIMES, Desk, addresses

pytestmark = pytest.mark.postgresql
psycopg = pytest.importorskip("psycopg", reason="PostgreSQL's driver is not installed")

SOME = [("restart", 4, 1), ("restart", 9, 4), ("cut", 4, 1), ("failover", 9, 4)]
ALL = [
    *(("restart", at, connections) for at in (1, 4, 8, 9, 20) for connections in (1, 4)),
    *((kind, at, connections) for kind in ("cut", "failover") for at, connections in ((4, 1), (9, 4))),
]
"""What happens, at which mail, over how many connections: the first mail, within a handful, the end of one, the next,
the last."""


@attrs.define
class Restart:
    """A server that is stopped, and started again."""

    server: PostgreSQLServer

    @property
    def url(self) -> str:
        return self.server.url

    def begin(self) -> None:
        self.server.stop()

    def end(self) -> None:
        self.server.start()


@attrs.define
class Cut:
    """A network that hands nothing on for a while, and then leads to the same server."""

    server: PostgreSQLServer
    line: Line

    @property
    def url(self) -> str:
        return self.line.url

    def begin(self) -> None:
        self.line.cut()

    def end(self) -> None:
        self.line.mend()


@attrs.define
class Failover(Cut):
    """One that leads to a server that has taken over."""

    follower: PostgreSQLServer

    def end(self) -> None:
        self.line.lead_to(self.follower.socket)
        self.server.stop(signal.SIGQUIT)
        self.follower.promote()
        self.line.mend()


@pytest.fixture
def outage(request, own_postgresql):
    if request.param == "restart":
        yield Restart(own_postgresql)
        return
    line = Line.to(own_postgresql.socket)
    follower = own_postgresql.follow() if request.param == "failover" else None
    try:
        yield Failover(own_postgresql, line, follower) if follower else Cut(own_postgresql, line)
    finally:
        line.close()
        if follower:
            follower.remove()


@pytest.fixture
def sql_table(outage):
    return f'\n[plugins.sql]\nurl = "{outage.url}"\n'


def worker_of(desk: Desk) -> Worker:
    return Worker(desk.host, [job for _, job in desk.host.hooks.all("register_jobs", desk.host)], desk.site.clock)


def run_all(worker: Worker, desk: Desk) -> None:
    """Do what waits, and what is tried again in the next hour."""
    for time in TIMES:
        worker.run_due()
        desk.site.clock.move(time)


@pytest.mark.parametrize(("outage", "at", "connections"), ALL if wants_everything() else SOME, indirect=["outage"])
def test_mails_that_left_while_the_database_went_away_do_not_leave_again(mailed, sink, outage, at, connections):
    """F9: and the rest follows by itself."""
    desk = mailed(timeout="30 seconds", newsletter=f"connections = {connections}")
    desk.add(*addresses(20))
    worker, campaign = worker_of(desk), desk.send()

    def fails(stage, number, to):
        if stage == "DATA" and number == at:
            outage.begin()

    sink.fails = fails
    with pytest.raises(StoreError, match="cannot be used"):
        worker.run_due()
    assert at <= len(sink.taken) <= at + 8

    outage.end()
    run_all(worker, desk)

    assert sorted(sink.addresses) == sorted(addresses(20))
    assert desk.counts(campaign) == {"sent": 20}
    assert desk.state(campaign) == "done"


@pytest.mark.parametrize("outage", ["restart", "cut"], indirect=True)
def test_a_mail_that_may_have_been_taken_is_repeated_once_at_most(mailed, sink, outage):
    """F4 and F9 at once: its doubt is not forgotten while the database is away."""
    desk = mailed(newsletter="connections = 1")
    desk.add("odd@example.org")
    worker, campaign = worker_of(desk), desk.send()

    def fails(stage, number, to):
        if stage != "DATA":
            return None
        if number == 1:
            outage.begin()
        return "mute"

    sink.fails = fails
    with pytest.raises(StoreError, match="cannot be used"):
        worker.run_due()

    outage.end()
    run_all(worker, desk)

    assert len(sink.taken) == 2
    assert desk.counts(campaign) == {"unknown": 1}
    assert desk.state(campaign) == "done"


@pytest.mark.parametrize("outage", ["restart"], indirect=True)
def test_a_post_that_two_machines_hear_of_at_once_is_planned_once_and_neither_fails(mailed, own_postgresql):
    """F3: what else a machine stores when it hears of a release is stored."""
    desk = mailed()
    now, db = desk.site.clock.now, database(desk.host)
    draft = Draft(
        newsletter="posts", kind="post", entries=("posts/neuf",), subject="Neuf", audience="subscribers", due=now,
        key="post:posts:posts/neuf",
    )  # fmt: skip
    rows = [row_of(draft, now, state="planned", reason="") for _ in range(2)]
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    url = own_postgresql.url.replace("postgresql:", "postgresql+psycopg:")
    engine = sa.create_engine(url)
    with engine.connect() as other, engine.connect() as watching, ThreadPoolExecutor(1) as thread:
        other.execute(sa.insert(CAMPAIGN).values(rows[0]))
        adding = thread.submit(db.write, lambda connection: add_campaign(db, connection, rows[1], now))
        while not adding.done() and not watching.scalar(sa.text(waits)):
            watching.rollback()
        other.commit()

        assert adding.result(60) is False
    engine.dispose()

    assert [one.id for one in desk.campaigns.all()] == [rows[0]["id"]]


@pytest.mark.parametrize("outage", ["restart"], indirect=True)
def test_a_machine_that_shares_the_database_sends_nothing_beside_another(mailed, own_postgresql):
    """Threat 77, F9: no file tells them of each other."""
    desk = mailed()
    sending = Sending(desk.host, desk.plugin)
    with psycopg.connect(own_postgresql.url) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [_guard._LOCK])

        assert not sending.is_alone()

    assert sending.is_alone()
