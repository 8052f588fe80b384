"""The store: nothing is stored twice or lost, and it tells for good when what is shown has changed."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import attrs
import pytest
import sqlalchemy as sa

from pressframe import StoreError
from pressframe_comments import Draft, Search, State, comment_store
from pressframe_comments import _receiving as receiving
from pressframe_sql import database

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DRAFT = Draft(entry="e", author="Zoé", email="zoe@example.org", url=None, body="Oui. 🙂", received=NOW)


@pytest.fixture
def store(make_site):
    return comment_store(make_site())


def fail(*_):
    raise LookupError


def another(number):
    return attrs.evolve(DRAFT, body=f"{number}")


def test_a_comment_comes_back_as_it_went_in(store):
    draft = Draft(
        entry="e", author="Zoé", email="z@e.org", url="https://e.org", body="a\n\u202e 🙂", received=NOW, parent="18",
        reader="r1", sender="s1", client="192.0.2.0/24",
    )  # fmt: skip

    filed = store.add(draft, State.SPAM, ["one", "two"])

    assert store.get("c1") == store.get("1") == filed
    assert (filed.state, filed.reasons, filed.email, filed.client) == (
        State.SPAM,
        ("one", "two"),
        "z@e.org",
        "192.0.2.0/24",
    )
    comment = filed.comment
    assert (comment.id, comment.entry, comment.author, comment.body) == ("c1", "e", "Zoé", "a\n\u202e 🙂")
    assert (comment.parent, comment.reader, comment.url, comment.received) == ("18", "r1", "https://e.org", NOW)


def test_ids_are_never_used_again(store, make_site):
    store.add(another(1), State.PENDING)
    store.add(another(2), State.PENDING)
    database(make_site()).write(lambda connection: connection.exec_driver_sql("DELETE FROM comments_comment") and None)

    assert store.add(another(3), State.PENDING).comment.id == "c3"


def test_a_hundred_double_clicks_at_once_are_one_comment(store):
    """Threat 71."""
    ids = []
    threads = [
        threading.Thread(target=lambda: ids.append(store.add(DRAFT, State.PENDING).comment.id)) for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ids == ["c1"] * 50
    assert store.counts()[State.PENDING] == 1


def test_the_day_is_tidied_though_what_planned_that_was_not_stored(store, monkeypatch):
    """Threat 76: the next comment sees to it."""
    with monkeypatch.context() as patched:
        patched.setattr(receiving, "filed_new", fail)
        with pytest.raises(LookupError):
            store.add(DRAFT, State.PENDING)
    store.add(DRAFT, State.PENDING)

    with store._database.read() as connection:
        assert connection.scalars(sa.text("SELECT key FROM sql_job")).all() == ["comments.tidy 2026-11-24"]


def test_the_revision_changes_with_what_is_shown_and_with_nothing_else(store):
    seen = [store.revision()]
    for change in (
        lambda: store.add(another(1), State.PENDING),
        lambda: store.add(another(2), State.SPAM),
        lambda: store.add(another(3), State.APPROVED),
        lambda: store.move(["c1"], State.APPROVED),
        lambda: store.move(["c1"], State.APPROVED),
        lambda: store.move(["c2"], State.TRASH),
        lambda: store.move(["c3"], State.TRASH),
    ):
        change()
        seen.append(store.revision())

    one, two, three = seen[3], seen[4], seen[7]
    assert seen == ["none", "0", "0", one, two, two, two, three]
    assert len({"0", one, two, three}) == 4


def test_the_revision_is_the_same_after_a_restart(store, make_site):
    store.add(DRAFT, State.APPROVED)

    assert comment_store(make_site()).revision() == store.revision()


def test_moving_is_all_or_nothing(store):
    store.add(another(1), State.PENDING)

    with pytest.raises(StoreError, match="there is no comment c2, 9; nothing was changed"):
        store.move(["c1", "c2", "9"], State.APPROVED)

    assert store.get("c1").state is State.PENDING


def test_what_is_approved_is_given_for_the_entries_asked(store):
    for number, entry in enumerate(["a", "b", "a", "c"]):
        store.add(attrs.evolve(another(number), entry=entry), State.APPROVED)
    store.add(attrs.evolve(another(9), entry="a"), State.PENDING)

    found = store.approved(frozenset({"a", "b"}))

    assert {entry: [comment.id for comment in comments] for entry, comments in found.items()} == {
        "a": ["c1", "c3"],
        "b": ["c2"],
    }


def test_a_client_is_counted_within_its_window(store):
    for minutes in (0, 1, 2):
        store.add(attrs.evolve(another(minutes), client="n1", received=NOW + timedelta(minutes=minutes)), State.PENDING)

    assert store.count_since("n1", NOW) == (2, NOW + timedelta(minutes=1))
    assert store.count_since("n2", NOW) == (0, None)


def test_before_the_first_comment_nothing_is_there_and_no_database_is_made(store, tmp_path):
    assert store.get("c1") is store.find_repeat(DRAFT) is None
    assert store.search(Search()).comments == ()
    assert store.counts()[State.PENDING] == 0
    assert store.approved(frozenset({"e"})) == {}
    assert store.was_accepted(sender="s", reader="r") is False
    assert store.revision() == "none"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("asked", "is_known"),
    [
        ({"sender": "s1", "reader": None}, True),
        ({"sender": None, "reader": "r1"}, True),
        ({"sender": "s2", "reader": "r2"}, False),
        ({"sender": None, "reader": None}, False),
        ({"sender": "", "reader": ""}, False),
    ],
)
def test_only_a_proof_makes_a_sender_known(store, asked, is_known):
    store.add(attrs.evolve(DRAFT, sender="s1", reader="r1"), State.APPROVED)
    store.add(attrs.evolve(another(2), sender="s2", reader="r2"), State.PENDING)
    store.add(another(3), State.APPROVED)

    assert store.was_accepted(**asked) is is_known


def test_what_changed_since_is_told_unless_that_was_too_long_ago(store):
    seen = []
    for number, entry in enumerate(("a", "b", "a", "a")):
        seen.append(store.revision())
        store.add(attrs.evolve(another(number), entry=entry), State.APPROVED)

    assert store.changed_since(store.revision()) == frozenset()
    assert [store.changed_since(one) for one in ("0", *seen[2:])] == [{"a", "b"}, {"a"}, {"a"}]
    assert store.changed_since(seen[1]) is None  # two comments on the same entry ago: then all is asked for
    assert store.changed_since(str(int(store.revision()) + 1)) is None


def test_sql_in_any_parameter_is_a_text_that_finds_nothing(store, make_site, cases):
    """Threat 47."""
    collection = cases("strings", "inject_sql.jsonl")
    store.add(attrs.evolve(DRAFT, body="zzz", author="zzz", sender="s"), State.PENDING)
    before = list(store.records(Search()))

    for payload in (case["payload"] for case in collection):
        for name in ("text", "author", "address", "entry", "client", "sender", "kind"):
            asked = f"q{payload}"
            assert store.search(Search(**{name: asked})).comments == (), (name, payload)
        assert store.get(payload) is store.last_act(payload) is store.changed_since(payload) is None
        assert store.history(payload) == ()
        assert store.count_since(payload, NOW - timedelta(days=1)) == (0, None)
        assert store.was_accepted(sender=payload, reader=payload) is False
        assert store.approved(frozenset({payload})) == {}
        for change in (store.undo, lambda id: store.delete([id]), lambda id: store.move([id], State.SPAM, by=id)):
            with suppress(StoreError):
                change(payload)
                pytest.fail(f"{payload} was taken for a comment")

    assert list(store.records(Search())) == before


def test_comments_keep_the_order_in_which_they_came_though_the_clock_is_set_back(store):
    """Threat 75: an hour back, as at the end of summer time; an answer never stands before what it answers."""
    for number, minutes in enumerate((0, 10, -50, -20, 5, 20)):
        store.add(attrs.evolve(another(number), received=NOW + timedelta(minutes=minutes)), State.APPROVED)
        store.add(attrs.evolve(another(number), entry="other", received=NOW - timedelta(days=number)), State.APPROVED)

    found = store.approved(frozenset({"e", "other"}))

    assert [comment.body for comment in found["e"]] == ["0", "1", "2", "3", "4", "5"]
    assert found["e"][-1].received == NOW + timedelta(minutes=20)
    assert [comment.body for comment in found["other"]] == ["5", "4", "3", "2", "1", "0"]


def test_a_clock_that_was_a_year_ahead_leaves_nothing_behind(store):
    """Threat 75: no comment after it is dated so, and what came then is not taken for a flood for a year."""
    for number in range(20):
        draft = attrs.evolve(another(number), client="192.0.2.0/24", received=NOW + timedelta(days=365))
        store.add(draft, State.APPROVED)
    draft = attrs.evolve(another(20), client="192.0.2.0/24")
    since = NOW - timedelta(minutes=5)

    assert store.look(draft, since).recent == 0
    assert store.count_since("192.0.2.0/24", since) == (0, None)
    assert store.newest(since, 10) == []
    assert store.add(draft, State.APPROVED).comment.received == NOW
    assert store.look(attrs.evolve(draft, body="x"), since).recent == 1
