"""Mailed links: what opening one does not do, and how often it works."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from pressframe_admin import Role
from pressframe_admin._accounts import AccountStore, Wanted
from pressframe_testing import EVERY_DATABASE
from pressframe_web.addresses import read_address

from .conftest import OWNER, main_of
from .test_sign_in import is_in

pytestmark = EVERY_DATABASE


def test_a_mailed_link_signs_in(desk):
    browser = desk.browser()

    link = desk.mail(next="/admin/desk/")
    shown = browser.get(link)
    answer = browser.post(link, {})

    assert main_of(shown.text).startswith("Se connecter Vous allez vous connecter à PRland avec l’adresse florian@")
    assert (answer.status, answer.headers["location"]) == (303, "/admin/desk/")
    assert is_in(browser)
    assert [mail["to"] for mail in desk.mails] == [OWNER]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_a_link_changes_nothing(desk, method):
    """Threat 32: however often, by whomever."""
    link = desk.mail()

    for _ in range(10):
        answer = desk.browser().get(link, method=method)
        assert (answer.status, answer.cookies) == (200, ())

    assert desk.browser().post(link, {}).status == 303


def test_a_link_works_once(desk):
    """Threat 33."""
    link, browser = desk.mail(), desk.browser()
    browser.post(link, {})

    again = desk.browser().post(link, {})

    assert (again.status, again.cookies) == (410, ())
    assert main_of(again.text).startswith("Ce lien ne fonctionne plus")
    assert is_in(browser)


def test_of_many_who_follow_a_link_at_once_one_gets_in(desk):
    """Threat 33."""
    link = desk.mail()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: desk.browser().post(link, {}), range(8)))

    assert sorted(answer.status for answer in answers) == [303, *[410] * 7]


def test_a_newer_link_ends_the_older_one(desk):
    """Threat 33."""
    old, new = desk.mail(), desk.mail()

    assert desk.browser().post(old, {}).status == 410
    assert desk.browser().post(new, {}).status == 303


def test_a_link_expires(desk, clock):
    """Threat 33."""
    link = desk.mail()

    clock.move(timedelta(hours=1))

    assert desk.browser().get(link).status == 410
    assert desk.browser().post(link, {}).status == 410


@pytest.mark.parametrize("act", ["disable", "remove", "password"])
def test_a_link_dies_with_what_it_opens(desk, act):
    """Threats 33, 36."""
    helper = desk.sign_in_as("moderator")
    link = desk.mail("moderator@example.org")

    if act == "password":
        form = {
            "current": "a password for tests alone",
            "new": "un autre mot de passe",
            "again": "un autre mot de passe",
        }
        assert helper.send("/admin/account/password", form, page="/admin/account/").status == 303
    else:
        desk.command(act, "moderator@example.org")

    assert desk.browser().post(link, {}).status == 410


def test_a_forged_link_opens_nothing(desk):
    id, _, signature = desk.mail().rpartition("/")[2].partition(".")

    other = ("A" if signature[0] != "A" else "B") + signature[1:]

    for token in (id, f"{id}.", f"{id}x.{signature}", f"{id}.{other}", f"{id}.{signature[:-1]}", "x" * 5000, "é"):
        assert desk.browser().post(f"/admin/link/{token}", {}).status == 410


def test_the_token_is_told_to_nobody(desk, caplog):
    """Threats 18, 34: not to the next page, not to the log, not to the database."""
    link, browser = desk.mail(), desk.browser()
    signature = link.rpartition(".")[2]

    for answer in (browser.get(link), browser.post(link, {}), desk.browser().get(link)):
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "private, no-store"
    assert signature not in caplog.text
    stored = b"".join(file.read_bytes() for file in (desk.site.folder / "data").iterdir() if file.is_file())
    assert signature.encode() not in stored


def test_the_answer_is_the_same_for_all(desk):
    """Threats 35, 43: known, unknown, disabled, limited."""
    desk.command("create", "helper@prland.example", "--role", "moderator", "--mail-link")
    desk.command("disable", "helper@prland.example")

    texts = set()
    for address in (*[OWNER] * 7, "nobody@prland.example", "helper@prland.example"):
        answer = desk.ask(address)
        assert (answer.status, answer.cookies) == (200, ())
        texts.add(answer.text.replace(address, "…"))
        desk.run_jobs()

    assert len(texts) == 1
    assert [mail["to"] for mail in desk.mails[1:]] == [OWNER] * 5  # the first is the helper's welcome


def test_one_client_asks_for_twenty_mails_an_hour(desk, clock):
    """Threat 43."""
    store = AccountStore(desk.site.open())
    for number in range(25):
        address = read_address(f"a{number}@prland.example")
        store.create(Wanted(address=address, name="", role=Role.MODERATOR, hash=None), clock.now)
    before = len(desk.mails)

    for number in range(25):
        desk.ask(f"a{number}@prland.example")
    desk.run_jobs()
    assert len(desk.mails) - before == 20

    clock.move("1 hour")
    assert desk.mail() is not None


def test_the_stored_address_gets_the_mail_not_the_typed_one(desk):
    """Threats 38, 57."""
    desk.ask("FLORIAN@prland.EXAMPLE")
    desk.ask("florıan@prland.example")
    for typed in (
        "florian@prland.example,evil@example.org",
        "florian@prland.example\nbcc: evil@example.org",
        "=?utf-8?q?x?=",
    ):
        assert desk.ask(typed).status == 422
    desk.run_jobs()

    assert [mail["to"] for mail in desk.mails] == [OWNER]


def test_who_came_by_link_may_set_a_password_for_half_an_hour(desk, clock):
    browser = desk.browser()
    browser.post(desk.mail(), {})
    form = {"new": "le nouveau mot de passe", "again": "le nouveau mot de passe"}
    other = desk.browser()
    other.post(desk.mail(), {})

    assert 'id="current"' not in browser.get("/admin/account/").text
    answer = browser.send("/admin/account/password", form, page="/admin/account/")
    assert main_of(browser.follow(answer).text).startswith("Votre mot de passe est changé")
    assert desk.enter(password="le nouveau mot de passe").status == 303

    third = desk.browser()
    third.post(desk.mail(), {})
    clock.move("31 minutes")
    assert 'id="current"' in third.get("/admin/account/").text
    refused = third.send("/admin/account/password", form, page="/admin/account/")
    assert "Ce n’est pas votre mot de passe actuel." in refused.text


def test_the_mail_is_text_and_html_with_one_link(desk):
    link = f"https://prland.example{desk.mail()}"

    (mail,) = desk.mails
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert mail["subject"] == "Votre lien de connexion à PRland"
    assert re.findall(r"https?://\S+", text) == [link]
    assert set(re.findall(r'(?:src|href)="([^"]+)"', html)) == {link, "https://prland.example/"}


def test_a_clock_that_was_a_year_ahead_shuts_nobody_out(desk, clock):
    """Threat 75."""
    clock.move("365 days")
    for _ in range(6):
        desk.mail()
    clock.move("-365 days")

    assert desk.browser().post(desk.mail(), {}).status == 303


def test_a_link_that_was_mailed_while_the_clock_was_a_year_ahead_lasts_no_year(desk, clock):
    """Threat 75."""
    clock.move("365 days")
    link = desk.mail()

    clock.move("-365 days")

    assert (desk.browser().get(link).status, desk.browser().post(link, {}).status) == (410, 410)


def test_a_link_of_who_was_disabled_since_is_worth_nothing(desk):
    """Threats 33, 36: not even once the account is enabled again: no session was begun meanwhile."""
    desk.command("create", "helper@prland.example", "--role", "moderator", "--mail-link")
    link, browser = desk.links()[0], desk.browser()
    desk.command("disable", "helper@prland.example")

    assert (browser.get(link).status, browser.post(link, {}).status) == (410, 410)
    assert browser.cookies == {}
