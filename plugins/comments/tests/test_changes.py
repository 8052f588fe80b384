"""A sender edits or deletes a comment: who may, how long, and what is judged again."""

import re

import pytest

from pressframe_comments import State, comment_store

from .conftest import Served

OPEN = 'moderation = "never"'


@pytest.fixture
def sent(serve):
    """A site where a comment was just shown, still in the hands of its sender."""
    served = serve(settings=OPEN)
    served.own = served.post(comment="Première version.")
    served.page()
    return served


def ask(served, what, **form):
    return served._ask("POST", f"/comment/c1/{what}", form=form)


def get(served):
    return comment_store(served.site).get("c1")


def test_the_page_after_sending_leads_to_editing_and_deleting(sent):
    own = sent.follow(sent.own)

    assert own.status == 200
    assert re.findall(r'href="(/comment/c1/\w+)">(\w+)</a>', own.text) == [
        ("/comment/c1/edit", "Modifier"),
        ("/comment/c1/delete", "Supprimer"),
    ]
    assert "/edit" not in sent.page().text


def test_an_edited_comment_is_shown_as_it_is_now(sent):
    form = sent.get("/comment/c1/edit")
    preview = ask(sent, "edit", comment="Seconde *version*.", preview="1")
    before = get(sent).comment.body
    done = ask(sent, "edit", comment="Seconde *version*.")

    assert form.form["comment"] == "Première version."
    assert 'action="/comment/c1/edit"' in form.text
    assert 'name="author"' not in form.text
    assert "<em>version</em>" in preview.text
    assert before == "Première version."
    assert done.status == 303
    assert "Seconde" in sent.page().text
    assert get(sent).comment.author == "Zoé"


def test_a_comment_that_waits_can_be_edited_too_and_still_waits(served):
    served.post()

    assert ask(served, "edit", comment="Mieux dit.").status == 303
    assert get(served).comment.body == "Mieux dit."
    assert get(served).state is State.PENDING


def test_an_edit_is_judged_again_and_its_text_is_never_shown_before(sent):
    links = " ".join(f"https://x{number}.example/" for number in range(5))

    done = ask(sent, "edit", comment=links)

    assert get(sent).state is State.PENDING
    assert sent.page().comments == []
    assert "en attente de modération" in sent.follow(done).seen


@pytest.mark.parametrize("text", ["", " ", "é" * 65_526, "a\x00b"])
def test_an_edit_that_cannot_be_stored_is_given_back(sent, text):
    """Threat 23."""
    answer = ask(sent, "edit", comment=text)

    assert answer.status == 422
    assert set(answer.errors) == {"comment"}
    assert get(sent).comment.body == "Première version."


def test_deleting_is_asked_for_on_a_page_and_then_done(sent):
    """Threat 32: a GET changes nothing."""
    for _ in range(10):
        question = sent.get("/comment/c1/delete")
    before = sent.page().comments

    done = ask(sent, "delete")

    assert 'action="/comment/c1/delete" method="post"' in question.text
    assert before == ["c1"]
    assert "Votre commentaire a été supprimé." in done.seen
    assert sent.page().comments == []
    assert get(sent).state is State.TRASH


def strangers(served):
    served.cookies.clear()


def forged(served):
    served.cookies["commenter"] = "x" + served.cookies["commenter"]


def late(served):
    served.later(minutes=10)


def answered(served):
    served.post(comment="Bien dit.", comment_parent="c1", author="Max")
    served.page()


def trashed(served):
    served.moderate("trash", "c1")
    served.page()


@pytest.mark.parametrize(
    ("happens", "status"), [(strangers, 403), (forged, 403), (late, 403), (answered, 403), (trashed, 404)]
)
def test_nobody_else_and_nobody_later_changes_a_comment(sent, happens, status):
    """Threat 11 of cookies, and 40: proof, time and answers end it; what was typed is given back."""
    happens(sent)

    answers = [sent.get("/comment/c1/edit"), ask(sent, "edit", comment="Autre."), sent.get("/comment/c1/delete")]
    answers.append(ask(sent, "delete"))

    assert {answer.status for answer in answers} == {status}
    assert get(sent).comment.body == "Première version."
    assert status == 404 or "ne peut plus être modifié" in answers[0].seen


def test_what_was_typed_too_late_is_given_back(sent):
    form_at = sent.now
    late(sent)

    answer = ask(sent, "edit", comment="Ma longue correction.")

    assert form_at < sent.now
    assert "Ma longue correction.</textarea>" in answer.text


def test_what_was_typed_too_late_into_a_comment_that_waits_is_given_back_to_its_sender_alone(served):
    served.post(comment="Première version.")
    late(served)

    answer = ask(served, "edit", comment="Ma longue correction.")
    seen = served.get("/comment/c1/edit")
    served.cookies.clear()
    stranger = ask(served, "edit", comment="Autre.")

    assert (answer.status, seen.status, stranger.status) == (403, 403, 404)
    assert "Ma longue correction.</textarea>" in answer.text
    assert "ne peut plus être modifié" in answer.seen
    assert "en attente de modération" in answer.seen
    assert "Modifier" not in answer.seen
    assert "Première version." not in stranger.text
    assert get(served).comment.body == "Première version."


def test_editing_can_be_turned_off(serve):
    served = serve(settings=f'{OPEN}\nedit_for = "0 minutes"')
    answer = served.post()
    served.page()

    assert served.follow(answer).location == "/billet/#comment-c1"
    assert served.get("/comment/c1/edit").status == 403


def test_a_reader_who_is_signed_in_edits_from_any_browser(serve, subscriber):
    served = serve(settings=OPEN)
    served.reader = subscriber
    served.post()
    served.page()
    served.cookies.clear()

    assert ask(served, "edit", comment="D’ailleurs.").status == 303


@pytest.mark.parametrize("id", ["c2", "9", "c", "cx", "é"])
def test_what_is_not_there_is_not_found(sent, id):
    assert sent.get(f"/comment/{id}/edit").status == 404
    assert sent.get(f"/comment/{id}").status == 404


def test_every_known_attack_is_harmless_in_an_edit(sent, payloads, tags_of):
    """Threat 19: edit."""
    for start in range(0, len(payloads), 400):
        text = "\n\n".join(payloads[start : start + 400])[:60_000].replace("\x00", "")
        answer = ask(sent, "edit", comment=text, preview="1")

        names = [tag for tag, _ in tags_of(answer.text)]
        assert names.count("script") == names.count("form") == 1
        assert not {"iframe", "object", "img", "style", "math"} & set(names)
        assert not [name for _, found in tags_of(answer.text) for name in found if name.startswith("on")]


def test_the_log_says_that_an_edit_waits_and_nothing_of_who_wrote_it(serve, caplog):
    """Threat 60: not even what a rule has against it, which names words and addresses."""
    served = serve(settings=f'{OPEN}\nblocked = ["mail:zoe@example.org", "secret"]\nblocked_as = "hold"')
    comment_store(served.site)
    served.post(comment="Un.", email="z@example.org")
    served.page()
    with caplog.at_level("INFO", logger="pressframe"):
        ask(served, "edit", comment="Un secret.")

    assert get(served).state is State.PENDING
    assert "c1 was edited and waits" in caplog.messages
    assert not any(word in caplog.text for word in ("secret", "zoe@", "z@example"))


def test_an_edit_that_is_held_waits_for_what_speaks_against_it_now(serve):
    served = serve(settings=f'{OPEN}\nblocked = ["un; deux", "trois"]\nblocked_as = "hold"')
    served.post(comment="trois")
    assert list(get(served).reasons) == ["it says “trois”"]

    ask(served, "edit", comment="un; deux https://a.example https://b.example https://c.example")

    assert list(get(served).reasons) == ["it has more than 2 links: 3", "it says “un; deux”"]
    lines = served.moderate("list").output.splitlines()[1:]
    assert [line.strip() for line in lines] == [
        "pending because it has more than 2 links: 3",
        "and because it says “un; deux”",
    ]
    whole = served.moderate("show", "c1").output.splitlines()
    assert [line.split("because")[1].strip() for line in whole if line.startswith("  because")] == [
        "it has more than 2 links: 3",
        "it says “un; deux”",
    ]


def test_an_edit_that_nothing_speaks_against_still_waits_for_what_did(served):
    served.post()
    before = get(served).reasons

    ask(served, "edit", comment="Mieux dit.")

    assert before
    assert get(served).reasons == before


@pytest.mark.parametrize("conversation", ["shown", "hidden"])
def test_an_edit_of_a_comment_whose_entry_was_gated_meanwhile_is_given_back_to_its_sender_alone(
    serve, make_site, conversation
):
    """Threat 7: and nothing else is told, be it of the entry or of the comment."""
    served = serve(settings=OPEN)
    served.post(comment="Première version.")
    gated = Served(make_site({"posts/billet": {"gate": conversation}}, settings=OPEN), cookies=served.cookies)

    answer = ask(gated, "edit", comment="Ma longue correction.")
    gated.cookies.clear()
    stranger = ask(gated, "edit", comment="Autre.")

    assert (answer.status, stranger.status) == (403, 404)
    assert "Ma longue correction.</textarea>" in answer.text
    assert "Pour répondre, ouvrez l’article entier" in answer.seen
    assert ("Première version." in answer.text) is (conversation == "shown")
    assert "Autre." not in stranger.text
    assert get(gated).comment.body == "Première version."
