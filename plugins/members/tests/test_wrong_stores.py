"""For each rule of the kit for stores of members there is a store that breaks it, and fails."""

from datetime import timedelta
from typing import ClassVar

import attrs
import pytest
import sqlalchemy as sa

from pressframe.errors import ConfigError, StoreError
from pressframe_members._tables import MEMBER
from pressframe_members.model import Found, Member
from pressframe_members.store import Members
from pressframe_sql import database
from pressframe_testing.members import MemberStoreKit

SITE = """
== pressframe.toml ==
[site]
title = "A site"
plugins = ["markdown", "sql", "web", "gates", "members", "journal"]
[plugins.gates.audiences]
gold = {}
paid = {}
"""
TICK = timedelta(microseconds=1)


@pytest.fixture
def host(site):
    return site(SITE).open()


class Exact(Members):
    """Takes two cases of an address for two."""

    def find_by_address(self, address):
        found = super().find_by_address(address)
        return found if found and found.address == address else None


class Overwrites(Members):
    """Lets whoever signs up again rename a member."""

    def add(self, address, *, name=None, **more):
        member = super().add(address, name=name, **more)
        return self.rename(member.id, name) or member if name else member


class Believes(Members):
    """Takes any text for an address."""

    def add(self, address, **more):
        try:
            return super().add(address, **more)
        except StoreError:
            return super().add("somebody@example.org", **more)


class Nameless(Members):
    """Drops a name that cannot be shown, and says nothing."""

    def rename(self, id, name, **more):
        try:
            return super().rename(id, name, **more)
        except ValueError:
            return super().rename(id, "", **more)


class Keeps(Members):
    """Never takes a name away."""

    def rename(self, id, name, **more):
        return super().rename(id, name, **more) if name else self.find(id)


class Early(Members):
    """Has everybody who signed up for a subscriber."""

    def having(self, audience, *, now, after="", limit=1000):
        found = sorted(super().search(now=now, limit=limit).members, key=lambda one: one.id)
        return tuple(one for one in found if one.id > after)


class Late(Members):
    """Lets an audience last a moment longer."""

    def having(self, audience, *, now, **more):
        return super().having(audience, now=now - TICK, **more)


class Forgets(Members):
    """Lists nothing of what is over."""

    def memberships(self, id, *, now=None, connection=None):
        found = super().memberships(id, now=now, connection=connection)
        return tuple(one for one in found if one.until is None)


class OneSource(Members):
    """Takes an audience back whoever gave it."""

    def revoke(self, id, audience, *, source, now, connection=None):
        return super().revoke(id, audience, source=None, now=now, connection=connection)


class News(Members):
    """Says each time that something changed."""

    def grant(self, id, audience, **more):
        super().grant(id, audience, **more)
        return True


class Prolongs(Members):
    """Never brings an end forward."""

    def grant(self, id, audience, *, source, now, until=None, connection=None):
        old = [one.until for one in self.memberships(id) if (one.audience, one.source) == (audience, source)]
        if old and old[0] and until and until < old[0]:
            return True
        return super().grant(id, audience, source=source, now=now, until=until, connection=connection)


class All(Members):
    """Takes back every audience."""

    def revoke(self, id, audience, *, source, now, connection=None):
        done = [super(All, self).revoke(id, one, source=source, now=now) for one in ("paid", "gold")]
        return any(done)


class Whatever(Members):
    """Gives audiences that there are not."""

    def grant(self, id, audience, **more):
        try:
            return super().grant(id, audience, **more)
        except ConfigError:
            return super().grant(id, "paid", **more)


class Anybody(Members):
    def revoke(self, id, audience, **more):
        super().revoke(id, audience, **more)
        return True


class Hides(Members):
    """Leaves who is removed in its table."""

    def remove(self, id, *, now, connection=None):
        if self.find(id) is None:
            return False
        gone = sa.update(MEMBER).where(MEMBER.c.reader == id).values(reader=f"gone-{id}", confirmed=None)
        database(self._host).write(lambda connection: connection.execute(gone))
        return True


class Same(Members):
    """Gives a member who comes back the id that they had."""

    def add(self, address, **more):
        member = super().add(address, **more)
        named = sa.update(MEMBER).where(MEMBER.c.reader == member.id).values(reader=f"id-{address.lower()}")
        if "connection" not in more:
            database(self._host).write(lambda connection: connection.execute(named))
        return attrs.evolve(member, id=f"id-{address.lower()}")


class Pages(Members):
    """Goes on after so many, whoever came meanwhile."""

    def search(self, text="", *, after=None, limit=50, **more):
        start = int(after or 0)
        found = super().search(text, limit=1000, **more).members
        more_there = str(start + limit) if len(found) > start + limit else None
        return Found(members=found[start : start + limit], more=more_there)


class Wild(Members):
    """Leaves to the database what its signs mean."""

    def _conditions(self, text, *more):
        return [MEMBER.c.sought.like(f"%{text.lower()}%")] if text else super()._conditions(text, *more)


class Stateless(Members):
    def search(self, *, state=None, **more):
        return super().search(**more)


class Odd(Members):
    """Fails at a place in the list that there is not."""

    def search(self, *, after=None, **more):
        return super().search(after=after and str(float(after)) and after, **more)


class Stops(Members):
    """Ends a sending after its first page."""

    def having(self, audience, *, now, after="", limit=1000):
        return () if after else super().having(audience, now=now, limit=limit)


class Remembers(Members):
    """Knows who was added before that is committed."""

    known: ClassVar[dict[str, Member]] = {}

    def add(self, address, **more):
        self.known[address] = super().add(address, **more)
        return self.known[address]

    def find_by_address(self, address):
        return self.known.get(address) or super().find_by_address(address)


class Spells(Members):
    """Finds whom a pattern fits."""

    def find(self, id, **more):
        return self._find(MEMBER.c.reader.like(id.replace("\0", "").replace("\ud800", "")))


WRONG = {
    "test_any_text_is_a_name_that_nobody_has": [Spells],
    "test_who_is_added_is_found": [Exact],
    "test_an_address_is_added_once_and_completed": [Overwrites],
    "test_what_nobody_can_be_written_to_at_is_refused": [Believes],
    "test_a_name_that_cannot_be_shown_is_refused": [Nameless],
    "test_names_change_and_go": [Keeps],
    "test_only_who_confirmed_is_a_subscriber": [Early],
    "test_an_audience_ends_at_its_time_and_not_before": [Late, Forgets],
    "test_an_audience_of_two_sources_lasts_as_long_as_one_of_them": [OneSource],
    "test_the_same_grant_again_changes_nothing_and_another_end_does": [News, Prolongs],
    "test_what_is_revoked_is_gone_and_nothing_else": [All, Anybody],
    "test_what_is_no_audience_to_be_given_is_refused": [Whatever],
    "test_who_is_not_there_gets_and_loses_nothing": [News, Anybody],
    "test_who_is_removed_leaves_nothing": [Hides, Same],
    "test_pages_hold_everybody_once_while_others_come": [Pages],
    "test_every_word_is_searched_in_address_and_name": [Wild],
    "test_members_are_found_by_state_and_audience": [Stateless, Odd],
    "test_a_sending_goes_through_everybody_once": [Stops],
    "test_what_is_part_of_a_failed_transaction_never_happened": [Remembers],
}


def asked(kit, test, given):
    """Yield what calls a test of a kit, once for each of its cases."""
    function = getattr(kit, test)
    marks = [mark for mark in getattr(function, "pytestmark", []) if mark.name == "parametrize"]
    cases = [{}]
    for mark in marks:
        names, values = mark.args
        names = (names,) if isinstance(names, str) else names
        cases = [
            {**case, **dict(zip(names, value if len(names) > 1 else (value,), strict=True))}
            for case in cases
            for value in values
        ]
    wanted = function.__code__.co_varnames[1 : function.__code__.co_argcount]
    for case in cases:
        yield lambda case=case: function(kit(), **case, **{name: given[name] for name in wanted if name in given})


def run_all(test, store, db):
    """Run a test of the kit with all of its cases, each with an empty store."""
    for case in asked(MemberStoreKit, test, {"store": store, "write": db.write}):
        db.write(lambda connection: connection.execute(sa.delete(MEMBER)))
        case()


@pytest.mark.parametrize(("test", "store"), [(test, store) for test, stores in WRONG.items() for store in stores])
def test_a_store_that_breaks_a_rule_fails_that_test(host, test, store):
    with pytest.raises((AssertionError, pytest.fail.Exception, ValueError)):
        run_all(test, store(host), database(host))


def test_every_rule_has_a_wrong_store():
    assert {name for name in vars(MemberStoreKit) if name.startswith("test_")} == {*WRONG}
