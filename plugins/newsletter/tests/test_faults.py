"""F4: mail servers that fail, and what becomes of the mails."""

import time
from statistics import quantiles

import pytest

from pressframe_testing import EVERY_DATABASE, wants_everything

from .conftest import addresses, finish

pytestmark = EVERY_DATABASE

AT = range(1, 51) if wants_everything() else (1, 2, 8, 9, 25, 50)
"""At which mail the server fails: each of fifty where PRESSFRAME_EVERYTHING is set in the environment."""


def failures(*ways: tuple[str, str]) -> list[tuple[str, str, int]]:
    """Return how a server fails, and at which mail: two places for each way, or where everything is wanted all."""
    return [
        (*way, at)
        for number, way in enumerate(ways)
        for place, at in enumerate(AT)
        if wants_everything() or (place - number) % 3 == 0
    ]


@pytest.mark.parametrize(
    ("stage", "said", "at"),
    failures(
        ("DATA", "451 later"), ("RCPT", "451 later"), ("MAIL", "421 going"), ("DATA", "421 going"), ("DATA", "drop"),
        ("RCPT", "drop"),
    ),
)  # fmt: skip
def test_what_was_not_taken_is_tried_again_and_nothing_comes_twice(mailed, sink, stage, said, at):
    """F4: the mail server fails at the Nth mail."""
    desk = mailed()
    desk.add(*addresses(51))
    sink.fails = lambda now, number, to: said if now == stage and number == at else None
    campaign = desk.send()

    finish(desk)

    assert sorted(sink.addresses) == sorted(addresses(51))
    assert desk.counts(campaign) == {"sent": 51}
    assert desk.state(campaign) == "done"


@pytest.mark.parametrize(
    ("stage", "said", "at"),
    failures(("MAIL", "421 going"), ("RCPT", "451 later"), ("DATA", "451 later"), ("DATA", "drop")),
)
def test_a_server_that_fails_from_some_mail_on_gets_each_of_the_rest_once_it_is_back(mailed, sink, stage, said, at):
    """F4: those before it are not sent again."""
    desk = mailed()
    desk.add(*addresses(51))
    sink.fails = lambda now, number, to: said if now == stage and number >= at else None
    campaign = desk.send()
    desk.run_jobs()
    assert len(sink.taken) == at - 1

    sink.fails = lambda now, number, to: None
    finish(desk)

    assert sorted(sink.addresses) == sorted(addresses(51))
    assert desk.counts(campaign) == {"sent": 51}


@pytest.mark.parametrize("at", AT)
def test_a_refused_address_is_asked_once_whichever_it_is(mailed, sink, at):
    """F4: 550 at the Nth mail."""
    desk = mailed(timeout="30 seconds")  # a slow machine is no reason to ask again
    desk.add(*addresses(51))
    asked = []

    def fails(now, number, to):
        if now == "RCPT":
            asked.append(to)
        return "550 5.1.1 nobody" if now == "RCPT" and number == at else None

    sink.fails = fails
    campaign = desk.send()
    finish(desk)

    assert sorted(asked) == sorted(addresses(51))
    assert desk.counts(campaign) == {"sent": 50, "bounced": 1}


@pytest.mark.parametrize(("said", "at"), [(said, at) for _, said, at in failures(("DATA", "mute"), ("DATA", "hang"))])
def test_a_mail_that_may_have_been_taken_is_repeated_once_at_most(mailed, sink, said, at):
    """F4: the server takes a mail and says nothing: it hangs up, or hangs."""
    desk = mailed()
    desk.add(*addresses(51))
    sink.fails = lambda now, number, to: said if now == "DATA" and number == at else None
    campaign = desk.send()

    desk.run_jobs()
    assert desk.counts(campaign)["unknown"] == 1
    finish(desk)

    assert len(sink.taken) == 52
    assert len({id for _, id, _ in sink.taken}) == 51
    assert desk.counts(campaign) == {"sent": 51}


def test_a_server_that_never_answers_to_one_mail_gets_it_twice_and_no_more(mailed, sink):
    """F4."""
    desk = mailed(newsletter="connections = 1")
    desk.add("odd@example.org")
    sink.fails = lambda now, number, to: "mute" if now == "DATA" else None
    campaign = desk.send()

    finish(desk)

    assert len(sink.taken) == 2
    assert desk.counts(campaign) == {"unknown": 1}
    assert desk.state(campaign) == "done"


def test_a_mail_that_is_never_taken_is_given_up_after_twelve_attempts(mailed, sink):
    """F4."""
    desk = mailed(newsletter='late_after = "3650 days"')
    desk.add("odd@example.org")
    sink.fails = lambda now, number, to: "451 later" if now == "RCPT" else None
    campaign = desk.send()
    desk.run_jobs()
    for _ in range(10):
        desk.move("24 hours")
    assert (sink.number, desk.counts(campaign)) == (11, {"planned": 1})

    desk.move("24 hours")
    desk.move("24 hours")

    assert (sink.number, desk.counts(campaign)) == (12, {"failed": 1})
    assert desk.state(campaign) == "done"


def test_a_slow_server_gets_each_mail_once(mailed, sink):
    """F4."""
    desk = mailed()
    desk.add(*addresses(5))
    sink.fails = lambda now, number, to: "slow" if now == "DATA" and number == 2 else None
    desk.send()

    desk.run_jobs()

    assert sorted(sink.addresses) == addresses(5)


@pytest.mark.parametrize(
    ("said", "is_hard"), [("550 5.1.1 nobody", True), ("550 nobody", True), ("552 5.2.2 full", False)]
)
def test_an_address_that_is_refused_is_asked_once_and_a_hard_refusal_stops_it(mailed, sink, said, is_hard):
    """F4 and F5."""
    desk = mailed()
    desk.add("gone@example.org", "here@example.org")
    sink.fails = lambda now, number, to: said if now == "RCPT" and to.startswith("gone") else None
    campaign = desk.send()

    finish(desk)

    assert desk.counts(campaign) == {"sent": 1, "bounced": 1}
    assert desk.people.why_stopped("gone@example.org") == ("bounced" if is_hard else "")


def test_a_refused_text_stops_nobody(mailed, sink):
    """A mail server that takes everything for spam one day must not cost the site its readers."""
    desk = mailed()
    desk.add("a@example.org")
    sink.fails = lambda now, number, to: "550 5.7.1 spam" if now == "DATA" else None
    campaign = desk.send()

    finish(desk)

    assert desk.counts(campaign) == {"bounced": 1}
    assert desk.people.why_stopped("a@example.org") == ""


def test_a_server_that_is_down_is_left_alone_longer_each_time_and_then_gets_everything(mailed, sink, port):
    """F4."""
    desk = mailed()
    desk.add(*addresses(20))
    sink.fails = lambda now, number, to: "421 down" if now == "MAIL" else None
    campaign = desk.send()
    desk.run_jobs()
    tried = sink.number
    owner = desk.sign_in_as("owner")

    assert desk.campaigns.trouble(desk.site.clock.now) is not None
    desk.move("30 seconds")
    assert sink.number == tried
    sink.fails = lambda now, number, to: None
    finish(desk)

    assert sorted(sink.addresses) == sorted(addresses(20))
    assert desk.state(campaign) == "done"
    assert 'role="alert"' not in owner.get("/admin/newsletter/").text


def test_readers_do_not_wait_for_a_mail_server_that_hangs(mailed, sink):
    """F4: 200 ms for 99 of 100 answers, pages and forms alike, while mails are stuck."""
    desk = mailed(newsletter='late_after = "3650 days"')
    desk.add(*addresses(20))
    desk.send()
    desk.served.close()
    sink.fails = lambda now, number, to: "hang" if now == "DATA" else None
    process = desk.site.start()
    while not sink.taken:
        time.sleep(0.02)

    waited = []
    for _ in range(100):
        for address in ("/", "/members/sign-in"):
            begun = time.perf_counter()
            assert process.get(address).status == 200
            waited.append(time.perf_counter() - begun)

    assert quantiles(waited, n=100)[98] < 0.2
