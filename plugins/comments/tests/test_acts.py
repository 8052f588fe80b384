"""The commands that change comments, as typed."""

import functools
import json

import pytest
from click.testing import CliRunner

from pressframe.cli import main
from pressframe_comments import State, comment_store

PEOPLE = (
    ("Zoé", "zoe@example.org", "Vive l’été"),
    ("Bo", "bo@example.org", "Un lien"),
    ("Zoé", "zoe@example.org", "Non"),
)


@pytest.fixture
def run(served):
    """Three comments wait; runs a command on their site."""
    for author, email, text in PEOPLE:
        served.post(author=author, email=email, comment=text)
        served.later(minutes=1)
    return served.moderate


@pytest.fixture
def states(served):
    store = comment_store(served.site)
    return lambda: [store.get(f"c{number}").state.value[0] for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("options", "listed"),
    [
        (["--text", "ETE"], ["c1"]),
        (["--author", "zoe"], ["c3", "c1"]),
        (["--address", "Bo@example.org"], ["c2"]),
        (["--entry", "posts/billet", "--kind", "comment"], ["c3", "c2", "c1"]),
        (["--entry", "posts/autre"], []),
        (["--client", "192.0.2.0/24", "--count", "2"], ["c3", "c2"]),
        (["--state", "approved"], []),
        (["--text", "' OR 1=1 --"], []),
    ],
)
def test_list_finds_by_what_its_options_say(run, options, listed):
    assert [one["id"] for one in json.loads(run("list", "--json", *options).stdout)] == listed


def test_a_list_goes_on_where_it_ended(run):
    first = run("list", "--count", "2")
    after = first.stderr.split()[-1]

    assert "c1" in run("list", "--count", "2", "--after", after).stdout
    assert run("list", "--after", "nowhere").output.startswith("error: 'nowhere' is no place in a list of comments")


def test_all_that_options_describe_are_changed_when_sure(run, states):
    asked = run("spam", "--author", "Zoé")
    assert "spam 2 comments? [y/N]" in asked.output
    assert states() == ["p", "p", "p"]

    assert run("spam", "--author", "Zoé", "--yes").output == "2 comments marked as spam\n"

    assert states() == ["s", "p", "s"]
    assert run("spam").exit_code == 2
    assert run("spam", "--state", "all", "--yes").output == "3 comments marked as spam, 2 of them before\n"
    assert run("spam", "--kind", "comment", "--yes").output == "3 comments marked as spam before, nothing was changed\n"


def test_comments_are_named_or_described_but_not_both(run, states):
    refused = run("approve", "c1", "--state", "spam")

    assert (refused.exit_code, states()) == (2, ["p", "p", "p"])
    assert "name comments, or describe them by options, not both" in refused.output
    assert run("approve", "c1", "1", "c1").output == "1 comment approved\n"
    assert "--kind" in run("approve").output


@pytest.mark.parametrize("command", [("spam", "--author", "Zoé"), ("erase-person", "zoe@example.org")])
def test_what_is_asked_does_not_stand_in_what_is_printed_for_programs(run, served, command):
    ask = functools.partial(CliRunner().invoke, main)
    line = ["comments", *command, "--json", "--site", str(served.site.folder)]

    nobody, no, yes = ask(line, input=""), ask(line, input="n\n"), ask(line, input="y\n")

    assert (nobody.exit_code, nobody.stdout.strip()) == (2, "")
    assert "there is nobody to ask; --yes does it without asking" in nobody.stderr
    assert (no.exit_code, no.stdout.strip()) == (1, "")
    assert no.stderr.endswith("nothing was changed\n")
    assert yes.exit_code == 0
    assert json.loads(yes.stdout)


def test_restore_and_undo_put_back(run, states):
    run("approve", "1")
    run("trash", "1", "2", "3")

    assert run("restore", "1", "2").output == "2 comments restored\n"
    assert states() == ["a", "p", "t"]
    assert run("undo").output == "2 comments as before: trash\n"
    assert states() == ["t", "t", "t"]
    assert run("undo").output == "2 comments as before: approved, pending\n"
    assert states() == ["a", "p", "t"]


def test_undo_refuses_what_somebody_has_changed_since(run, served):
    act = json.loads(run("approve", "1", "--json").stdout)["act"]
    comment_store(served.site).move(["c1"], State.SPAM, by="Anne", at=served.now)

    refused = run("undo", act)

    assert refused.exit_code == 1
    assert refused.output.startswith(
        f"error: c1 was moved from approved to spam by Anne at {served.now:%Y-%m-%d %H:%M:%S} UTC; nothing was changed"
    )


def test_show_tells_everything(run):
    run("edit", "1", "--author", "Zoë", "--url", "https://z.example", "--body", "a\x1b[31m\nb")

    shown = run("show", "1").output

    assert "\x1b" not in shown
    for part in (
        "author    Zoë",
        "zoe@example.org",
        "https://z.example",
        "| b",
        "edited (",
        "because   nothing by its",
    ):
        assert part in shown, part
    known = json.loads(run("show", "1", "--json").stdout)
    assert (known["version"], known["history"][0]["texts"]["author"]) == (2, "Zoé")
    assert run("show", "77").exit_code == 1


@pytest.mark.parametrize("option", [("--url", "javascript:alert(1)"), ("--author", " "), ("--body", "")])
def test_an_edit_keeps_to_what_the_form_allows(run, option):
    assert run("edit", "1", *option).exit_code == 2


def test_an_edit_that_names_nothing_to_change_says_what_can_be(run):
    told = run("edit", "1")

    assert told.exit_code == 2
    assert "say what to change: --author, --url, --body" in told.output


def test_a_reply_is_shown_at_once_as_the_authors(run, served):
    run("approve", "1")

    assert run("reply", "1", "Merci.", "--author", "Anne").output == "c4 answers c1\n"

    assert served.page().comments == ["c1", "c4"]
    assert "bypostauthor" in served.page().text


def test_what_waits_is_approved_with_its_reply_and_what_is_put_away_cannot_be_answered(run, served, states):
    run("spam", "2")
    run("trash", "3")

    assert run("reply", "1", "Merci.", "--author", "Anne").output == "c4 answers c1, which is approved with it\n"
    refused = [run("reply", id, "Non.", "--author", "Anne") for id in ("2", "c3")]

    assert [one.exit_code for one in refused] == [1, 1]
    assert refused[0].output.splitlines() == [
        "error: c2 is among the spam, and cannot be answered", "  first `pressframe comments restore c2`",
    ]  # fmt: skip
    assert "c3 is in the trash" in refused[1].output
    assert states() == ["a", "s", "t"]
    assert served.page().comments == ["c1", "c4"]
    assert comment_store(served.site).get("c5") is None


def test_only_for_ever_is_for_ever(run, served):
    assert run("delete", "1").exit_code == 2

    assert run("delete", "--for-ever", "1", "2").output == "2 comments deleted for ever\n"

    assert run("count", "--json").stdout.strip() == '{"pending": 1, "approved": 0, "spam": 0, "trash": 0}'
    assert json.loads(run("delete", "--for-ever", "3", "c3", "--json").stdout) == {"deleted": ["c3"]}
    assert run("undo").exit_code == 1
