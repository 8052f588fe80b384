"""Jobs: done once their cause is committed, tried again when they fail, set aside when they keep failing."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pressframe_sql import Job, Worker
from pressframe_sql._jobs import take
from pressframe_web import MailError

from .conftest import START, Done, jobs


class Panic(BaseException):
    """As parts written in Rust raise."""


def test_a_job_is_run_with_its_payload_and_forgotten(worker, enqueue, done, db):
    enqueue()

    assert worker.run_due() == 1

    assert done.payloads == [{"to": "é 🙂"}]
    assert jobs(db) == []
    assert worker.run_due() == 0


def test_a_job_is_not_run_if_its_cause_was_not_stored(worker, done, db):
    def fail(connection):
        db.enqueue(connection, "mail", {})
        raise LookupError

    with pytest.raises(LookupError):
        db.write(fail)

    assert worker.run_due() == 0


def test_a_site_without_a_database_gets_none_from_a_worker(worker, file):
    assert worker.run_due() == 0
    assert not file.exists()


def test_a_job_waits_until_it_is_due(worker, enqueue, done, clock):
    enqueue(due=START + timedelta(hours=1))

    assert worker.run_due() == 0
    clock.now += timedelta(hours=1)
    assert worker.run_due() == 1


def test_the_job_due_for_longest_comes_first(site, enqueue, clock, db):
    order = []
    worker = Worker(site, [Job(name=name, run=lambda _, name=name: order.append(name)) for name in "abc"], clock)
    for name, minutes in {"a": 2, "b": 3, "c": 1}.items():
        enqueue(name, due=START - timedelta(minutes=minutes))

    worker.run_due()

    assert order == ["b", "a", "c"]


def test_jobs_with_one_key_are_done_once_even_after_it_was_done(worker, enqueue, done, db, clock):
    assert [enqueue(key="k"), enqueue(key="k")] == [True, False]
    worker.run_due()
    assert not enqueue(key="k")

    assert worker.run_due() == 0

    assert len(done.payloads) == 1
    with db.read() as connection:
        assert connection.scalars(sa.text("SELECT payload FROM sql_job")).all() == ["{}"]


def test_a_key_is_remembered_for_a_month_after_its_job_was_done(worker, enqueue, db, clock):
    enqueue(key="k")
    worker.run_due()
    clock.now += timedelta(days=31)
    enqueue(due=clock.now)

    worker.run_due()

    assert jobs(db) == []


def test_a_job_that_fails_is_tried_again_later_and_later(worker, enqueue, done, clock):
    enqueue()
    done.errors = [ValueError("no")] * 100
    pauses, last = [], None

    for _ in range(35 * 60):
        if worker.run_due():
            pauses.append(clock.now - (last or clock.now))
            last = clock.now
        clock.now += timedelta(minutes=1)

    minutes = [pause // timedelta(minutes=1) for pause in pauses]
    assert minutes == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]


def test_the_longest_pause_is_a_day(site, enqueue, done, clock):
    worker = Worker(site, [Job(name="mail", run=done, attempts=10_000)], clock)
    enqueue()
    done.errors = [ValueError("no")] * 100

    for _ in range(60):
        worker.run_due()
        clock.now += timedelta(days=1)

    assert len(done.payloads) == 60


def test_a_job_that_keeps_failing_is_set_aside_with_its_error(site, enqueue, done, clock, db):
    worker = Worker(site, [Job(name="mail", run=done, attempts=2)], clock)
    enqueue()
    done.errors = [ValueError("first"), ValueError("second")]

    for _ in range(5):
        worker.run_due()
        clock.now += timedelta(days=2)

    assert jobs(db) == [("aside", 2, "ValueError: second")]
    assert db.check().aside == ("job 1 (mail), tried 2 times: ValueError: second",)


@pytest.mark.parametrize("error", [Panic("rust"), ValueError("\0 \udc80")], ids=["panic", "unstorable"])
def test_a_job_that_fails_oddly_is_put_off_like_any_other_and_stops_no_other(worker, enqueue, done, db, error):
    """Its error may hold what no database takes."""
    done.errors = [error]
    enqueue()
    enqueue()

    assert worker.run_due() == 2

    told = f"{type(error).__name__}: {error}".replace("\0", "\\x00").replace("\udc80", "\\udc80")
    assert jobs(db) == [("waiting", 1, told)]


def test_a_job_that_another_worker_has_just_taken_is_left_to_it(enqueue, db):
    """Both found it due."""
    enqueue()

    first, second = (
        db.write(lambda connection: take(connection, 1, now=START, until=START + timedelta(minutes=10))) for _ in "12"
    )

    assert first.attempts == 1
    assert second is None


def test_a_mail_that_can_never_be_delivered_is_not_tried_again(worker, enqueue, done, db):
    enqueue()
    done.errors = [MailError("no such mailbox", permanent=True)]

    worker.run_due()

    assert jobs(db) == [("aside", 1, "MailError: no such mailbox")]


def test_jobs_of_plugins_that_are_not_here_are_left_alone(worker, enqueue, db):
    enqueue("other.job")

    assert worker.run_due() == 0
    assert jobs(db) == [("waiting", 0, None)]


def test_a_job_whose_worker_was_killed_is_tried_again(site, worker, enqueue, done, clock, db):
    enqueue()
    done.errors = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        worker.run_due()

    assert worker.run_due() == 0
    clock.now += timedelta(minutes=10)
    assert worker.run_due() == 1
    assert jobs(db) == []


def test_a_job_that_another_worker_has_taken_over_is_ended_by_that_one(site, make_site, clock, db, enqueue):
    """Its first worker took longer than it is left alone."""
    enqueue()
    other, seen = Worker(make_site(), [Job(name="mail", run=lambda payload: seen.append(jobs(db)))], clock), []

    def takes_long(payload):
        clock.now += timedelta(minutes=10)
        db.write(lambda connection: take(connection, 1, now=clock(), until=clock() + timedelta(minutes=10)))

    Worker(site, [Job(name="mail", run=takes_long)], clock).run_due()
    assert jobs(db) == [("waiting", 2, None)]
    clock.now += timedelta(minutes=10)
    other.run_due()

    assert seen == [[("waiting", 3, None)]]
    assert jobs(db) == []


def test_two_workers_share_the_jobs(make_site, done, clock, enqueue):
    for _ in range(20):
        enqueue()
    workers = [Worker(make_site(), [Job(name="mail", run=done)], clock) for _ in range(2)]
    threads = [threading.Thread(target=worker.run_due) for worker in workers]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(done.payloads) == 20


def test_a_started_worker_runs_what_comes_and_survives_a_panic(site, enqueue, clock):
    panicked, done = Done(), Done()
    panicked.errors = [Panic("rust")]
    worker = Worker(site, [Job(name="bad", run=panicked), Job(name="mail", run=done)], clock)
    worker.start()
    try:
        enqueue("bad")
        assert panicked.happened.wait(60)
        enqueue("mail")
        assert done.happened.wait(60)
    finally:
        worker.stop()


class Looks:
    """How often the database was asked for its version, and for anything else; tells when it was asked for three."""

    def __init__(self, monkeypatch, db):
        self.versions, self.questions, self.rested = 0, 0, threading.Event()
        ask, read = type(db).version, type(db).read

        def version(db):
            self.versions += 1
            if self.versions >= 3:
                self.rested.set()
            return ask(db)

        def question(db):
            self.questions += 1
            self.versions = 0
            return read(db)

        monkeypatch.setattr(type(db), "version", version)
        monkeypatch.setattr(type(db), "read", question)


def test_a_worker_with_nothing_to_do_asks_no_question_until_a_job_s_time_comes(
    worker, enqueue, done, clock, db, monkeypatch
):
    enqueue(due=START + timedelta(minutes=1))
    looks = Looks(monkeypatch, db)
    worker.start()
    assert looks.rested.wait(60)
    assert (looks.questions, done.payloads) == (3, [])

    clock.now += timedelta(minutes=1)

    assert done.happened.wait(60)


def test_a_stopped_worker_can_be_started_again(worker, enqueue, done):
    worker.start()
    worker.stop()
    enqueue()
    worker.start()

    assert done.happened.wait(60)


def test_a_broken_database_makes_the_worker_wait_not_die(worker, enqueue, done, file, caplog, monkeypatch):
    file.parent.mkdir()
    file.write_text("no database " * 100)
    logged, emitted = threading.Event(), []

    monkeypatch.setattr(caplog.handler, "emit", lambda record: emitted.append(record) or logged.set())

    worker.start()
    assert logged.wait(60)
    file.unlink()
    enqueue()

    assert done.happened.wait(60)
    assert "jobs have to wait: data/site.sqlite: this file is not a database" in emitted[0].getMessage()


def test_a_lane_that_waits_for_others_keeps_no_mail_waiting(site, clock, done, enqueue):
    busy, free = threading.Event(), threading.Event()

    def wait(payload):
        busy.set()
        assert free.wait(60)

    worker = Worker(site, [Job(name="fetch", run=wait, lane="network"), Job(name="mail", run=done)], clock)
    enqueue("fetch")
    worker.start()
    assert busy.wait(60)

    enqueue("mail")

    assert done.happened.wait(60)
    free.set()
    worker.stop()
