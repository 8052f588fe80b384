"""The plugin stands up to the kit; and for each rule of the kit there is a plugin that breaks it, and fails."""

import itertools
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from pressframe import Reader, Site, hookimpl
from pressframe_passes import Passes
from pressframe_passes._gifts import cookie_with
from pressframe_passes._meter import Meter
from pressframe_passes._store import LinkStore, Wanted
from pressframe_sql import database
from pressframe_testing.gates import GrantKit, Opened
from pressframe_web import Cookie, Grant, Request

from .conftest import OLD

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def opened_site(blog):
    site = Site.open(blog("free = 2").folder)
    release = site.build(now=NOW)
    yield site, release.view().card("posts/old")
    database(site).close()


class TestFreePosts(GrantKit):
    carries = ("reads",)

    @pytest.fixture
    def host(self, opened_site):
        return opened_site[0]

    @pytest.fixture
    def grants(self, host):
        return host.plugin(Passes)

    @pytest.fixture
    def opened(self, host, opened_site):
        request = Request(method="GET", path=OLD, now=NOW)
        cookie, _ = Meter(host, 2).start(request)
        return Opened(entry=opened_site[1], request=attrs.evolve(request, cookies={"reads": cookie.value}))


class TestFreePostsOfReaders(TestFreePosts):
    carries = ()

    @pytest.fixture
    def opened(self, opened_site):
        return Opened(entry=opened_site[1], request=Request(method="GET", path=OLD, now=NOW, reader=Reader(id="r1")))


class TestGifts(TestFreePosts):
    carries = ("gifts",)

    @pytest.fixture
    def opened(self, host, opened_site):
        wanted = Wanted(kind="gift", entry="posts/old", title="", expires=NOW + timedelta(days=3), most=1)
        link = LinkStore(host).make(wanted, NOW)
        request = Request(method="GET", path=OLD, now=NOW)
        cookies = {"gifts": cookie_with(host, request, link).value}
        return Opened(entry=opened_site[1], request=attrs.evolve(request, cookies=cookies))


# ------------------------------------------------------------------------------------------- wrong ones


@attrs.frozen(eq=False)
class Granter:
    """Grants what a function grants; notes nothing but what another one notes."""

    grant: object
    note: object = lambda request: []

    @hookimpl
    def register_grants(self, requires, request):
        return self.grant(requires, request, request.now)

    @hookimpl
    def on_reading(self, request):
        return self.note(request)


COUNT = itertools.count()


def given(requires, **more):
    return [Grant(audience=name, reason="a test", **more) for name in sorted(requires)]


def by_cookie(requires, request, now):
    return given(requires) if request.cookies.get("pass") else []


WRONG = {
    "test_it_opens_what_it_should": [Granter(lambda requires, request, now: [])],
    "test_asking_changes_nothing": [
        Granter(lambda requires, request, now, count=COUNT: given(requires) if next(count) < 3 else [])
    ],
    "test_it_grants_nothing_that_is_not_asked_for": [
        Granter(lambda requires, request, now: given({"subscribers", "kit-club", "paid"}))
    ],
    "test_a_stranger_who_brings_nothing_gets_nothing": [Granter(lambda requires, request, now: given(requires))],
    "test_a_forged_cookie_opens_nothing": [Granter(by_cookie)],
    "test_odd_cookies_are_no_failure": [
        Granter(lambda requires, request, now: given(requires) if int(request.cookies["pass"]) else [])
    ],
    "test_a_grant_that_is_over_is_not_given": [
        Granter(
            lambda requires, request, now: (
                given(requires, until=max(now, NOW) + timedelta(days=1))
                if now == NOW
                else given(requires, until=now + timedelta(days=1))
            )
        )
    ],
    "test_counted_grants_are_noted": [
        Granter(lambda requires, request, now: given(requires, counted=True)),
        Granter(
            lambda requires, request, now: given(requires, counted=True),
            lambda request: [Cookie(name="other", value="x")],
        ),
    ],
}


@pytest.mark.parametrize(("test", "plugin"), [(test, plugin) for test, plugins in WRONG.items() for plugin in plugins])
def test_grants_that_break_a_rule_fail_that_test(opened_site, test, plugin):
    host, card = opened_site
    opened = Opened(entry=card, request=Request(method="GET", path=OLD, now=NOW, cookies={"pass": "1x"}))

    class Kit(GrantKit):
        carries = ("pass",)

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        getattr(Kit(), test)(plugin, host, opened)


def test_every_rule_has_a_wrong_plugin():
    assert {name for name in vars(GrantKit) if name.startswith("test_")} == {*WRONG}
