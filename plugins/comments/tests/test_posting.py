"""A reader sends a comment: what they are told, what is stored, and what everybody sees."""

import html
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from pressframe_comments import Search, State, comment_store
from pressframe_sql import database

DATA = Path(__file__).parents[4] / "shared" / "data"
AWAITING = "Votre commentaire est en attente de modération."
LIVE = """
== pressframe.toml ==
[site]
title = "PRland"
language = "fr"
plugins = ["markdown", "sql", "web", "comments", "journal"]

== content/posts/billet.md ==
---
title: Un billet
date: 2026-11-20
---
Du texte.
"""


def stored(served, state=None):
    return comment_store(served.site).search(Search(state=state), count=100).comments


def test_a_strangers_first_comment_waits_and_only_its_sender_sees_it(served):
    answer = served.post(comment="Très juste.")

    own, everybody = served.follow(answer), served.page()
    assert re.fullmatch(r"/comments/pending/c1\.[\w-]{24}#comment-c1", answer.location)
    assert own.comments == ["c1"]
    assert AWAITING in own.seen
    assert "Très juste." in own.seen
    assert '<meta name="robots" content="noindex">' in own.text
    assert everybody.comments == []
    assert AWAITING not in everybody.text
    assert served.changes == 0


def test_once_approved_everybody_sees_it_and_the_private_address_leads_there(served):
    answer = served.post()

    assert served.moderate("approve", "c1").exit_code == 0

    assert served.release.is_stale()
    page = served.page()
    assert page.comments == ["c1"]
    assert "Une réponse sur « Un billet »" in page.seen
    served.later(minutes=11)  # until then its sender may change it there
    assert served.follow(answer).location == "/billet/#comment-c1"


def test_a_comment_that_may_be_shown_at_once_is(serve):
    served = serve(settings='moderation = "never"')

    answer = served.post()

    assert served.changes == 1
    assert served.page().comments == ["c1"]
    assert AWAITING not in served.page().seen
    served.later(minutes=11)
    assert served.follow(answer).location == "/billet/#comment-c1"


def test_its_sender_sees_it_even_before_the_page_is_made_again(serve):
    served = serve(settings='moderation = "never"')
    served.is_building = False

    own = served.follow(served.post())

    assert own.comments == ["c1"]
    assert "Une réponse sur « Un billet »" in own.seen
    assert AWAITING not in own.seen
    assert served.page().comments == []


def test_the_same_comment_sent_twice_within_a_minute_is_there_once_and_gets_the_same_answer(served):
    """Threat 71: double click."""
    first = served.post()
    served.later(seconds=59)

    second = served.post()

    assert second == first
    assert len(stored(served)) == 1


def test_the_same_form_sent_twice_is_one_comment_however_late(served):
    """Threat 71: the same key."""
    first = served.post(key="k1")
    served.later(hours=5)

    assert served.post(key="k1") == first
    assert len(stored(served)) == 1


@pytest.mark.parametrize(
    ("change", "later"),
    [({"comment": "Et encore."}, 0), ({"author": "Max"}, 0), ({"comment": "Mieux dit.", "key": "k1"}, 0), ({}, 61)],
)
def test_another_text_another_name_or_another_minute_is_another_comment(served, change, later):
    served.post(key="k1" if "key" in change else "")
    served.later(seconds=later)

    served.post(**change)

    assert len(stored(served)) == 2


TOO_LONG = "trop long ({} caractères au plus)."
UNSTORABLE = "contient un caractère qui ne peut pas être enregistré."
NO_SITE = "veuillez saisir une adresse de site valide, par exemple https://example.org."


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("comment", "", "veuillez saisir votre commentaire."),
        ("comment", " \r\n\t ", "veuillez saisir votre commentaire."),
        ("comment", "é" * 65_526, "votre commentaire est " + TOO_LONG.format("65\u00a0525")),
        ("comment", "a\x00b", "votre commentaire " + UNSTORABLE),
        ("comment", "a\ud800b", "votre commentaire " + UNSTORABLE),
        ("author", " ", "veuillez saisir votre nom."),
        ("author", "é" * 246, "votre nom est " + TOO_LONG.format(245)),
        ("author", "e" + "\u0301" * 500, "votre nom est " + TOO_LONG.format(245)),
        ("author", "Zo\x1bé", "votre nom " + UNSTORABLE),
        ("email", "", "veuillez saisir votre adresse e-mail."),
        ("email", "zoe", "veuillez saisir une adresse e-mail valide."),
        ("email", "a@b.fr,c@d.fr", "veuillez saisir une adresse e-mail valide."),
        ("email", "a@b.fr\r\nBcc: c@d.fr", "veuillez saisir une adresse e-mail valide."),
        ("email", "é" * 90 + "@example.org", "votre adresse e-mail est trop longue (100 caractères au plus)."),
        ("url", "https://e.org/" + "é" * 187, "votre URL est trop longue (200 caractères au plus)."),
        ("url", "javascript:alert(1)", NO_SITE),
        ("url", 'https://a.example/"onmouseover=x', NO_SITE),
        ("url", "https://a.example/`onmouseover=x", NO_SITE),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(served, field, typed, message):
    """Threats 20, 21, 23, 28 and 57: long, unstorable and header-breaking input, and sites that are none."""
    form = {"author": "Zoé", "email": "z@e.org", "url": "https://z.example/", "comment": 'un\n\ndeux < & "trois"'}
    form[field] = typed

    answer = served.post(**form)

    assert answer.status == 422
    assert answer.errors == {field: message[0].upper() + message[1:]}
    expected = {name: re.sub("[\x00\ud800]", "\ufffd", text).strip() for name, text in form.items()}
    assert {name: answer.form[name].replace("\r", "").strip() for name in form} == {
        name: text.replace("\r", "") for name, text in expected.items()
    }
    assert stored(served) == ()


def test_all_that_is_wrong_is_said_at_once_and_the_first_of_it_gets_the_focus(served):
    answer = served.post(comment="", author="", email="", url="ftp://x")

    assert list(answer.errors) == ["comment", "author", "email", "url"]
    assert re.findall(r'<\w+ id="(\w+)"[^>]* autofocus', answer.text) == ["comment"]
    assert answer.text.count('aria-invalid="true"') == 4
    assert 'role="alert"' in answer.text
    assert answer.seen.count("Erreur :") == 4


@pytest.mark.parametrize("text", ["é" * 65_525, "🙂" * 65_525, "a\r\n" * 20_000, "\x0b déjà \u202e vu"])
def test_what_fits_is_kept_whole(served, text):
    """Threat 23: four bytes a character, nothing is cut."""
    served.post(comment=text)

    assert stored(served)[0].comment.body == text.replace("\r\n", "\n").strip("\n")


@pytest.mark.parametrize("character", ["é", "🙂"])
def test_a_form_with_the_longest_comment_passes_the_server_and_so_does_one_that_is_too_long(site, character):
    """Whatever its letters weigh on the way: a reader whom the server turns away would lose the text."""
    visitor = site(LIVE).serve().browser()
    form = {"author": "Zoé", "email": "zoe@example.org", "comment": character * 65_525}

    fits = visitor.post("/comments/posts/billet", form)
    too_long = visitor.post("/comments/posts/billet", {**form, "comment": character * 65_537})

    assert fits.status == 303
    assert too_long.status == 422
    assert character * 65_537 in too_long.text
    assert TOO_LONG.format("65\u00a0525") in html.unescape(too_long.text)


def test_a_robots_field_that_is_filled_is_said_and_nothing_is_lost_or_stored(served):
    answer = served.post(subject="x", comment="Un humain ?")

    assert answer.status == 422
    assert "un champ que personne ne voit a été rempli" in answer.seen
    assert (answer.form["comment"], answer.form["subject"]) == ("Un humain ?", "")
    assert stored(served) == ()


def test_a_flood_from_one_neighbourhood_is_slowed_and_others_are_not(serve):
    """Threat 43."""
    served = serve(settings='flood_limit = 2\nflood_window = "1 minute"')
    served.post(comment="un")
    served.later(seconds=20)
    served.post(comment="deux")
    served.client = "192.0.2.200"

    refused = served.post(comment="trois")
    repeated = served.post(comment="deux")
    served.client = "198.51.100.7"
    other = served.post(comment="trois")

    assert (refused.status, refused.headers) == (429, {"Retry-After": "40"})
    assert "vous envoyez vos commentaires trop rapidement. Prenez votre temps." in refused.seen
    assert refused.form["comment"] == "trois"
    assert (repeated.status, other.status) == (303, 303)
    served.client = "192.0.2.7"
    served.later(seconds=41)
    assert served.post(comment="quatre").status == 303


def test_an_answer_stands_under_what_it_answers(serve):
    served = serve(settings='moderation = "never"')
    served.post(comment="un")
    served.post(comment="deux")

    served.post(comment="trois", comment_parent="c1")

    page = served.page()
    assert page.comments == ["c1", "c3", "c2"]
    assert 'id="comment-c3" class="comment odd depth-2"' in page.text
    assert "3 réponses sur « Un billet »" in page.seen


@pytest.mark.parametrize("parent", ["c99", "c2", "c3", "7", "x' OR 1=1 --", "\x00"])
def test_an_answer_to_what_is_not_there_is_not_accepted_or_stands_elsewhere_is_refused(serve, parent):
    served = serve({"posts/billet": {}, "posts/autre": {}}, settings='moderation = "never"')
    served.post(comment="un")
    served.post("posts/autre", comment="ailleurs")
    served.post(comment="indésirable")
    served.moderate("spam", "c3")

    answer = served.post(comment="Ma réponse", comment_parent=parent)

    assert answer.status == 422
    assert "le commentaire auquel vous répondez n’est plus là" in answer.seen
    assert (answer.form["comment"], answer.form["comment_parent"]) == ("Ma réponse", "")
    assert len(stored(served)) == 3


def test_a_comment_just_approved_can_be_answered_before_the_page_is_made_again(served):
    served.post(comment="un")
    served.is_building = False
    served.moderate("approve", "1")

    assert served.post(comment="deux", comment_parent="c1").status == 303


@pytest.mark.parametrize("entry", ["posts/inconnu", "posts/plus-tard", "x' OR 1=1", "../billet"])
def test_a_comment_on_what_is_not_there_finds_nothing(serve, entry):
    served = serve({"posts/billet": {}, "posts/plus-tard": {"published": "2030-01-01T00:00:00+00:00"}})

    assert served.post(entry).status == 404
    assert stored(served) == ()


def test_closed_comments_are_said_to_be_closed(serve):
    served = serve({"posts/billet": {"open_to_comments": False, "comments": [{}]}})

    answer, page = served.post(), served.page()

    assert answer.status == 403
    for shown in (answer, page):
        assert "Les commentaires sont fermés." in shown.seen
        assert 'id="commentform"' not in shown.text
        assert "comment-reply-link" not in shown.text
    assert stored(served) == ()


def test_comments_close_some_time_after_publication(serve):
    served = serve({"posts/billet": {"published": "2026-11-01T10:00:00+00:00"}}, settings='close_after = "30 days"')
    assert served.post().status == 303
    served.later(days=8)

    answer = served.post(comment="Trop tard ?")

    assert answer.status == 403
    assert "Les commentaires sont fermés." in answer.seen


def test_from_when_comments_close_the_page_has_no_form(serve):
    """The release says that it is out of date then, so that a server builds the page again."""
    settings = 'close_after = "30 days"\nmoderation = "never"'
    served = serve({"posts/billet": {"published": "2026-11-01T10:00:00+00:00"}}, settings=settings)
    served.post()
    assert "<form" in served.page().text
    assert served.release.until == datetime(2026, 12, 1, 10, tzinfo=UTC)

    served.later(days=8)
    served.release = served.site.build(now=served.now)

    assert served.page().comments == ["c1"]
    assert "<form" not in served.page().text
    assert "Les commentaires sont fermés." in served.page().seen
    assert served.release.until is None


def test_comments_that_close_after_the_end_of_time_do_not_close(serve):
    served = serve({"posts/billet": {}}, settings='close_after = "999999 weeks"')

    assert served.post().status == 303


def test_the_database_keeps_what_its_owner_needs_and_a_shortened_address(served):
    served.client = "2001:db8:1:2:3::4"
    served.post(url="www.zoe.example")

    filed = stored(served)[0]

    assert (filed.email, filed.client, filed.state) == ("zoe@example.org", "2001:db8:1::/48", State.PENDING)
    assert filed.comment.url == "https://www.zoe.example"
    assert filed.reasons == ("nothing by its sender has been accepted yet",)
    own = served.follow(served.post(url="www.zoe.example"))
    assert "zoe@example.org" not in own.text


@pytest.mark.parametrize(
    ("client", "kept"),
    [("192.0.2.7", "192.0.2.0/24"), ("::ffff:192.0.2.7", "192.0.2.0/24"), ("unix:", ""), ("", ""), ("1.2.3.4\r\n", "")],
)
def test_an_address_is_shortened_before_it_is_stored(served, client, kept):
    served.client = client
    served.post()

    assert stored(served)[0].client == kept


def test_a_database_that_cannot_be_written_loses_nothing_that_was_typed(served, caplog):
    served.post(comment="un")
    database(served.site).write(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 1") and None)

    answer = served.post(comment="Long " * 10_000)

    assert (answer.status, answer.headers) == (503, {"Retry-After": "10"})
    assert "votre commentaire n’a pas pu être enregistré. Veuillez réessayer ultérieurement." in answer.seen
    assert answer.form["comment"] == ("Long " * 10_000)
    assert "the disk is full" in caplog.text
    assert len(stored(served)) == 1


def test_sql_in_any_field_is_text(serve):
    """Threat 47."""
    served = serve(settings='moderation = "never"')
    payload = "'; DROP TABLE comments_comment; -- \" OR 1=1"

    served.post(comment=payload, author=payload, key=payload)
    served.cookies["commenter"] = payload
    served.post(comment=payload + "2", author=payload)

    assert served.page().comments == ["c1", "c2"]
    assert stored(served)[1].comment.author == payload
    with database(served.site).read() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM comments_comment")) == 2


def test_sql_that_others_tried_is_answered_as_any_other_word(serve):
    """Threat 47: as an address, a parameter, a field and a cookie."""
    served = serve(settings="flood_limit = 0")
    file = DATA / "strings" / "inject_sql.jsonl"
    if not file.is_file():
        pytest.skip(f"needs the test data: {file} is missing")

    answers = [_ask_with(served, json.loads(line)["payload"]) for line in file.read_text("utf-8").splitlines()]

    assert len(answers) > 100
    assert {tuple(answer.status for answer in one) for one in answers} == {(303, 404, 422, 303)}
    first = {one[3].location.partition(".")[0] for one in answers}
    assert comment_store(served.site).counts()[State.PENDING] == len(first) > 100


def _ask_with(served, payload):
    """Return what is answered to *payload* as a comment to answer, as a token, as a parent, and as sender and key."""
    served.cookies = {"commenter": payload}
    return (
        served.get(f"/comments/reply/posts/billet?to={payload.replace('&', '')}"),
        served.get(f"/comments/pending/{payload.replace('/', '').replace('?', '')}"),
        served.post(comment_parent=payload or "x"),
        served.post(comment=f"{payload}.", author="Zoé", key=payload),
    )
