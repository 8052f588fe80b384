"""When the next job runs: nothing that is planned waits for somebody to plan something else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from pressframe_newsletter._planning import plan_job
from pressframe_newsletter._sending import Sending
from pressframe_sql import database
from pressframe_testing import EVERY_DATABASE

from .conftest import addresses

pytestmark = EVERY_DATABASE


@pytest.mark.parametrize("later", [timedelta(0), timedelta(seconds=20), timedelta(days=1)])
@pytest.mark.parametrize("before", [timedelta(0), timedelta(seconds=1)])
def test_what_is_planned_when_a_job_has_looked_at_everything_is_sent_by_the_next(
    mailed, sink, monkeypatch, later, before
):
    """Also by a machine whose clock is behind that of the one that runs the job."""
    desk = mailed()
    desk.run_jobs()
    desk.add(*addresses(3))
    now = desk.site.clock.now
    real = Sending._next

    def next(self, digest):
        found = real(self, digest)
        if not desk.campaigns.all():
            desk.site.clock.now = now - before
            desk.send(due=now + later)
            desk.site.clock.now = now
        return found

    monkeypatch.setattr(Sending, "_next", next)
    database(desk.host).write(lambda connection: plan_job(database(desk.host), connection, now, now=now))
    desk.run_jobs()
    desk.site.clock.now = now + later
    desk.run_jobs()

    assert sorted(sink.addresses) == addresses(3)


def test_plans_that_come_while_a_sending_waits_leave_no_job_behind(mailed, sink):
    desk = mailed(newsletter="per_minute = 1")
    desk.add(*addresses(4))
    for _ in range(3):
        desk.send()
        desk.move("5 seconds")
    for _ in range(12):
        desk.move("61 seconds")

    assert len(sink.taken) == 12
    with database(desk.host).read() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM sql_job WHERE name = 'newsletter.send'")) == 0


def test_a_second_process_sends_nothing_beside_the_first(mailed, sink):
    """F3."""
    desk = mailed()
    desk.add(*addresses(3))
    desk.send()
    first, second = Sending(desk.host, desk.plugin), Sending(desk.host, desk.plugin)

    with first._recipients.guard.alone() as is_alone:
        second.work(1)
        assert is_alone
        assert sink.taken == []
    second.work(1)

    assert len(sink.taken) == 3


def test_a_sending_that_a_clock_a_year_ahead_has_put_off_goes_on_once_that_is_set_back(mailed, sink):
    """Threat 75: without a restart."""
    desk = mailed(newsletter="per_minute = 1")
    desk.add(*addresses(2))
    desk.site.clock.move("365 days")
    campaign = desk.send()
    desk.run_jobs()
    assert len(sink.taken) == 1

    desk.site.clock.now -= timedelta(days=365)
    desk.run_jobs()

    assert sorted(sink.addresses) == addresses(2)
    assert desk.state(campaign) == "done"


@pytest.mark.parametrize("later", [timedelta(hours=30), timedelta(days=21)])
def test_what_is_planned_for_days_ahead_begins_at_its_time(mailed, sink, later):
    desk = mailed()
    desk.add("a@example.org")
    start = desk.site.clock.now
    desk.send(due=start + later)

    while not sink.taken:
        desk.move("1 hour")

    assert desk.site.clock.now == start + later


@pytest.mark.parametrize("fault", [None, "421 down", "451 later"])
def test_a_clock_that_was_a_year_ahead_keeps_no_mail_for_a_year(mailed, sink, fault):
    """Threat 75: neither by the limit, nor by the rest that the mail server is given, nor by a pause."""
    desk = mailed(newsletter="per_minute = 2")
    desk.add(*addresses(6))
    desk.site.clock.move("365 days")
    sink.fails = lambda stage, number, to: fault if stage == "RCPT" else None
    campaign = desk.send()
    desk.run_jobs()
    assert len(sink.taken) == (0 if fault else 2)

    sink.fails = lambda stage, number, to: None
    desk.site.clock.move(timedelta(days=-365))
    desk = desk.restart()
    assert desk.campaigns.trouble(desk.site.clock.now) is None
    for _ in range(4):
        desk.move("61 seconds")

    assert sorted(sink.addresses) == addresses(6)
    assert desk.state(campaign) == "done"
