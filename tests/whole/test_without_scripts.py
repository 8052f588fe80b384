"""The whole conversation in a browser without JavaScript: readers, members, moderators, on a phone and at a desk."""

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import attrs
import pytest
from playwright.sync_api import Page

from pressframe_admin import accounts
from pressframe_comments import comment_store
from pressframe_moderation._deciding import link_of
from pressframe_testing import find_barriers, wants_everything

pytestmark = pytest.mark.browser

SITE = """
== pressframe.toml ==
[site]
title = "Essai"
language = "fr"
plugins = [
    "markdown", "sql", "web", "admin", "comments", "moderation", "gates", "members", "archives", "feeds", "journal",
]
[plugins.comments]
flood_limit = 0
== content/billet.md ==
---
title: Un billet
date: 2026-11-20
---
Un texte.
"""
POST, LIST = "/2026/11/billet/", "/admin/comments/"
PASSWORD = "a password of their own"
NO_TIMERS = "() => { window.setTimeout = (run, wait) => wait > 100 ? 0 : (Promise.resolve().then(run), 0) }"
"""Axe waits a moment now and then, and no timer ever fires on a page without scripts."""
PHONE, DESK = ("dark", 390), ("light", 1280)


@attrs.frozen
class Plain:
    """A browser that runs no scripts, at a site."""

    page: Page
    url: str
    outbox: Path
    _screens: list[tuple[str, int]] = attrs.field(factory=lambda: [DESK, PHONE], init=False)

    def open(self, address: str) -> None:
        self.page.goto(self.url + address)

    def press(self, button: str) -> None:
        """Press or follow *button*, and wait for the page behind it."""
        with self.page.expect_navigation():
            self.page.click(button)

    def look(self, said: str) -> None:
        """Check that *said* is on the page, which has no barriers and fits a phone or a desk: one at a time, by turns.

        Where everything is wanted, both.
        """
        self.page.locator("body", has_text=said).wait_for()
        self.page.evaluate(NO_TIMERS)
        self._screens.reverse()
        for scheme, width in self._screens if wants_everything() else self._screens[:1]:
            self.page.emulate_media(color_scheme=scheme)
            self.page.set_viewport_size({"width": width, "height": 900})
            assert find_barriers(self.page, name=f"plain {said} {scheme} {width}") == []

    def link_mailed_to(self, address: str) -> str:
        """Return the path of the first link in the mail to *address*, as soon as it is there."""
        until = monotonic() + 60
        while monotonic() < until:
            for file in self.outbox.glob("[!.]*.eml"):
                mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
                if mail["To"] == address:
                    text = mail.get_body(("plain",)).get_content()
                    return urlsplit(re.search(r"http://\S+", text)[0]).path
            self.page.wait_for_timeout(20)
        raise AssertionError(f"no mail came for {address}")


@pytest.fixture
def made(site, clock):
    """Return the site, at an hour ago."""
    clock.move(datetime.now(UTC) - timedelta(hours=1) - clock.now)
    return site(SITE)


@pytest.fixture
def start(made, browser_page):
    """Return what serves the site and opens a browser at it."""

    def open_browser() -> Plain:
        context = browser_page.context.browser.new_context(
            java_script_enabled=False, color_scheme=PHONE[0], viewport={"width": PHONE[1], "height": 900}
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda request: asked.append(request.url) if request.resource_type == "script" else None)
        return Plain(page, made.start().url, made.folder / "outbox")

    asked: list[str] = []
    yield open_browser
    assert asked == [], "no page may run a script here"


def send(served, text, **fields):
    form = {"author": "Max", "email": "max@example.org", "comment": text, **fields}
    assert served.browser().post("/comments/billet", form).status == 303


@pytest.fixture
def left(made, clock):
    """Return the link that ends mails of the conversation, from the mail about its newest comment."""
    served = made.serve()
    send(served, "Une question.", email="lea@example.org", follow_all="1")
    served.run_jobs()
    served.browser().post(served.links()[0], {})
    send(served, "Un conseil.")
    assert made.run("comments", "approve", "c2").status == 0
    for _ in range(2):  # the command has today’s clock, an hour later, and mails wait ten minutes
        clock.move(timedelta(minutes=36))
        served.rebuild()
        served.run_jobs()
    link = re.search(r"/comments/leave/\S+", served.mails[-1].get_body(("plain",)).get_content())[0]
    served.close()
    return link


@pytest.fixture
def decided(made):
    """Return the link to approve the first of three comments that wait; an owner has a password."""
    owner = ["admin", "create", "o@example.org", "--role", "owner", "--password-stdin"]
    assert made.run(*owner, given=f"{PASSWORD}\n").status == 0
    served = made.serve()
    for text in ("Une question.", "Un conseil.", "Casino !"):
        send(served, text)
    here = served.app.site
    (account,), filed = accounts(here), comment_store(here).get("c1")
    link = f"{urlsplit(link_of(here, account, filed)).path}?do=approve"
    served.close()
    return link


def test_a_reader_mends_edits_and_deletes_a_comment_and_is_remembered_only_where_they_want_it(start):
    plain = start()
    page = plain.page
    details, fields = "noscript a", ("#author", "#email", "#url")

    plain.open(POST)
    page.fill("#comment", "Une *faute*.")
    page.fill("#author", " ")
    page.fill("#email", "zoe@example.org")
    plain.press("#submit")
    plain.look("Votre commentaire n’a pas encore été envoyé")
    assert page.input_value("#comment") == "Une *faute*."
    page.fill("#author", "Zoé")
    plain.press("#submit")
    plain.look("Votre commentaire est en attente de modération.")
    plain.press(".comment-own a[href$='/edit']")
    page.fill("#comment", "Une *correction*.")
    plain.press("button[name=preview]")
    plain.look("Aperçu")
    assert page.inner_text("#comment-preview em") == "correction"
    plain.press("#submit")
    assert page.inner_text(".comment-content em") == "correction"
    plain.press(".comment-own a[href$='/delete']")
    plain.look("Supprimer votre commentaire ?")
    page.go_back()
    page.reload()
    assert page.inner_text(".comment-content em") == "correction"
    plain.press(".comment-own a[href$='/delete']")
    plain.press("article button")
    plain.look("Votre commentaire a été supprimé.")

    plain.open(POST)
    plain.press(details)
    assert [page.input_value(field) for field in fields] == ["", "", ""]
    for ticked, kept in ((True, ["Zoé", "zoe@example.org", "https://zoe.example"]), (False, ["", "", ""])):
        for field, typed in zip(fields, ("Zoé", "zoe@example.org", "https://zoe.example"), strict=True):
            page.fill(field, typed)
        page.fill("#comment", f"Un mot, {ticked}.")
        page.set_checked("#comment-remember", ticked)
        plain.press("#submit")
        plain.open(POST)
        assert page.input_value("#author") == ""  # the page is everybody's
        plain.press(details)
        assert [page.input_value(field) for field in fields] == kept
        assert page.is_checked("#comment-remember") == ticked


def test_a_reader_asks_for_mails_and_leaves_by_buttons_behind_mailed_links(start, left):
    plain = start()
    page = plain.page

    plain.open(POST)
    plain.press("#comment-c2 .comment-reply-link")
    plain.look("Répondre à Max")
    page.fill("#comment", "Et ensuite ?")
    page.fill("#author", "Zoé")
    page.fill("#email", "zoe@example.org")
    page.check("#follow-all")
    plain.press("#submit")
    link = plain.link_mailed_to("zoe@example.org")
    for _ in range(2):
        plain.open(link)
        plain.look("Recevoir les nouveaux commentaires")
    plain.press("main button")
    plain.look("Vous recevrez les nouveaux commentaires")
    plain.open(link)
    plain.look("Ce lien ne fonctionne plus")

    for _ in range(2):
        plain.open(left)
        plain.look("Ne plus recevoir")
    plain.press("main button >> nth=0")
    plain.look("Vous ne recevrez plus")
    plain.open(left)
    assert page.locator("main button").count() == 0


def test_a_member_comments_under_their_name_without_being_asked_for_more(start):
    plain = start()
    page = plain.page

    plain.open(POST)
    page.fill("#footer-email", "ida@example.org")
    plain.press(".members-nav button")
    link = plain.link_mailed_to("ida@example.org")
    for _ in range(2):
        plain.open(link)
    plain.look("Confirmer")
    plain.press("main button")
    plain.open(POST)
    plain.look("Un billet")
    plain.press("noscript a")
    page.fill("#comment", "Comme membre.")
    page.fill("#author", "Ida")
    plain.press("#submit")
    assert page.inner_text("[data-own] .comment-body .fn") == "Ida"

    plain.open(POST)
    plain.press("noscript a")
    plain.look("Connecté·e en tant que Ida.")
    page.fill("#comment", "Encore moi.")
    plain.press("#submit")

    assert page.inner_text("[data-own] .comment-body .fn") == "Ida"


def test_a_moderator_decides_edits_answers_and_takes_back(start, decided):
    plain = start()
    page = plain.page

    for _ in range(2):
        plain.open(decided)
        plain.look("Approuver ce commentaire ?")
    plain.press("main button >> nth=0")
    plain.look("Le commentaire est approuvé")
    plain.open(decided)
    plain.look("Ce lien ne fonctionne plus")
    plain.open(LIST)
    page.fill("[name=address]", "o@example.org")
    page.fill("[name=password]", PASSWORD)
    plain.press("main button[type=submit] >> nth=0")
    page.wait_for_url(f"{plain.url}{LIST}")
    plain.look("En attente (2)")

    plain.press(".choosing .all")
    assert page.locator("article input:checked").count() == 2
    plain.press("[data-bulk=trash]")
    plain.look("2 commentaires mis")
    plain.press(".flash button")
    plain.look("2 commentaires remis comme avant")
    page.fill("#q", "casino")
    plain.press(".search button")
    assert page.locator("article").count() == 1
    plain.press("[data-act=edit]")
    page.fill("[name=comment]", "Un casino, corrigé.")
    plain.look("Texte")
    plain.press("main form button")
    assert page.inner_text("#c3 .comment-content") == "Un casino, corrigé."
    plain.press("#c3 [data-act=reply]")
    plain.look("Historique")
    page.fill("#comment", "Voici une réponse.")
    plain.press("#reply button")
    plain.look("Votre réponse est publiée")

    plain.open(f"{LIST}?state=all")
    steps = ("spam spam", "restore pending", "approve approved", "hold pending", "trash trash", "restore pending")
    for step in steps:
        act, state = step.split()
        plain.press(f"#c2 [data-act={act}]")
        assert page.locator(f"#c2.{state}").count() == 1, step
    plain.press("#c2 [data-act=trash]")
    plain.open(f"{LIST}?state=trash")
    page.check("article input[type=checkbox]")
    plain.press("[data-bulk=delete]")
    plain.look("Supprimer définitivement")
    plain.press("main form button")
    plain.look("Corbeille (0)")
