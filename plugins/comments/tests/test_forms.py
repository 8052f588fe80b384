"""Pages made for one reader: the form under a comment to be answered, and the address of a comment that waits."""

import re
from datetime import timedelta

import pytest

from pressframe_comments import Search, State, comment_store

AWAITING = "Votre commentaire est en attente de modération."


def stored(served):
    return comment_store(served.site).search(Search()).comments


def test_without_a_script_the_answer_link_leads_to_a_form_in_its_place(serve):
    served = serve({"posts/billet": {"comments": [{"id": "1", "author": "Max"}, {"id": "2"}]}})
    link = re.search(r'<a class="comment-reply-link" rel="nofollow" href="([^"#]+)#respond"', served.page().text)[1]

    page = served.get(link)

    assert page.status == 200
    assert page.form["comment_parent"] == "1"
    assert "Répondre à Max" in page.seen
    assert page.text.index('id="comment-1"') < page.text.index('id="respond"') < page.text.index('id="comment-2"')
    assert 'href="/billet/#respond">Annuler la réponse' in page.text
    assert '<meta name="robots" content="noindex">' in page.text
    served.later(seconds=5)
    assert served.post(comment="Oui, Max.", **{k: page.form[k] for k in ("comment_parent", "stamp")}).status == 303
    assert stored(served)[0].comment.parent == "1"


@pytest.mark.parametrize("to", ["9", "", "x%27"])
def test_a_link_to_answer_what_is_not_there_leads_to_the_entry(served, to):
    assert served.get(f"/comments/reply/posts/billet?to={to}").location == "/billet/"
    assert served.get(f"/comments/reply/posts/inconnu?to={to}").status == 404


@pytest.fixture
def form(serve):
    """A served site, and a form that it made for one reader."""
    served = serve({"posts/billet": {"comments": [{"id": "1"}]}, "posts/autre": {}}, settings='moderation = "never"')
    return served, served.get("/comments/reply/posts/billet?to=1").form["stamp"]


def test_a_form_sent_too_quickly_is_held(form):
    """Threat 40: the time trap."""
    served, stamp = form

    served.post(stamp=stamp)

    assert stored(served)[0].reasons == ("it came within 2 seconds of its form",)
    assert stored(served)[0].state is State.PENDING


def test_a_form_sent_in_its_time_is_not(form):
    served, stamp = form
    served.later(seconds=2)

    served.post(stamp=stamp)

    assert stored(served)[0].state is State.APPROVED


@pytest.mark.parametrize(
    ("change", "later", "entry", "message"),
    [
        (lambda stamp: stamp, timedelta(hours=25), "posts/billet", "ce formulaire avait expiré"),
        (lambda stamp: stamp[:-1] + "?", timedelta(0), "posts/billet", "ce formulaire n’était pas valable"),
        (lambda stamp: "1" + stamp, timedelta(0), "posts/billet", "ce formulaire n’était pas valable"),
        (lambda stamp: "é", timedelta(0), "posts/billet", "ce formulaire n’était pas valable"),
        (lambda stamp: stamp, timedelta(0), "posts/autre", "ce formulaire n’était pas valable"),
    ],
)
def test_a_form_that_is_old_or_forged_is_given_anew_with_what_was_typed(form, change, later, entry, message):
    """Threat 40: wrong, expired and other form's token."""
    served, stamp = form
    served.now += later

    answer = served.post(entry, stamp=change(stamp), comment="Mon texte")

    assert answer.status == 422
    assert message in answer.seen
    assert answer.form["comment"] == "Mon texte"
    served.later(seconds=5)
    assert served.post(entry, comment="Mon texte", stamp=answer.form["stamp"]).status == 303


@pytest.mark.parametrize("forge", ["c2.{signature}", "c1.", "c1.AAAAAAAAAAAAAAAAAAAAAAAA", "c1", "{signature}", "é.é"])
def test_a_private_address_that_we_did_not_give_finds_nothing(served, forge):
    """Threat 40: another comment's signature, none, and what we did not sign."""
    signature = served.post(comment="un").location.partition(".")[2].partition("#")[0]
    served.post(comment="deux")

    assert served.get(f"/comments/pending/{forge.format(signature=signature)}").status == 404


def test_a_private_address_is_told_to_no_other_site(served):
    """Threat 34."""
    assert served.follow(served.post()).headers == {"Referrer-Policy": "no-referrer"}


def test_a_private_address_ends_after_a_month(served):
    answer = served.post()
    served.later(days=31)

    assert served.follow(answer).status == 404


def test_spam_gets_the_same_polite_answer(served):
    answer = served.post()
    served.moderate("spam", "c1")

    own = served.follow(answer)

    assert (own.status, own.comments) == (200, ["c1"])
    assert AWAITING in own.seen


def test_the_longest_name_address_and_site_are_kept_whole(served):
    """Threat 28: with accents above accents, each of which counts."""
    form = {
        "author": "e" + "\u0301" * 244,
        "email": "z" * 88 + "@example.org",
        "url": "https://e.org/" + "é" * 186,
    }

    assert served.post(**form).status == 303

    filed = comment_store(served.site).get("c1")
    assert {"author": filed.comment.author, "email": filed.email, "url": filed.comment.url} == form


@pytest.mark.parametrize("settings", ["", "follow = false"])
def test_a_blank_form_that_pages_share_is_as_one_of_their_own(serve, monkeypatch, settings):
    talk = {"posts/billet": {"comments": [{"id": "1", "body": "a"}]}, "posts/autre": {"comments": []}}
    addresses = ("/billet/", "/autre/")
    shared = [serve(talk, settings=settings).page(address).text for address in addresses]
    monkeypatch.setattr("pressframe_comments._block.Form.is_blank", False)

    own = [serve(talk, settings=settings).page(address).text for address in addresses]

    assert shared == own
    assert all('id="commentform"' in page for page in own)
