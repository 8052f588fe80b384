"""Kits for authors of comment stores: subclass one, and bring the fixture that it asks for.

Needs ``pressframe-testing[comments]``.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from pressframe import Comment, StoreError

# isort: off
# fmt: off
from pressframe_comments import (
    Brought, CommentStore, ConflictError, Draft, Filed, Reason, Record, Search, State, Texts,
)
# fmt: on
# isort: on
from pressframe_testing.accepted import TEXTS

__all__ = ["CommentStoreKit"]

_NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
_ENTRY = "posts/one"


def _draft(body: str = "Oui. 🙂", **more: object) -> Draft:
    known = {"entry": _ENTRY, "author": "Zoé", "email": "zoe@example.org", "url": None, "received": _NOW}
    return Draft(**{**known, "body": body, **more})  # type: ignore[arg-type] # a test says what it means


def _add(store: CommentStore, count: int, state: State = State.PENDING, **more: object) -> list[Filed]:
    """Store comments that came a minute after each other."""
    return [store.add(_draft(f"{n}", **{"received": _NOW + timedelta(minutes=n), **more}), state) for n in range(count)]


def _ids(comments: Sequence[Filed]) -> list[str]:
    return [filed.comment.id for filed in comments]


class CommentStoreKit:
    """What every ``CommentStore`` does. Bring the fixture ``store``: one that is empty."""

    @pytest.fixture
    def store(self) -> CommentStore:
        """Return an empty store."""
        pytest.fail("bring a fixture called store that returns an empty one", pytrace=False)

    # ------------------------------------------------------------------------------------------ receiving

    def test_a_comment_comes_back_as_it_went_in(self, store: CommentStore) -> None:
        draft = _draft(
            "a\n\u202e 🙂", kind="webmention", url="https://e.org", format="html", parent="18", reader="r1",
            sender="s1", client="192.0.2.0/24", agent="Mozilla", referrer="https://e.org/1", by_author=True,
            accepted_before=True,
        )  # fmt: skip

        filed = store.add(draft, State.SPAM, ["one", "two"])

        assert store.get(filed.comment.id) == filed
        assert (filed.state, filed.reasons, filed.version, filed.changed) == (State.SPAM, ("one", "two"), 1, _NOW)
        for name in attrs.fields_dict(Draft):
            holder = filed.comment if name in attrs.fields_dict(Comment) else filed
            assert name == "key" or getattr(holder, name) == getattr(draft, name), name

    def test_reasons_can_still_be_said_in_other_languages(self, store: CommentStore) -> None:
        inner = Reason("“%(text)s”", text="100 %")
        given = [Reason("%(percent)d%% sure: %(words)s", percent=98, words=[inner, inner]), "as it is: 100%"]

        kept = store.get(store.add(_draft(), State.SPAM, given).comment.id)

        assert kept is not None
        assert kept.reasons == ("98% sure: “100 %”, “100 %”", "as it is: 100%")
        assert [(one.message, one.values) for one in kept.reasons if isinstance(one, Reason)] == [
            ("%(percent)d%% sure: %(words)s", {"percent": 98, "words": (inner, inner)})
        ]

    @pytest.mark.parametrize("text", TEXTS)
    def test_any_text_in_any_field_is_text(self, store: CommentStore, text: str) -> None:
        names = ("entry", "author", "email", "url", "body", "parent", "reader", "sender", "client", "agent", "referrer")
        filed = store.add(_draft(**dict.fromkeys(names, text)), State.PENDING, [text])

        assert {getattr(filed.comment, name) for name in ("entry", "author", "url", "body", "parent")} == {text}
        assert store.get(filed.comment.id) == filed
        assert store.get(text) is None
        for name in ("text", "author", "address", "entry", "client", "sender"):
            found = store.search(Search(**{name: text}))  # type: ignore[arg-type] # each of these is a text
            assert _ids(found.comments) == [filed.comment.id], name
            other = store.search(Search(**{name: f"{text}zzz"}))  # type: ignore[arg-type]
            assert other.comments == (), name

    def test_double_clicks_at_once_are_one_comment(self, store: CommentStore) -> None:
        ids: list[str] = []
        clicks = [
            threading.Thread(target=lambda: ids.append(store.add(_draft(), State.PENDING).comment.id))
            for _ in range(20)
        ]
        for click in clicks:
            click.start()
        for click in clicks:
            click.join()

        assert len(ids) == 20
        assert len(set(ids)) == 1
        assert store.counts()[State.PENDING] == 1

    def test_a_repeat_is_the_first_one_for_a_minute_or_from_the_same_form(self, store: CommentStore) -> None:
        first = store.add(_draft(key="f"), State.PENDING)
        later = _draft(received=_NOW + timedelta(minutes=2))

        assert store.find_repeat(_draft(received=_NOW + timedelta(seconds=59))) == first
        assert store.find_repeat(later) is None
        assert store.find_repeat(attrs.evolve(later, key="f")) == first
        assert store.find_repeat(attrs.evolve(later, key="g")) is None

    def test_what_is_known_of_a_draft_is_told_at_once(self, store: CommentStore) -> None:
        _add(store, 2, State.APPROVED, sender="s1", client="n1")
        asked = _draft("0", sender="s1", client="n1", received=_NOW + timedelta(seconds=30))

        seen = store.look(asked, _NOW - timedelta(minutes=5))

        assert seen.repeat == store.find_repeat(asked) is not None
        assert seen.is_known is store.was_accepted(sender="s1", reader=None) is True
        assert (seen.recent, seen.first) == store.count_since("n1", _NOW - timedelta(minutes=5)) == (2, _NOW)

    def test_the_times_of_the_newest_comments_are_told_in_order(self, store: CommentStore) -> None:
        minutes = [_NOW + timedelta(minutes=number) for number in range(4)]
        for number, moment in enumerate(minutes):
            store.add(_draft(str(number), received=moment), State.PENDING)

        assert list(store.newest(_NOW, 9)) == minutes[1:]
        assert list(store.newest(_NOW, 2)) == minutes[2:]

    def test_only_a_proof_makes_somebody_known(self, store: CommentStore) -> None:
        _add(store, 1, State.APPROVED, sender="s1", reader="r1")
        _add(store, 1, State.PENDING, sender="s2", reader="r2", entry="posts/two")

        known = [store.was_accepted(sender=s, reader=r) for s in ("s1", "s2", None) for r in ("r1", "r2", None)]

        assert known == [True, True, True, True, False, False, True, False, False]

    # -------------------------------------------------------------------------------------------- finding

    @pytest.mark.parametrize("oldest_first", [False, True])
    def test_pages_give_each_comment_once_whatever_comes_meanwhile(
        self, store: CommentStore, *, oldest_first: bool
    ) -> None:
        there = [store.add(_draft(f"{n}", received=_NOW), State.PENDING) for n in range(7)]  # all at one moment
        search = Search(state=State.PENDING, oldest_first=oldest_first)
        given: list[str] = []
        after = None

        for number in itertools.count():
            found = store.search(search, after=after, count=3)
            given += _ids(found.comments)
            if found.next is None:
                break
            after = found.next
            if not oldest_first:
                store.add(_draft(f"new {number}", received=_NOW + timedelta(hours=1)), State.PENDING)

        assert given == (_ids(there) if oldest_first else _ids(there)[::-1])

    def test_a_place_that_is_none_is_refused(self, store: CommentStore) -> None:
        _add(store, 1)
        for place in ("", "x", "1", "1.2.3", "1.1; DROP TABLE", "9" * 40 + ".1"):
            with pytest.raises(StoreError):
                store.search(Search(), after=place)

    def test_words_are_found_whatever_their_case_and_accents(self, store: CommentStore) -> None:
        filed = store.add(_draft("L’ÉTÉ à\n  la  Plage", author="Amélie Noël"), State.PENDING)

        for text in ("été", "ete", "ETE A LA plage", "noel"):
            assert _ids(store.search(Search(text=text)).comments) == [filed.comment.id], text
        assert store.search(Search(author="plage")).comments == ()
        assert _ids(store.search(Search(author="AMELIE", address="ZOE@example.ORG")).comments) == [filed.comment.id]
        assert store.search(Search(address="zoe@example.or")).comments == ()

    def test_comments_are_found_and_counted_within_some_entries(self, store: CommentStore) -> None:
        mine = _add(store, 2, State.SPAM, entry="posts/it's", email="Ann@E.org", sender="s1")
        mine += _add(store, 1, State.APPROVED, entry="posts/été", email="ann@e.org")
        other = _add(store, 1, State.SPAM, email="ann@e.org", author="Bo", sender="s1")[0]
        many = frozenset(["posts/it's", "posts/été", *(f"posts/{n}" for n in range(2000))])
        within = Search(state=State.TRASH, entries=many)

        assert store.find([mine[0].comment.id, "c99", other.comment.id]) == {
            mine[0].comment.id: mine[0], other.comment.id: other
        }  # fmt: skip
        assert _ids(store.search(Search(entries=many)).comments) == _ids([mine[1], mine[2], mine[0]])
        assert store.search(Search(entries=frozenset())).comments == ()
        none = dict.fromkeys(State, 0)
        assert store.counts(within) == none | {State.SPAM: 2, State.APPROVED: 1}
        assert store.counts(Search(author="bo")) == none | {State.SPAM: 1}
        assert store.tally("address", ["ANN@e.org", "", "x@e.org"]) == {
            "ANN@e.org": none | {State.SPAM: 3, State.APPROVED: 1}, "": none, "x@e.org": none
        }  # fmt: skip
        assert store.tally("sender", ["s1"], within) == {"s1": none | {State.SPAM: 2}}
        assert store.tally("author", ["Bo", "Zoé"]) == {
            "Bo": none | {State.SPAM: 1}, "Zoé": none | {State.SPAM: 2, State.APPROVED: 1}
        }  # fmt: skip

    def test_an_empty_store_answers(self, store: CommentStore) -> None:
        assert store.search(Search()).comments == ()
        assert set(store.counts().values()) == set(store.tally("sender", ["s"])["s"].values()) == {0}
        assert store.find(["c1"]) == {}
        assert [store.get("c1"), store.last_act("a"), store.find_repeat(_draft())] == [None] * 3
        assert store.history("c1") == ()
        assert store.approved(frozenset({_ENTRY})) == {}
        assert store.archiving() == frozenset()

    # ----------------------------------------------------------------------------------------- moderating

    def test_every_change_is_told_and_can_be_taken_back(self, store: CommentStore) -> None:
        (filed,) = _add(store, 1)
        id, later = filed.comment.id, _NOW + timedelta(hours=1)

        moved = store.move([id], State.APPROVED, by="Ann", at=later)
        edited = store.edit(id, Texts(author="Bo", url=None, body="Non."), by="Bo", at=later)
        assert moved.id is not None
        assert edited.id is not None

        (changed,) = edited.changed
        assert (changed.version, changed.changed, changed.edited, changed.comment.body) == (3, later, later, "Non.")
        steps = [(step.by, step.before, step.after, step.texts and step.texts.body) for step in store.history(id)]
        assert steps == [
            ("Ann", State.PENDING, State.APPROVED, None),
            ("Bo", State.APPROVED, State.APPROVED, "0"),
        ]
        store.undo(edited.id)
        back = store.get(id)
        assert back is not None
        assert (back.comment.body, back.comment.author, back.state) == ("0", "Zoé", State.APPROVED)
        with pytest.raises(ConflictError):
            store.undo(moved.id)
        assert store.last_act("Bo") == edited.id

    def test_what_is_so_already_is_no_act(self, store: CommentStore) -> None:
        (filed,) = _add(store, 1)

        act = store.move([filed.comment.id], State.PENDING, by="Ann")
        same = store.edit(filed.comment.id, Texts.of(filed.comment), by="Ann")

        assert (act.id, act.changed, same.id) == (None, (), None)
        assert store.get(filed.comment.id) == filed
        assert store.last_act("Ann") is None

    def test_of_two_moderators_at_once_one_wins_and_the_other_is_told(self, store: CommentStore) -> None:
        ids = _ids(_add(store, 6))
        expected = dict.fromkeys(ids, 1)
        outcomes: list[object] = []
        start = threading.Barrier(2)

        def decide(state: State, by: str) -> None:
            start.wait()
            try:
                outcomes.append(len(store.move(ids, state, by=by, expected=expected).changed))
            except ConflictError as error:
                outcomes.append({step.by for step in error.steps})

        both = [threading.Thread(target=decide, args=one) for one in ((State.APPROVED, "Ann"), (State.TRASH, "Bo"))]
        for one in both:
            one.start()
        for one in both:
            one.join()

        winner = "Ann" if store.counts()[State.APPROVED] else "Bo"
        assert sorted(map(str, outcomes)) == sorted(["6", str({winner})])
        assert set(store.counts().values()) == {0, 6}

    def test_an_act_is_all_or_nothing(self, store: CommentStore) -> None:
        one, two = _ids(_add(store, 2))
        store.move([two], State.SPAM, by="Ann")

        with pytest.raises(ConflictError, match="Ann"):
            store.move([one, two], State.APPROVED, expected={one: 1, two: 1})
        with pytest.raises(StoreError, match="nothing was changed"):
            store.move([one, "c999"], State.APPROVED)
        with pytest.raises(StoreError):
            store.delete([one, "c999"])
        with pytest.raises(ConflictError):
            store.edit(two, Texts(author="a", url=None, body="b"), expected=1)

        kept = store.get(one)
        assert kept is not None
        assert (kept.state, kept.version) == (State.PENDING, 1)

    def test_restored_comments_are_where_they_were(self, store: CommentStore) -> None:
        one, two, three = _ids(_add(store, 3))
        store.move([one], State.APPROVED)
        store.move([one, two], State.SPAM)
        store.move([one, two], State.TRASH)

        store.restore([one, two, three])

        assert [filed.state for id in (one, two, three) if (filed := store.get(id))] == [
            State.APPROVED,
            State.PENDING,
            State.PENDING,
        ]

    def test_what_is_deleted_is_gone_and_its_id_is_not_used_again(self, store: CommentStore) -> None:
        one, two = _ids(_add(store, 2))
        act = store.move([one, two], State.TRASH, at=_NOW)

        assert _ids(store.empty_trash(_NOW)) == []
        assert sorted(_ids(store.empty_trash(_NOW + timedelta(seconds=1)))) == sorted([one, two])

        assert store.get(one) is None
        assert store.history(one) == ()
        assert store.add(_draft("new"), State.PENDING).comment.id not in (one, two)
        with pytest.raises(StoreError):
            store.undo(str(act.id))

    def test_where_a_comment_came_from_is_forgotten(self, store: CommentStore) -> None:
        _add(store, 3, client="n", agent="a", referrer="r")

        assert store.forget_clients(_NOW + timedelta(minutes=2)) == 2
        assert store.forget_clients(_NOW + timedelta(minutes=2)) == 0

        kept = [filed.client + filed.agent + filed.referrer for filed in store.search(Search()).comments]
        assert kept == ["nar", "", ""]

    # ------------------------------------------------------------------------------------------ moving house

    def test_a_store_is_brought_back_whole_and_twice_changes_nothing(self, store: CommentStore) -> None:
        ids = _ids(_add(store, 3, client="n", sender="s"))
        store.move(ids[:2], State.APPROVED, by="Ann", at=_NOW)
        store.edit(ids[0], Texts(author="Bo", url="https://b.example", body="Non."), by="Bo", at=_NOW)
        taken = list(store.records(Search(oldest_first=True)))
        store.delete(ids)

        assert store.bring(taken) == (Brought.NEW,) * 3
        assert store.bring(taken) == (Brought.KNOWN,) * 3

        assert list(store.records(Search(oldest_first=True))) == taken
        assert store.add(_draft("new"), State.PENDING).comment.id not in ids

    def test_an_id_that_is_taken_by_another_comment_is_refused(self, store: CommentStore) -> None:
        (filed,) = _add(store, 1)
        other = attrs.evolve(filed, comment=attrs.evolve(filed.comment, entry="posts/two"))
        foreign = attrs.evolve(filed, comment=attrs.evolve(filed.comment, id="wp-18"))

        assert store.bring([Record(filed=other), Record(filed=foreign)]) == (Brought.TAKEN, Brought.NEW)

        assert store.get("wp-18") == foreign
        assert store.get(filed.comment.id) == filed
        assert _ids(store.move(["wp-18"], State.SPAM).changed) == ["wp-18"]

    # -------------------------------------------------------------------------------------------- showing

    def test_the_revision_changes_with_what_is_shown_and_with_nothing_else(self, store: CommentStore) -> None:
        one, two = _ids(_add(store, 2))
        texts = Texts(author="Bo", url=None, body="b")
        changes: list[tuple[bool, Callable[[], object]]] = [
            (False, lambda: store.edit(two, texts)),
            (True, lambda: store.move([one], State.APPROVED)),
            (False, lambda: store.move([one], State.APPROVED)),
            (False, lambda: store.move([two], State.SPAM)),
            (True, lambda: store.edit(one, texts)),
            (True, lambda: store.delete([one])),
            (True, lambda: store.add(_draft("shown"), State.APPROVED)),
            (False, lambda: store.add(_draft("waits"), State.PENDING)),
        ]
        for number, (is_shown, change) in enumerate(changes):
            before = store.revision()
            change()
            assert (store.revision() != before) is is_shown, number
            assert store.changed_since(before) in (frozenset({_ENTRY} if is_shown else ()), None), number

    def test_a_revision_of_another_store_is_not_known(self, store: CommentStore) -> None:
        _add(store, 1, State.APPROVED)

        assert [store.changed_since(odd) for odd in ("none", "", "x", "999999", "-1")] == [None] * 5

    def test_what_is_approved_is_given_in_order(self, store: CommentStore) -> None:
        shown = _add(store, 3, State.APPROVED)
        _add(store, 2, State.APPROVED, entry="posts/two")
        _add(store, 1, State.SPAM, author="Bo")

        found = store.approved(frozenset({_ENTRY, "posts/none"}))

        assert {entry: list(comments) for entry, comments in found.items()} == {
            _ENTRY: [filed.comment for filed in shown]
        }
