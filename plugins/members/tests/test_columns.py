"""Columns that plugins bring to the list of all members: given out, taken in again, and what goes wrong."""

import csv
import io
from datetime import UTC, datetime

import pytest

from pressframe.errors import PluginError
from pressframe_members.store import Members
from pressframe_members.transfer import COLUMNS, Terms, export_members, import_members

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
PLUGIN = '''
== plugins/{name}.py ==
"""Knows a colour of each member, and writes down which it is told."""
import attrs
from pressframe import hookimpl

@attrs.frozen(eq=False)
class Colours:
    taken: list = attrs.field(factory=list, init=False, repr=False)

    @hookimpl
    def register_columns(self, host):
        from pressframe_members.model import Column
        return [Column(name="colour", tell=self.tell, take=self.take)]

    def tell(self, connection, members):
        return {{one.id: "=red" for one in members if one.address.startswith("ada")}}

    def take(self, connection, member, cell, now):
        if cell == "fault":
            raise ValueError("a fault")
        self.taken.append((member.address, cell, now))
'''


@pytest.fixture
def made(blog):
    """Return a function that opens the blog with plugins that know a colour."""

    def make(*names):
        site = blog(more="".join(PLUGIN.format(name=name) for name in names))
        listed = ", ".join(f'"{name}"' for name in ("members", *names))
        site.edit("pressframe.toml", site.read("pressframe.toml").replace('"members"', listed))
        return site.open()

    return make


def given_out(host) -> str:
    return "".join(export_members(host))


def taken_in(host, text):
    import_members(host, io.BytesIO(text.encode()), "list.csv", terms=Terms(), now=NOW)
    return host.plugins["colours"][1].taken


def test_a_plugins_column_stands_in_the_list_safe_in_spreadsheets_and_is_told_back(made):
    host = made("colours")
    for address in ("ada@example.org", "bob@example.org"):
        Members(host).add(address, now=NOW, confirmed_at=NOW)

    text = given_out(host)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    known = list(taken_in(host, text))
    for one in Members(host).search(now=NOW).members:
        Members(host).remove(one.id, now=NOW)

    assert tuple(rows[0]) == (*COLUMNS, "colour")
    assert [row["colour"] for row in rows] == ["'=red", ""]
    assert known == []  # who is a member here has chosen here
    assert taken_in(host, text) == [("ada@example.org", "=red", NOW)]


def test_a_list_without_the_column_tells_nothing(made):
    host = made("colours")

    assert taken_in(host, "address,state,audiences\nada@example.org,confirmed,\n") == []


def test_a_plugin_that_fails_with_its_column_is_named_and_nobody_is_taken_in(made):
    host = made("colours")

    with pytest.raises(PluginError, match='"colours" failed with its column colour: ValueError: a fault'):
        taken_in(host, "address,state,audiences,colour\nada@example.org,confirmed,,fault\n")

    assert Members(host).search(now=NOW).members == ()


def test_two_columns_of_one_name_are_an_error(made):
    with pytest.raises(PluginError, match='"tints" and "colours" both bring a column called colour'):
        given_out(made("colours", "tints"))
