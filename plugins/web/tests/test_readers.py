"""Who is remembered as a reader, and for how long."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from pressframe import Reader
from pressframe_web import _readers
from pressframe_web._readers import Changes, Readers

ONE, TWO = Reader(id="one"), Reader(id="two")


class Asked:
    """Knows two readers by their cookies, notes who asks, and lets something happen meanwhile."""

    def __init__(self):
        self.cookies, self.meanwhile = [], lambda: None

    async def __call__(self, cookies):
        self.cookies.append(cookies)
        self.meanwhile()
        return {b"a": ONE, b"b": TWO}.get(cookies)


@pytest.fixture
def changes():
    return Changes()


@pytest.fixture
def asked():
    return Asked()


@pytest.fixture
def find(asked, changes):
    """Return a function that asks who sends some cookies, one after the other."""
    readers = Readers(asked, changes)

    def find(*cookies):
        async def all():
            return [await readers.find(one) for one in cookies]

        with ThreadPoolExecutor(1) as thread:  # this one may have a loop: Playwright's
            return thread.submit(asyncio.run, all()).result()

    return find


def test_a_reader_is_remembered_until_something_of_theirs_changes(find, asked, changes):
    assert find(b"a", b"b", b"c", b"a", b"b", b"c") == [ONE, TWO, None] * 2
    assert asked.cookies == [b"a", b"b", b"c"]

    changes.note("one")
    find(b"a", b"b", b"c", b"a")

    assert asked.cookies == [b"a", b"b", b"c", b"a"]


def test_what_changes_while_the_plugins_are_asked_is_not_missed(find, asked, changes):
    """Their answer may be of before."""
    asked.meanwhile = lambda: changes.note("one")
    find(b"a")
    asked.meanwhile = lambda: None

    find(b"a", b"a")

    assert asked.cookies == [b"a", b"a"]


def test_who_took_long_to_be_found_is_remembered_no_longer_for_that(find, asked, monkeypatch):
    """A change is forgotten as soon as nothing is remembered from before it."""
    now = _readers.time.monotonic()

    def stand_at(seconds):
        monkeypatch.setattr(_readers.time, "monotonic", lambda: now + seconds)

    stand_at(0)
    asked.meanwhile = lambda: stand_at(20)
    find(b"a")
    for seconds in (29, 31):
        stand_at(seconds)
        find(b"a")

    assert asked.cookies == [b"a", b"a"]


def test_changes_are_forgotten_once_nothing_is_remembered_from_before_them(changes, monkeypatch):
    now = _readers.time.monotonic()
    for number in range(100):
        monkeypatch.setattr(_readers.time, "monotonic", lambda number=number: now + number)
        changes.note(f"reader {number}")

    assert changes.last(Reader(id="reader 69")) == now + 69
    assert changes.last(Reader(id="reader 68")) < now
