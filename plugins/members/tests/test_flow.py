"""From a stranger to a subscriber and back, as a browser without JavaScript goes."""

import re
from datetime import timedelta
from functools import partial

import pytest

from pressframe import Site
from pressframe_testing import EVERY_DATABASE, ask
from pressframe_web.app import App

from .conftest import NEW, OLD, PAGE, WITHHELD, Readers, main_of

pytestmark = EVERY_DATABASE


def test_a_reader_subscribes_confirms_and_reads_on(readers):
    browser = readers.visitor
    closed = browser.get(OLD).text
    assert "Abonnez-vous pour poursuivre la lecture et avoir accès à l’ensemble des archives." in closed

    sent = readers.ask("Lectrice@Example.org", next=OLD)
    assert sent.status == 200
    assert "Merci\u00a0! À présent, nous vous invitons à consulter vos e-mails" in main_of(sent.text)
    readers.run_jobs()
    assert WITHHELD not in browser.get(OLD).text

    (mail,) = readers.mails
    assert (mail["to"], mail["subject"]) == ("Lectrice@example.org", "Confirmez votre abonnement à PRland")
    (link,) = readers.links()
    page = browser.get(link)
    assert page.status == 200
    assert f'<form action="{link}" method="post">' in page.text

    done = browser.post(link, {})
    assert (done.status, done.headers["location"]) == (303, OLD)
    opened = browser.follow(done)
    assert WITHHELD in opened.text
    assert 'class="gate"' not in opened.text


def test_a_reader_signs_out_and_in_again_within_the_hour(readers):
    browser = readers.sign_up()

    out = browser.post("/members/sign-out", {})
    assert out.headers["location"] == "/"
    assert browser.cookies == {}
    assert WITHHELD not in browser.get(OLD).text

    link = readers.mail(" LECTRICE@example.org ", door="sign-in", next=OLD)
    assert readers.mails[-1]["to"] == "lectrice@example.org"
    assert readers.mails[-1]["subject"] == "Votre lien de connexion à PRland"
    assert "Se connecter" in main_of(browser.get(link).text)
    assert WITHHELD in browser.follow(browser.post(link, {})).text


def test_subscribing_again_sends_a_link_to_sign_in(readers, clock):
    readers.sign_up()
    clock.move(timedelta(hours=2))

    readers.mail("lectrice@example.org", next=OLD)

    assert [mail["subject"] for mail in readers.mails] == [
        "Confirmez votre abonnement à PRland",
        "Votre lien de connexion à PRland",
    ]


def test_who_asks_to_sign_in_before_confirming_confirms(readers, clock):
    readers.mail()
    clock.move(timedelta(hours=2))
    link = readers.mail(door="sign-in")

    assert "Confirmez votre abonnement" in main_of(readers.visitor.get(link).text)


@pytest.mark.parametrize(("language", "words"), [("fr", "Connecté·e en tant que"), ("en", "You are signed in as")])
def test_the_account_says_who_is_signed_in(serve, language, words):
    readers = serve(language=language)
    browser = readers.visitor
    assert 'action="/members/sign-in"' in browser.get("/members/").text

    done = browser.post(readers.mail(), {})
    account = browser.follow(done)

    assert done.headers["location"] == "/members/?new=1"
    assert f"{words} lectrice@example.org." in main_of(account.text)
    assert account.headers["cache-control"] == "private, no-store"
    assert browser.get("/members/sign-in").headers["location"] == "/members/"
    assert browser.get(f"/members/subscribe?next={OLD}").headers["location"] == OLD


def test_a_subscriber_leaves_and_is_forgotten(readers):
    """Threats 36, 79: every session ends, nothing of the address stays in the database."""
    browser = readers.sign_up()
    other = readers.browser()
    other.post(readers.mail(door="sign-in", browser=other), {})
    assert WITHHELD in other.get(OLD).text

    assert browser.get("/members/leave").status == 200
    assert WITHHELD in browser.get(OLD).text
    left = browser.post("/members/leave", {})

    page = browser.follow(left).text
    assert "Votre compte est supprimé" in main_of(page)
    assert "<title>Votre compte est supprimé – " in page
    assert browser.cookies == {}
    assert 'action="/members/sign-in"' in browser.get("/members/").text
    assert "nobody has subscribed yet" in readers.command("list")
    assert rows_with(readers, "lectrice") == []
    other._send = partial(ask, App(Site.open(readers.site.folder), clock=readers.app.clock))
    assert WITHHELD not in other.get(OLD).text


def test_a_bad_address_is_a_clear_answer_and_nothing_typed_is_lost(readers):
    answer = readers.ask("lui@exemple", next=OLD)

    assert answer.status == 422
    field = re.search(r"<input [^>]*type=\"email\"[^>]*>", answer.text)[0]
    assert 'value="lui@exemple"' in field
    assert 'aria-invalid="true"' in field
    problem = re.search(r'aria-describedby="([^"]+)"', field)[1]
    assert f'<p id="{problem}" class="errors" role="alert">Merci d’entrer une adresse e-mail valide.</p>' in answer.text
    assert f'name="next" value="{OLD}"' in answer.text


@pytest.mark.parametrize("door", ["subscribe", "sign-in"])
def test_what_is_typed_comes_back_as_text(readers, door):
    """Threat 19: no markup gets out of the field."""
    answer = readers.ask('"><script>alert(1)</script>@x', door=door, next='"><script>')

    assert answer.status == 422
    assert "<script>alert" not in answer.text
    assert "&#34;&gt;&lt;script&gt;alert(1)" in answer.text
    assert 'name="next" value=""' in answer.text


def test_a_page_whose_form_stands_elsewhere_leads_to_both_doors(readers):
    for address in (OLD, NEW, "/members/subscribe"):
        nav = readers.visitor.get(address).text.partition('<nav class="members-nav"')[2].partition("</nav>")[0]
        assert re.findall(r'<a href="([^"]+)">([^<]+)</a>', nav) == [
            ("/members/subscribe", "S’abonner"),
            ("/members/", "Votre compte"),
        ]


def test_pages_made_for_a_subscriber_lead_to_the_account_instead(readers):
    nav = readers.sign_up().get(OLD).text.partition('<nav class="members-nav"')[2].partition("</nav>")[0]

    assert re.findall(r'<a href="([^"]+)">([^<]+)</a>', nav) == [("/members/", "Votre compte")]


def test_the_form_of_a_closed_post_has_all_it_needs(readers):
    gate = readers.visitor.get(OLD).text.partition('<aside class="gate"')[2].partition("</aside>")[0]

    assert ">En savoir plus sur PRland</h2>" in gate
    assert f'name="next" value="{OLD}"' in gate
    assert '<label for="gate-email">Adresse e-mail\u00a0:</label>' in gate
    assert ">Abonnez-vous</button>" in gate
    assert "En envoyant vos informations, vous nous autorisez à vous envoyer des e-mails." in gate
    assert f'Déjà abonné\u00a0? <a href="/members/sign-in?next={OLD}">Se connecter</a>' in gate


def test_only_who_can_open_an_entry_by_subscribing_is_asked_to(serve):
    other = '''
== plugins/vault.py ==
"""Keep everything for the board."""
import attrs
from pressframe import Gate, hookimpl

@attrs.frozen(eq=False)
class Vault:
    @hookimpl
    def judge_gate(self, entry, now):
        return Gate(requires=frozenset({"board"}), reason="all of it")
'''
    readers = serve(gates="", more=other)
    settings = (readers.site.folder / "pressframe.toml").read_text("utf-8")
    readers.site.edit("pressframe.toml", settings.replace('"members",', '"members", "vault",'))

    closed = Readers.of(readers.site).visitor.get(OLD).text

    assert 'class="gate"' not in closed
    assert "Le premier paragraphe." not in closed


def rows_with(readers: Readers, text: str) -> list[tuple[object, ...]]:
    """Return every row of every table that holds *text*."""
    return [row for row in readers.all_rows() if text in repr(row).lower()]


@pytest.mark.parametrize("address", ["/", NEW, PAGE, "/archives/", "/members/code", "/perdu/"])
def test_one_form_to_subscribe_stands_on_every_page(serve, address):
    """At its foot, where the page has no other; without a script."""
    readers = serve()
    page = readers.visitor.get(address).text

    forms = re.findall(r'<form class="gate-form" action="/members/subscribe" method="post">', page)
    assert len(forms) == (0 if address == "/members/code" else 1)
    assert 'href="/members/">Votre compte</a>' in page  # which signs strangers in: the page is one for all


def test_a_page_that_asks_for_an_address_asks_once(readers):
    """A closed post has its gate, an open one the reminder."""
    for address in (OLD, NEW):
        assert readers.visitor.get(address).text.count('action="/members/subscribe"') == 1
    assert 'action="/members/subscribe"' not in readers.sign_up().get(OLD).text


def test_who_subscribes_at_the_foot_of_a_page_is_told_that_it_worked(serve):
    """An open page is the same for all, and could not tell."""
    readers = serve()
    form = readers.visitor.get(NEW).text.partition('<nav class="members-nav"')[2]
    assert 'name="next" value=""' in form

    done = readers.visitor.post(readers.mail(), {})

    assert "Votre abonnement a été validé." in main_of(readers.visitor.follow(done).text)
