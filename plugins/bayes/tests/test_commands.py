"""``pressframe bayes``, for people and for scripts; and the catalogue."""

import json

import pytest
from click.testing import CliRunner

from pressframe.cli import main
from pressframe_comments import State

SPAM = ["Cheap casino bonus today", "Casino online, viagra without recipe", "Best casino, best bonus"]
HAM = ["Merci pour ce billet sur les relations publiques", "La conférence de presse était utile", "Très juste, merci"]


@pytest.fixture
def run(desk):
    shop = desk()
    for body in SPAM:
        shop.file(body, State.SPAM)
    for body in HAM:
        shop.file(body, State.APPROVED)

    def run(*arguments, given=None):
        done = CliRunner().invoke(main, ["bayes", *arguments, "--site", str(shop.site.folder)], input=given)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run


def test_training_learns_what_is_filed_and_only_what_is_news(run):
    first, second = json.loads(run("train", "--json").stdout), json.loads(run("train", "--json").stdout)

    assert first == {"comments": 6, "news": 6, "spam": 3, "ham": 3}
    assert second == {"comments": 6, "news": 0, "spam": 3, "ham": 3}
    assert run("train").stdout == "6 comments, 0 of them new to it; learned from 3 spam and 3 approved\n"


def test_what_was_learned_is_shown(run):
    assert "says nothing before it has learned 2 of each" in run("show").stdout
    run("train")

    shown = json.loads(run("show", "--json", "--count", "1").stdout)

    assert (shown["spam"], shown["ham"], shown["is_trained"]) == (3, 3, True)
    assert shown["spam_words"] == [{"word": "casino", "spam": 3, "ham": 0}]
    assert "casino 3:0" in run("show").stdout


def test_testing_judges_each_comment_as_if_it_had_not_taught(run):
    assert json.loads(run("test", "--json").stdout)["spam"]["unsaid"] == 3
    run("train")

    table = json.loads(run("test", "--json").stdout)
    said = json.loads(run("test", "c1", "--json").stdout)

    assert sum(table["spam"].values()) == sum(table["ham"].values()) == 3
    assert table["ham"]["spam"] == 0
    assert said[0]["id"] == "c1"
    assert "cheap" not in {word["word"] for word in said[0]["words"]}, "only c1 itself says so"
    assert run("test").stdout.startswith("approved  3: ")


def test_a_text_can_be_tried(run):
    run("train")

    said = run("test", "--text", "-", given="casino bonus").stdout

    assert "spam at " in said
    assert "“casino”" in said


def test_lessons_are_forgotten(run):
    run("train")

    assert run("forget", "1", "c2").stdout == "forgotten what 2 comments had taught\n"
    assert json.loads(run("show", "--json").stdout)["spam"] == 1
    assert json.loads(run("forget", "--all", "--json").stdout) == {"forgotten": "all"}
    assert json.loads(run("show", "--json").stdout)["words"] == 0
    assert run("forget").exit_code == 2


def test_an_unknown_comment_is_named(run):
    done = run("test", "c99")

    assert (done.exit_code, "there is no comment c99" in done.stderr) == (1, True)


def test_moderating_on_the_command_line_teaches(desk):
    shop = desk()
    one, two = shop.file("Casino bonus").id, shop.file("Merci beaucoup").id

    def run(*arguments):
        done = CliRunner().invoke(main, [*arguments, "--site", str(shop.site.folder)])
        assert done.exit_code == 0, done.output
        return done.stdout

    run("comments", "spam", one)
    run("comments", "approve", two)
    assert (shop.learned(), shop.counts("casino"), shop.counts("merci")) == ((1, 1), (1, 0), (0, 1))

    run("comments", "approve", one)
    assert (shop.learned(), shop.counts("casino")) == ((0, 2), (0, 1))
