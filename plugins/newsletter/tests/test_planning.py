"""When jobs run, and what happens between a look and what follows from it: nobody is skipped, nothing is held back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from pressframe_members.store import Members
from pressframe_newsletter._planning import plan_job
from pressframe_newsletter._sending import Sending
from pressframe_sql import Database, database
from pressframe_testing import EVERY_DATABASE

from .conftest import addresses, finish

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


@pytest.mark.parametrize("again", [False, True])
def test_a_campaign_that_is_cancelled_while_members_get_their_rows_gives_nobody_one(mailed, sink, monkeypatch, again):
    """Nor does one that its owner begins anew at that moment go on where the first had come to."""
    desk = mailed()
    desk.add(*addresses(3))
    campaign = desk.send()
    real = Members.having

    def having(self, *args, **how):
        found = real(self, *args, **how)
        if desk.campaigns.cancel(campaign.id, desk.site.clock.now) and again:
            desk.campaigns.resend(campaign.id, desk.site.clock.now, audience="paid")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Members, "having", having)
        Sending(desk.host, desk.plugin).work(60)
    finish(desk)

    assert sink.addresses == []
    assert desk.counts(campaign) == {}
    assert desk.state(campaign) == ("done" if again else "cancelled")


def test_who_has_an_audience_again_before_it_is_noted_that_they_lost_it_gets_their_mail(mailed, sink, monkeypatch):
    desk = mailed()
    member = desk.add("payer@example.org", audience="paid")
    now, real = desk.site.clock.now, Database.write
    campaign = desk.send(audience="paid")
    sink.fails = lambda now, number, to: "451 later" if now == "RCPT" else None
    desk.run_jobs()
    desk.members.grant(member.id, "paid", source="stripe", until=now + timedelta(hours=1), now=now)
    desk.members.revoke(member.id, "paid", source="complimentary", now=now)
    prolonged = []

    def write(self, work):
        if not prolonged:
            prolonged.append(True)
            until = now + timedelta(days=30)
            desk.members.grant(member.id, "paid", source="stripe", until=until, now=now + timedelta(hours=1))
        return real(self, work)

    with monkeypatch.context() as patched:
        patched.setattr(Database, "write", write)
        desk.people.revoke(member.id, "paid", now + timedelta(hours=1))
    sink.fails = lambda now, number, to: None
    finish(desk)

    assert sink.addresses == ["payer@example.org"]
    assert desk.state(campaign) == "done"


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


@pytest.mark.parametrize("is_early", [False, True])
def test_what_was_cut_off_long_ago_waits_though_something_was_planned_for_the_next_day_then(
    mailed, sink, monkeypatch, is_early
):
    """Threat 77: what is planned for later does not tell when this was to go on; nor does a job before any release."""
    desk = mailed(newsletter="connections = 1")
    desk.add("a@example.org", "b@example.org")
    campaign = desk.send()

    class CutOff(BaseException):
        pass

    def hand(*_):
        desk.send(due=desk.site.clock.now + timedelta(days=1))
        raise CutOff

    with monkeypatch.context() as patched:
        patched.setattr(Sending, "_hand", hand)
        with pytest.raises(CutOff):
            Sending(desk.host, desk.plugin).work(60)
    desk.site.clock.move("7 hours")
    if is_early:
        desk.plugin.held.release = None
        Sending(desk.host, desk.plugin).work(60)
    desk = desk.restart()
    desk.run_jobs()

    assert sink.taken == []
    assert (found := desk.campaigns.find(campaign.id))
    assert (found.state, found.reason) == ("held", "late")
