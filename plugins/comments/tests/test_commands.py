"""The commands ``pressframe comments …``, as typed."""

import json
import re

import pytest
from click.testing import CliRunner

from pressframe.cli import main
from pressframe_sql import database


@pytest.fixture
def run(served):
    """Three comments wait; runs a command on their site."""
    for text in ("un", "deux", "trois\n\x1b[31mlignes\r\n"):
        served.post(comment=text, author="Zoé", email="zoe@example.org")
        served.later(minutes=1)

    def run(command, *arguments):
        return CliRunner().invoke(main, ["comments", command, "--site", str(served.site.folder), *arguments])

    return run


def test_list_shows_those_that_wait_newest_first_in_one_line_each(run):
    """Threat 60: nothing that a terminal would obey."""
    done = run("list")

    lines = done.output.splitlines()
    assert lines[0].startswith("c3     pending  2026-11-23 10:02  Zoé on posts/billet: trois")
    assert lines[1] == "       pending because nothing by its sender has been accepted yet"
    assert [line.split()[0] for line in lines[::2]] == ["c3", "c2", "c1"]
    assert "\x1b" not in done.output
    assert "zoe@example.org" not in done.output


def test_json_holds_letters_as_they_are_and_nothing_that_a_terminal_would_obey(run, served):
    """Threat 60: a C1 code is enough for some, and overrides turn around what is printed after them."""
    text = "é \x1b[31m \x9b31m \u202e\u2066 \u2028 🙂"
    served.post(comment=text, author="Zoé", email="zoe@example.org")

    for command in (
        ("list", "--json"),
        ("show", "c4", "--json"),
        ("export", "-"),
        ("export-person", "zoe@example.org"),
    ):
        printed = run(*command).stdout
        assert not re.search("[\x1b\x80-\x9f\u202a-\u202e\u2028\u2066-\u2069]", printed), command
        assert "é" in printed
        assert "🙂" in printed
    assert json.loads(run("show", "c4", "--json").stdout)["body"] == text


def test_a_comment_that_was_decided_on_is_not_called_so_for_the_reason_why_it_waited(run):
    run("approve", "c3")

    line = run("list", "--state", "approved").output.splitlines()[1]

    assert line == "       not approved at once because nothing by its sender has been accepted yet"


def test_list_as_json_has_everything(run):
    first = json.loads(run("list", "--json", "--count", "1").stdout)[0]

    assert first == {
        "id": "c3",
        "state": "pending",
        "reasons": ["nothing by its sender has been accepted yet"],
        "received": "2026-11-23T10:02:00+00:00",
        "entry": "posts/billet",
        "parent": None,
        "kind": "comment",
        "author": "Zoé",
        "email": "zoe@example.org",
        "url": None,
        "client": "192.0.2.0/24",
        "agent": "",
        "referrer": "",
        "sender": first["sender"],
        "reader": None,
        "accepted_before": False,
        "by_author": False,
        "body": "trois\n\x1b[31mlignes",
        "format": "text",
        "version": 1,
        "changed": "2026-11-23T10:02:00+00:00",
        "edited": None,
    }


def test_approve_spam_and_trash_take_numbers_as_list_shows_them(run, served):
    assert run("approve", "c1", "2").output == "2 comments approved\n"
    assert run("spam", "3").output == "1 comment marked as spam\n"
    assert served.page().comments == ["c1", "c2"]
    assert run("trash", "1").output == "1 comment put into the trash\n"
    assert served.page().comments == ["c2"]

    states = {one["id"]: one["state"] for one in json.loads(run("list", "--state", "all", "--json").output)}
    assert states == {"c1": "trash", "c2": "approved", "c3": "spam"}
    assert run("list").output == "no comments are pending\n"


def test_approving_twice_is_fine(run):
    run("approve", "1")

    assert run("approve", "1", "2").output == "2 comments approved, 1 of them before\n"


@pytest.mark.parametrize("id", ["c9", "0", "-", "18446744073709551616", "x' OR 1=1", "c", "cc1", "١"])
def test_an_unknown_id_is_one_clear_error_and_nothing_is_changed(run, served, id):
    done = run("approve", "c1", "--", id)

    assert done.exit_code == 1
    assert done.output.startswith(f"error: there is no comment {id}; nothing was changed\n  `pressframe comments list")
    assert served.page().comments == []


def test_without_a_database_there_is_nothing_to_list_and_none_is_made(served):
    for arguments in (["list"], ["list", "--state", "all"], ["approve", "1"]):
        CliRunner().invoke(main, ["comments", *arguments, "--site", str(served.site.folder)])

    assert not database(served.site).exists()


def test_the_server_notices_what_another_process_decides_and_only_that(run, served):
    before = served.release
    run("spam", "2")
    assert not before.is_stale()

    run("approve", "1")

    assert before.is_stale()


def test_a_file_that_cannot_be_written_is_one_clear_error(run):
    done = run("export", "nowhere/comments.jsonl")

    assert done.exit_code == 1
    assert done.output == (
        "error: nowhere/comments.jsonl cannot be written: No such file or directory\n"
        "  name a file in a folder that is there\n"
    )
