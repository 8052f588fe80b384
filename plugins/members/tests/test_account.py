"""The account page: name, address, sessions, what is mailed, what is kept, and the end of it all."""

import json
import re
from datetime import timedelta

import pytest

from pressframe_sql import database
from pressframe_testing import EVERY_DATABASE
from pressframe_web.identity import digest

from .conftest import NEW, OLD, WITHHELD, Readers, main_of

pytestmark = EVERY_DATABASE

FIREFOX = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
COMMENT = "/comments/new"


def section(html: str, name: str) -> str:
    return html.partition(f'<section id="{name}"')[2].partition("</section>")[0]


def save(browser, part, **form):
    return browser.post(f"/members/account/{part}", form)


# ------------------------------------------------------------------------------------------------- the name


def test_a_member_says_how_they_wish_to_be_called(readers):
    browser = readers.sign_up()

    done = save(browser, "name", name="  Zoé   Martin ")

    assert done.headers["location"] == "/members/?saved=name#name"
    page = browser.follow(done).text
    assert 'value="Zoé Martin"' in section(page, "name")
    assert "C’est fait." in section(page, "name")
    assert "C’est fait." not in section(page, "sessions")


@pytest.mark.parametrize(("typed", "words"), [("x" * 81, "trop long"), ("a\u202eb", "ne peut pas être affiché")])
def test_a_name_that_cannot_be_shown_is_told_and_kept_in_the_field(readers, typed, words):
    """Threats 28, 57."""
    browser = readers.sign_up()

    answer = save(browser, "name", name=typed)

    assert answer.status == 422
    assert words in section(answer.text, "name")
    assert f'value="{typed}"' in section(answer.text, "name")
    assert 'aria-invalid="true"' in section(answer.text, "name")


def test_a_name_is_text_wherever_it_stands(readers):
    """Threats 19, 26."""
    browser = readers.sign_up()
    save(browser, "name", name='"><script>alert(1)</script>{{ 7*7 }}')

    page = browser.get("/members/").text

    assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page


def test_members_comment_under_their_name_and_are_asked_for_none(readers):
    browser = readers.sign_up()
    save(browser, "name", name="Zoé Martin")
    assert json.loads(browser.get("/comments/me").text)["reader"] == "Zoé Martin"
    empty = browser.post(COMMENT, {"comment": ""})
    assert empty.status == 422
    assert 'name="author"' not in empty.text
    assert "Zoé Martin" in empty.text

    sent = browser.post(COMMENT, {"comment": "Bonjour.", "author": "Somebody else"})

    assert sent.status == 303
    readers.rebuild()
    shown = readers.visitor.get(NEW).text
    assert ("Zoé Martin" in shown, "Somebody else" in shown) == (True, False)


def test_a_member_without_a_name_is_asked_once_and_the_name_is_kept(readers):
    browser = readers.sign_up()
    asked = browser.post(COMMENT, {"comment": "Bonjour."})
    assert asked.status == 422
    assert "Il sera gardé dans votre compte" in asked.text

    sent = browser.post(COMMENT, {"comment": "Bonjour.", "author": "Zoé Martin"})

    assert sent.status == 303
    assert json.loads(browser.get("/comments/me").text)["reader"] == "Zoé Martin"
    assert 'value="Zoé Martin"' in section(browser.get("/members/").text, "name")
    browser.post(COMMENT, {"comment": "Encore.", "author": "Somebody else"})
    assert json.loads(browser.get("/comments/me").text)["reader"] == "Zoé Martin"


def test_a_name_that_no_account_may_have_is_not_kept_and_the_comment_stands(readers):
    browser = readers.sign_up()

    sent = browser.post(COMMENT, {"comment": "Bonjour.", "author": "Z" * 100})

    assert sent.status == 303
    assert json.loads(browser.get("/comments/me").text)["reader"] == ""


def test_a_page_that_subscribers_share_forces_no_name_on_who_has_one(readers):
    browser = readers.sign_up()
    save(browser, "name", name="Zoé Martin")

    form = browser.get(OLD).text.partition('id="author"')[2].partition("</p>")[0]

    assert "required" not in form.partition(">")[0]
    assert "Seulement si votre compte n’a pas encore de nom" in form


# ---------------------------------------------------------------------------------------------- the address


def asked_to_move(readers: Readers, browser, address="nouvelle@example.org"):
    """Ask for another address; return the path of the link that is mailed there, None if none is."""
    before = len(readers.mails)
    done = save(browser, "address", email=address)
    assert done.headers["location"] == "/members/?asked=1#address"
    readers.run_jobs()
    return readers.links()[0] if len(readers.mails) > before else None


def test_an_address_changes_when_the_new_one_is_proved(readers):
    """Threat 36: every session ends, and the browser that pressed the button gets a new one."""
    browser, other = readers.sign_up(), readers.browser()
    other.post(readers.mail(door="sign-in", browser=other), {})
    before = dict(browser.cookies)

    link = asked_to_move(readers, browser)
    assert readers.mails[-1]["to"] == "nouvelle@example.org"
    assert "Désormais, les e-mails de PRland" in main_of(browser.get(link).text)
    assert "Toutes vos autres sessions seront fermées." in main_of(browser.get(link).text)
    assert "lectrice@example.org" in readers.command("list")
    done = browser.post(link, {})

    assert done.headers["location"] == "/members/?saved=address#address"
    assert "Connecté·e en tant que nouvelle@example.org" in main_of(browser.follow(done).text)
    assert browser.cookies["__Host-session"] != before["__Host-session"]
    assert "lectrice" not in readers.command("list")
    readers.run_jobs()
    assert (readers.mails[-1]["to"], len(readers.links())) == ("lectrice@example.org", 0)
    assert "n’est plus" not in readers.mails[-1]["subject"]
    told = " ".join(readers.mails[-1].get_body(("plain",)).get_content().split())
    assert "Les sessions de tous les autres navigateurs sont fermées." in told
    assert readers.rows("SELECT count(*) FROM members_session") == [(1,)]


def test_who_only_reads_the_mail_is_not_signed_in(readers):
    """A mistyped address is somebody else's: they may press the button, but get into no account by that."""
    browser, stranger = readers.sign_up(), readers.browser()
    link = asked_to_move(readers, browser)

    done = stranger.post(link, {})

    assert (done.status, stranger.cookies) == (200, {})
    assert "Connectez-vous avec la nouvelle adresse." in main_of(done.text)


def test_a_session_of_somebody_else_opens_no_account_by_that_link(readers):
    """Threat 36."""
    browser, another = readers.sign_up(), readers.sign_up("autre@example.org")

    done = another.post(asked_to_move(readers, browser), {})

    assert (done.status, done.cookies) == (200, ())


def test_a_session_that_is_over_opens_no_account_by_that_link(readers, clock):
    """Threat 36."""
    past, browser = readers.sign_up(), readers.browser()
    clock.move(timedelta(days=90) - timedelta(minutes=10))
    browser.post(readers.mail(door="sign-in", browser=browser), {})
    link = asked_to_move(readers, browser)
    clock.move(timedelta(minutes=10))

    done = past.post(link, {})

    assert (done.status, done.cookies) == (200, ())


def test_opening_the_link_to_a_new_address_changes_nothing(readers):
    """Threat 32."""
    browser = readers.sign_up()
    link = asked_to_move(readers, browser)

    for method in ("GET", "HEAD") * 10:
        assert readers.browser().get(link, method=method).status == 200

    assert "lectrice@example.org" in readers.command("list")


def test_nobody_learns_that_an_address_is_a_members(readers):
    """Threat 35: a taken one is answered like a free one; nobody is written, and nothing changes."""
    readers.sign_up("autre@example.org")
    browser = readers.sign_up()
    free, taken = (save(browser, "address", email=f"{who}@example.org") for who in ("libre", "autre"))
    before = len(readers.mails)

    readers.run_jobs()

    assert (free.status, free.headers) == (taken.status, taken.headers)
    assert [mail["to"] for mail in readers.mails[before:]] == ["libre@example.org"]


def test_an_address_that_somebody_took_meanwhile_is_not_changed(readers):
    browser = readers.sign_up()
    link = asked_to_move(readers, browser)
    readers.sign_up("nouvelle@example.org")

    assert browser.post(link, {}).status == 410
    assert "lectrice@example.org" in readers.command("list")


@pytest.mark.parametrize("typed", ["", "lui@exemple", "a@b.example\r\nBcc: c@d.example", "a@b.example,c@d.example"])
def test_a_bad_new_address_is_told(readers, typed):
    """Threat 57."""
    answer = save(readers.sign_up(), "address", email=typed)

    assert answer.status == 422
    assert "Merci d’entrer une adresse e-mail valide." in section(answer.text, "address")


# --------------------------------------------------------------------------------------------- the sessions


def test_sessions_are_listed_and_ended_one_by_one(readers, clock):
    browser, other = readers.sign_up(), readers.browser()
    other.cookies.clear()
    link = readers.mail(door="sign-in", browser=other)
    other.post(link, {}, headers=FIREFOX)
    clock.move(timedelta(days=3))
    readers.app.readers._known.clear()
    assert WITHHELD in other.get(OLD).text

    database(readers._site).write(lambda connection: None)  # what was submitted before is written by then
    page = section(browser.get("/members/").text, "sessions")

    assert "Firefox, Linux" in page
    assert "ce navigateur" in page
    assert "23 novembre 2026" in page
    assert "26 novembre 2026" in page
    (id,) = re.findall(r'name="end" value="(\w{16})"', page)
    save(browser, "sessions", end=id)
    assert WITHHELD not in other.get(OLD).text
    assert WITHHELD in browser.get(OLD).text


def test_nobody_ends_another_members_session(readers):
    """Threats 40, 45."""
    victim, other = readers.sign_up("victime@example.org"), readers.sign_up("autre@example.org")
    known = digest(victim.cookies["__Host-session"])
    assert readers.rows(f"SELECT count(*) FROM members_session WHERE digest = '{known}'") == [(1,)]

    for named in (known[:16], known):
        assert save(other, "sessions", end=named).status == 303

    readers.app.readers._known.clear()
    assert [WITHHELD in one.get(OLD).text for one in (victim, other)] == [True, True]


# ------------------------------------------------------------------------------------- what is mailed and kept


def follow(readers, browser):
    """Have all new comments under the new post mailed to the member who is signed in."""
    form = {"comment": "Suite ?", "author": "Zoé", "email": "lectrice@example.org", "follow_all": "1"}
    assert browser.post(COMMENT, form).status == 303
    readers.run_jobs()
    browser.post(readers.links()[0], {})


def test_what_is_mailed_of_conversations_is_listed_and_stopped(readers):
    browser = readers.sign_up()
    assert "Vous ne recevez aucun commentaire par e-mail." in section(browser.get("/members/").text, "comment-mails")
    follow(readers, browser)

    page = section(browser.get("/members/").text, "comment-mails")
    assert "Tous les commentaires sur «\u00a0Billet neuf\u00a0»" in page
    other = readers.sign_up("autre@example.org")
    save(other, "comment-mails", stop="new")
    assert "Billet neuf" in section(browser.get("/members/").text, "comment-mails")

    save(browser, "comment-mails", stop="new")
    assert "Billet neuf" not in section(browser.get("/members/").text, "comment-mails")


def test_a_site_without_comments_has_no_such_part(serve, blog):
    site = blog()
    text = (site.folder / "pressframe.toml").read_text("utf-8")
    site.edit("pressframe.toml", text.replace('"comments", ', ""))

    page = Readers.of(site).sign_up().get("/members/").text

    assert "comment-mails" not in page
    assert section(page, "name")


def test_a_member_takes_away_all_that_is_kept_of_them(readers):
    """Threat 79: what they did while they were signed in, too; and nothing withheld, no key, no other's."""
    browser, other = readers.sign_up(), readers.sign_up("autre@example.org")
    save(browser, "name", name="Zoé Martin")
    save(browser, "feed", do="renew")
    browser.post(COMMENT, {"comment": "Sans adresse."})
    other.post(COMMENT, {"comment": "Un autre.", "author": "Autre"})

    answer = browser.get("/members/export")

    assert answer.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert answer.headers["cache-control"] == "private, no-store"
    kept = json.loads(answer.text)
    assert kept["members"][0]["name"] == "Zoé Martin"
    assert "Sans adresse." in answer.text
    assert "autre" not in answer.text.lower()
    assert WITHHELD not in answer.text
    del browser.cookies["__Host-signed-in"]  # the hint, which is no secret
    for secret in browser.cookies.values():
        assert secret not in answer.text
    assert "/members/feed/" not in answer.text
    assert readers.visitor.get("/members/export").status == 303


def test_everything_is_gone_within_a_rebuild(readers):
    """Threat 79: rows, pages, feeds, comments without an address, waiting mail, the private feed."""
    browser = readers.sign_up()
    save(browser, "name", name="Zoé Martin")
    save(browser, "feed", do="renew")
    feed = re.search(r'value="https://prland.example(/members/feed/[^"]+)"', browser.get("/members/").text)[1]
    browser.post(COMMENT, {"comment": "Sans adresse."})
    readers.rebuild()
    assert "Sans adresse." in readers.visitor.get(NEW).text
    readers.ask(door="sign-in")

    browser.post("/members/leave", {})
    readers.rebuild()

    assert readers.visitor.get(feed).status == 404
    for path, text in {**readers.site.build().files, NEW: readers.visitor.get(NEW).text}.items():
        assert "Sans adresse." not in text, path
        assert "Zoé Martin" not in text, path
    before = len(readers.mails)
    readers.run_jobs()
    assert len(readers.mails) == before
    rows = [repr(row) for row in readers.all_rows()]
    assert [row for row in rows if "lectrice" in row or "Zoé" in row or "Sans adresse" in row] == []


def test_nothing_of_a_comment_without_an_address_tells_who_had_it_archived(readers):
    """Threat 79: it is known by the reader alone."""
    browser = readers.sign_up()
    browser.post(COMMENT, {"comment": "Sans adresse.", "author": "Zoé"})
    assert readers.site.run("comments", "archive", "new").status == 0
    known = "SELECT count(*) FROM comments_known"
    with database(readers._site).read() as connection:
        assert connection.exec_driver_sql(known).scalar() == 1

    browser.post("/members/leave", {})

    with database(readers._site).read() as connection:
        assert connection.exec_driver_sql(known).scalar() == 0
