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


def test_who_asked_again_before_the_week_was_over_has_time_to_confirm(readers, clock):
    """Threat 79: an address whose link still works is not forgotten."""
    readers.mail("lente@example.org")
    clock.move(timedelta(days=6))
    link = readers.mail("lente@example.org")
    clock.move(timedelta(days=2))
    readers.mail("autre@example.org")

    assert readers.browser().post(link, {}).status == 303


def test_the_list_is_narrowed_and_turned_round(blog):
    site = blog(gates='archive_after = "30 days"\naudiences.paid = {}')
    (site.folder / "list.csv").write_text(
        "email,name\na@example.org,Ada\nb@example.org,Bob\nc@example.org,Cy\n", "utf-8"
    )
    site.run("members", "import", str(site.folder / "list.csv"), "--confirmed")
    site.run("members", "grant", "b@example.org", "paid")

    def addresses(*options):
        return [row["address"][0] for row in json.loads(site.run("members", "list", "--json", *options).output)]

    assert addresses() == ["a", "b", "c"]
    assert addresses("--newest") == ["c", "b", "a"]
    assert addresses("--search", "ADA") == ["a"]
    assert addresses("--audience", "paid") == ["b"]
    assert addresses("--state", "pending") == []
    assert site.run("members", "list", "--search", "nobody").output == "nobody fits\n"
    assert "Did you mean paid?" in site.run("members", "list", "--audience", "pad").errors


def test_an_audience_is_given_shown_and_taken_back(readers_with_paid):
    site = readers_with_paid
    assert site.run("members", "grant", "a@example.org", "paid", "--until", "2999-01-31").output == (
        "a@example.org has paid until 2999-02-01T00:00:00+00:00\n"
    )
    again = site.run("members", "grant", "a@example.org", "paid", "--until", "2999-01-31", "--json")
    assert json.loads(again.output) == {
        "address": "a@example.org", "audience": "paid", "changed": False,
    }  # fmt: skip
    shown = json.loads(site.run("members", "show", "A@example.org", "--json").output)
    assert [(one["audience"], one["source"], one["until"]) for one in shown["audiences"]] == [
        ("subscribers", "import", None), ("paid", "complimentary", "2999-02-01T00:00:00+00:00"),
    ]  # fmt: skip
    assert "audience   paid, complimentary, since" in site.run("members", "show", "a@example.org").output

    assert site.run("members", "revoke", "a@example.org", "paid").output == "a@example.org has paid no more\n"
    assert site.run("members", "revoke", "a@example.org", "paid").output == "a@example.org did not have paid\n"


@pytest.mark.parametrize(
    ("typed", "end"),
    [
        ("2999-01-31", "2999-01-31T23:00:00+00:00"),
        ("2999-07-31", "2999-07-31T22:00:00+00:00"),
        ("2999-01-31T12:00", "2999-01-31T11:00:00+00:00"),
        ("2999-01-31T12:00:00Z", "2999-01-31T12:00:00+00:00"),
        ("2999-01-31 12:00+05:00", "2999-01-31T07:00:00+00:00"),
    ],
)
def test_what_ends_with_a_day_lasts_through_it_in_the_sites_time_zone(readers_with_paid, typed, end):
    """As on the owner's screen."""
    site = readers_with_paid
    site.edit("pressframe.toml", site.read("pressframe.toml").replace("[site]", '[site]\ntimezone = "Europe/Paris"', 1))

    assert end in site.run("members", "grant", "a@example.org", "paid", "--until", typed).output


@pytest.mark.parametrize("typed", ["31/01/2999", "2999-02-30", "9999-12-31", "tomorrow", "", "2999-01-31T25:00"])
def test_what_is_no_date_is_said_with_an_example(readers_with_paid, typed):
    ran = readers_with_paid.run("members", "grant", "a@example.org", "paid", "--until", typed)

    assert ran.status == 2
    assert f'"{typed}" is no date' in ran.errors
    assert "2027-01-31" in ran.errors


def test_what_cannot_be_given_is_one_clear_error(readers_with_paid):
    site = readers_with_paid
    for arguments, said in (
        (("grant", "a@example.org", "silver"), '"silver" is no audience of this site'),
        (("grant", "a@example.org", "paid", "--until", "2001-01-01"), "has passed"),
        (("grant", "z@example.org", "paid"), "nobody has subscribed with z@example.org"),
        (("revoke", "a@example.org", "subscribers"), "what every confirmed member has"),
        (("show", "z@example.org"), "nobody has subscribed with z@example.org"),
    ):
        ran = site.run("members", *arguments)
        assert ran.status == 1
        assert said in ran.errors


@pytest.fixture
def readers_with_paid(blog):
    """Return a site with an audience to give, and one member."""
    site = blog(gates='archive_after = "30 days"\naudiences.paid = {}')
    (site.folder / "list.csv").write_text("email\na@example.org\n", "utf-8")
    assert site.run("members", "import", str(site.folder / "list.csv"), "--confirmed").status == 0
    return site
