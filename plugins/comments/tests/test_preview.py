"""The preview, what a browser remembers, who is signed in, and what becomes of a text when an entry has closed."""

import base64
import html
import json
import re

import attrs
import pytest

from pressframe_comments import comment_store


def preview(answer):
    found = re.search(
        r'id="comment-preview".*?<div class="comment-content" dir="auto">\n(.*?)\n</div>', answer.text, re.DOTALL
    )
    return found[1].strip() if found else None


def test_a_preview_shows_what_would_be_shown_and_sends_nothing(served):
    answer = served.post(comment="Un *mot* <script>alert(1)</script>", preview="1", follow_all="1")

    assert answer.status == 200
    assert preview(answer) == "<p>Un <em>mot</em> &lt;script&gt;alert(1)&lt;/script&gt;</p>"
    assert "Aperçu\u00a0: rien n’a encore été envoyé" in html.unescape(answer.text)
    assert answer.form["comment"] == "Un *mot* <script>alert(1)</script>"
    assert answer.form["author"] == "Zoé"
    assert 'name="follow_all" type="checkbox" value="1" checked' in answer.text
    assert comment_store(served.site).count_since("192.0.2.0/24", served.now.replace(year=2000))[0] == 0
    served.later(seconds=5)
    assert served.post(stamp=answer.form["stamp"]).status == 303


@pytest.mark.parametrize("first", [{"preview": "1"}, {"email": ""}])
def test_what_was_previewed_or_mended_may_be_sent_at_once(serve, first):
    """The time trap is for those who send a form as soon as they have got it."""
    served = serve(settings='moderation = "never"')
    form = served.post(**first).form

    served.post(**{name: form[name] for name in ("comment", "stamp", "key")})

    assert served.page().comments == ["c1"]


def test_a_preview_needs_a_text_and_nothing_else(served):
    assert served.post(comment="", preview="1").errors == {"comment": "Veuillez saisir votre commentaire."}
    assert preview(served.post(comment="Oui.", author="", email="", preview="1")) == "<p>Oui.</p>"


def test_every_known_attack_is_harmless_in_the_preview(served, payloads, tags_of):
    """Threats 19, 20 and 27: the preview."""
    for start in range(0, len(payloads), 40):
        text = "\n\n".join(payloads[start : start + 40])[:65_000]
        shown = preview(served.post(comment=text, preview="1"))

        for tag, attributes in tags_of(shown or ""):
            assert tag not in {"script", "img", "svg", "iframe", "style", "form", "input", "math", "object", "embed"}
            assert not [name for name in attributes if name.startswith("on") or name == "style"]
            assert attributes.get("href", "https://").startswith(("http://", "https://"))


def test_name_address_and_site_are_remembered_if_the_box_is_ticked_and_forgotten_if_not(served):
    typed = {"author": "Zoé", "email": "zoe@example.org", "url": "https://zoe.example/"}

    served.post(**typed)
    assert "commenter-details" not in served.cookies
    served.post(**typed, comment="Deux.", remember="1")
    form = served.get(f"/comments/reply/posts/billet?to={approved(served)}")

    assert {name: form.form[name] for name in typed} == typed
    assert 'name="remember" type="checkbox" value="1" checked' in form.text
    assert json.loads(served.get("/comments/me").text) == {**typed, "remember": True, "reader": None}
    served.post(**typed, comment="Trois.")
    assert served.cookies["commenter-details"] == ""


def approved(served):
    served.moderate("approve", "c1")
    served.page()
    return "c1"


NESTED = base64.urlsafe_b64encode(b"[" * 2_900).decode()


@pytest.mark.parametrize("cookie", ["x", "W10=", "eyJhIjoxfQ==", "WzEsMiwzXQ==", "é", "[" * 9000, NESTED])
def test_a_cookie_that_is_not_ours_fills_nothing(served, cookie):
    """Threat 66: nor does one that is nested deeper than any program reads."""
    served.cookies["commenter-details"] = cookie

    assert json.loads(served.get("/comments/me").text)["author"] == ""


def test_a_signed_in_reader_comments_under_their_name(serve, subscriber):
    served = serve({"posts/billet": {"comments": [{"id": "1"}], "gate": "shown"}})
    served.reader = attrs.evolve(subscriber, name="Ada")

    form = served.get("/comments/reply/posts/billet?to=1")
    served.post(author="Quelqu’un d’autre", email="", follow_all="")

    assert "Connecté·e en tant que Ada." in form.seen
    assert 'name="author"' not in form.text
    assert 'id="url"' not in form.text
    assert comment_store(served.site).get("c1").comment.author == "Ada"


def test_without_a_script_a_link_at_an_open_page_has_the_form_filled_for_who_is_known(serve, subscriber):
    served = serve()
    typed = {"author": "Zoé", "email": "zoe@example.org", "url": "https://zoe.example/"}
    link = re.search(r'<noscript>.*<a rel="nofollow" href="([^"#]+)#respond"', served.page().text)[1]

    unknown = served.get(link)
    served.post(**typed, remember="1")
    remembered = served.get(link)
    served.reader = attrs.evolve(subscriber, name="Ada")
    signed_in = served.get(link)

    assert unknown.status == 200
    assert unknown.form["comment_parent"] == unknown.form["author"] == unknown.form["email"] == ""
    assert {name: remembered.form[name] for name in typed} == typed
    assert "Connecté·e en tant que Ada." in signed_in.seen
    assert 'name="author"' not in signed_in.text
    assert "<noscript>" not in unknown.text + remembered.text + signed_in.text
    assert "noindex" in signed_in.text


@pytest.mark.parametrize(("entry", "settings"), [({"gate": "shown"}, ""), ({}, "closed = true")])
def test_there_is_no_form_to_fill_where_nobody_may_write(serve, entry, settings):
    served = serve({"posts/billet": {**entry, "comments": [{"id": "1"}]}}, settings=settings)

    answer = served.get("/comments/reply/posts/billet")

    assert (answer.location == "/billet/") is bool(entry)
    assert "commentform" not in answer.text
    assert "<noscript>" not in served.page().text


def test_a_signed_in_reader_who_never_said_their_name_is_asked_for_it_alone(serve, subscriber):
    served = serve({"posts/billet": {"gate": "hidden"}}, settings="follow = false")
    served.reader = subscriber

    assert 'name="author"' in served.page().text
    assert 'name="email"' not in served.page().text
    assert served.post(author="", email="").errors == {"author": "Veuillez saisir votre nom."}


@pytest.mark.parametrize("closing", ["closed = true", 'close_after = "90 days"', None])
def test_a_text_that_comes_when_all_is_closed_is_given_back(serve, closing):
    entry = {"comments": [{"id": "1"}], "open_to_comments": closing is not None}
    served = serve({"posts/billet": entry}, settings=closing or "")

    page, answer = served.page(), served.post(comment="Mon long <texte>.")

    assert "commentform" not in page.text
    assert "Les commentaires sont fermés." in page.seen
    assert page.comments == ["1"]
    assert answer.status == 403
    assert "Mon long &lt;texte&gt;.</textarea>" in answer.text
    assert "Votre texte n’a pas pu être envoyé" in answer.seen


@pytest.mark.parametrize("conversation", ["shown", "counted", "hidden"])
def test_a_text_sent_by_who_may_no_longer_read_is_given_back(serve, conversation):
    entry = {"gate": conversation, "comments": [{"id": "1", "body": "Canari."}, {"id": "2", "kind": "pingback"}]}

    answer = serve({"posts/billet": entry}).post(comment="Mon texte.")

    assert answer.status == 403
    assert "Mon texte.</textarea>" in answer.text
    assert ("Canari" in answer.text) is (conversation == "shown")
    assert ("2 réponses" in answer.seen) is (conversation != "hidden")
    assert "commentform" not in answer.text


def test_what_is_wrong_is_listed_with_links_to_its_fields(served):
    answer = served.post(comment="", author="", email="nulle part")

    summary = re.search(r'<div class="errors" id="comment-errors" role="alert">(.*?)</div>', answer.text, re.DOTALL)[1]
    assert re.findall(r'href="#(\w+)"', summary) == ["comment", "author", "email"]
    assert answer.text.count(" autofocus") == 1
    assert set(answer.errors) == {"comment", "author", "email"}


def test_an_authors_own_answer_is_marked(serve):
    page = serve({"posts/billet": {"comments": [{"id": "1", "by_author": True}, {"id": "2"}]}}).page()

    assert page.text.count('comment-by-author">auteur/autrice</span>') == 1
