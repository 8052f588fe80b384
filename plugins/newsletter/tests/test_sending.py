"""Sending: everybody once, whatever the mail server does, and nobody who left."""

import random
from datetime import timedelta

import pytest

from pressframe.errors import StoreError
from pressframe_newsletter._recipients import Recipients
from pressframe_newsletter._sending import Sending
from pressframe_testing import EVERY_DATABASE

from .conftest import POST, addresses, finish

pytestmark = EVERY_DATABASE


def test_each_member_gets_the_mail_once(mailed, sink):
    desk = mailed()
    desk.add(*addresses(30))
    campaign = desk.send()

    desk.run_jobs()

    assert sorted(sink.addresses) == sorted(addresses(30))
    assert len({id for _, id, _ in sink.taken}) == 30
    assert desk.state(campaign) == "done"
    assert desk.counts(campaign) == {"sent": 30}
    assert sink.connections <= 8


def test_who_did_not_confirm_or_has_another_audience_gets_nothing(mailed, sink):
    """Threats 12 and 14."""
    desk = mailed(newsletter='[plugins.newsletter.newsletters.vip]\naudience = "paid"')
    desk.add("free@example.org")
    desk.add("paid@example.org", audience="paid")
    desk.members.add("pending@example.org", now=desk.site.clock.now)
    desk.send(newsletter="vip", audience="paid")

    desk.run_jobs()

    assert sink.addresses == ["paid@example.org"]


def test_no_more_leave_in_a_minute_than_the_settings_allow(mailed, sink):
    desk = mailed(newsletter="per_minute = 7")
    desk.add(*addresses(20))
    desk.send()

    seen = []
    desk.run_jobs()
    for _ in range(3):
        seen.append(len(sink.taken))
        desk.move("61 seconds")

    assert seen == [7, 14, 20]


def test_what_was_in_flight_when_the_program_was_cut_off_is_sent_again_and_nothing_else(mailed, sink, monkeypatch):
    """F3."""
    desk = mailed()
    desk.add(*addresses(20))
    campaign = desk.send()

    class CutOff(BaseException):
        pass

    real = Sending._hand

    def hand(self, row, mailer, work):
        result = real(self, row, mailer, work)
        if len(sink.taken) >= 9:
            raise CutOff
        return result

    with monkeypatch.context() as patched:
        patched.setattr(Sending, "_hand", hand)
        with pytest.raises(CutOff):
            Sending(desk.host, desk.plugin).work(60)
    before = len(sink.taken)
    flying = desk.counts(campaign)["flying"]
    again = desk.restart()
    again.run_jobs()

    assert 0 < flying <= 8
    assert set(sink.addresses) == set(addresses(20))
    assert len(sink.taken) - len({id for _, id, _ in sink.taken}) <= min(flying, before)
    assert again.state(campaign) == "done"
    found = again.campaigns.find(campaign.id)
    assert found is not None
    assert found.again == flying


def test_unsubscribing_wins_over_whatever_was_not_handed_over(mailed, sink, monkeypatch):
    """Threat 73: raced a hundred ways."""
    chance = random.Random(73)
    desk = mailed()
    members = {address: desk.add(address) for address in addresses(100)}
    desk.send()
    gone: dict[str, int] = {}
    real = Sending._hand

    def hand(self, row, mailer, work):
        address = chance.choice(addresses(100))
        if address not in gone:
            gone[address] = len(sink.taken)
            desk.people.choose(members[address], {"posts": "never"}, desk.site.clock.now, lifts=False)
            if address in sink.addresses:
                del gone[address]
        return real(self, row, mailer, work)

    with monkeypatch.context() as patched:
        patched.setattr(Sending, "_hand", hand)
        desk.run_jobs()

    # Those in flight in another thread at that moment were being handed over.
    late = [address for address in gone if address in sink.addresses]
    assert len(late) <= 8
    assert len(set(sink.addresses)) == len(sink.addresses)
    assert set(addresses(100)) - set(sink.addresses) == set(gone) - set(late)


def test_who_unsubscribes_after_their_row_was_taken_gets_nothing(mailed, sink, monkeypatch):
    """Threat 73: between the claim and the mail server."""
    desk = mailed(newsletter="connections = 1")
    members = [desk.add(address) for address in addresses(8)]
    desk.send()
    real = Sending._hand

    def hand(self, row, mailer, work):
        for member in members:
            desk.people.choose(member, {"posts": "never"}, desk.site.clock.now, lifts=False)
        return real(self, row, mailer, work)

    with monkeypatch.context() as patched:
        patched.setattr(Sending, "_hand", hand)
        desk.run_jobs()

    assert sink.taken == []


def test_who_unsubscribes_while_the_rows_are_being_made_gets_nothing(mailed, sink, monkeypatch):
    """Threat 73: their wish was asked for just before, and there was no row to let go yet."""
    desk = mailed()
    member = desk.add("a@example.org")
    campaign = desk.send()
    monkeypatch.setattr(Recipients, "_unwanted", lambda self, *_: frozenset())
    desk.people.choose(member, {"posts": "never"}, desk.site.clock.now, lifts=False)

    desk.run_jobs()

    assert sink.taken == []
    assert desk.counts(campaign) == {"left": 1}


def test_what_was_taken_is_not_sent_again_when_the_database_fails_at_the_next_one(mailed, sink, monkeypatch):
    desk = mailed(newsletter="connections = 1")
    desk.add(*addresses(8))
    campaign = desk.send()
    asked = []

    def is_wanted(self, row):
        asked.append(row.id)
        if len(asked) == 4:
            raise StoreError("the database is locked by another process")
        return True

    with monkeypatch.context() as patched:
        patched.setattr(Recipients, "is_wanted", is_wanted)
        finish(desk)

    assert sorted(sink.addresses) == sorted(addresses(8))
    assert desk.counts(campaign) == {"sent": 8}


@pytest.mark.parametrize("connections", [1, 4])
def test_what_was_taken_is_not_sent_again_when_that_cannot_be_written_down(mailed, sink, monkeypatch, connections):
    """F9: it is once the database is back, before anything else is taken for cut off."""
    desk = mailed(newsletter=f"connections = {connections}")
    desk.add(*addresses(20))
    campaign = desk.send()
    exchange = Recipients.exchange

    def fail(self, results, count, now):
        if results:
            raise StoreError("the database is locked by another process")
        return exchange(self, results, count, now)

    sending = Sending(desk.host, desk.plugin)
    with monkeypatch.context() as patched:
        patched.setattr(Recipients, "exchange", fail)
        for _ in range(2):
            with pytest.raises(StoreError):
                sending.work(60)
    assert 1 <= len(sink.taken) <= 8

    sending.work(60)

    assert sorted(sink.addresses) == sorted(addresses(20))
    assert desk.counts(campaign) == {"sent": 20}


@pytest.mark.parametrize("connections", [1, 4])
def test_of_a_campaign_that_is_cancelled_nothing_leaves_any_more_but_what_is_leaving(mailed, sink, connections):
    """Nor what had been taken to leave next."""
    desk = mailed(newsletter=f"connections = {connections}")
    desk.add(*addresses(20))
    campaign, taken = desk.send(), []

    def fails(stage, number, to):
        if stage == "DATA" and number == 1:
            assert desk.campaigns.cancel(campaign.id, desk.site.clock.now)
            taken.append(len(sink.taken))  # others may have left until then

    sink.fails = fails
    finish(desk)

    assert 1 <= len(sink.taken) <= taken[0] + connections
    assert desk.counts(campaign) == {"sent": len(sink.taken), "left": desk.counts(campaign)["left"]}
    assert desk.state(campaign) == "cancelled"


def test_what_is_over_goes_on_by_nobody_s_word(mailed, sink):
    """Threat 77: nor what was cancelled before anything of it left."""
    desk = mailed()
    desk.add("a@example.org")
    campaign, now = desk.send(), desk.site.clock.now
    assert desk.campaigns.cancel(campaign.id, now)

    assert not desk.campaigns.go_on(campaign.id, now)
    assert not desk.campaigns.resend(campaign.id, now)
    finish(desk)

    assert sink.taken == []
    assert desk.state(campaign) == "cancelled"


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


@pytest.mark.parametrize("how", ["removed", "revoked"])
def test_who_lost_the_audience_or_left_gets_nothing_of_what_still_waits(mailed, sink, how):
    """Threat 10."""
    desk = mailed(newsletter='[plugins.newsletter.newsletters.vip]\naudience = "paid"')
    member = desk.add("a@example.org", audience="paid")
    sink.fails = lambda now, number, to: "451 later" if now == "RCPT" else None
    campaign = desk.send(newsletter="vip", audience="paid")
    desk.run_jobs()
    sink.fails = lambda now, number, to: None

    if how == "removed":
        desk.members.remove(member.id, now=desk.site.clock.now)
    else:
        desk.members.revoke(member.id, "paid", source="complimentary", now=desk.site.clock.now)
    finish(desk)

    assert sink.taken == []
    assert desk.counts(campaign) == {"left": 1}


def test_whose_right_ends_while_their_mail_waits_gets_nothing(mailed, sink):
    """Threat 10: by its time, also before the job that tells of it has run."""
    desk = mailed(newsletter='[plugins.newsletter.newsletters.vip]\naudience = "paid"')
    member, now = desk.add("a@example.org"), desk.site.clock.now
    desk.members.grant(member.id, "paid", source="stripe", now=now, until=now + timedelta(seconds=90))
    sink.fails = lambda now, number, to: "451 later" if now == "RCPT" else None
    campaign = desk.send(newsletter="vip", audience="paid")
    desk.run_jobs()
    assert desk.counts(campaign) == {"planned": 1}
    sink.fails = lambda now, number, to: None

    desk.site.clock.move("2 minutes")
    Sending(desk.host, desk.plugin).work(60)

    assert sink.taken == []
    assert desk.counts(campaign) == {"left": 1}


def test_who_loses_one_of_two_rights_to_a_mail_still_gets_it(mailed, sink):
    """F3: nobody is skipped, such as who stops paying and was given the same audience."""
    desk = mailed(newsletter='[plugins.newsletter.newsletters.vip]\naudience = "paid"')
    member, now = desk.add("a@example.org", audience="paid"), desk.site.clock.now
    desk.members.grant(member.id, "paid", source="stripe", now=now)
    sink.fails = lambda now, number, to: "451 later" if now == "RCPT" else None
    campaign = desk.send(newsletter="vip", audience="paid")
    desk.run_jobs()
    sink.fails = lambda now, number, to: None

    desk.members.revoke(member.id, "paid", source="stripe", now=now)
    finish(desk)

    assert sink.addresses == ["a@example.org"]
    assert desk.counts(campaign) == {"sent": 1}


def test_those_who_did_not_get_it_get_it_and_nobody_else(mailed, sink):
    desk = mailed()
    desk.add("got@example.org", "broken@example.org")
    left = desk.add("left@example.org")
    sink.fails = lambda now, number, to: "451 later" if now == "RCPT" and to.startswith("broken") else None
    campaign = desk.send()
    desk.run_jobs()
    for _ in range(14):
        desk.move("24 hours")
        if desk.state(campaign) == "held":
            desk.campaigns.go_on(campaign.id, desk.site.clock.now)
            desk.run_jobs()
    desk.people.choose(left, {"posts": "never"}, desk.site.clock.now, lifts=False)
    desk.add("new@example.org")
    assert desk.counts(campaign)["failed"] == 1
    assert desk.state(campaign) == "done"
    before, sink.fails = len(sink.taken), lambda now, number, to: None

    assert desk.campaigns.resend(campaign.id, desk.site.clock.now)
    desk.run_jobs()

    assert sorted(sink.addresses[before:]) == ["broken@example.org", "new@example.org"]


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


def test_without_a_server_in_the_settings_mails_lie_in_the_outbox(serve):
    desk = serve()
    desk.add("a@example.org")
    desk.send(POST)

    desk.run_jobs()

    assert [mail["to"] for mail in desk.mails] == ["a@example.org"]


def test_nobody_is_skipped_where_a_campaign_is_cut_off_while_its_rows_are_made(mailed, sink, monkeypatch):
    """F3."""
    desk = mailed()
    monkeypatch.setattr("pressframe_newsletter._recipients.CHUNK", 7)
    desk.add(*addresses(30))
    campaign = desk.send()
    sending = Sending(desk.host, desk.plugin)

    sending.work(0)  # time is up after the first few
    assert sum(desk.counts(campaign).values()) == 7
    desk.restart().run_jobs()

    assert sorted(sink.addresses) == sorted(addresses(30))
