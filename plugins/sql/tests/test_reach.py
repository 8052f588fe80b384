"""F9: a PostgreSQL server that is out of reach, replaced, full, or waits; and nobody who asks it waits for ever."""

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from pressframe import StoreError
from pressframe_sql import Job, Worker, database
from pressframe_sql.statements import Prepared
from pressframe_testing import Line

pytestmark = pytest.mark.postgresql
pytest.importorskip("psycopg", reason="PostgreSQL's driver is not installed: pip install 'pressframe-sql[postgresql]'")

ONE = Prepared(sa.text("SELECT 1"))
BOUND = 15
"""Seconds in which the first who ask get an error at the latest, on a busy machine."""


@pytest.fixture
def open_site(make_site):
    """Return a function that opens the database of a site at an address."""
    return lambda url: make_site(settings=f'[plugins.sql]\nurl = "{url}"\n', plugins='["sql"]')


@pytest.fixture
def line(own_postgresql):
    line = Line.to(own_postgresql.socket)
    yield line
    line.close()


@pytest.fixture
def db(open_site, line):
    db = database(open_site(line.url))
    db.write(lambda connection: connection.execute(sa.text("CREATE TABLE note (text TEXT UNIQUE)")))
    return db


def add(db, text):
    db.write(lambda connection: connection.execute(sa.text("INSERT INTO note VALUES (:text)"), {"text": text}))


def read(db):
    with db.read() as connection:
        return set(connection.scalars(sa.text("SELECT text FROM note")))


def ways(db):
    """Every way to ask."""
    return [lambda: db.fetch(ONE, {}), lambda: read(db), lambda: add(db, "x"), db.version]


def taken_by(ask, because=""):
    """Return the seconds until *ask* failed."""
    begun = time.monotonic()
    with pytest.raises(StoreError, match=f"cannot be used.*{because}"):
        ask()
    return time.monotonic() - begun


def test_who_asks_a_server_out_of_reach_gets_an_error_soon_and_later_all_that_was_stored(db, line):
    """A cut network closes no connection: those that are kept and pooled are asked first, and then nobody waits."""
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: db.fetch(ONE, {}), range(8)))
        add(db, "before")
        line.cut()
        first = list(threads.map(taken_by, ways(db)))
        then = list(threads.map(taken_by, ways(db)))
        line.mend()
        time.sleep(2)
        for ask in ways(db):
            ask()

    assert max(first) < BOUND
    assert sorted(then)[1] < 1
    assert max(then) < 4
    assert read(db) == {"before", "x"}


def test_a_short_cut_loses_nothing_and_costs_nobody_an_error(db, line):
    """What was under way goes on: 2 seconds are less than a server may say nothing."""
    add(db, "before")
    line.cut()
    threading.Timer(2, line.mend).start()

    add(db, "meanwhile")

    assert read(db) == {"before", "meanwhile"}


def test_another_server_takes_over_with_all_that_was_stored(db, line, own_postgresql):
    """Failover: the first is gone without a word, its connections are mute, its port leads to the other one."""
    follower = own_postgresql.follow()
    try:
        for number in range(5):
            add(db, f"before {number}")
        line.cut()
        line.lead_to(follower.socket)
        own_postgresql.stop(signal.SIGQUIT)
        line.mend()

        follower.promote()
        add(db, "after")

        assert read(db) == {"after", *(f"before {number}" for number in range(5))}
    finally:
        follower.remove()


def test_a_server_that_does_not_take_changes_yet_is_asked_again(db, line, own_postgresql):
    """The port leads to the other one before that knows that it is the first; reading goes on."""
    follower = own_postgresql.follow()
    try:
        add(db, "before")
        line.lead_to(follower.socket)
        own_postgresql.stop()
        with pytest.raises(StoreError, match="read-only here"):
            add(db, "x")
        assert read(db) == {"before"}

        follower.promote()
        add(db, "after")

        assert read(db) == {"before", "after"}
    finally:
        follower.remove()


def test_who_was_led_to_a_server_that_takes_no_changes_is_led_to_the_right_one(db, line, own_postgresql):
    """The wrong one goes on answering; its connections are given up all the same."""
    follower = own_postgresql.follow()
    try:
        db.close()
        line.lead_to(follower.socket)
        with pytest.raises(StoreError, match="read-only here"):
            add(db, "x")
        line.lead_to(own_postgresql.socket)

        add(db, "after")

        assert "after" in read(db)
    finally:
        follower.remove()


def test_a_lock_that_another_program_holds_is_an_error_after_five_seconds(db, own_postgresql):
    """F8, on PostgreSQL: for who reads and who writes; then all goes on."""
    import psycopg

    with psycopg.connect(own_postgresql.url) as other, ThreadPoolExecutor(2) as threads:
        other.execute("LOCK TABLE note")
        taken = list(threads.map(taken_by, [lambda: read(db), lambda: add(db, "x")], ["lock timeout"] * 2))
        other.rollback()

    assert min(taken) > 4
    assert max(taken) < BOUND
    add(db, "after")
    assert read(db) == {"after"}


def test_a_server_with_too_many_connections_is_one_error_and_heals(open_site, own_postgresql):
    """F9: nothing waits for a free one; the first that others let go of is taken."""
    import psycopg

    db = database(open_site(own_postgresql.url))
    db.fetch(ONE, {})
    db.close()
    others = []
    try:
        with suppress(psycopg.OperationalError):
            while True:
                others.append(psycopg.connect(own_postgresql.url))
        assert taken_by(lambda: db.fetch(ONE, {})) < BOUND
    finally:
        for other in others:
            other.close()

    assert db.fetch(ONE, {}) == [(1,)]


def test_a_job_done_while_the_server_went_away_is_not_done_again(open_site, own_postgresql):
    """F9: its mail has left; that is written down before anything else, once there is something to write on."""
    site, now, done = open_site(own_postgresql.url), datetime(2026, 5, 1, tzinfo=UTC), []

    def run(payload):
        done.append(payload)
        if len(done) == 1:
            own_postgresql.stop()

    db = database(site)
    for number in range(2):
        db.write(lambda connection, n=number: db.enqueue(connection, "mail", {"number": n}, key=f"mail {n}", due=now))
    moments = iter([now + timedelta(minutes=5 * number) for number in range(50)])
    worker = Worker(site, [Job(name="mail", run=run)], lambda: next(moments))
    for _ in range(2):
        with pytest.raises(StoreError, match="cannot be used"):
            worker.run_due()

    own_postgresql.start()
    assert worker.run_due() == 1

    assert done == [{"number": 0}, {"number": 1}]
    with db.read() as connection:
        assert connection.scalars(sa.text("SELECT state FROM sql_job")).all() == ["done", "done"]


def test_a_job_that_failed_while_the_server_went_away_is_tried_again_later(open_site, own_postgresql):
    site, clock, tried = open_site(own_postgresql.url), [datetime(2026, 5, 1, tzinfo=UTC)], []

    def run(payload):
        tried.append(payload)
        if len(tried) == 1:
            own_postgresql.stop()
            raise LookupError

    db = database(site)
    db.write(lambda connection: db.enqueue(connection, "mail", {}, due=clock[0]))
    worker = Worker(site, [Job(name="mail", run=run)], lambda: clock[0])
    with pytest.raises(StoreError, match="cannot be used"):
        worker.run_due()
    own_postgresql.start()

    assert worker.run_due() == 0
    clock[0] += timedelta(minutes=1)
    assert worker.run_due() == 1
    assert len(tried) == 2
