"""What becomes of a comment, by the settings."""

from datetime import UTC, datetime, timedelta

import pytest

from pressframe import Card, Comment, ConfigError, Verdict
from pressframe_comments import Comments

NOW = datetime(2026, 5, 2, tzinfo=UTC)
CARD = Card(
    id="e",
    kind="post",
    address="/e/",
    title="T",
    excerpt="",
    published=NOW - timedelta(days=1),
    updated=None,
    terms=(),
    authors=(),
    image=None,
    comments=0,
    gated=False,
)


def judge(settings=None, **comment):
    given = {"id": "new", "entry": "e", "author": "Zoé", "body": "Oui.", "received": NOW, **comment}
    return Comments(**(settings or {})).judge_comment(Comment(**given), CARD, NOW)


@pytest.mark.parametrize(
    ("moderation", "comment", "verdict"),
    [
        ("first-time", {}, Verdict.HOLD),
        ("first-time", {"accepted_before": True}, Verdict.ACCEPT),
        ("first-time", {"reader": "r1"}, Verdict.ACCEPT),
        ("always", {}, Verdict.HOLD),
        ("always", {"accepted_before": True, "reader": "r1"}, Verdict.HOLD),
        ("never", {}, Verdict.ACCEPT),
    ],
)
def test_who_waits(moderation, comment, verdict):
    assert judge({"moderation": moderation}, **comment).verdict is verdict


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("https://a.example http://b.example", Verdict.ACCEPT),
        ("https://a.example http://b.example www.c.example", Verdict.HOLD),
        ("[a](https://a.example) <a href='https://b.example'>b</a> HTTPS://C.EXAMPLE", Verdict.HOLD),
    ],
)
def test_a_comment_with_many_links_waits(body, verdict):
    judgement = judge({"moderation": "never"}, body=body)

    assert judgement.verdict is verdict
    assert verdict is Verdict.ACCEPT or judgement.reason == "it has more than 2 links: 3"


@pytest.mark.parametrize(
    ("comment", "is_held"),
    [
        ({"body": "Du VIAGRA pas cher"}, True),
        ({"author": "Viagra"}, True),
        ({"url": "https://viagra.example/"}, True),
        ({"body": "viagraphe"}, False),
        ({"body": "Crédit (facile)"}, False),
        ({"body": "CRÉDIT FACILE !"}, True),
    ],
)
def test_a_comment_with_a_blocked_word_waits_whoever_sends_it(comment, is_held):
    judgement = judge({"blocked": ("viagra", "crédit facile")}, accepted_before=True, **comment)

    assert (judgement.verdict is Verdict.HOLD) is is_held


def test_every_reason_is_kept():
    judgement = judge({"max_links": 0, "blocked": ("x",)}, body="x https://a.example")

    assert judgement.reason == ('nothing by its sender has been accepted yet; it has more than 0 links: 1; it says "x"')


@pytest.mark.parametrize(("hours", "verdict"), [(25, Verdict.ACCEPT), (24, Verdict.REFUSE)])
def test_comments_close_some_time_after_publication(hours, verdict):
    assert judge({"moderation": "never", "close_after": timedelta(hours=hours)}).verdict is verdict


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ('moderation = "sometimes"', 'plugins.comments.moderation: must be "first-time", "always" or "never"'),
        ("depth = 0", "plugins.comments.depth: "),
        ("depth = 11", "plugins.comments.depth: "),
        ("max_links = -1", "plugins.comments.max_links: "),
        ('close_after = "soon"', "plugins.comments.close_after: "),
        ("modration = 1", "plugins.comments.modration: no such setting\n  Did you mean moderation?"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_line(make_site, line, error):
    with pytest.raises(ConfigError) as caught:
        make_site(settings=line)

    assert str(caught.value).startswith(f"pressframe.toml:9: {error}")
