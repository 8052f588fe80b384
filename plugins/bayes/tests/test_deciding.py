"""What is seen of a text, and how words become a probability; hostile texts included."""

import time
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from pressframe import Comment, Sender, Verdict
from pressframe_bayes import Bayes
from pressframe_bayes._score import Counts, estimate, score
from pressframe_bayes._tokens import MOST, Sample
from pressframe_comments import Change
from pressframe_sql import Database

SPAM = ["Cheap casino bonus today", "Casino online, viagra without recipe", "Best casino, best bonus"]
HAM = ["Merci pour ce billet sur les relations publiques", "La conférence de presse était utile", "Très juste, merci"]


def tokens(body, *, email="", **more):
    given = {"id": "new", "entry": "e", "author": "Z", "received": datetime(2026, 1, 1, tzinfo=UTC), **more}
    return Sample.of(Comment(body=body, **given), email=email).tokens


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("L’été, c’est aujourd'hui qu'on l'aime", {"été", "est", "aujourd", "hui", "aime"}),
        ("E\u0301TE\u0301 ﬁn", {"été", "fin"}),
        ("Don't, the blog's", {"don", "the", "blog"}),
        ("https://www.X.example/cheap-pills?a=1 ok", {"link:www.x.example", "link:x.example", "path:cheap"}),
        ("a" * 25, {"long:aa"}),
        ("V\u200bi\u200bagra", {"viagra"}),
    ],
)  # fmt: skip
def test_words_of_two_languages_are_seen_as_they_are_read(body, wanted):
    assert wanted <= set(tokens(body))
    assert {token for token in tokens(body) if ":" not in token} == {token for token in wanted if ":" not in token}


def test_a_sender_is_seen_apart_from_the_text_and_by_the_domain_of_the_address_alone():
    seen = tokens("Bonjour", author="Best Casino", email="Jean.Dupont@Mail.Example", url="https://spam.example/x")

    assert {"name:best", "name:casino", "mail:mail.example", "mail:.example", "site:spam.example"} <= set(seen)
    assert "casino" not in seen
    assert not any("dupont" in token for token in seen)


def test_a_word_met_once_is_trusted_less_than_one_met_often():
    learned = Counts(100, 100)

    assert 0.5 < estimate(Counts(1, 0), learned) < estimate(Counts(20, 0), learned) < 1
    assert estimate(Counts(0, 0), learned) == 0.5


def test_the_kinds_weigh_the_same_however_many_of_each_were_learned():
    assert estimate(Counts(10, 100), Counts(100, 1000)) == pytest.approx(0.5)


def test_words_of_both_sides_leave_a_text_in_the_middle():
    """Spam that is padded with friendly words is held, not let through."""
    bad = {f"bad{number}": Counts(30, 0) for number in range(20)}
    good = {f"good{number}": Counts(0, 30) for number in range(20)}
    learned = Counts(100, 100)

    assert score(bad, learned).probability > 0.999
    assert score(good, learned).probability < 0.001
    assert score(bad | good, learned).probability == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("number", [0, 1, 150, 5000])
def test_any_number_of_words_gives_a_probability(number):
    counts = {str(one): Counts(1_000_000, 0) for one in range(number)}

    assert 0.5 <= score(counts, Counts(1_000_000, 1_000_000)).probability <= 1


def test_a_judgement_is_one_query(desk, monkeypatch):
    shop = desk()
    shop.teach(spam=SPAM, ham=HAM)
    asked, fetch = [], Database.fetch

    def note(connection, cursor, statement, *rest):
        asked.append(statement)

    def fetching(base, statement, values):
        asked.append("SELECT")
        return fetch(base, statement, values)

    monkeypatch.setattr(Database, "fetch", fetching)
    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        shop.judge("casino bonus", email="x@y.example")
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    selects = [text for text in asked if text.startswith("SELECT")]

    assert len(selects) == 1


HOSTILE = {
    "nothing": "",
    "zero bytes": "\0" * 1000,
    "surrogates": "\ud800 \udfff casino" * 1000,
    "one long word": "a" * 65_525,
    "words": " ".join(f"w{number:05}" for number in range(9000)),
    "links": "https://x.example/a " * 3000,
    "almost links": "https://" * 8000,
    "dots": "www." * 16_000,
    "brackets": "https://x.example/" + "(" * 60_000,
    "accents": "e" + "\u0301\u0327" * 32_000,
    "colons": "name:" * 13_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_judged_in_no_time(desk, body):
    """Threats 19, 23, 63, 67: 64 kB of anything neither raise nor take long."""
    shop = desk()
    shop.teach(spam=SPAM, ham=HAM)
    began = time.process_time()

    judgement = shop.judge(body, author="a" * 245, email=f"{'x' * 60}@{'y.' * 100}example")

    assert judgement.verdict in (Verdict.ACCEPT, Verdict.HOLD, Verdict.SPAM)
    assert time.process_time() - began < 0.5


def test_hostile_texts_can_be_learned_and_taken_back(desk):
    """Threat 47: words go into the database as what they are."""
    shop = desk()
    bodies = [*HOSTILE.values(), "'; DROP TABLE bayes_token; -- casino", 'x" OR ""="']
    for body in bodies:
        comment = shop.file("x y z")
        sample = Sample.of(Comment(id=comment.id, entry="e", author="n", body=body, received=comment.received))
        shop.filter.memory.learn([(comment.id, sample, True)], comment.received)
        shop.tell(comment, Change.HELD)

    assert shop.learned() == (0, 0)


def test_doubling_a_text_at_most_doubles_the_work():
    """Threat 67."""

    def cost(body):
        best = 9.0
        for _ in range(3):
            began = time.process_time()
            tokens(body)
            best = min(best, time.process_time() - began)
        return best

    for unit in ("a(", "www.", "http://", "e\u0301\u0327", "a.b@", "«é»"):
        once, twice = cost(unit * 12_000), cost(unit * 24_000)

        assert twice < max(once * 3, 0.02), unit


def test_of_a_long_text_the_end_is_seen_too():
    body = " ".join(f"ham{number}" for number in range(5000)) + " casino"

    seen = tokens(body)

    assert len(seen) <= MOST
    assert "casino" in seen
    assert "ham0" in seen


@pytest.mark.parametrize("line", ["hold = 0", "spam = 101", "training = 0", "most_words = 10", "hold = 90\nspam = 80"])
def test_settings_that_make_no_sense_are_refused(desk, line):
    with pytest.raises(Exception, match=r"pressframe\.toml"):
        desk(line)


def test_nothing_is_created_by_judging(desk):
    shop = desk()

    assert shop.site.plugin(Bayes).judge_comment(
        Comment(id="new", entry="e", author="Z", body="casino", received=datetime(2026, 1, 1, tzinfo=UTC)),
        Sender(), shop.site,
    ) is None  # fmt: skip
    assert not (shop.site.folder / "data").exists()
