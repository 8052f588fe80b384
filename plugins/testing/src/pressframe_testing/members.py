"""Kits for who tells readers apart: subclass one, and bring the fixtures that it asks for; its tests are then yours.

``ReaderKit`` is for plugins with ``find_reader``, ``MemberStoreKit`` for whatever keeps members as
``pressframe_members.store`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

import attrs
import pytest

from pressframe import Host, Reader
from pressframe.errors import ConfigError, StoreError
from pressframe_members.model import Member
from pressframe_members.store import Members
from pressframe_web import Request

__all__ = ["Door", "MemberStoreKit", "ReaderKit"]

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
_DAY = timedelta(days=1)
_FORGED = (
    "", " ", "0", "null", "true", "admin", "' OR 1=1 --", "%00", "\x7f", "é\u00ff", "../../etc/passwd", "a" * 5000,
    '{"audiences": ["subscribers"]}', "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "-1", "1.1", "sub=1&sub=2", "\ud800",
)  # fmt: skip


class Door(Protocol):
    """One site's way in, as ``ReaderKit`` goes through it.

    Attributes:
        host: The site, which has the plugin enabled.
    """

    host: Host

    def sign_in(self, address: str) -> Mapping[str, str]:
        """Sign somebody in, on a browser of their own; return its cookies, as ``Request.cookies`` has them."""

    def sign_out(self, cookies: Mapping[str, str]) -> None:
        """Sign that browser out."""

    def remove(self, address: str) -> None:
        """Forget somebody altogether."""

    def now(self) -> datetime:
        """Return the time there."""


class ReaderKit:
    """What every plugin with ``find_reader`` does: knows whom it signed in, and takes everybody else for a stranger."""

    @pytest.fixture
    def door(self) -> Door:
        """Return a site that the plugin is enabled in, and the ways in and out of it."""
        pytest.fail("bring a fixture called door that returns a Door", pytrace=False)

    def test_who_brings_no_cookie_is_a_stranger(self, door: Door) -> None:
        door.sign_in("one@example.org")

        assert _ask(door, {}) is None

    def test_who_signed_in_is_known_again(self, door: Door) -> None:
        one, other = door.sign_in("one@example.org"), door.sign_in("other@example.org")

        first, second = _ask(door, one), _ask(door, other)

        assert first is not None
        assert second is not None
        assert first.id != second.id
        assert first.audiences
        assert _ask(door, one) == first

    def test_one_person_is_the_same_reader_on_two_devices(self, door: Door) -> None:
        first, second = _ask(door, door.sign_in("one@example.org")), _ask(door, door.sign_in("one@example.org"))

        assert first == second is not None

    def test_an_id_tells_nothing_outside_the_site(self, door: Door) -> None:
        reader = _ask(door, door.sign_in("one@example.org"))

        assert reader is not None
        assert "@" not in reader.id
        assert "one" not in reader.id.lower().split("@")[0].split(".")
        assert reader.id.isprintable()

    def test_nobody_has_the_audience_of_nobody(self, door: Door) -> None:
        reader = _ask(door, door.sign_in("one@example.org"))

        assert reader is not None
        assert not {"nobody", "public", ""} & reader.audiences

    def test_no_cookie_but_the_one_given_is_worth_anything(self, door: Door) -> None:
        """Threats 11, 47."""
        given = door.sign_in("one@example.org")

        for name, value in given.items():
            for forged in (*_FORGED, value[:-1], f"{value}x", value.swapcase(), value[::-1]):
                assert _ask(door, {**given, name: forged}) is None, forged

    def test_only_cookies_count(self, door: Door) -> None:
        cookies = door.sign_in("one@example.org")
        known = _ask(door, cookies)

        for more in ({"path": "/x/"}, {"method": "POST"}, {"headers": {"x-reader": "1"}}, {"client": "203.0.113.9"}):
            assert _ask(door, cookies, **more) == known
            assert _ask(door, {}, **more) is None

    def test_who_signs_out_is_a_stranger_and_nobody_else_is(self, door: Door) -> None:
        """Threat 36: also for whoever copied the cookie."""
        one, two = door.sign_in("one@example.org"), door.sign_in("one@example.org")

        door.sign_out(one)

        assert _ask(door, one) is None
        assert _ask(door, two) is not None

    def test_who_is_removed_is_a_stranger_everywhere(self, door: Door) -> None:
        """Threats 10, 36."""
        both = door.sign_in("one@example.org"), door.sign_in("one@example.org")

        door.remove("one@example.org")

        assert [_ask(door, cookies) for cookies in both] == [None, None]

    def test_no_session_lasts_for_ever(self, door: Door) -> None:
        """Threats 10, 75."""
        cookies = door.sign_in("one@example.org")

        assert _ask(door, cookies, now=door.now() + timedelta(days=3653)) is None
        assert _ask(door, cookies, now=door.now() - timedelta(hours=1)) is not None


def _ask(door: Door, cookies: Mapping[str, str], *, now: datetime | None = None, **more: object) -> Reader | None:
    """Return who asks with *cookies*, as the server finds out."""
    asked = {"method": "GET", "path": "/", **more}
    request = Request(cookies=cookies, now=now or door.now(), **asked)  # type: ignore[arg-type] # as a test says
    answers = [answer for _, answer in door.host.hooks.ask("find_reader", request, door.host)]
    assert all(isinstance(answer, Reader) for answer in answers), answers
    return answers[0] if answers else None


class MemberStoreKit:
    """What a store of members does. Bring ``store``, empty, whose site knows ``paid`` and ``gold``; and ``write``."""

    @pytest.fixture
    def store(self) -> Members:
        """Return an empty store."""
        pytest.fail("bring a fixture called store that returns an empty store of members", pytrace=False)

    def test_who_is_added_is_found(self, store: Members) -> None:
        added = store.add("Zoe@Example.org", now=NOW, name="  Zoé  Martin ", language="fr")

        assert added == store.find(added.id) == store.find_by_address(" zoe@EXAMPLE.ORG")
        assert added == Member(id=added.id, address="Zoe@example.org", name="Zoé Martin", since=NOW, language="fr")
        assert store.find("none") is store.find_by_address("no address") is None

    def test_an_address_is_added_once_and_completed(self, store: Members) -> None:
        first = store.add("zoe@example.org", now=NOW)
        again = store.add("ZOE@example.org", now=NOW + _DAY, name="Zoé", confirmed_at=NOW + _DAY)
        third = store.add("zoe@example.org", now=NOW, name="Another", confirmed_at=NOW)

        assert again == attrs.evolve(first, name="Zoé", confirmed=NOW + _DAY)
        assert third == again
        assert store.count(now=NOW) == 1

    @pytest.mark.parametrize(
        "address", ["", "a", "a@b@c.example", "a@example.org\r\nBcc: x@example.org", "é@example.org"]
    )
    def test_what_nobody_can_be_written_to_at_is_refused(self, store: Members, address: str) -> None:
        """Threats 38, 57."""
        with pytest.raises(StoreError):
            store.add(address, now=NOW)

    @pytest.mark.parametrize(
        ("name", "problem"), [("x" * 81, "long"), ("a\x00b", "characters"), ("\u202ea", "characters")]
    )
    def test_a_name_that_cannot_be_shown_is_refused(self, store: Members, name: str, problem: str) -> None:
        """Threats 28, 57."""
        member = store.add("zoe@example.org", now=NOW, name="Zoé")

        with pytest.raises(ValueError, match=problem):
            store.rename(member.id, name)
        assert store.find(member.id) == member

    def test_names_change_and_go(self, store: Members) -> None:
        member = store.add("zoe@example.org", now=NOW)

        renamed = store.rename(member.id, "👩🏽‍🚀 O’Neil")
        assert renamed is not None
        assert renamed.name == "👩🏽‍🚀 O’Neil"
        cleared = store.rename(member.id, "")
        assert cleared is not None
        assert cleared.name is None
        assert store.rename("none", "x") is None

    def test_only_who_confirmed_is_a_subscriber(self, store: Members) -> None:
        """Threat 12."""
        pending = store.add("pending@example.org", now=NOW)
        confirmed = store.add("confirmed@example.org", now=NOW, confirmed_at=NOW, source="import")
        store.grant(pending.id, "paid", source="complimentary", now=NOW)

        assert [one.audience for one in store.memberships(confirmed.id)] == ["subscribers"]
        assert store.memberships(confirmed.id)[0].source == "import"
        assert store.having("subscribers", now=NOW) == (confirmed,)
        assert store.having("paid", now=NOW) == ()

    def test_an_audience_ends_at_its_time_and_not_before(self, store: Members) -> None:
        """Threat 10."""
        member = store.add("zoe@example.org", now=NOW, confirmed_at=NOW)

        assert store.grant(member.id, "paid", source="stripe", now=NOW, until=NOW + _DAY)

        last = NOW + _DAY - timedelta(microseconds=1)
        assert store.having("paid", now=last) == (member,)
        assert store.having("paid", now=NOW + _DAY) == ()
        assert [one.audience for one in store.memberships(member.id, now=NOW + _DAY)] == ["subscribers"]
        assert len(store.memberships(member.id)) == 2

    def test_an_audience_of_two_sources_lasts_as_long_as_one_of_them(self, store: Members) -> None:
        member = store.add("zoe@example.org", now=NOW, confirmed_at=NOW)
        store.grant(member.id, "paid", source="stripe", now=NOW, until=NOW + _DAY)
        store.grant(member.id, "paid", source="complimentary", now=NOW)

        assert store.having("paid", now=NOW + 2 * _DAY) == (member,)
        assert store.revoke(member.id, "paid", source="complimentary", now=NOW)
        assert store.having("paid", now=NOW) == (member,)
        assert store.having("paid", now=NOW + _DAY) == ()

    def test_the_same_grant_again_changes_nothing_and_another_end_does(self, store: Members) -> None:
        member = store.add("zoe@example.org", now=NOW, confirmed_at=NOW)

        assert store.grant(member.id, "paid", source="stripe", now=NOW, until=NOW + _DAY)
        assert not store.grant(member.id, "paid", source="stripe", now=NOW, until=NOW + _DAY)
        assert store.grant(member.id, "paid", source="stripe", now=NOW, until=NOW + 9 * _DAY)
        assert store.grant(member.id, "paid", source="stripe", now=NOW, until=NOW)
        assert store.having("paid", now=NOW) == ()

    def test_what_is_revoked_is_gone_and_nothing_else(self, store: Members) -> None:
        member = store.add("zoe@example.org", now=NOW, confirmed_at=NOW)
        for audience in ("paid", "gold"):
            for source in ("stripe", "complimentary"):
                store.grant(member.id, audience, source=source, now=NOW)

        assert store.revoke(member.id, "paid", source=None, now=NOW)
        assert not store.revoke(member.id, "paid", source=None, now=NOW)
        assert [one.audience for one in store.memberships(member.id)] == ["subscribers", "gold", "gold"]

    @pytest.mark.parametrize("audience", ["subscribers", "gild", "public", "nobody", ""])
    def test_what_is_no_audience_to_be_given_is_refused(self, store: Members, audience: str) -> None:
        member = store.add("zoe@example.org", now=NOW, confirmed_at=NOW)

        with pytest.raises(ConfigError):
            store.grant(member.id, audience, source="complimentary", now=NOW)

    def test_who_is_not_there_gets_and_loses_nothing(self, store: Members) -> None:
        assert not store.grant("none", "paid", source="stripe", now=NOW)
        assert not store.revoke("none", "paid", source=None, now=NOW)
        assert not store.remove("none", now=NOW)
        assert store.memberships("none") == ()

    @pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "' OR 1=1 --", "%"])
    def test_any_text_is_a_name_that_nobody_has(self, store: Members, text: str) -> None:
        """Threat 47: also what a database cannot hold."""
        member = store.add("zoe@example.org", now=NOW, confirmed_at=NOW)

        assert store.find(text) is store.find_by_address(text) is store.rename(text, "Bo") is None
        assert not store.grant(text, "paid", source="stripe", now=NOW)
        assert not store.revoke(text, "paid", source=None, now=NOW)
        assert not store.revoke(member.id, text, source=text, now=NOW)
        assert not store.remove(text, now=NOW)
        assert store.memberships(text) == ()
        assert store.having(text, now=NOW) == store.search(audience=text, now=NOW).members == ()
        assert store.count(audience=text, now=NOW) == 0
        assert store.find(member.id) == member

    def test_who_is_removed_leaves_nothing(self, store: Members) -> None:
        """Threat 79."""
        member = store.add("zoe@example.org", now=NOW, name="Zoé", confirmed_at=NOW)
        store.grant(member.id, "paid", source="stripe", now=NOW)

        assert store.remove(member.id, now=NOW)

        assert store.find(member.id) is store.find_by_address("zoe@example.org") is None
        assert not store.memberships(member.id)
        assert not store.having("paid", now=NOW)
        again = store.add("zoe@example.org", now=NOW, confirmed_at=NOW)
        assert again.id != member.id
        assert [one.audience for one in store.memberships(again.id)] == ["subscribers"]

    def test_pages_hold_everybody_once_while_others_come(self, store: Members) -> None:
        for number in range(25):
            store.add(f"m{number}@example.org", now=NOW + timedelta(minutes=number // 3))
        seen, after = [], None

        for _ in range(10):
            page = store.search(now=NOW, after=after, limit=4)
            seen += [member.address for member in page.members]
            store.add(f"new{len(seen)}@example.org", now=NOW + _DAY)
            after = page.more
            if after is None:
                break

        assert seen == [f"m{number}@example.org" for number in reversed(range(25))]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("", ["ines", "paul", "zoe"]), ("EXAMPLE", ["ines", "paul", "zoe"]), ("zoe", ["zoe"]), ("Zoé", ["zoe"]),
            ("martin zo", ["zoe"]), ("inès", ["ines"]), ("%", []), ("_", []), ("' OR 1=1 --", []), ("\x00", []),
        ],
    )  # fmt: skip
    def test_every_word_is_searched_in_address_and_name(self, store: Members, text: str, found: list[str]) -> None:
        """Threat 47 too: what means something to a database is text."""
        for number, (address, name) in enumerate([("zoe", "Zoé Martin"), ("paul", None), ("ines", "Inès Martin")]):
            store.add(f"{address}@example.org", now=NOW + timedelta(minutes=number), name=name)

        assert [one.address.partition("@")[0] for one in store.search(text, now=NOW).members] == found
        assert store.count(text, now=NOW) == len(found)

    def test_members_are_found_by_state_and_audience(self, store: Members) -> None:
        pending = store.add("pending@example.org", now=NOW)
        paid = store.add("paid@example.org", now=NOW + _DAY, confirmed_at=NOW)
        store.grant(paid.id, "paid", source="stripe", now=NOW, until=NOW + _DAY)

        assert store.search(state="pending", now=NOW).members == (pending,)
        assert store.search(state="confirmed", now=NOW).members == (paid,)
        assert store.search(audience="paid", now=NOW).members == (paid,)
        assert store.count(audience="paid", now=NOW + _DAY) == 0
        for odd in ("' OR 1=1 --", "", "1", "-99999999999999999.1", "1.999999999999999999", "\u0661.\u0661"):
            assert store.search(after=odd, now=NOW).members == (paid, pending), odd

    def test_a_sending_goes_through_everybody_once(self, store: Members) -> None:
        everybody = {store.add(f"m{number}@example.org", now=NOW, confirmed_at=NOW).id for number in range(12)}
        seen: list[str] = []

        while page := store.having("subscribers", now=NOW, after=seen[-1] if seen else "", limit=5):
            seen += [member.id for member in page]

        assert seen == sorted(everybody)

    def test_what_is_part_of_a_failed_transaction_never_happened(
        self, store: Members, write: Callable[..., object]
    ) -> None:
        member = store.add("zoe@example.org", now=NOW, confirmed_at=NOW)

        def work(connection: object) -> None:
            store.grant(member.id, "paid", source="stripe", now=NOW, connection=connection)  # type: ignore[arg-type]
            store.add("other@example.org", now=NOW, connection=connection)  # type: ignore[arg-type]
            raise LookupError("something else failed")

        with pytest.raises(LookupError):
            write(work)

        assert len(store.memberships(member.id)) == 1
        assert store.find_by_address("other@example.org") is None

    @pytest.fixture
    def write(self) -> Callable[..., object]:
        """Return what runs a function in one transaction of the store's database: ``Database.write``."""
        pytest.fail("bring a fixture called write, such as database(host).write", pytrace=False)
