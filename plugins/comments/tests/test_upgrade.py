"""Comments of an older version's tables are all there after an upgrade."""

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from pressframe_comments import Search, State, comment_store
from pressframe_comments.migrations import m0001_comments as first
from pressframe_sql import database

ROWS = [
    {"id": 3, "entry": "posts/un", "state": "approved", "author": "Zoé", "body": "L’été", "received": 17 * 10**14 + 1},
    {"id": 7, "entry": "posts/un", "state": "spam", "author": "Bo", "body": "b\n\u202e", "received": 17 * 10**14 + 2},
    {"id": 9, "entry": "posts/deux", "state": "approved", "author": "Al", "body": "c", "received": 16 * 10**14},
]
MORE = {
    "kind": "comment", "reasons": '["a link"]', "email": "Zoe@Example.org", "client": "192.0.2.0/24", "likeness": "x",
    "accepted_before": False, "by_author": True, "url": "https://e.org", "parent": None, "reader": None, "sender": "s",
}  # fmt: skip


def old_tables(connection):
    """Make what version 1 left behind, with comments in it."""
    with Operations.context(MigrationContext.configure(connection)):
        first.upgrade()
    columns = ", ".join({**ROWS[0], **MORE})
    values = ", ".join(f":{name}" for name in {**ROWS[0], **MORE})
    connection.execute(
        sa.text(f"INSERT INTO comments_comment ({columns}) VALUES ({values})"), [{**one, **MORE} for one in ROWS]
    )
    connection.execute(sa.text("UPDATE comments_revision SET number = 41"))
    connection.execute(sa.text("CREATE TABLE comments_version (version_num VARCHAR(32) PRIMARY KEY)"))
    connection.execute(sa.text("INSERT INTO comments_version VALUES ('comments_0001')"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def site(request, make_site, tmp_path):
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    (tmp_path / "data").mkdir()
    engine = sa.create_engine(
        url.replace("postgresql:", "postgresql+psycopg:") or f"sqlite:///{tmp_path}/data/site.sqlite"
    )
    with engine.begin() as connection:
        old_tables(connection)
    engine.dispose()
    return make_site(database=url)


def test_nothing_is_lost_and_what_is_new_is_filled(site):
    store = comment_store(site)

    found = store.search(Search(oldest_first=True)).comments

    assert [(one.comment.id, one.state.value, one.comment.author, one.comment.body) for one in found] == [
        ("c9", "approved", "Al", "c"),
        ("c3", "approved", "Zoé", "L’été"),
        ("c7", "spam", "Bo", "b\n\u202e"),
    ]
    assert all(one.version == 1 and one.changed == one.comment.received and one.reasons == ("a link",) for one in found)
    assert [one.comment.id for one in store.search(Search(text="ete", address="zoe@example.org")).comments] == ["c3"]
    assert store.revision() == "41"
    assert store.changed_since("41") == frozenset()
    assert store.changed_since("40") is None
    store.move(["c7"], State.APPROVED)
    assert store.changed_since("41") == {"posts/un"}
    database(site).close()


def test_comments_are_counted_by_name_without_a_look_at_each(site):
    store = comment_store(site)

    found = store.tally("author", ["Zoé", "Bo", "Eve"])

    assert {name: [state.value for state, number in counts.items() if number] for name, counts in found.items()} == {
        "Zoé": ["approved"],
        "Bo": ["spam"],
        "Eve": [],
    }
    with database(site).read() as connection:
        indexes = sa.inspect(connection).get_indexes("comments_comment")
    assert ["author", "state"] in [index["column_names"] for index in indexes]
    database(site).close()
