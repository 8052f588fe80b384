"""Members as other plugins write them, on both databases; and who hears of it."""

from datetime import UTC, datetime, timedelta

import pytest

from pressframe.errors import ConfigError
from pressframe_members import known_audiences
from pressframe_members.store import Members
from pressframe_sql import database
from pressframe_testing.members import MemberStoreKit

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY = timedelta(days=1)
SITE = """
== pressframe.toml ==
[site]
title = "A site"
plugins = ["markdown", "sql", "web", "gates", "members", "journal", "listener"]
[plugins.sql]
url = "{url}"
[plugins.gates.audiences]
gold = {{}}
paid = {{}}
== content/one.md ==
---
title: One
date: 2026-11-20
---
A text.
== plugins/listener.py ==
\"\"\"Write down what happens to members.\"\"\"
import attrs
from pressframe import hookimpl

@attrs.frozen(eq=False)
class Listener:
    @hookimpl
    def on_subscription(self, member, audience, change, now, host):
        with (host.folder / "heard").open("a") as file:
            print(change, audience, member.address, now.day, file=file)
        if (host.folder / "deaf").exists():
            raise ValueError("not today")
"""


@pytest.fixture
def blog(site):
    return site(SITE.format(url="sqlite:///data/site.sqlite"))


@pytest.fixture
def host(blog):
    return blog.open()


class OfHost(MemberStoreKit):
    @pytest.fixture
    def store(self, host):
        return Members(host)

    @pytest.fixture
    def write(self, host):
        return database(host).write


class TestSQLite(OfHost):
    pass


@pytest.mark.postgresql
class TestPostgreSQL(OfHost):
    @pytest.fixture
    def host(self, site, postgresql):
        host = site(SITE.format(url=postgresql)).open()
        yield host
        database(host).close()


def heard(host) -> list[str]:
    file = host.folder / "heard"
    return file.read_text().splitlines() if file.exists() else []


def test_every_change_is_told_once(host):
    members = Members(host)
    zoe = members.add("zoe@example.org", now=NOW)
    members.add("zoe@example.org", now=NOW + DAY, confirmed_at=NOW + DAY)
    members.add("zoe@example.org", now=NOW + DAY, confirmed_at=NOW + DAY)
    for _ in range(2):
        members.grant(zoe.id, "paid", source="stripe", now=NOW + 2 * DAY)
    for _ in range(2):
        members.revoke(zoe.id, "paid", source="stripe", now=NOW + 3 * DAY)
    for _ in range(2):
        members.remove(zoe.id, now=NOW + 4 * DAY)

    assert heard(host) == [
        "joined subscribers zoe@example.org 23",
        "confirmed subscribers zoe@example.org 24",
        "granted paid zoe@example.org 25",
        "revoked paid zoe@example.org 26",
        "left subscribers zoe@example.org 27",
    ]


def test_what_happens_is_in_the_log_without_names_and_addresses(host, caplog):
    """Threat 60."""
    caplog.set_level("INFO", "pressframe")

    member = Members(host).add("zoe@example.org", now=NOW, name="Zoé")

    assert f"member {member.id}: joined subscribers" in caplog.text
    assert "zoe" not in caplog.text.lower()


def test_who_is_deaf_changes_nothing(host, caplog):
    (host.folder / "deaf").touch()

    member = Members(host).add("zoe@example.org", now=NOW)

    assert Members(host).find(member.id) == member
    assert "listener failed in on_subscription" in caplog.text


def test_what_shares_a_transaction_is_told_by_a_job_after_the_commit(blog):
    served = blog.serve()
    host, members = served._site, Members(served._site)

    def work(connection):
        zoe = members.add("zoe@example.org", now=NOW, confirmed_at=NOW, connection=connection)
        members.grant(zoe.id, "paid", source="stripe", now=NOW, connection=connection)
        return heard(host)

    assert database(host).write(work) == []
    assert heard(host) == []
    served.run_jobs()

    assert heard(host) == [
        "joined subscribers zoe@example.org 23",
        "confirmed subscribers zoe@example.org 23",
        "granted paid zoe@example.org 23",
    ]


def test_the_end_of_an_audience_is_told_when_it_comes(blog, clock):
    served = blog.serve()
    host, members = served._site, Members(served._site)
    ids = {}
    for name in ("ends", "prolonged", "revoked", "removed"):
        ids[name] = members.add(f"{name}@example.org", now=NOW, confirmed_at=NOW).id
        members.grant(ids[name], "paid", source="stripe", now=NOW, until=NOW + DAY)
    members.grant(ids["prolonged"], "paid", source="stripe", now=NOW, until=NOW + 9 * DAY)
    members.revoke(ids["revoked"], "paid", source="stripe", now=NOW)
    members.remove(ids["removed"], now=NOW)

    served.run_jobs()
    assert not [line for line in heard(host) if line.startswith("lapsed")]
    clock.move(DAY)
    served.run_jobs()

    assert [line for line in heard(host) if line.startswith("lapsed")] == ["lapsed paid ends@example.org 24"]


def test_audiences_are_those_that_gates_describe(host):
    member = Members(host).add("zoe@example.org", now=NOW, confirmed_at=NOW)

    assert known_audiences(host) == {"subscribers", "gold", "paid"}
    with pytest.raises(ConfigError, match=r'"silver" is no audience of this site') as caught:
        Members(host).grant(member.id, "silver", source="stripe", now=NOW)
    assert caught.value.fix == "add the table [plugins.gates.audiences.silver]"


def test_what_every_member_has_is_neither_given_nor_asked_for_in_the_settings(host):
    with pytest.raises(ConfigError, match="what every confirmed member has") as caught:
        Members(host).check_audience("subscribers")

    assert "neither given nor taken" in caught.value.fix


def test_audiences_are_named_in_one_place_alone(blog):
    blog.edit(
        "pressframe.toml", f'{(blog.folder / "pressframe.toml").read_text()}[plugins.members]\naudiences = ["paid"]\n'
    )

    with pytest.raises(ConfigError, match=r"plugins.members.audiences: no such setting"):
        blog.open()
