"""What teaches the filter, what does not, and that lessons can be taken back."""

import pytest

from pressframe import Verdict
from pressframe_comments import Change, say_reasons
from pressframe_sql import erase_personal_data, find_personal_data

SPAM = ["Cheap casino bonus today", "Casino online, viagra without recipe", "Best casino, best bonus"]
HAM = ["Merci pour ce billet sur les relations publiques", "La conférence de presse était utile", "Très juste, merci"]


def test_it_says_nothing_before_it_has_learned_enough_of_both_kinds(desk):
    shop = desk("training = 3")
    shop.teach(spam=SPAM, ham=HAM[:2])

    assert shop.judge("casino bonus") is None

    shop.teach(ham=HAM[2:])

    assert shop.judge("casino bonus").verdict is Verdict.SPAM or shop.judge("casino bonus").verdict is Verdict.HOLD


def test_words_of_spam_count_against_a_comment_and_words_of_approved_ones_for_it(desk):
    shop = desk()
    shop.teach(spam=SPAM, ham=HAM)

    bad, good = shop.judge("casino bonus viagra best online"), shop.judge("merci pour les relations presse")

    assert bad.verdict is not Verdict.ACCEPT
    assert good.verdict is Verdict.ACCEPT


def test_the_reason_names_the_words_that_decided(desk):
    shop = desk()
    shop.teach(spam=SPAM, ham=HAM)

    reason = shop.judge("Casino, bonus! Merci, presse").reason

    assert reason.startswith("spam at ")
    assert "“casino”" in reason.partition("; in its favour: ")[0]
    assert "“merci”" in reason.partition("; in its favour: ")[2]


def test_the_reason_can_be_said_in_the_language_of_the_site(desk):
    shop = desk(language="fr")
    shop.teach(spam=SPAM, ham=HAM)

    (reason,) = say_reasons([shop.judge("Casino, bonus! Merci").reason], shop.site)

    assert "\u00a0%\u00a0: «\u00a0casino\u00a0»" in reason
    assert "en sa faveur\u00a0: «\u00a0merci\u00a0»" in reason


def test_only_moderators_teach(desk):
    """A spammer whose comments are let through by the rules, or marked by them, teaches nothing."""
    shop = desk()
    shop.decide("casino casino casino", Change.ACCEPTED, by="")
    shop.decide("relations publiques", Change.SPAM, by="")
    shop.decide("relations publiques et presse", Change.RECEIVED)

    assert shop.learned() == (0, 0)


def test_equal_texts_count_once_and_one_taken_back_leaves_the_others(desk):
    shop = desk()
    first, second, third = (shop.decide(body, Change.SPAM) for body in ("A casino!", "a  CASINO", "A casino?"))

    assert shop.learned() == (1, 0)

    shop.tell(first, Change.HELD)
    shop.tell(second, Change.HELD)

    assert (shop.learned(), shop.counts("casino")) == ((1, 0), (1, 0))

    shop.tell(third, Change.HELD)

    assert (shop.learned(), shop.counts("casino")) == ((0, 0), None)


def test_what_is_undone_is_unlearned_to_the_last_count(desk):
    shop = desk()
    shop.teach(spam=SPAM, ham=HAM)
    before = shop.learned(), shop.counts("casino"), shop.counts("merci")

    mistaken = shop.decide("merci, casino municipal", Change.SPAM)
    assert shop.counts("casino") == (4, 0)
    shop.tell(mistaken, Change.ACCEPTED)
    assert shop.counts("casino") == (3, 1)
    shop.tell(mistaken, Change.HELD)

    assert (shop.learned(), shop.counts("casino"), shop.counts("merci")) == before


@pytest.mark.parametrize(("change", "left"), [(Change.SPAM, (1, 0)), (Change.ACCEPTED, (0, 0))])
def test_spam_that_is_thrown_away_was_spam_but_what_was_approved_by_mistake_is_not_ham(desk, change, left):
    shop = desk()
    comment = shop.decide("casino", change)

    shop.tell(comment, Change.REMOVED)

    assert shop.learned() == left


@pytest.mark.postgresql
def test_everything_works_on_postgresql(desk, postgresql):
    shop = desk("training = 2\nmost_words = 1000", url=postgresql)
    shop.teach(spam=SPAM, ham=HAM)
    mistaken = shop.decide("merci, casino municipal", Change.SPAM)

    assert shop.judge("casino bonus").verdict is not Verdict.ACCEPT
    assert shop.judge("merci pour les relations presse").verdict is Verdict.ACCEPT

    shop.tell(mistaken, Change.HELD)
    for number in range(12):
        shop.decide(" ".join(f"mot{number}x{one}" for one in range(100)), Change.SPAM)

    spam, _, words = shop.filter.memory.strongest(1)
    assert (spam[0].token, words <= 1000, shop.counts("merci")) == ("links:0", True, (0, 2))


def test_telling_the_same_twice_teaches_once(desk):
    shop = desk()
    comment = shop.decide("casino", Change.SPAM)

    shop.tell(comment, Change.SPAM)

    assert (shop.learned(), shop.counts("casino")) == ((1, 0), (1, 0))


def test_the_rarest_and_oldest_words_are_forgotten_first(desk):
    shop = desk("training = 1\nmost_words = 1000")
    for number in range(40):
        words = " ".join(f"mot{number}x{one}" for one in range(100))
        shop.decide(f"casino {words}", Change.SPAM)

    spam, _, words = shop.filter.memory.strongest(3)

    assert words <= 1000
    assert spam[0].token in ("casino", "links:0", "mail:.org")
    assert shop.counts("casino") == (40, 0)
    assert shop.counts("mot0x5") is None
    assert shop.counts("mot39x5") == (1, 0)


def test_a_comment_whose_words_were_forgotten_can_still_be_taken_back(desk):
    shop = desk("training = 1\nmost_words = 1000")
    first = shop.decide(" ".join(f"vieux{one}" for one in range(300)), Change.SPAM)
    for number in range(12):
        shop.decide(" ".join(f"mot{number}x{one}" for one in range(300)), Change.SPAM)

    shop.tell(first, Change.HELD)

    assert shop.learned() == (12, 0)


@pytest.mark.parametrize("order", ['"comments", "bayes"', '"bayes", "comments"'])
def test_what_was_learned_of_a_person_is_told_and_erased_with_their_comments(desk, order):
    """Threat 79: among the words are names and sites."""
    made = desk(plugins=order)
    made.decide("Une phrase rare.", Change.ACCEPTED, author="Hyacinthe", url="https://hyacinthe.example/")
    made.decide("Tout autre chose.", Change.ACCEPTED, author="Odile", email="odile@example.net")

    told = find_personal_data(made.site, "Zoe@Example.org")["words learned"]
    erased = erase_personal_data(made.site, "zoe@example.org")

    assert {"name:hyacinthe", "site:hyacinthe.example", "phrase"} <= set(told[0]["words"])
    assert (erased["words learned"], erased["comments"]) == (1, 1)
    assert [made.counts(word) for word in ("name:hyacinthe", "site:hyacinthe.example", "phrase")] == [None] * 3
    assert made.counts("name:odile") == (0, 1)
    assert made.learned() == (0, 1)
