"""Stores of comments that break a rule of the kit each, and fail by that."""

import itertools
from datetime import timedelta

import attrs
import pytest

from pressframe import StoreError
from pressframe_comments import Brought, Search, State, comment_store
from pressframe_testing.comments import CommentStoreKit

COUNT = itertools.count(1)


class Wrong:
    """Does what a right one does, but for what a subclass does otherwise."""

    def __init__(self, store):
        self.right = store

    def __getattr__(self, name):
        return getattr(self.right, name)


class Drops(Wrong):
    """Keeps nothing of the sender's browser."""

    def add(self, draft, *more):
        return self.right.add(attrs.evolve(draft, agent=""), *more)


class Plain(Wrong):
    """Keeps reasons as one language says them."""

    def add(self, draft, state, reasons=()):
        return self.right.add(draft, state, [str(one) for one in reasons])


class Twice(Wrong):
    """Takes every click for a comment of its own."""

    def add(self, draft, *more):
        return self.right.add(attrs.evolve(draft, received=draft.received + next(COUNT) * timedelta(hours=1)), *more)


class Repeats(Wrong):
    """Takes the same words for a repeat, whenever they come."""

    def find_repeat(self, draft):
        early = (self.right.find_repeat(attrs.evolve(draft, received=draft.received - timedelta(minutes=2))), None)
        return self.right.find_repeat(draft) or early[0]


class Trusts(Wrong):
    """Knows everybody who ever sent something."""

    def was_accepted(self, *, sender, reader):
        return sender is not None or reader is not None


class Skips(Wrong):
    """Goes on behind one that nobody was given."""

    def search(self, search, **more):
        found = self.right.search(search, **more)
        return attrs.evolve(found, comments=found.comments[:-1]) if found.next else found


class Starts(Wrong):
    """Begins anew where a place is none."""

    def search(self, search, *, after=None, **more):
        try:
            return self.right.search(search, after=after, **more)
        except StoreError:
            return self.right.search(search, **more)


class Cases(Wrong):
    """Minds the case of what is searched."""

    def search(self, search, **more):
        found = self.right.search(search, **more)
        kept = tuple(one for one in found.comments if search.text in one.comment.author + one.comment.body)
        return attrs.evolve(found, comments=kept)


class Anywhere(Wrong):
    """Searches the whole store, whichever entries are asked about."""

    def search(self, search, **more):
        return self.right.search(attrs.evolve(search, entries=None), **more)


class Blind(Wrong):
    """Does not look whether somebody else was there before."""

    def move(self, ids, state, *, expected=None, **more):
        return self.right.move(ids, state, **more)


class Piecewise(Wrong):
    """Does one after the other, as far as it comes."""

    def move(self, ids, state, **more):
        if len(ids) < 2:
            return self.right.move(ids, state, **more)
        return [self.right.move([id], state, **more) for id in ids][-1]


class Speechless(Wrong):
    def history(self, id):
        return ()


class Busy(Wrong):
    """Calls it an act, though nothing had to be done."""

    def move(self, *how, **more):
        done = self.right.move(*how, **more)
        return done if done.id else attrs.evolve(done, id="1")


class Pending(Wrong):
    """Puts what comes out of the trash where it does not belong."""

    def restore(self, ids, **more):
        return self.right.move(ids, State.PENDING, **more)


class Hasty(Wrong):
    """Empties the trash of what was just put there."""

    def empty_trash(self, before, **more):
        return self.right.empty_trash(before + timedelta(days=1), **more)


class Curious(Wrong):
    def forget_clients(self, before):
        return 0


class Again(Wrong):
    """Says that it is new, whatever is brought."""

    def bring(self, records):
        return (Brought.NEW,) * len(self.right.bring(records))


class Takes(Wrong):
    """Puts what is brought in the place of what has its id."""

    def bring(self, records):
        there = [one.filed.comment.id for one in records if self.right.get(one.filed.comment.id)]
        if there:
            self.right.delete(there)
        return self.right.bring(records)


class Restless(Wrong):
    """Has another revision each time that it is asked."""

    def revision(self):
        return f"{self.right.revision()}.{next(COUNT)}"


class Sure(Wrong):
    """Knows of any revision what changed since."""

    def changed_since(self, revision):
        found = self.right.changed_since(revision)
        return frozenset() if found is None else found


class Mixed(Wrong):
    """Gives them as they come."""

    def approved(self, entries):
        return {entry: [*found][::-1] for entry, found in self.right.approved(entries).items()}


class Shows(Wrong):
    """Gives those of all entries."""

    def approved(self, entries):
        return self.right.approved(entries | {one.comment.entry for one in self.right.search(Search()).comments})


WRONG = {
    "test_a_comment_comes_back_as_it_went_in": [Drops],
    "test_reasons_can_still_be_said_in_other_languages": [Plain],
    "test_double_clicks_at_once_are_one_comment": [Twice],
    "test_a_repeat_is_the_first_one_for_a_minute_or_from_the_same_form": [Repeats],
    "test_only_a_proof_makes_somebody_known": [Trusts],
    "test_pages_give_each_comment_once_whatever_comes_meanwhile": [Skips],
    "test_a_place_that_is_none_is_refused": [Starts],
    "test_words_are_found_whatever_their_case_and_accents": [Cases],
    "test_comments_are_found_and_counted_within_some_entries": [Anywhere],
    "test_of_two_moderators_at_once_one_wins_and_the_other_is_told": [Blind],
    "test_an_act_is_all_or_nothing": [Blind, Piecewise],
    "test_every_change_is_told_and_can_be_taken_back": [Speechless],
    "test_what_is_so_already_is_no_act": [Busy],
    "test_restored_comments_are_where_they_were": [Pending],
    "test_what_is_deleted_is_gone_and_its_id_is_not_used_again": [Hasty],
    "test_where_a_comment_came_from_is_forgotten": [Curious],
    "test_a_store_is_brought_back_whole_and_twice_changes_nothing": [Again],
    "test_an_id_that_is_taken_by_another_comment_is_refused": [Takes],
    "test_the_revision_changes_with_what_is_shown_and_with_nothing_else": [Restless],
    "test_a_revision_of_another_store_is_not_known": [Sure],
    "test_what_is_approved_is_given_in_order": [Mixed, Shows],
}


@pytest.mark.parametrize(("test", "kind"), [(test, kind) for test, kinds in WRONG.items() for kind in kinds])
def test_a_store_that_breaks_a_rule_fails_that_test(make_site, test, kind):
    more = {"oldest_first": False} if test.startswith("test_pages") else {}

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        getattr(CommentStoreKit(), test)(kind(comment_store(make_site())), **more)
