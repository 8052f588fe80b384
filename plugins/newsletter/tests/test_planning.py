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
