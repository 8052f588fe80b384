"""One comment by itself: all that is known of it, its history, its editing, and the answer to it."""

import re
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser

import pytest

from pressframe_admin import accounts
from pressframe_comments import State, Texts
from pressframe_moderation._deciding import link_of

from .conftest import BLOG, CRISE, LIST, does, flash, undo


def _words(reply):
    main = reply.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def test_a_comment_is_shown_with_all_that_helps_to_decide(desk):
    first = desk.add("Le premier de tous.", author="Ada", email="ada@example.org", state=State.APPROVED)
    desk.add("Achetez.", email="zoe@example.org", state=State.SPAM, sender="s1")
    filed = desk.add(
        "Un **mot** et <script>x</script>", parent=first.comment.id, url="https://zoe.example/", client="192.0.2.0/24",
        sender="s1", agent="Mozilla/5.0 (X11)", referrer="https://cherche.example/",
        reasons=["un lien de trop", "trop vite"],
    )  # fmt: skip

    owner = desk.sign_in_as("owner")
    listed, single = owner.get(LIST), owner.get(f"{LIST}{filed.comment.id}")

    for reply in (listed, single):
        said = _words(reply)
        for text in (
            "Zoé", "zoe@example.org", "https://zoe.example/", "192.0.2.0/24", "La crise & ses « suites »",
            "En réponse à Ada Le premier de tous.", "un lien de trop trop vite", "Même adresse",
            "0 approuvé, 1 indésirable", "Même navigateur",
        ):  # fmt: skip
            assert text in said, text
        assert "<strong>mot</strong>" in reply.text
        assert "<script>x" not in reply.text
        assert 'rel="nofollow ugc noopener noreferrer"' in reply.text
    assert "Mozilla/5.0 (X11)" in single.text
    assert "https://cherche.example/" in single.text


def test_the_history_tells_who_did_what_and_every_earlier_text(desk):
    filed = desk.add("Avant.")
    owner = desk.sign_in_as("owner")
    page = f"{LIST}{filed.comment.id}"
    owner.send(f"{page}/edit", {"author": "Zoé B.", "url": "zoe.example", "comment": "Après.", "version": "1"})
    owner.send(f"{LIST}act", {"do": f"approve {filed.comment.id} 2"})

    told = _words(owner.get(page)).partition("Historique")[2]

    approved, edited = told.index("l’a fait passer"), told.index("owner a modifié le texte")
    assert approved < edited < told.index("Texte, avant Avant. Texte, après Après.")
    assert "Nom, avant Zoé Nom, après Zoé B." in told
    assert "Site web, après https://zoe.example" in told


def test_an_edit_is_taken_back(desk):
    filed = desk.add("Avant.")
    owner = desk.sign_in_as("owner")
    done = owner.send(f"{LIST}{filed.comment.id}/edit", {"author": "Zoé", "comment": "Après.", "version": "1"})

    owner.post(f"{LIST}undo", undo(owner.follow(done)))

    assert Texts.of(desk.store.get(filed.comment.id).comment) == Texts.of(filed.comment)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"author": ""}, "Indiquez un nom."),
        ({"author": "x" * 246}, "Le nom est trop long"),
        ({"author": "a\u202e\x07"}, "Le nom est trop long"),
        ({"url": "javascript:alert(1)"}, "L’adresse d’un site web commence par"),
        ({"url": 'https://a/"onmouseover=x'}, "L’adresse d’un site web commence par"),
        ({"comment": " \n"}, "Indiquez un texte."),
        ({"comment": "x" * 65_526}, "Le texte est trop long"),
        ({"comment": "a\x00b"}, "Le texte est trop long"),
    ],
)
def test_what_cannot_be_stored_comes_back_with_what_is_wrong(desk, fields, said):
    """Threats 20, 21, 23."""
    filed = desk.add()
    form = {"author": "Zoé", "url": "https://zoe.example/", "comment": "Texte saisi.", "version": "1"}

    reply = desk.sign_in_as("owner").send(f"{LIST}{filed.comment.id}/edit", form | fields)

    assert (reply.status, said in reply.text) == (422, True)
    assert ("Texte saisi.</textarea>" in reply.text) is ("comment" not in fields)
    assert 'aria-invalid="true" aria-describedby="problems" autofocus' in reply.text
    assert desk.store.get(filed.comment.id) == filed


# ------------------------------------------------------------------------------------------------- answers


def test_an_answer_is_published_as_who_is_signed_in_and_approves_what_it_answers(desk):
    filed = desk.add("Une question ?", entry=CRISE)
    odile = desk.sign_in_as("author", author="odile")
    form = {"comment": "Une réponse.", "version": "1", "key": "k"}

    done = odile.follow(odile.send(f"{LIST}{filed.comment.id}/reply", form))
    odile.send(f"{LIST}{filed.comment.id}/reply", form)  # pressed twice

    assert flash(done) == "Votre réponse est publiée, et le commentaire auquel elle répond est approuvé."
    desk.rebuild()
    page = desk.visitor.get("/2026/11/crise/").text
    assert page.index("Une question ?") < page.index("Une réponse.")
    assert page.count("Une réponse.") == 1
    (answer,) = [one for one in desk.store.approved(frozenset([CRISE]))[CRISE] if one.parent]
    assert (answer.author, answer.by_author, answer.parent) == ("odile", True, filed.comment.id)
    back = odile.follow(odile.post(f"{LIST}undo", undo(done)))
    assert flash(back) == "2 commentaires remis comme avant."
    assert (desk.state(answer.id), desk.state(filed.comment.id)) == (State.TRASH, State.PENDING)


def test_only_an_author_of_the_entry_answers_as_its_author(desk):
    filed = desk.add(entry=BLOG, state=State.APPROVED)

    desk.sign_in_as("owner").send(f"{LIST}{filed.comment.id}/reply", {"comment": "Non.", "version": "1"})

    (answer,) = [one for one in desk.store.approved(frozenset([BLOG]))[BLOG] if one.parent]
    assert not answer.by_author


@pytest.mark.parametrize(
    ("state", "form", "status", "said"),
    [
        (State.SPAM, {"comment": "Non."}, 409, "rétablissez-le"),
        (State.PENDING, {"comment": " "}, 422, "Écrivez d’abord"),
        (State.PENDING, {"comment": "a\x00b"}, 422, "trop longue"),
        (State.PENDING, {"comment": "Longue réponse.", "version": "7"}, 409, "devancé"),
    ],
)
def test_an_answer_that_cannot_be_given_is_kept_in_its_form(desk, state, form, status, said):
    """Threat 72."""
    filed = desk.add(state=state)

    reply = desk.sign_in_as("owner").send(f"{LIST}{filed.comment.id}/reply", {"version": "1", **form})

    assert (reply.status, said in reply.text) == (status, True)
    assert f"{form['comment'].strip().replace(chr(0), '�')}</textarea>" in reply.text
    assert desk.store.counts()[State.APPROVED] == 0


def test_what_was_not_stored_comes_back(desk, monkeypatch):
    """Threat 76, F8: the database is locked while an edit and an answer are sent."""
    from pressframe import StoreError
    from pressframe_sql import Database

    filed = desk.add()
    owner = desk.sign_in_as("owner")
    token = {"token": re.search(r'name="token" value="([^"]+)"', owner.get(LIST).text)[1], "version": "1"}

    def fail(*_):
        raise StoreError("the database is locked")

    monkeypatch.setattr(Database, "write", fail)
    page = f"{LIST}{filed.comment.id}"
    edit = owner.post(f"{page}/edit", {**token, "author": "Zoé", "comment": "Mon texte."})
    answer = owner.post(f"{page}/reply", {**token, "comment": "Ma réponse."})

    assert (edit.status, "Mon texte.</textarea>" in edit.text) == (503, True)
    assert (answer.status, "Ma réponse.</textarea>" in answer.text) == (503, True)


# ----------------------------------------------------------------------------------------------- mailed links


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_what_a_mail_leads_to_changes_nothing(desk, method):
    """Threat 32: ten times, signed in or not."""
    filed = desk.add()
    owner = desk.sign_in_as("owner")
    address = f"{LIST}{filed.comment.id}?do=approve"

    for browser in [owner, desk.browser()] * 5:
        browser.get(address, method=method)

    assert desk.store.get(filed.comment.id) == filed
    shown = owner.get(address)
    assert "Approuver ce commentaire\xa0?" in shown.text
    assert "autofocus" not in shown.text
    assert desk.browser().get(address).headers["location"].startswith("/admin/sign-in?next=%2Fadmin%2Fcomments%2F")


def test_plugins_are_told_by_whom(desk, caplog):
    filed = desk.add()
    caplog.set_level("INFO")

    desk.sign_in_as("moderator").send(f"{LIST}act", does("approve", filed))

    assert f"comment {filed.comment.id} was accepted by 'moderator'" in caplog.text


def test_a_comment_on_a_reserved_entry_is_for_its_moderators_and_no_cache(desk):
    """Threats 7, 9."""
    filed = desk.add("Canari en commentaire.", entry="posts/vieux", state=State.APPROVED)
    desk.site.clock.now += timedelta(minutes=1)
    desk.rebuild()
    owner = desk.sign_in_as("owner")

    for address in (f"{LIST}?state=approved", f"{LIST}{filed.comment.id}", f"{LIST}{filed.comment.id}/edit"):
        reply = owner.get(address)
        assert "Canari en commentaire." in reply.text
        assert "Corps réservé." not in reply.text
        assert reply.headers["cache-control"] == "private, no-store"
    assert "Article réservé" in owner.get(f"{LIST}?state=approved").text
    assert "Canari" not in desk.visitor.get("/2012/01/vieux/").text


class _Loose(HTMLParser):
    """Notes texts with a mark that turns text around, where nothing keeps it from turning what stands beside it."""

    def __init__(self):
        super().__init__()
        self.found, self.boxed, self._open = [], 0, []

    def handle_starttag(self, tag, attrs):
        if tag not in ("area", "br", "hr", "img", "input", "link", "meta"):
            is_box = tag in ("bdi", "title", "h1", "textarea", "pre") or ("dir", "auto") in attrs
            self._open.append(is_box or ("class", "unseen") in attrs)

    def handle_endtag(self, tag):
        self._open.pop()

    def handle_data(self, data):
        if "\u202e" in data:
            self.boxed += any(self._open)
            self.found += [] if any(self._open) else [data]


def test_texts_of_any_direction_turn_nothing_around_on_the_owners_side(desk):
    """Threat 28: what readers typed stands in a box of its own: list, single page, edit, deleting, a mail's link."""
    odd = "\u202eevil"
    told = {"author": odd, "client": odd, "agent": odd, "referrer": odd, "email": odd}
    parent = desk.add(odd, **told, url=f"https://{odd[1:]}.example/", state=State.APPROVED)
    filed = desk.add(odd, **told, parent=parent.comment.id, reasons=[odd])
    owner, one = desk.sign_in_as("owner"), f"{LIST}{filed.comment.id}"
    link = link_of(desk.app.site, next(iter(accounts(desk.app.site))), filed).removeprefix("https://prland.example")
    pages = {one: 12, f"{LIST}?state=all": 14, f"{one}/edit": 6, link: 2}
    shown = {address: owner.get(address) for address in pages}
    desk.store.move([parent.comment.id], State.TRASH)
    pages["delete"] = 2
    shown["delete"] = owner.send(f"{LIST}act", {"bulk": "delete", f"pick.{parent.comment.id}": "2"})

    for address, least in pages.items():
        read = _Loose()
        read.feed(shown[address].text)
        assert shown[address].status == 200
        assert read.found == [], address
        assert read.boxed >= least, (address, read.boxed)
