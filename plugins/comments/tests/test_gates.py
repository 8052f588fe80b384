"""Closed entries: the conversation follows the gate, and who cannot read cannot write."""

import pytest

from pressframe import Reader

SECRET = "Canari-mot-secret"
SUBSCRIBER = Reader(id="r1", audiences=frozenset({"subscribers"}))


@pytest.fixture
def gated(serve):
    """Serves a closed entry with a comment; the gate shows of it what is asked."""
    return lambda conversation: serve(
        {"posts/billet": {"gate": conversation, "comments": [{"id": "7", "body": SECRET}]}}
    )


@pytest.mark.parametrize(
    ("conversation", "is_shown", "is_counted"),
    [("shown", True, True), ("counted", False, True), ("hidden", False, False)],
)
def test_strangers_get_of_the_conversation_what_the_gate_gives(gated, conversation, is_shown, is_counted):
    """Threat 7."""
    page = gated(conversation).page()

    assert (SECRET in page.text) is is_shown
    assert ("Une réponse sur" in page.seen) is is_counted
    for absent in ("commentform", "comment-reply-link", "comments.js", "Les commentaires sont fermés"):
        assert absent not in page.text


def test_on_a_static_host_who_cannot_write_is_led_to_where_the_site_is_live(serve):
    gated = {"posts/billet": {"gate": "shown", "comments": [{"id": "7", "body": "Bien."}]}}

    page = serve(gated, settings='[plugins.web]\nlive = "https://live.example"').page()

    assert '<a class="button" href="https://live.example/billet/#respond">' in page.text
    assert "must-log-in" not in page.text


def test_subscribers_get_the_conversation_and_the_form(gated):
    served = gated("hidden")
    served.reader = SUBSCRIBER

    page = served.page()

    assert page.comments == ["7"]
    assert 'id="commentform"' in page.text


@pytest.mark.parametrize("conversation", ["shown", "counted", "hidden"])
def test_who_cannot_read_cannot_comment_or_answer(gated, conversation):
    """Threat 7."""
    served = gated(conversation)

    sent, asked = served.post(comment_parent="7"), served.get("/comments/reply/posts/billet?to=7")

    assert sent.status == 403
    assert (SECRET in sent.text) is (conversation == "shown")
    assert "commentform" not in sent.text
    assert (asked.status, asked.location) == (303, "/billet/")


def test_who_can_read_can_comment_and_loses_the_comment_with_the_right(gated):
    """Threat 7."""
    served = gated("hidden")
    served.reader = SUBSCRIBER
    answer = served.post(comment=SECRET)
    served.later(minutes=11)
    assert served.follow(answer).status == 303

    served.reader = None
    page = served.follow(answer)

    assert page.status == 200
    assert SECRET not in page.text
