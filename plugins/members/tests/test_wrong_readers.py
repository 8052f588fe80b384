"""For each rule of the kit for plugins that tell readers apart there is one that breaks it, and fails."""

import itertools
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from pressframe import Hooks, Reader, hookimpl
from pressframe_testing.members import ReaderKit
from pressframe_web import hookspecs
from pressframe_web.identity import make_id

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LASTS = timedelta(days=30)
SUBSCRIBERS = frozenset({"subscribers"})


@attrs.frozen(eq=False)
class Session:
    """Somebody's, in one browser."""

    address: str
    begun: datetime


@attrs.define(eq=False)
class Known:
    """A plugin that knows its readers by heart, and a site with nothing else; ``Door`` as the kit wants it."""

    people: dict[str, str] = attrs.field(factory=dict)
    sessions: dict[str, Session] = attrs.field(factory=dict)

    @property
    def host(self):
        return self

    @property
    def hooks(self):
        return Hooks([("known", self)], [hookspecs])

    @hookimpl
    def find_reader(self, request):
        return self.find(request)

    def find(self, request):
        found = self.sessions.get(self.cookie(request))
        if found is None or found.begun + LASTS <= request.now or found.address not in self.people:
            return None
        return self.reader(found.address)

    def cookie(self, request):
        return request.cookies.get("session", "")

    def reader(self, address):
        return Reader(id=self.people[address], audiences=SUBSCRIBERS)

    def sign_in(self, address):
        self.people.setdefault(address, make_id())
        id = make_id()
        self.sessions[id] = Session(address, NOW)
        return {"session": id}

    def sign_out(self, cookies):
        self.sessions.pop(cookies["session"], None)

    def remove(self, address):
        self.people.pop(address, None)

    def now(self):
        return NOW


class TestKnown(ReaderKit):
    @pytest.fixture
    def door(self):
        return Known()


class Lets(Known):
    """Takes who brings nothing for the first one who signed in."""

    def find(self, request):
        return super().find(request) or self.reader(next(iter(self.people)))


class Forgets(Known):
    def find(self, request):
        return None


class Mixes(Known):
    """Takes everybody who is signed in for the same one."""

    def reader(self, address):
        return Reader(id="r", audiences=SUBSCRIBERS)


class Renames(Known):
    """Gives a reader another id each time."""

    def reader(self, address, count=itertools.count()):  # noqa: B008 - one for all
        return Reader(id=f"r{next(count)}", audiences=SUBSCRIBERS)


class Devices(Known):
    """Takes another device for another reader."""

    def sign_in(self, address):
        id = make_id()
        self.people[id] = id
        self.sessions[id] = Session(id, NOW)
        return {"session": id}


class Shows(Known):
    def reader(self, address):
        return Reader(id=address, audiences=SUBSCRIBERS)


class Cuts(Known):
    """Hides too little of an address."""

    def reader(self, address):
        return Reader(id=address.partition("@")[0], audiences=SUBSCRIBERS)


class Everybody(Known):
    def reader(self, address):
        return Reader(id=self.people[address], audiences=SUBSCRIBERS | {"nobody"})


class Bare(Known):
    def reader(self, address):
        return Reader(id=self.people[address], audiences=frozenset({""}))


class Loose(Known):
    """Compares no more than the beginning of a cookie."""

    def cookie(self, request):
        sent = request.cookies.get("session", "")
        return next((id for id in self.sessions if sent and id.startswith(sent[:20])), "")


class Folds(Known):
    """Does not mind the case of a cookie."""

    def cookie(self, request):
        return request.cookies.get("session", "").lower()


class Trusts(Known):
    """Believes in a header."""

    def find(self, request):
        return super().find(request) or (self.reader("one@example.org") if "x-reader" in request.headers else None)


class Places(Known):
    """Knows readers on some pages alone."""

    def find(self, request):
        return super().find(request) if request.path == "/" else None


class Stays(Known):
    """Leaves it to the browser to forget."""

    def sign_out(self, cookies):
        pass


class AllOut(Known):
    """Signs out everywhere."""

    def sign_out(self, cookies):
        address = self.sessions[cookies["session"]].address
        self.sessions = {id: one for id, one in self.sessions.items() if one.address != address}


class Keeps(Known):
    """Lets sessions of who was removed live on."""

    def remove(self, address):
        pass


class Newest(Known):
    """Ends the newest session alone of who was removed."""

    def remove(self, address):
        self.sessions.popitem()


class ForEver(Known):
    def find(self, request):
        found = self.sessions.get(self.cookie(request))
        return self.reader(found.address) if found and found.address in self.people else None


class Strict(Known):
    """Takes a clock that was set back for a forgery."""

    def find(self, request):
        found = self.sessions.get(self.cookie(request))
        return super().find(request) if found and found.begun <= request.now else None


class Fails(Known):
    """Fails with what is no session."""

    def find(self, request):
        return self.reader(self.sessions[self.cookie(request)].address) if self.cookie(request) else None


WRONG = {
    "test_who_brings_no_cookie_is_a_stranger": [Lets],
    "test_who_signed_in_is_known_again": [Forgets, Mixes, Renames],
    "test_one_person_is_the_same_reader_on_two_devices": [Devices, Renames],
    "test_an_id_tells_nothing_outside_the_site": [Shows, Cuts],
    "test_nobody_has_the_audience_of_nobody": [Everybody, Bare],
    "test_no_cookie_but_the_one_given_is_worth_anything": [Loose, Folds, Fails],
    "test_only_cookies_count": [Trusts, Places],
    "test_who_signs_out_is_a_stranger_and_nobody_else_is": [Stays, AllOut],
    "test_who_is_removed_is_a_stranger_everywhere": [Keeps, Newest],
    "test_no_session_lasts_for_ever": [ForEver, Strict],
}


@pytest.mark.parametrize(("test", "door"), [(test, door) for test, doors in WRONG.items() for door in doors])
def test_a_plugin_that_breaks_a_rule_fails_that_test(test, door):
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        getattr(ReaderKit(), test)(door())


def test_every_rule_has_a_wrong_plugin():
    assert {name for name in vars(ReaderKit) if name.startswith("test_")} == {*WRONG}
