"""Mailed links: they work once, for a while, and only when a person presses the button."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from pressframe_testing import EVERY_DATABASE

from .conftest import OLD, WITHHELD, main_of

pytestmark = EVERY_DATABASE


def test_opening_a_link_changes_nothing_however_often(readers):
    """Threats 12, 32: mail scanners open every link; nothing opens before the button is pressed."""
    link = readers.mail(next=OLD)

    for method in ("GET", "HEAD") * 10:
        answer = readers.browser().get(link, method=method, headers={"purpose": "prefetch"})
        assert (answer.status, answer.cookies) == (200, ())
    assert "pending" in readers.command("list")
    assert WITHHELD not in readers.visitor.get(OLD).text
    assert readers.visitor.post(link, {}).status == 303


def test_a_link_works_once(readers):
    """Threat 33."""
    link = readers.mail()
    assert readers.visitor.post(link, {}).status == 303

    for answer in (readers.browser().post(link, {}), readers.browser().get(link)):
        assert (answer.status, answer.cookies) == (410, ())
        assert "Ce lien ne fonctionne plus" in main_of(answer.text)
        assert 'href="/members/sign-in"' in answer.text


def test_of_many_clients_at_once_one_gets_in(readers):
    """Threat 33."""
    link = readers.mail()
    browsers = [readers.browser() for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda browser: browser.post(link, {}).status, browsers))

    assert sorted(answers) == [303, *[410] * 7]
    assert sum("__Host-session" in browser.cookies for browser in browsers) == 1


@pytest.mark.parametrize(("door", "valid"), [("subscribe", timedelta(days=3)), ("sign-in", timedelta(hours=1))])
def test_a_link_expires(readers, clock, door, valid):
    """Threat 33."""
    if door == "sign-in":
        readers.sign_up()
    link = readers.mail(door=door)

    clock.move(valid - timedelta(seconds=1))
    assert readers.browser().get(link).status == 200
    clock.move(timedelta(seconds=1))

    assert readers.browser().get(link).status == 410
    assert readers.browser().post(link, {}).status == 410


def test_the_newest_link_is_the_one_that_works(readers, clock):
    """Threat 33."""
    first = readers.mail()
    clock.move(timedelta(hours=2))
    second = readers.mail()

    assert first != second
    assert readers.browser().post(first, {}).status == 410
    assert readers.browser().post(second, {}).status == 303


def test_a_clock_set_back_leaves_links_and_limits_as_they_were(readers, clock):
    """Threat 75."""
    link = readers.mail()

    clock.move(timedelta(hours=-1))

    assert readers.mail() is None
    assert readers.browser().post(link, {}).status == 303


def test_a_clock_that_was_a_year_ahead_shuts_nobody_out(readers, clock):
    """Threat 75: whom a mail was sent then gets one now, and so does whoever asks from the same place."""
    clock.move(timedelta(days=365))
    for number in range(25):
        readers.ask(f"a{number}@example.org")
    readers.run_jobs()

    clock.move(timedelta(days=-365))

    assert readers.browser().post(readers.mail("a1@example.org"), {}).status == 303
    assert readers.mail("autre@example.org") is not None


def test_a_link_that_was_mailed_while_the_clock_was_a_year_ahead_lasts_no_year(readers, clock):
    """Threat 75: nor does the code beside it."""
    clock.move(timedelta(days=365))
    link = readers.mail()
    code = re.findall(r"\b\d{4} \d{4}\b", readers.mails[-1].get_body(("plain",)).get_content())[0]

    clock.move(timedelta(days=-365))

    assert readers.visitor.post("/members/code", {"code": code}).status == 410
    assert (readers.browser().get(link).status, readers.browser().post(link, {}).status) == (410, 410)


@pytest.mark.parametrize(
    "change",
    [
        lambda link: link[:-1],
        lambda link: f"{link}x",
        lambda link: f"{link}.x",
        lambda link: link.split(".")[0],
        lambda link: link.replace("confirm/", "confirm/x"),
    ],
)
def test_a_link_that_was_tampered_with_is_worth_nothing(readers, change):
    """Threat 11."""
    link = change(readers.mail())

    for answer in (readers.visitor.get(link), readers.visitor.post(link, {})):
        assert (answer.status, answer.cookies) == (410, ())


@pytest.mark.usefixtures("in_a_file")
def test_a_link_of_another_site_is_worth_nothing(readers, serve):
    """Threat 11: each site signs with a key of its own, and so does one whose key was changed."""
    elsewhere = serve().mail()

    assert readers.visitor.post(elsewhere, {}).status == 410

    link = readers.mail()
    (readers.site.folder / "data" / "secret").write_text("another" * 10)
    assert readers.visitor.post(link, {}).status == 410


def test_the_token_is_told_to_nobody(readers, caplog):
    """Threat 34: no Referer leaves the page, and no log, database or other page has the token."""
    link = readers.mail()
    token = link.rpartition("/")[2]

    answers = [readers.visitor.get(link), readers.visitor.post(link, {}), readers.visitor.get(link)]

    assert [answer.headers["referrer-policy"] for answer in answers] == ["no-referrer"] * 3
    assert {answer.headers["cache-control"] for answer in answers} == {"private, no-store"}
    assert "https://" not in answers[0].text.partition("<body")[2]
    assert answers[2].status == 410
    assert token not in answers[2].text
    assert token not in caplog.text
    stored = b"".join(file.read_bytes() for file in (readers.site.folder / "data").iterdir())
    assert token.rpartition(".")[2].encode() not in stored
    assert not any(token in text.read_text("utf-8", "replace") for text in readers.site.folder.rglob("*.html"))


def test_the_button_works_though_its_page_hides_where_it_comes_from(readers):
    """Browsers send ``Origin: null`` from a page with ``Referrer-Policy: no-referrer``, and tell by Sec-Fetch-Site."""
    link = readers.mail()

    assert readers.visitor.post(link, {}, headers={"origin": "null"}).status == 303


def test_a_mail_that_is_sent_twice_is_the_same_mail(readers):
    """A job may run twice: the same address in it, the same Message-ID, so that mail programs show it once."""
    link = readers.mail()

    job(readers, "members.mail").run({"link": id_of(link)})

    first, second = readers.mails
    assert first["message-id"] == second["message-id"]
    assert readers.links() == [link]


def test_no_mail_is_sent_for_a_link_that_is_spent(readers):
    link = readers.mail()
    readers.visitor.post(link, {})

    job(readers, "members.mail").run({"link": id_of(link)})

    assert len(readers.mails) == 1


def test_a_request_that_is_answered_twice_brings_one_mail(readers, clock):
    """A job may run twice."""
    asked = {"address": "a@example.org", "door": "subscribe", "back": OLD, "at": clock.now.isoformat()}

    for _ in range(2):
        job(readers, "members.answer").run(asked)
    readers.run_jobs()

    assert len(readers.mails) == 1


def id_of(link: str) -> str:
    return link.rpartition("/")[2].partition(".")[0]


def job(readers, name: str):
    """Return the job that the plugin registers under *name*."""
    site = readers.site.open()
    return {one.name: one for _, one in site.hooks.all("register_jobs", site)}[name]
