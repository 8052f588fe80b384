"""``pressframe members``, as the owner types it."""

import json
from datetime import timedelta

import pytest

from pressframe_testing import EVERY_DATABASE

pytestmark = EVERY_DATABASE


def test_the_list_has_addresses_states_and_dates(readers, clock):
    readers.sign_up("lectrice@example.org")
    readers.mail("lui@example.org")

    assert readers.command("list").splitlines() == [
        "2026-11-23T10:00:00+00:00  confirmed  lectrice@example.org",
        "2026-11-23T10:00:00+00:00  pending    lui@example.org",
    ]
    assert json.loads(readers.command("list", "--json"))[1] == {
        "address": "lui@example.org",
        "state": "pending",
        "since": "2026-11-23T10:00:00+00:00",
    }


def test_asking_creates_no_database(blog, sql_table):
    if sql_table:
        pytest.skip("one is there already")
    site = blog()

    listed, removed = site.run("members", "list", "--json"), site.run("members", "remove", "a@example.org")

    assert (listed.status, listed.output) == (0, "[]\n")
    assert removed.status == 1
    assert not (site.folder / "data").exists()


def test_a_member_is_removed_however_the_address_is_spelt(readers):
    readers.sign_up("Lectrice@example.org")

    assert readers.command("remove", "LECTRICE@Example.org") == "LECTRICE@Example.org is forgotten\n"
    assert readers.command("list") == "nobody has subscribed yet\n"


def test_removing_a_stranger_is_one_clear_error(readers):
    ran = readers.site.run("members", "remove", "autre@example.org")

    assert ran.status == 1
    assert "nobody has subscribed with autre@example.org" in ran.errors
    assert "see pressframe members list" in ran.errors


def test_addresses_that_nobody_confirmed_are_forgotten_after_a_week(readers, clock):
    """Threat 79."""
    readers.mail("oubli@example.org")
    clock.move(timedelta(days=6))
    readers.mail("autre@example.org")
    clock.move(timedelta(days=1))
    readers.mail("encore@example.org")

    listed = readers.command("list")
    assert "oubli@" not in listed
    assert "autre@" in listed
