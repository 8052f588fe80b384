"""``pressframe admin``: what it prints, what it refuses, and that there is no other way to an account."""

import json
import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import OWNER, Desk

HELPER = "aide@prland.example"


@pytest.fixture
def owned(blog, make_owner):
    made = blog()
    make_owner(made)
    return made


def _said(ran) -> tuple[int, str]:
    return ran.status, ran.errors or ran.output


def test_there_is_nobody_before_somebody_is_made(blog):
    """Threat 46: no default account, no page that makes one, whatever is sent."""
    desk = Desk.of(blog())

    assert desk.command("list") == "there are no accounts yet; make one: pressframe admin create ADDRESS --role owner\n"
    for address, password in (("admin", "admin"), ("owner@prland.example", "password"), (OWNER, "")):
        assert desk.enter(address, password).status == 422
    for path in ("/admin/setup", "/admin/install", "/admin/create", "/admin/sign-up"):
        assert desk.visitor.get(path).headers["location"].startswith("/admin/sign-in?")
    page = desk.visitor.get("/admin/sign-in").text
    assert "create" not in page
    assert desk.mail() is None


def test_accounts_are_listed(owned):
    owned.run("admin", "create", HELPER, "--role", "moderator", "--mail-link")
    owned.run("admin", "create", "odile@prland.example", "--role", "author", "--author", "odile", "--mail-link")
    owned.run("admin", "disable", "odile@prland.example")

    assert owned.run("admin", "list").output == (
        "owner      password   florian@prland.example\n"
        "moderator  link only  aide@prland.example\n"
        "author     disabled   odile@prland.example (author odile)\n"
    )
    rows = json.loads(owned.run("admin", "list", "--json").output)
    assert rows[0]["made"].startswith("2026-11-23T10:00:00")
    assert [{**row, "made": ""} for row in rows][2] == {
        "address": "odile@prland.example", "name": "odile", "role": "author", "author": "odile", "state": "disabled",
        "made": "",
    }  # fmt: skip
    assert "argon2" not in owned.run("admin", "list", "--json").output


REFUSED = [
    (["create", "x", "--role", "owner", "--mail-link"], (2, "x is no mail address")),
    (["create", HELPER, "--mail-link"], (2, "Missing option '--role'")),
    (["create", HELPER, "--role", "king"], (2, "'king' is not one of 'owner', 'moderator', 'author'")),
    (["create", HELPER, "--role", "author", "--mail-link"], (2, "an author needs --author SLUG")),
    (["create", HELPER, "--role", "author", "--author", "a b", "--mail-link"], (2, '"a b" is no slug')),
    (["create", HELPER, "--role", "owner"], (2, "there is no terminal to ask for a password")),
    (["create", HELPER, "--role", "owner", "--password-stdin", "--mail-link"], (2, "exclude each other")),
    (["create", HELPER, "--role", "owner", "--password-stdin"], (2, "a password needs at least 12 characters")),
    (["create", OWNER.upper(), "--role", "owner", "--mail-link"], (1, "there is an account for")),
    (["role", HELPER, "owner"], (1, f"there is no account for {HELPER}")),
    (["role", OWNER, "moderator"], (1, f"{OWNER} is the only owner who can sign in")),
    (["disable", OWNER], (1, f"{OWNER} is the only owner who can sign in")),
    (["remove", OWNER], (1, f"{OWNER} is the only owner who can sign in")),
    (["sign-out", "nobody"], (1, "there is no account for nobody")),
]
"""Arguments; the status and what is said."""


def test_what_is_refused_is_said_and_changes_nothing(owned, subtests):
    before = owned.run("admin", "list", "--json").output

    for arguments, said in REFUSED:
        with subtests.test(arguments=arguments):
            status, text = _said(owned.run("admin", *arguments))

            assert status == said[0]
            assert said[1] in text
            assert "Traceback" not in text
            assert owned.run("admin", "list", "--json").output == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["role", HELPER, "owner"], f"{HELPER} is an owner now; all sessions have ended\n"),
        (["disable", HELPER], f"{HELPER} cannot sign in any more; all sessions have ended\n"),
        (["enable", HELPER], f"{HELPER} can sign in again\n"),
        (["remove", HELPER], f"{HELPER} is forgotten\n"),
        (["sessions", HELPER], f"{HELPER} is signed in nowhere\n"),
        (["sign-out", HELPER], f"0 sessions of {HELPER} ended\n"),
    ],
)
def test_what_is_done_is_said(owned, arguments, said):
    owned.run("admin", "create", HELPER, "--role", "moderator", "--mail-link")

    assert _said(owned.run("admin", *arguments)) == (0, said)


def test_another_owner_lets_the_first_one_go(owned):
    owned.run("admin", "create", HELPER, "--role", "owner", "--mail-link")

    assert _said(owned.run("admin", "remove", OWNER)) == (0, f"{OWNER} is forgotten\n")
    assert owned.run("admin", "remove", HELPER).status == 1


def test_a_new_account_is_mailed_its_link(owned):
    ran = owned.run("admin", "create", HELPER, "--role", "moderator", "--mail-link")
    desk = Desk.of(owned)

    assert ran.output.startswith(f"{HELPER} is a moderator; sign in at https://prland.example/admin/\n")
    assert ran.output.endswith(f"a link to sign in by was mailed to {HELPER}; it works once, within three days\n")
    assert desk.mails[0]["subject"] == "Votre compte sur PRland"
    (link,) = desk.links()
    browser = desk.browser()
    assert browser.post(link, {}).status in (303, 410)  # by the test's clock, which stands elsewhere


def test_sessions_are_told(owned, clock):
    from datetime import UTC, datetime

    clock.now = datetime.now(UTC)
    desk = Desk.of(owned)
    desk.owner()

    rows = json.loads(owned.run("admin", "sessions", OWNER, "--json").output)
    line = owned.run("admin", "sessions", OWNER).output

    assert [(row["way"], row["network"], row["browser"]) for row in rows] == [("password", "192.0.2.0/24", "unknown")]
    assert line == f"{rows[0]['seen']}  password  192.0.2.0/24  unknown\n"


def test_in_a_terminal_the_password_is_asked_for_twice_and_not_shown(owned):
    """Threat 60."""
    command = str(Path(sys.executable).with_name("pressframe"))
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [command, "admin", "create", HELPER, "--role", "moderator"], cwd=owned.folder,
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    waiting = select.poll()  # which unlike select.select knows files with high numbers
    waiting.register(ours)
    said, last = b"", b""
    answers = [b"court\n", b"court\n", b"un mot de passe long\n", b"un mot de passe long\n"]
    while True:
        if not waiting.poll(30_000):
            child.kill()
            pytest.fail(f"it says nothing more after {said!r}")
        try:
            read = os.read(ours, 1000)
        except OSError:  # how Linux tells that the other end is closed
            break
        if not read:
            break
        said, last = said + read, last + read
        if last.rstrip().endswith(b":") and answers:
            os.write(ours, answers.pop(0))
            last = b""
    os.close(ours)

    assert child.wait(60) == 0
    assert b"a password needs at least 12 characters; try another." in said
    assert b"mot de passe" not in said
    assert b"is a moderator; sign in at https://prland.example/admin/" in said
