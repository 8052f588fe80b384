"""Members of an older version are all there after an upgrade, and signed in as they were."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from pressframe_members._sessions import Sessions
from pressframe_members.migrations import m0001_members as first
from pressframe_members.model import Member
from pressframe_members.store import Members
from pressframe_sql import database
from pressframe_web.identity import digest

from .test_store import SITE

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SINCE = 1_700_000_000_000_000
ROWS = [
    {
        "id": id,
        "reader": f"r{id}",
        "address": address,
        "folded": address.lower(),
        "since": SINCE,
        "confirmed": confirmed,
    }
    for id, address, confirmed in [(3, "Zoe@example.org", SINCE), (7, "al@example.org", None)]
]


def old_tables(connection):
    """Make what version 1 left behind: a member who is signed in, and one who has not confirmed yet."""
    with Operations.context(MigrationContext.configure(connection)):
        first.upgrade()
    names = list(ROWS[0])
    columns, values = ", ".join(names), ", ".join(f":{name}" for name in names)
    connection.execute(sa.text(f"INSERT INTO members_member ({columns}) VALUES ({values})"), ROWS)
    expires = SINCE + 4 * 10**15
    connection.execute(
        sa.text("INSERT INTO members_session (digest, member, made, expires) VALUES (:digest, 3, :made, :expires)"),
        {"digest": digest("cookie"), "made": SINCE, "expires": expires},
    )
    connection.execute(sa.text("CREATE TABLE members_version (version_num VARCHAR(32) PRIMARY KEY)"))
    connection.execute(sa.text("INSERT INTO members_version VALUES ('members_0001')"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def host(request, site):
    is_sqlite = request.param == "sqlite"
    url = "sqlite:///data/site.sqlite" if is_sqlite else request.getfixturevalue("postgresql")
    blog = site(SITE.format(url=url))
    (blog.folder / "data").mkdir()
    there = (
        f"sqlite:///{blog.folder}/data/site.sqlite" if is_sqlite else url.replace("postgresql:", "postgresql+psycopg:")
    )
    engine = sa.create_engine(there)
    with engine.begin() as connection:
        old_tables(connection)
    engine.dispose()
    host = blog.open()
    yield host
    database(host).close()


def test_nobody_is_lost_and_what_is_new_is_filled(host):
    members = Members(host)

    zoe, al = members.find("r3"), members.find_by_address("al@example.org")

    since = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=SINCE)
    assert zoe == Member(id="r3", address="Zoe@example.org", since=since, confirmed=since)
    assert al is not None
    assert al.confirmed is None
    assert members.search("ZOE", now=NOW).members == (zoe,)
    assert [(one.audience, one.source) for one in members.memberships("r3")] == [("subscribers", "sign-up")]
    assert members.grant("r3", "paid", source="complimentary", now=NOW)
    reader = Sessions(host).find_reader("cookie", NOW)
    assert reader is not None
    assert reader.audiences == {"subscribers", "paid"}
