"""Entries that tests write as JSON come out as entries, whatever is left out."""

import json
from datetime import UTC, datetime

import pytest

from pressframe import Author, Term
from pressframe_testing.shelf import Html, Shelf


@pytest.fixture
def load(tmp_path):
    """Return a function that loads what a file holds: manuscripts by key."""

    def load(given, **how):
        (tmp_path / "shelf.json").write_text(json.dumps(given), "utf-8")
        shelf = Shelf(tmp_path / "shelf.json", **how)
        return {source.key: shelf.load(source) for source in shelf.scan()}

    return load


def test_what_is_left_out_of_an_entry_is_there(load):
    first, second = load([{}, {}]).values()

    assert (first.entry.id, first.entry.title, first.entry.address) == ("1", "Post 1", "/1/")
    assert second.entry.address == "/2/"
    assert Html().render(first.text).html == "<p>A text.</p>"


def test_an_object_names_its_entries(load):
    assert load({"posts/one": {}})["posts/one"].entry.address == "/one/"


def test_fields_of_an_entry_are_made_of_what_json_has(load):
    given = {
        "published": "2026-01-02T03:04:05+00:00", "authors": [["ada", "Ada", "/ada/"], ["bob", "Bob"]],
        "terms": [["tag", "x", "X"], ["category", "b", "B", "a"]], "status": "draft",
    }  # fmt: skip

    entry = load([given])["1"].entry

    assert entry.published == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert entry.authors == (Author(slug="ada", name="Ada", url="/ada/"), Author(slug="bob", name="Bob"))
    assert entry.terms[0] == Term(taxonomy="tag", slug="x", name="X")
    assert entry.terms[1].parent == "a"
    assert entry.status == "draft"


def test_what_no_entry_has_is_for_the_tests_own_plugin(load):
    assert load([{"gate": "shown"}])["1"].entry.data["shelf"] == {"gate": "shown"}


def test_defaults_give_way_to_what_an_entry_says(load):
    first, second = load([{}, {"title": "Mine"}], defaults={"title": "Theirs"}).values()

    assert (first.entry.title, second.entry.title) == ("Theirs", "Mine")


def test_a_mark_ends_the_public_part():
    assert Html().render("<p>a</p><!--more--><p>b</p>").more == len("<p>a</p>")
    assert Html().render("<p>a</p>").more is None
