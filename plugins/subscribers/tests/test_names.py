"""What audiences are called: wherever somebody reads, by the name in the settings; their keys are for programs."""

import re
from html import unescape

import pytest

from .conftest import LIST, flash, undo
from .test_single import act

NAMES = {"paid": "les abonnés de soutien", "gold": "les amis & <b>mécènes</b>", "subscribers": "les abonnés"}


@pytest.fixture
def named(desk):
    """Return the desk of a site whose audiences have names."""
    settings = desk.site.read("pressframe.toml")
    for key in ("paid", "gold"):
        table = f"[plugins.gates.audiences.{key}]"
        settings = settings.replace(table, f'{table}\nname = "{NAMES[key]}"')
    settings += f'\n[plugins.gates.audiences.subscribers]\nname = "{NAMES["subscribers"]}"\n'
    desk.site.edit("pressframe.toml", settings)
    desk.served.close()
    return type(desk)(desk.site, desk.site.serve())


def read(page: str) -> str:
    """Return what somebody reads of a page: no markup, and nothing in it."""
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split()))


def test_every_screen_says_the_names(named):
    owner, ada = named.sign_in_as("owner"), named.add("ada")
    for key in ("paid", "gold"):
        named.members.grant(ada.id, key, source="complimentary", now=named.now)

    pages = {path: owner.get(LIST + path).text for path in ("", "tiers", "import", f"member/{ada.id}")}

    for path, page in pages.items():
        said = read(page)
        assert NAMES["paid"] in said, path
        assert NAMES["gold"] in said, path
        assert "gold" not in said or path == "tiers"  # where the key stands as well, to be written in the settings
    assert NAMES["subscribers"] in read(pages[""])
    assert f"Take back {NAMES['gold']}" in read(pages[f"member/{ada.id}"])
    assert '<option value="gold">' in pages["import"]


def test_what_was_done_is_told_with_the_name_one_by_one_and_in_bulk(named):
    owner, ada = named.sign_in_as("owner"), named.add("ada")

    given = act(owner, ada, "grant", audience="gold")
    taken = act(owner, ada, "revoke", what="gold complimentary")
    bulk = owner.follow(owner.send(f"{LIST}bulk", {f"pick.{ada.id}": "1", "do": "grant", "audience": "paid"}))

    assert flash(given) == f"They have “{NAMES['gold']}” now."
    assert flash(taken) == f"“{NAMES['gold']}” is taken back."
    assert flash(bulk) == f"1 member got “{NAMES['paid']}”."
    undo(owner, bulk)
    assert named.rights(ada) == []


def test_a_list_for_programs_keeps_the_keys(named):
    named.members.grant(named.add("ada").id, "gold", source="complimentary", now=named.now)

    text = named.sign_in_as("owner").get(f"{LIST}members.csv").text

    assert "gold complimentary" in text
    assert "mécènes" not in text
