"""What happens after the first answer: corrections are told, and doubtful comments asked about again."""

import pytest

from pressframe_comments import Change, State
from pressframe_testing import EVERY_DATABASE

pytestmark = EVERY_DATABASE


def test_where_the_owner_decides_otherwise_akismet_is_told_with_what_it_was_asked(desk, fake):
    office = desk()
    spam, ham = office.send("Le casino municipal"), office.send("Buy now")
    asked = [fields for _, fields, _ in fake.asked]

    office.moderate(spam, State.APPROVED)
    office.moderate(ham, State.SPAM)
    assert fake.calls == ["comment-check", "comment-check"], "readers and owner don't wait for it"
    office.work(minutes=2)

    assert fake.calls[2:] == ["submit-ham", "submit-spam"]
    assert [fields for _, fields, _ in fake.asked[2:]] == asked


def test_where_the_owner_agrees_nothing_is_told(desk, fake):
    office = desk()
    spam = office.send("casino")
    office.moderate(spam, State.TRASH)
    office.moderate(spam, State.SPAM)

    office.work(minutes=2)

    assert fake.calls == ["comment-check"]


def test_a_decision_that_is_taken_back_is_told_as_well_each_once(desk, fake):
    office = desk()
    comment = office.send("casino")
    for state in (State.APPROVED, State.SPAM, State.APPROVED):
        office.moderate(comment, state)
        office.work(minutes=2)

    assert fake.calls == ["comment-check", "submit-ham", "submit-spam", "submit-ham"]


def test_a_correction_waits_until_akismet_is_there_again(desk, fake):
    office = desk()
    comment = office.send("casino")
    fake.status = 500
    office.moderate(comment, State.APPROVED)
    office.work(minutes=2)
    fake.status = 200
    office.work(hours=1)

    assert fake.calls == ["comment-check", "submit-ham", "submit-ham"]


def test_what_was_never_asked_about_is_not_told(desk, fake):
    office = desk()
    comment = office.send("Bonjour")
    office.store.delete([comment.comment.id])
    office.tell(comment.comment, Change.SPAM, "owner")

    office.work(minutes=2)

    assert fake.calls == ["comment-check"]


@pytest.mark.parametrize(("body", "state"), [("Bonjour", State.APPROVED), ("Bonjour casino", State.SPAM)])
def test_what_akismet_could_not_tell_is_asked_again_and_then_decided(desk, fake, body, state):
    office = desk()
    fake.headers, fake.text = {"X-akismet-recheck-after": "300"}, "false"
    comment = office.send(body)
    assert office.state(comment) is State.PENDING
    fake.headers, fake.text = {}, None

    office.work(minutes=2)
    assert fake.calls == ["comment-check"]
    office.work(minutes=7)

    assert fake.last["recheck_reason"] == "recheck"
    assert office.state(comment) is state


def test_a_comment_that_came_while_akismet_was_away_is_asked_about_later(desk, fake):
    office = desk()
    fake.status = 500
    comment = office.send("Bonjour")
    assert office.state(comment) is State.PENDING

    office.work(minutes=11)
    fake.status = 200
    office.work(hours=2)

    assert office.state(comment) is State.APPROVED


def test_the_owner_is_faster(desk, fake):
    office = desk()
    fake.headers = {"X-akismet-recheck-after": "300"}
    comment = office.send("Bonjour")
    fake.headers = {}
    office.moderate(comment, State.TRASH)

    office.work(minutes=7)

    assert office.state(comment) is State.TRASH
    assert fake.calls == ["comment-check"]


def test_what_waits_for_another_reason_too_is_not_approved_by_akismet(desk, fake):
    office = desk()
    fake.headers = {"X-akismet-recheck-after": "300"}
    comment = office.send("https://a.example https://b.example https://c.example")
    fake.headers = {}

    office.work(minutes=7)

    assert office.state(comment) is State.PENDING


def test_asking_again_comes_to_an_end(desk, fake):
    office = desk()
    fake.headers = {"X-akismet-recheck-after": "300"}
    office.send("Bonjour")

    for hours in range(1, 12):
        office.work(hours=hours)

    assert len(fake.asked) == 6
