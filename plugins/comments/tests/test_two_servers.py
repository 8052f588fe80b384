"""Two servers on one PostgreSQL database: what one of them does in the gap between another's look and its act."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import attrs
import pytest

from pressframe_comments import ConflictError, Draft, State, comment_store
from pressframe_comments import _acts as acts
from pressframe_comments import _receiving as receiving

from .conftest import NOW

pytestmark = pytest.mark.postgresql

DRAFT = Draft(entry="posts/billet", author="Zoé", email="zoe@example.org", url=None, body="Bonjour.", received=NOW)


@pytest.fixture
def stores(make_site, postgresql):
    return [comment_store(make_site(database=postgresql)) for _ in range(2)]


@pytest.fixture
def other():
    """Does something in a thread, and waits until that is done or has to wait itself."""
    with ThreadPoolExecutor(1) as thread:

        def do(work, *args, **how):
            doing.append(thread.submit(work, *args, **how))
            with suppress(TimeoutError):
                doing[-1].result(0.5)

        doing = []
        do.doing = doing
        yield do


def test_of_two_moderators_on_two_servers_one_wins_and_the_other_is_told(stores, other, monkeypatch):
    """Threat 72."""
    id = stores[0].add(DRAFT, State.PENDING).comment.id
    check = acts.check

    def slow(connection, rows, expected):
        check(connection, rows, expected)
        if not other.doing:
            other(stores[1].move, [id], State.TRASH, by="Bo", expected={id: 1})

    monkeypatch.setattr(acts, "check", slow)
    stores[0].move([id], State.APPROVED, by="Ada", expected={id: 1})

    with pytest.raises(ConflictError):
        other.doing[0].result(60)
    assert stores[1].get(id).state is State.APPROVED
    assert [step.version for step in stores[1].history(id)] == [2]


def test_a_comment_that_is_sent_twice_to_two_servers_is_stored_once(stores, other, monkeypatch):
    """Threat 71."""
    insert = receiving.insert_new

    def slow(connection, draft, row):
        number = insert(connection, draft, row)
        if not other.doing:
            other(stores[1].add, attrs.evolve(DRAFT, received=NOW + timedelta(milliseconds=5)), State.PENDING)
        return number

    monkeypatch.setattr(receiving, "insert_new", slow)
    first = stores[0].add(DRAFT, State.PENDING)

    assert other.doing[0].result(60).comment.id == first.comment.id
    assert sum(stores[0].counts().values()) == 1
