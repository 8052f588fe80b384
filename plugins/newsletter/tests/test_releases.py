"""What newsletters make of a release: of one that comes late, or while nothing can be stored."""

import pytest
import sqlalchemy as sa

from pressframe.errors import StoreError
from pressframe_newsletter._tables import MARK
from pressframe_sql import Database, database
from pressframe_testing import EVERY_DATABASE

from .conftest import parts
from .test_publishing import NEW, NOW, publish

pytestmark = EVERY_DATABASE


def _locked(*_):
    raise StoreError("locked")


def test_a_new_post_is_mailed_though_the_database_was_locked_as_it_came(mailed, sink, monkeypatch):
    """F8."""
    desk = mailed(automatic="true", newsletter=NOW)
    desk.add("a@example.org")

    with monkeypatch.context() as patched:
        patched.setattr(Database, "write", _locked)
        publish(desk)
    desk.rebuild()
    desk.move("11 minutes")

    assert sink.addresses == ["a@example.org"]


@pytest.mark.parametrize("before", ["sent", "nothing"])
def test_what_a_start_sees_to_is_seen_to_though_the_database_was_locked_then(mailed, sink, monkeypatch, before):
    """F8: what was cut off goes on, and posts that are there already are old."""
    desk = mailed(automatic="true", newsletter=NOW)
    if before == "sent":
        desk.add("a@example.org")
        campaign = desk.send()
        database(desk.host).write(lambda connection: connection.execute(sa.text("DELETE FROM sql_job")))
    else:
        database(desk.host).write(lambda connection: connection.execute(sa.update(MARK).values(since=None)))

    with monkeypatch.context() as patched:
        patched.setattr(Database, "write", _locked)
        desk = desk.restart()
    desk.rebuild()
    desk.run_jobs()
    if before == "nothing":
        desk.add("a@example.org")
        publish(desk)
        desk.move("11 minutes")

    assert sink.addresses == ["a@example.org"]
    assert before == "nothing" or desk.state(campaign) == "done"


def test_a_digest_leaves_once_a_week_to_who_wants_it(mailed, sink):
    desk = mailed(newsletter='digest_day = "tuesday"\ndigest_at = 08:00:00')
    weekly, each = desk.add("weekly@example.org"), desk.add("each@example.org")
    desk.people.choose(weekly, {"posts": "weekly"}, desk.site.clock.now, lifts=True)
    desk.run_jobs()

    desk.move("20 hours")  # Tuesday, 7:00 in Paris
    assert sink.taken == []
    desk.move("1 hour")
    desk.move("1 hour")
    desk.restart().run_jobs()
    desk.move("7 days")  # nothing was published since

    assert sink.addresses == ["weekly@example.org"]
    assert each is not None
    assert "La crise, vue d’ici" in parts(sink.read("weekly@example.org"))[0]


def _schedule_at_the_digest(desk):
    """Have a post appear at the very moment of tomorrow's digest, which one member wants."""
    desk.site.edit("content/posts/neuf.md", NEW.format(more="").replace("2026-11-23", "2026-11-24T08:00:00"))
    desk.served.app.rebuilder.ask()
    desk.rebuild()
    weekly = desk.add("weekly@example.org")
    desk.people.choose(weekly, {"posts": "weekly"}, desk.site.clock.now, lifts=True)
    desk.run_jobs()


@pytest.mark.parametrize("others", [True, False])
def test_a_post_that_appears_at_the_moment_of_the_digest_is_in_it(mailed, sink, others):
    """Whichever comes first, the job or the build; the next digest is of what comes after this moment."""
    desk = mailed(newsletter='digest_day = "tuesday"\ndigest_at = 08:00:00')
    if not others:
        desk.site.remove("content/posts/crise.md")
        desk.site.remove("content/posts/ferme.md")
    _schedule_at_the_digest(desk)

    desk.move("21 hours")
    desk.rebuild()
    desk.move("5 seconds")

    assert sink.addresses == ["weekly@example.org"]
    assert "Tout neuf." in parts(sink.read("weekly@example.org"))[0]
    assert ("La crise" in parts(sink.read("weekly@example.org"))[0]) is others


def test_a_digest_leaves_though_the_site_cannot_be_built_any_more(mailed, sink):
    desk = mailed(newsletter='digest_day = "tuesday"\ndigest_at = 08:00:00')
    _schedule_at_the_digest(desk)

    desk.move("21 hours")
    assert sink.addresses == []
    for _ in range(10):
        desk.move("1 minute")

    assert sink.addresses == ["weekly@example.org"]
