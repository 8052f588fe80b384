"""When jobs are due: at once, though clocks are set back and programs end."""

import threading
from datetime import timedelta

import pytest

from pressframe_sql import Job, Worker, _worker, find_personal_data
from pressframe_sql._jobs import take

from .conftest import START, jobs


def test_who_is_told_what_is_kept_hears_when_their_mail_is_due(site, db, enqueue):
    enqueue(due=None)
    enqueue()

    told = find_personal_data(site, "é 🙂")["jobs"]

    payload = {"to": "é 🙂"}
    assert told == [
        {"job": "mail", "due": None, "payload": payload},
        {"job": "mail", "due": START.isoformat(), "payload": payload},
    ]


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=365)])
def test_a_job_that_waits_for_no_moment_is_run_though_the_clock_was_set_back(worker, done, clock, db, back):
    """Threat 75: of who asks for a link to sign in, say."""
    clock.now += back
    db.write(lambda connection: db.enqueue(connection, "mail", {}))
    clock.now -= back

    assert worker.run_due() == 1


@pytest.mark.parametrize("cause", ["failed", "killed"])
def test_a_job_that_was_put_off_by_a_clock_a_year_ahead_is_tried_once_that_is_set_back(
    worker, enqueue, done, clock, db, cause
):
    """Threat 75."""
    enqueue()
    clock.now += timedelta(days=365)
    if cause == "failed":
        done.errors = [ValueError()]
        worker.run_due()
    else:
        db.write(lambda connection: take(connection, 1, now=clock(), until=clock() + timedelta(minutes=10)))
    clock.now -= timedelta(days=365)

    assert worker.run_due() == 1
    assert jobs(db) == []


@pytest.mark.parametrize(("soon", "run"), [(True, 1), (False, 0)])
def test_a_job_that_is_planned_far_ahead_is_run_early_only_if_it_never_should_be(
    site, enqueue, done, clock, db, soon, run
):
    """Threat 75: others may mean a day in years."""
    enqueue(due=START + timedelta(days=365))
    enqueue(due=START + timedelta(hours=25))
    worker = Worker(site, [Job(name="mail", run=done, soon=soon)], clock)

    assert worker.run_due() == run
    assert len(jobs(db)) == 2 - run


def test_a_running_worker_finds_out_that_its_clock_was_set_back(site, enqueue, done, clock, monkeypatch):
    """Threat 75: though nothing is written."""
    monkeypatch.setattr(_worker, "_RIGHTED_EVERY", 0)
    clock.now += timedelta(days=365)
    enqueue(due=clock() + timedelta(minutes=1))
    worker = Worker(site, [Job(name="mail", run=done, soon=True)], clock)
    worker.run_due()
    worker.start()
    try:
        clock.now -= timedelta(days=365)

        assert done.happened.wait(60)
    finally:
        worker.stop()


def test_a_key_whose_job_was_done_by_a_clock_a_year_ahead_is_forgotten(worker, enqueue, done, clock):
    """Threat 75: what is done once a day would not be done for a year."""
    clock.now += timedelta(days=365)
    enqueue(key="today")
    worker.run_due()
    clock.now -= timedelta(days=365)
    enqueue()
    worker.run_due()
    enqueue(key="today")

    assert worker.run_due() == 1


@pytest.mark.parametrize("ends", [False, True])
def test_a_job_that_the_end_of_the_program_cuts_off_is_run_at_once_by_the_next(
    site, make_site, clock, db, enqueue, ends
):
    """Whoever asked for a link to sign in would wait for ten minutes; unless it is done in the last moment."""
    enqueue()
    began, goes_on, done = threading.Event(), threading.Event(), []
    first = Worker(site, [Job(name="mail", run=lambda _: began.set() or goes_on.wait(60))], clock)
    first.start()
    assert began.wait(60)
    first.hand_back()
    if ends:
        goes_on.set()
        first.stop()

    Worker(make_site(), [Job(name="mail", run=done.append)], clock).run_due()
    goes_on.set()
    first.stop()

    assert len(done) == (not ends)
    assert jobs(db) == []
