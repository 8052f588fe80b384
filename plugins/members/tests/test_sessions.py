"""Who is signed in: sessions, what ends them, and what is no session."""

from datetime import timedelta
from functools import partial

import pytest

from pressframe_testing import EVERY_DATABASE, ask
from pressframe_web.app import App

from .conftest import OLD, WITHHELD

pytestmark = EVERY_DATABASE


def reads_on(browser) -> bool:
    answer = browser.get(OLD)
    assert answer.status == 200
    return WITHHELD in answer.text


def test_the_cookie_is_for_the_server_alone(readers):
    """Threats 36, 37."""
    browser = readers.browser()
    browser.cookies["__Host-session"] = "chosen-by-another"

    cookie, hint = browser.post(readers.mail(), {}).cookies

    name, *flags = cookie.split("; ")
    assert name.startswith("__Host-session=")
    assert name != "__Host-session=chosen-by-another"
    assert {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"} <= set(flags)
    assert hint == "__Host-signed-in=1; Path=/; SameSite=Lax; Secure; Max-Age=7776000"  # for scripts; it opens nothing


def test_the_hint_for_scripts_opens_nothing(readers):
    """Threat 11: whoever sets it by hand is a stranger all the same."""
    browser = readers.browser()
    browser.cookies["__Host-signed-in"] = "1"

    assert not reads_on(browser)
    assert 'action="/members/sign-in"' in browser.get("/members/").text
    assert "__Host-signed-in" not in browser.cookies  # it was wrong


@pytest.mark.parametrize(("address", "form"), [("sign-out", {}), ("leave", {}), ("account/sessions", {"end": "all"})])
def test_the_hint_goes_with_the_session(readers, address, form):
    browser = readers.sign_up()
    assert browser.cookies["__Host-signed-in"] == "1"

    browser.follow(browser.post(f"/members/{address}", form))

    assert "__Host-signed-in" not in browser.cookies


def test_who_was_signed_in_before_there_was_a_hint_gets_one_with_the_account(readers):
    browser = readers.sign_up()
    del browser.cookies["__Host-signed-in"]

    browser.get("/members/")

    assert browser.cookies["__Host-signed-in"] == "1"
    assert browser.get("/members/").cookies == ()


def test_signing_in_again_ends_the_session_before(readers):
    """Threat 36."""
    browser = readers.sign_up()
    before = dict(browser.cookies)

    browser.post(readers.mail(door="sign-in", browser=browser), {})

    assert browser.cookies != before
    old = readers.browser()
    old.cookies = before
    assert 'action="/members/sign-in"' in old.get("/members/").text
    assert reads_on(browser)


def test_what_a_subscriber_gets_is_kept_by_no_cache(readers):
    """Threat 9: and no page that may be kept sets a cookie."""
    browser = readers.sign_up()

    assert browser.get(OLD).headers["cache-control"] == "private, no-store"
    assert browser.get("/members/").headers["cache-control"] == "private, no-store"
    for address in (OLD, "/", "/feed.xml", "/members.css"):
        answer = readers.browser().get(address)
        assert answer.cookies == ()
        assert WITHHELD not in answer.text


def test_a_removed_member_is_refused_within_a_minute(readers, monkeypatch):
    """Threat 10."""
    browser = readers.sign_up()
    assert reads_on(browser)

    readers.command("remove", "lectrice@example.org")

    assert _later(readers, browser, 60, monkeypatch) is False


def test_a_session_expires(readers, clock):
    """Threat 10: the cookie alone is no proof for ever."""
    browser = readers.sign_up()

    clock.move(timedelta(days=90))

    assert reads_on(browser) is False


def test_a_clock_that_was_a_year_ahead_signs_nobody_out_for_good(readers, clock):
    """Threat 75: while it is, sessions are over; and none lives longer for it."""
    browser = readers.sign_up()
    clock.move(timedelta(days=365))
    readers.mail("autre@example.org")
    assert reads_on(browser) is False

    for days, is_in in ((-365, True), (91, False)):
        clock.move(timedelta(days=days))
        browser.cookies["days"] = f"{days}"  # or the server would know for 2 seconds who it was
        assert reads_on(browser) is is_in
    readers.mail("encore@example.org")
    assert readers.rows("SELECT count(*) FROM members_session") == [(0,)]


def test_a_session_begun_while_the_clock_was_a_year_ahead_lasts_no_year(readers, clock):
    """Threat 75."""
    clock.move(timedelta(days=365))
    browser = readers.sign_up()
    assert reads_on(browser) is True
    clock.move(timedelta(days=-365))
    browser.cookies["days"] = "1"  # or the server would know for 30 seconds who it was

    assert reads_on(browser) is False


@pytest.mark.parametrize(("hours", "is_in"), [(1, True), (2, True), (3, False)])
def test_a_clock_set_back_signs_nobody_out(readers, clock, hours, is_in):
    """Threat 75: but after a long way back only until it is right again."""
    browser = readers.sign_up()

    for moved, wanted in ((-hours, is_in), (hours, True)):
        clock.move(timedelta(hours=moved))
        browser.cookies["moved"] = f"{moved}"
        assert reads_on(browser) is wanted


def test_signing_out_ends_the_session_for_whoever_copied_the_cookie(readers):
    """Threat 36."""
    browser = readers.sign_up()
    copy = readers.browser()
    copy.cookies = dict(browser.cookies)

    browser.post("/members/sign-out", {})

    assert reads_on(copy) is False


CHANGES = [
    lambda value: "",
    lambda value: value[:-1],
    lambda value: value.swapcase(),
    lambda value: f"{value}x",
    lambda value: f'{value}"; subscribers',
    lambda value: "' OR 1=1 --",
    lambda value: "%00",
    lambda value: "x" * 5000,
    lambda value: "é\u00ff",
    lambda value: '{"audiences": ["subscribers"]}',
]


def test_no_cookie_but_the_one_given_opens_anything(readers):
    """Threats 11, 47."""
    given = readers.sign_up().cookies["__Host-session"]

    for change in CHANGES:
        browser = readers.browser()
        browser.cookies["__Host-session"] = change(given)
        assert reads_on(browser) is False
        assert 'action="/members/sign-in"' in browser.get("/members/").text


def test_a_doubled_or_unprefixed_cookie_is_ignored(readers):
    """Threat 37: a neighbour on a sub-domain may set such ones."""
    given = readers.sign_up().cookies["__Host-session"]

    for header in (f"session={given}", f"__Host-session={given}; __Host-session=x"):
        assert WITHHELD not in readers.browser().get(OLD, headers={"cookie": header}).text


@pytest.mark.usefixtures("in_a_file")
def test_another_sites_session_opens_nothing(readers, serve):
    """Threat 11."""
    browser = readers.browser()
    browser.cookies = dict(serve().sign_up().cookies)

    assert reads_on(browser) is False


def test_without_its_database_the_site_stays_closed(readers, monkeypatch, caplog, sql_table):
    """Threat 13: closed, never open; and it goes on serving strangers."""
    if sql_table:
        pytest.skip("spoils a file")  # a server that is away: tests/whole/test_restarts.py
    browser = readers.sign_up()
    settings = (readers.site.folder / "pressframe.toml").read_text("utf-8")
    readers.site.edit("pressframe.toml", settings.replace('"comments", ', ""))  # they say themselves that it is gone
    for file in (readers.site.folder / "data").glob("site.sqlite*"):
        file.rename(file.with_name(f"gone-{file.name}"))
    (readers.site.folder / "data" / "site.sqlite").write_bytes(b"no database at all" * 100)

    fresh = readers.browser()
    fresh._send = partial(ask, App(readers.site.open(), clock=readers.app.clock))
    fresh.cookies = dict(browser.cookies)

    assert reads_on(fresh) is False
    assert "this file is not a database" in caplog.text
    answer = readers.ask(browser=fresh)
    assert answer.status == 503
    assert "Une erreur est apparue lors de votre inscription." in answer.text
    assert 'value="lectrice@example.org"' in answer.text
    assert answer.headers["retry-after"]


ELSEWHERE = [
    {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    {"sec-fetch-site": "same-site", "origin": "https://sub.prland.example"},
    {"sec-fetch-site": "", "origin": "null"},
    {"sec-fetch-site": "", "origin": "https://evil.example"},
    {"sec-fetch-site": "", "origin": "https://prland.example.evil.example"},
]


@pytest.mark.parametrize("address", ["subscribe", "sign-in", "sign-out", "leave", "reminder", "link"])
def test_a_form_on_another_site_does_nothing(readers, address):
    """Threat 40."""
    browser = readers.sign_up()
    link = readers.mail(door="sign-in")
    before = dict(browser.cookies)

    for headers in ELSEWHERE:
        wanted = link if address == "link" else f"/members/{address}"
        assert browser.post(wanted, {"email": "autre@example.org"}, headers=headers).status == 403

    readers.run_jobs()
    assert browser.cookies == before
    assert reads_on(browser)
    assert len(readers.mails) == 2
    assert "autre" not in readers.command("list")


def _later(readers, browser, seconds, monkeypatch) -> bool:
    """Say whether *browser* reads on after so many seconds of the server's own clock."""
    import time

    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + seconds)
    return reads_on(browser)
