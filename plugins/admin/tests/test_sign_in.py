"""The ways in: passwords, sessions, cookies, and where they lead."""

from datetime import timedelta
from urllib.parse import unquote, urlencode

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy import Engine, event

from pressframe_admin._passwords import Passwords
from pressframe_admin._tables import SESSION
from pressframe_sql import database

from .conftest import OWNER, PASSWORD, main_of


def is_in(browser) -> bool:
    answer = browser.get("/admin/account/")
    assert answer.status in (200, 303)
    return answer.status == 200


def test_the_owner_signs_in_and_out(desk):
    browser = desk.browser()

    assert browser.get("/admin/").headers["location"] == "/admin/sign-in?next=%2Fadmin%2F"
    answer = desk.enter(browser=browser)
    assert (answer.status, answer.headers["location"]) == (303, "/admin/")
    assert main_of(browser.follow(answer).text).startswith("Bonjour, Florian")

    out = browser.send("/admin/account/sign-out", {})
    assert main_of(browser.follow(out).text).startswith("Se connecter Vous êtes déconnecté·e.")
    assert not is_in(browser)


def test_the_address_is_found_however_it_is_spelt(desk):
    """Threat 38: but for letters that only some programs take for the same."""
    assert desk.enter("FLORIAN@PRland.Example").status == 303
    assert desk.enter("florıan@prland.example").status == 422


def test_a_wanted_page_is_gone_on_to(desk):
    browser = desk.browser()
    asked = browser.get("/admin/desk/item/7?sort=new&x=%26")

    form = browser.follow(asked)
    assert 'name="next" value="/admin/desk/item/7?sort=new&amp;x=%26"' in form.text
    answer = desk.enter(browser=browser, next="/admin/desk/item/7?sort=new&x=%26")
    assert answer.headers["location"] == "/admin/desk/item/7?sort=new&x=%26"


def test_nobody_is_led_elsewhere(desk, clock, cases):
    """Threat 39: by any of the ways in which others were."""
    payloads = [case["payload"] for case in cases("strings", "inject_open_redirect.jsonl")]
    payloads += ["//evil.example", "/\\evil.example", "/\t/evil.example", "https:evil.example", "/admin//evil.example"]
    payloads += ["/admin/../..//evil.example", "/admin/\\evil.example", "javascript:alert(1)", "/x\r\nSet-Cookie: a=b"]
    owner = desk.owner()

    for payload in payloads:
        for wanted in (payload, f"/{payload}", f"/admin/{payload}"):
            leads = owner.get(f"/admin/sign-in?{urlencode({'next': wanted})}").headers["location"]
            assert leads.startswith("/admin/")
            assert not leads.startswith("/admin//")
            assert not any(ord(letter) <= 32 or letter == "\\" for letter in leads)
            assert ".." not in unquote(leads)
    for wanted in ("//evil.example", "/admin/../..//evil.example", "https://evil.example/admin/"):
        assert desk.enter(next=wanted).headers["location"] == "/admin/"


@pytest.mark.parametrize("how", ["wrong password", "unknown address", "no password set", "disabled"])
def test_whoever_does_not_get_in_is_told_the_same(desk, how):
    """Threat 35: one status, one text, one size."""
    desk.command("create", "helper@prland.example", "--role", "moderator", "--mail-link")
    desk.command("disable", "helper@prland.example") if how == "disabled" else None
    address = {"wrong password": OWNER, "unknown address": "nobody@prland.example"}.get(how, "helper@prland.example")

    answer = desk.enter(address, "faux, tout à fait faux")

    assert answer.status == 422
    assert answer.cookies == ()
    assert "Cette adresse et ce mot de passe ne correspondent pas." in answer.text
    plain = desk.enter(OWNER, "x", browser=desk.browser("203.0.113.9")).text
    assert answer.text.replace(address, "…") == plain.replace(OWNER, "…")


def test_a_wrong_address_costs_the_work_of_a_wrong_password(desk, monkeypatch):
    """Threats 35, 42: the same statements and one hash, whoever is known."""
    work: dict[str, list[str]] = {}
    hashed: dict[str, int] = {}
    verify = Passwords.verify

    def counting(self, password, hash):
        hashed[who] = hashed.get(who, 0) + 1
        return verify(self, password, hash)

    def note(connection, cursor, statement, *rest):
        work[who].append(statement)

    desk.enter("first@prland.example", "faux", browser=desk.browser("203.0.113.1"))  # which opens the database
    monkeypatch.setattr(Passwords, "verify", counting)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        for number, who in enumerate((OWNER, "nobody@prland.example", "no address at all")):
            work[who] = []
            assert desk.enter(who, "faux", browser=desk.browser(f"198.51.100.{number}")).status == 422
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert len({tuple(statements) for statements in work.values()}) == 1
    assert set(hashed.values()) == {1}


def test_without_a_hash_the_same_work_is_done(monkeypatch):
    """Threat 42: argon2 with the same parameters, those of RFC 9106, which take the time."""
    monkeypatch.undo()
    passwords, looked_at, verify = Passwords(), [], PasswordHasher.verify
    hashed = passwords.hash(PASSWORD)

    def note(hasher, hash, password):
        looked_at.append(hash)
        return verify(hasher, hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", note)

    assert passwords.verify(PASSWORD, hashed) is True
    assert passwords.verify(PASSWORD, None) is False
    assert looked_at == [hashed, passwords._nobodys]
    assert passwords._nobodys.rsplit("$", 2)[0] == hashed.rsplit("$", 2)[0]
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_who_is_disabled_while_the_password_is_looked_at_does_not_get_in(desk, monkeypatch):
    """Threat 36: no session begins behind the one that ended all others."""
    desk.sign_in_as("moderator")
    verify = Passwords.verify

    def late(passwords, password, hash):
        found = verify(passwords, password, hash)
        desk.command("disable", "moderator@example.org")
        return found

    monkeypatch.setattr(Passwords, "verify", late)

    answer = desk.enter("moderator@example.org", "a password for tests alone", browser=desk.browser("203.0.113.9"))

    assert (answer.status, answer.cookies) == (422, ())


@pytest.mark.parametrize("length", [1_025, 900_000])
def test_a_huge_password_is_refused_before_it_is_hashed(desk, monkeypatch, length):
    """Threat 42."""

    def never(*_):
        raise AssertionError("it was hashed")

    monkeypatch.setattr(PasswordHasher, "verify", never)

    assert desk.enter(OWNER, "x" * length).status == 422
    assert desk.enter(OWNER, "x" * 2_000_000).status == 413


def test_the_session_is_new_and_its_cookie_for_the_server_alone(desk):
    """Threats 36, 37."""
    browser = desk.browser()
    browser.cookies["__Host-admin"] = "chosen-by-another"

    (cookie,) = desk.enter(browser=browser).cookies

    name, *flags = cookie.split("; ")
    assert name.startswith("__Host-admin=")
    assert name != "__Host-admin=chosen-by-another"
    assert {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"} <= set(flags)
    assert name.partition("=")[2].encode() not in b"".join(_files(desk))  # kept as a hash


def _files(desk):
    return [file.read_bytes() for file in (desk.site.folder / "data").iterdir() if file.is_file()]


def test_signing_in_again_ends_the_session_before(desk):
    """Threat 36."""
    browser = desk.owner()
    old = desk.browser()
    old.cookies = dict(browser.cookies)

    desk.enter(browser=browser)

    assert is_in(browser)
    assert not is_in(old)


def test_a_doubled_or_nameless_cookie_is_none(desk):
    """Threat 37."""
    value = desk.owner().cookies["__Host-admin"]

    for cookies in (f"__Host-admin={value}; __Host-admin={value}", f"admin={value}", f"={value}", "__Host-admin="):
        assert desk.browser().get("/admin/", headers={"cookie": cookies}).status == 303


def test_a_session_ends_by_itself(desk, clock):
    browser = desk.owner()

    clock.move(timedelta(days=29))
    assert is_in(browser)
    clock.move(timedelta(days=1))

    assert not is_in(browser)


@pytest.mark.parametrize("act", ["password", "role", "disable", "remove", "sign-out"])
def test_what_changes_an_account_ends_its_sessions_at_once(desk, act):
    """Threat 36."""
    browser = desk.sign_in_as("moderator")
    copy = desk.browser()
    copy.cookies = dict(browser.cookies)
    assert is_in(browser)

    if act == "password":
        changed = desk.site.run("admin", "password", "moderator@example.org")  # no terminal: nothing happens
        assert (changed.status, is_in(browser)) == (2, True)
        form = {
            "current": "a password for tests alone",
            "new": "un autre mot de passe",
            "again": "un autre mot de passe",
        }
        assert browser.send("/admin/account/password", form, page="/admin/account/").status == 303
        assert is_in(browser)
    else:
        desk.command(act, "moderator@example.org", *(["owner"] if act == "role" else []))
        assert not is_in(browser)

    assert not is_in(copy)


def test_an_owners_and_a_members_sign_in_are_apart(desk):
    """Threats 9, 37: neither cookie opens the other's door."""
    member, owner = desk.sign_in("lectrice@example.org"), desk.owner()

    assert member.get("/admin/").status == 303
    assert 'action="/members/sign-in"' in owner.get("/members/").text
    swapped = desk.browser()
    swapped.cookies = {"__Host-admin": member.cookies["__Host-session"]}
    assert swapped.get("/admin/").status == 303


def test_a_clock_that_was_a_year_ahead_signs_nobody_out_for_good(desk, clock):
    """Threat 75: not though others sign in meanwhile; and what was begun meanwhile does not last a year longer."""
    before = desk.owner()
    clock.move("365 days")
    assert not is_in(before)
    meanwhile = desk.owner()
    assert is_in(meanwhile)

    clock.move("-365 days")

    assert is_in(before)
    assert not is_in(meanwhile)
    assert 'name="session"' not in before.get("/admin/account/").text  # no other one is listed
    clock.move("30 days")
    assert not is_in(before)


@pytest.mark.parametrize(("back", "stays"), [("1 hour", True), ("2 hours", True), ("3 hours", False)])
def test_a_clock_set_back_signs_nobody_out(desk, clock, back, stays):
    """Threat 75: but after a long way back only until it is right again."""
    browser = desk.owner()

    clock.move(f"-{back}")

    assert is_in(browser) is stays
    clock.move(back)
    assert is_in(browser)


def test_sessions_that_are_over_are_forgotten(desk, clock):
    desk.owner()
    clock.move("31 days")

    desk.owner()

    with database(desk.app.site).read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(SESSION)) == 1
