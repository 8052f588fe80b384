"""What the owner does: on the screen, and on the command line."""

import json
import re
from datetime import UTC, datetime
from html import unescape

import pytest

from pressframe_testing import EVERY_DATABASE

from .conftest import OLD, is_whole
from .test_previews import DRAFTS

pytestmark = EVERY_DATABASE

SCREEN = "/admin/passes/"


@pytest.fixture
def desk(blog, clock):
    clock.move(datetime.now(UTC) - clock.now)
    return blog("", more=DRAFTS.replace("![](photo.png)", "")).serve()


def link_on(page, kind) -> str:
    found = re.search(rf'value="https://prland\.example(/passes/{kind}/[^"]+)"', page.text)
    return found[1] if found else ""


def test_the_owner_makes_a_gift_and_takes_it_back(desk):
    owner, reader = desk.sign_in_as("owner"), desk.browser()
    owner.send(f"{SCREEN}gift", {"entry": OLD, "readers": "2", "days": "7"})
    link = link_on(owner.get(SCREEN), "gift")
    reader.post(link, {})
    assert is_whole(reader.get(OLD))
    id = re.search(r'name="link" value="([^"]+)"', owner.get(SCREEN).text)[1]

    owner.send(f"{SCREEN}revoke", {"link": id})

    assert not is_whole(reader.get(OLD))
    assert link_on(owner.get(SCREEN), "gift") == ""
    assert "repris" in owner.get(SCREEN).text


def test_the_owner_makes_a_preview_of_a_draft_on_the_list(desk):
    owner = desk.sign_in_as("owner")
    id = re.search(r'<option value="([^"]*secret[^"]*)">', owner.get(SCREEN).text)[1]

    owner.send(f"{SCREEN}preview", {"entry": id})

    assert "canari-draft" in desk.browser().get(link_on(owner.get(SCREEN), "preview")).text


def test_private_entries_are_not_on_the_list(desk):
    assert "private" not in re.findall(r'<option value="([^"]*)"', desk.sign_in_as("owner").get(SCREEN).text)


CANNOT = [
    ("gift", {"entry": "/nowhere/", "readers": "2", "days": "7"}, "ce texte n’existe pas"),
    ("gift", {"entry": "http://[::1", "readers": "2", "days": "7"}, "ce texte n’existe pas"),
    ("preview", {"entry": "http://[::1"}, "ce texte n’existe pas"),
    ("gift", {"entry": "", "readers": "2", "days": "7"}, "ce texte n’existe pas"),
    ("gift", {"entry": OLD, "readers": "0", "days": "7"}, "nombres entiers"),
    ("gift", {"entry": OLD, "readers": "2", "days": "9999"}, "nombres entiers"),
    ("gift", {"entry": OLD, "readers": "²", "days": "7"}, "nombres entiers"),
    ("gift", {"entry": "content/posts/later.md", "readers": "2", "days": "7"}, "pas encore publié"),
    ("preview", {"entry": "posts/old"}, "déjà publié"),
    ("revoke", {"link": "x"}, "n’existe pas"),
]
"""An action, its form, and what is said."""


def test_what_cannot_be_done_is_said(desk, subtests):
    owner = desk.sign_in_as("owner")

    for action, form, said in CANNOT:
        with subtests.test(action=action, form=form):
            assert said not in owner.get(SCREEN).text

            answer = owner.send(f"{SCREEN}{action}", form)

            page = answer.text if answer.status == 422 else owner.follow(answer).text
            assert said in page
            wrong = re.findall(r'aria-describedby="[^"]*gift-problem" aria-invalid="true" autofocus', page)
            assert len(wrong) == (action == "gift")


def test_what_was_typed_for_a_gift_is_not_lost_where_something_is_wrong(desk):
    form = {"entry": "/<nowhere>/", "readers": "3", "days": "9"}

    page = desk.sign_in_as("owner").send(f"{SCREEN}gift", form)

    assert page.status == 422
    assert '<p id="gift-problem" class="errors" role="alert">Rien n’a été créé' in page.text
    for name, value in form.items():
        field = re.search(rf'<input id="gift-{name}"[^>]* value="([^"]*)"([^>]*)>', page.text)
        assert unescape(field[1]) == value
        assert ("autofocus" in field[2]) is (name == "entry")


@pytest.mark.parametrize("role", ["moderator", "author"])
def test_only_owners_see_the_screen(desk, role):
    """Threat 45."""
    other = desk.sign_in_as(role, author="odile" if role == "author" else "")

    assert other.get(SCREEN).status == 403
    assert desk.browser().get(SCREEN).status in (303, 403)


def test_a_form_without_its_token_does_nothing(desk):
    """Threat 40."""
    owner = desk.sign_in_as("owner")

    assert owner.post(f"{SCREEN}gift", {"entry": OLD, "readers": "2", "days": "7"}).status == 403
    assert link_on(owner.get(SCREEN), "gift") == ""


def test_the_command_line_lists_and_revokes(blog):
    site = blog("")
    assert site.run("passes", "list").output == "no link has been made yet\n"
    site.run("passes", "gift", OLD, "--readers", "3")

    row = json.loads(site.run("passes", "list", "--json").output)[0]
    assert (row["kind"], row["state"], row["used"], row["most"], row["entry"]) == ("gift", "good", 0, 3, "posts/old")
    assert row["id"].isalnum()  # so that it never looks like an option
    assert "0 of 3" in site.run("passes", "list").output
    assert "opens nothing any more" in site.run("passes", "revoke", row["id"]).output
    assert json.loads(site.run("passes", "list", "--json").output)[0]["state"] == "revoked"


def test_a_gift_that_all_have_taken_is_called_so_in_both_lists(blog, clock):
    clock.move(datetime.now(UTC) - clock.now)
    site = blog("")
    served = site.serve()
    link = site.run("passes", "gift", OLD, "--readers", "1").output.strip()

    served.browser().post(link.removeprefix("https://prland.example"), {})

    (row,) = json.loads(site.run("passes", "list", "--json").output)
    assert row["state"] == "taken"
    assert "épuisé" in served.sign_in_as("owner").get(SCREEN).text


def test_an_unknown_link_or_entry_is_one_clear_sentence(blog):
    site = blog("")

    for arguments in (("revoke", "x"), ("gift", "/nowhere/")):
        ran = site.run("passes", *arguments)
        assert ran.status != 0
        assert ran.errors.startswith("error: there is no")
