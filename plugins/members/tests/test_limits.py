"""How often mails are sent, and that nobody learns who is a member."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from pressframe_testing import EVERY_DATABASE

pytestmark = EVERY_DATABASE


def test_a_victim_gets_one_mail_an_hour_however_many_ask(readers):
    """Threat 43: a thousand times, from as many clients."""
    for number in range(1000):
        browser = readers.browser(f"198.51.{number // 250}.{number % 250}")
        assert readers.ask("victime@example.org", browser=browser).status == 200

    readers.run_jobs()

    assert [mail["to"] for mail in readers.mails] == ["victime@example.org"]


def test_after_an_hour_another_may_be_asked_for(readers, clock):
    assert readers.mail() is not None
    clock.move(timedelta(minutes=59, seconds=59))
    assert readers.mail() is None
    clock.move(timedelta(seconds=1))

    assert readers.mail() is not None


def test_a_subscriber_may_sign_in_five_times_an_hour(readers):
    readers.sign_up()

    sent = [readers.mail(door="sign-in", browser=readers.browser()) for _ in range(6)]

    assert [link is not None for link in sent] == [True, True, True, True, False, False]  # the first mail counts, too


def test_one_client_gets_twenty_mails_an_hour(readers, caplog):
    """Threat 43: whatever addresses it names; the log says so, and names nobody."""
    for number in range(30):
        assert readers.ask(f"a{number}@example.org").status == 200
    readers.run_jobs()

    assert len(readers.mails) == 20
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "members: one client asked for more mails than it gets; behind a proxy, is that one trusted?"
    ]
    assert readers.mail("autre@example.org", browser=readers.browser("203.0.113.9")) is not None


def test_one_ipv6_network_is_one_client(readers):
    """Threat 43: a provider gives each customer 2 ** 64 addresses."""
    for number in range(30):
        readers.ask(f"a{number}@example.org", browser=readers.browser(f"2001:db8:1:2::{number:x}"))
    readers.run_jobs()

    assert len(readers.mails) == 20
    assert readers.mail("autre@example.org", browser=readers.browser("2001:db8:1:3::1")) is not None


def test_one_domain_gets_three_hundred_mails_an_hour(readers):
    """Threat 43: nobody drowns a whole company through this form."""
    for number in range(305):
        readers.ask(f"a{number}@victime.example", browser=readers.browser(f"198.51.{number // 250}.{number % 250}"))

    assert waiting(readers) == 300
    readers.ask("autre@example.org", browser=readers.browser("203.0.113.9"))
    assert waiting(readers) == 301


def waiting(readers) -> int:
    """Return how many mails wait for the worker."""
    return json.loads(readers.site.run("db", "check", "--json").output)["waiting"]


def test_a_filled_trap_gets_the_same_answer_and_no_mail(readers):
    """Threat 43."""
    caught = readers.ask("robot@example.org", website="https://robot.example/")
    human = readers.ask("humain@example.org", browser=readers.browser())

    readers.run_jobs()

    assert caught.text.replace("robot@", "humain@") == human.text
    assert [mail["to"] for mail in readers.mails] == ["humain@example.org"]
    assert "robot@" not in readers.command("list")


@pytest.mark.parametrize("door", ["subscribe", "sign-in"])
def test_the_answer_is_the_same_for_all(readers, door):
    """Threat 35: new, known, pending, limited, caught in the trap: one status, one text, one size."""
    readers.sign_up("known@example.org")
    readers.mail("under@example.org")

    answers = [
        readers.ask(f"{who}@example.org", door=door, browser=readers.browser(), **fields)
        for who, fields in [("known", {}), ("under", {}), ("never", {}), ("spams", {"website": "x"})] * 4
    ]

    assert {(answer.status, _same(repr(answer.cookies)), _same(answer.text)) for answer in answers} == {
        (200, _same(repr(answers[0].cookies)), _same(answers[0].text))
    }
    assert len({_same(repr(sorted(answer.headers.items()))) for answer in answers}) == 1


def _same(text: str) -> str:
    text = re.sub(r"(known|under|never|spams)@example\.org", "…", text)
    return re.sub(r"__Host-asked=[\w-]{32}", "__Host-asked=…", text)


def test_the_answer_takes_the_same_work_for_all(readers):
    """Threat 35: the same statements in the same order, whoever is known; what differs is left to the mail's job."""
    readers.sign_up("known@example.org")
    work: dict[str, list[str]] = {}

    def note(connection, cursor, statement, *rest):
        work[who].append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        for number, who in enumerate(("known@example.org", "never@example.org")):
            work[who] = []
            browser = readers.browser(f"198.51.100.{number}")
            assert readers.ask(who, door="sign-in", browser=browser).status == 200
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert work["known@example.org"] == work["never@example.org"] != []
