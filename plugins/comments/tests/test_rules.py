"""What becomes of a comment, by the settings."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from pressframe import Card, Comment, ConfigError, Sender, Verdict
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


def judge(settings=None, *, email="", client="", **comment):
    given = {"id": "new", "entry": "e", "author": "Zoé", "body": "Oui.", "received": NOW, **comment}
    sender = Sender(email=email, client=client)
    return Comments(**(settings or {})).rules.judge(Comment(**given), CARD, NOW, sender)


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

    assert judgement.reason == ("nothing by its sender has been accepted yet; it has more than 0 links: 1; it says “x”")


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


# --------------------------------------------------------------------------------------- blocked and trusted


@pytest.mark.parametrize(
    ("pattern", "comment"),
    [
        ("casin*", {"body": "un CASINO"}),
        ("*sino", {"body": "un casino"}),
        ("c*s*o", {"body": "casino"}),
        ("viagra", {"body": "V\u200bi\u200bag\u00adra"}),
        ("viagra", {"body": "ｖｉａｇｒａ"}),
        ("crédit", {"body": "cre\u0301dit"}),
        ("word:site:x", {"body": "un site:x !"}),
        ("c++", {"body": "du c++ ici"}),
        ("name:best *", {"author": "Best  Casino"}),
        ("name:zoé", {"author": "ZOÉ"}),
        ("mail:spam.example", {"email": "a@mail.SPAM.example"}),
        ("mail:@spam.example", {"email": "a@spam.example"}),
        ("mail:bob*@spam.example", {"email": "Bobby@spam.example"}),
        ("site:casino.example", {"url": "https://www.casino.example/x"}),
        ("site:https://casino.example/", {"body": "voir https://casino.example/x?y"}),
        ("site:*.ru", {"body": "[a](http://a.b.RU/)"}),
        ("network:203.0.113.0/24", {"client": "203.0.113.0/24"}),
        ("network:203.0.0.0/16", {"client": "203.0.113.0/24"}),
        ("network:203.0.113.7", {"client": "203.0.113.0/24"}),
        ("network:2001:db8::/32", {"client": "2001:db8:7::/48"}),
    ],
)  # fmt: skip
def test_patterns_fit_what_they_say(pattern, comment):
    """Threat 28: characters that nobody sees make no other word."""
    judgement = judge({"blocked": (pattern,), "moderation": "never"}, **comment)

    assert judgement.verdict is Verdict.HOLD, judgement


@pytest.mark.parametrize(
    ("pattern", "comment"),
    [
        ("casin*", {"body": "occasino"}),
        ("*sino", {"body": "casinos"}),
        ("c++", {"body": "abc++d"}),
        ("name:best", {"author": "Best Casino", "body": "best"}),
        ("mail:spam.example", {"email": "a@notspam.example"}),
        ("mail:spam.example", {"body": "a@spam.example"}),
        ("mail:bob@spam.example", {"email": "bob@mail.spam.example"}),
        ("mail:x.example", {"email": ""}),
        ("site:casino.example", {"url": "https://notcasino.example/", "body": "casino.example"}),
        ("network:203.0.113.0/24", {"client": "203.0.114.0/24"}),
        ("network:203.0.113.0/24", {"client": "2001:db8:7::/48"}),
        ("network:203.0.113.0/24", {"client": ""}),
    ],
)  # fmt: skip
def test_patterns_fit_nothing_else(pattern, comment):
    assert judge({"blocked": (pattern,), "moderation": "never"}, **comment).verdict is Verdict.ACCEPT


@pytest.mark.parametrize(
    ("fate", "verdict"), [("hold", Verdict.HOLD), ("spam", Verdict.SPAM), ("refuse", Verdict.REFUSE)]
)
def test_what_is_blocked_fares_as_the_setting_says(fate, verdict):
    judgement = judge({"blocked": ("casino",), "blocked_as": fate}, body="casino")

    assert judgement.verdict is verdict
    assert judgement.reason == "nothing by its sender has been accepted yet; it says “casino”"


@pytest.mark.parametrize(
    ("settings", "comment", "verdict"),
    [
        ({}, {"email": "anne@agence.example"}, Verdict.ACCEPT),
        ({}, {"email": "anne@agence.example", "body": "https://a.example " * 9}, Verdict.ACCEPT),
        ({}, {"email": "anne@ailleurs.example"}, Verdict.HOLD),
        ({"blocked": ("casino",)}, {"email": "anne@agence.example", "body": "casino"}, Verdict.HOLD),
        ({"moderation": "always"}, {"email": "anne@agence.example"}, Verdict.HOLD),
    ],
)
def test_what_is_trusted_waits_neither_as_the_first_nor_for_its_links(settings, comment, verdict):
    assert judge({"trusted": ("mail:@agence.example",), **settings}, **comment).verdict is verdict


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ('blocked = ["mial:x@y.example"]', 'did you mean "mail:x@y.example"?'),
        ('blocked = ["title:x"]', 'As a word it is "word:title:x"'),
        ('blocked = ["network:here"]', '"here" is no network; write one such as 203.0.113.0/24'),
        ('trusted = ["*"]', '"*" would fit everything or nothing'),
        ('trusted = [""]', '"" would fit everything or nothing'),
        ('blocked_as = "burn"', 'must be "hold", "spam" or "refuse"'),
        ('blocked_file = "nowhere.txt"', "the list of patterns cannot be read: "),
    ],
)  # fmt: skip
def test_a_pattern_that_is_none_is_told_before_the_site_is_built(make_site, line, error):
    with pytest.raises(ConfigError) as caught:
        make_site(settings=line).build(now=NOW)

    assert error in str(caught.value)


def test_a_file_of_patterns_is_read_again_when_it_has_changed(serve, tmp_path):
    file = tmp_path / "blocked.txt"
    file.write_text("\ufeff# from another blog\n\ncasino\n  mail:@spam.example  \n", "utf-8")
    served = serve(settings='moderation = "never"\nblocked_file = "blocked.txt"\nblocked_as = "refuse"')

    assert served.post(comment="Un casino").status == 403
    assert served.post(comment="Bonjour", email="x@spam.example").status == 403
    assert served.post(comment="Une loterie").status == 303

    file.write_text("loterie\n", "utf-8")

    assert served.post(comment="Un casino").status == 303
    assert served.post(comment="Une autre loterie").status == 403


def test_a_file_that_is_spoilt_while_the_site_is_served_holds_comments_and_names_the_line(serve, tmp_path, caplog):
    file = tmp_path / "trusted.txt"
    file.write_text("PRland\n", "utf-8")
    served = serve(settings='moderation = "never"\ntrusted_file = "trusted.txt"')
    file.write_text("PRland\nnetwork:x\n", "utf-8")

    answer = served.post()

    assert "attente de modération" in served.follow(answer).seen
    assert "trusted.txt:2" in caplog.text
    assert "comments failed" in served.moderate("list").output


HOSTILE = {
    "zero bytes": "\0" * 1000,
    "surrogates": "\ud800 \udfff casino" * 1000,
    "one long word": "a" * 65_525,
    "almost": "a" * 60_000 + "b",
    "words": " ".join(f"w{number:05}" for number in range(9000)),
    "links": "https://x.example/a " * 3000,
    "almost links": "https://" * 8000,
    "dots": "www." * 16_000,
    "brackets": "https://x.example/" + "(" * 60_000,
    "accents": "e" + "\u0301\u0327" * 32_000,
    "words of two": "ab " * 20_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_held_against_long_lists_in_no_time(body):
    """Threats 23, 63, 67: 64 kB of anything against 2,000 patterns, those with many stars included."""
    patterns = (*(f"mot{number}" for number in range(1900)), *(f"deux mots{number}" for number in range(50)),
                "*a*a*a*a*a*c", "a*a*a*a*b", "name:*a*a*a*", "site:*x*x*x*", "mail:*a*@*b*")  # fmt: skip
    settings = {"blocked": patterns, "moderation": "never"}
    given = {"id": "new", "entry": "e", "author": "a" * 245, "body": body, "received": NOW}
    rules = Comments(**settings).rules
    began = time.process_time()

    rules.judge(Comment(**given), CARD, NOW, Sender(email="a" * 64 + "@" + "b." * 90 + "example"))

    assert time.process_time() - began < 0.5


def test_a_long_run_of_accents_is_searched_and_stored_in_no_time(serve):
    """Threats 23, 67: putting accents in order takes the square of their number, if nobody takes care."""
    served = serve()
    began = time.process_time()

    answer = served.post(comment="e" + "\u0301\u0327" * 32_000)

    assert answer.status == 303
    assert time.process_time() - began < 2.5
