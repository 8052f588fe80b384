"""What the site mails by itself: new posts, digests; and what a copy of the database must not."""

import shutil

import pytest
import sqlalchemy as sa

from pressframe_newsletter._guard import Guard, count_to
from pressframe_newsletter._planning import ensure_mark
from pressframe_newsletter._tables import MARK
from pressframe_sql import database
from pressframe_testing import EVERY_DATABASE

pytestmark = EVERY_DATABASE

NEW = "---\ntitle: Neuf\ndate: 2026-11-23\n{more}---\nTout neuf.\n"
NOW = 'delay = "10 minutes"'


def publish(desk, name="neuf", more=""):
    desk.site.edit(f"content/posts/{name}.md", NEW.format(more=more))
    desk.served.app.rebuilder.ask()
    desk.rebuild()


def test_a_new_post_is_mailed_after_a_while_and_once(mailed, sink):
    desk = mailed(automatic="true", newsletter=NOW)
    desk.add("a@example.org")
    desk.run_jobs()

    publish(desk)
    desk.run_jobs()
    assert sink.taken == []
    desk.move("11 minutes")
    publish(desk, more="tags: [x]\n")
    desk.move("1 hour")

    assert sink.addresses == ["a@example.org"]
    assert sink.read("a@example.org")["subject"] == "Neuf"


def test_posts_that_were_there_before_the_newsletter_are_not_mailed(mailed, sink):
    desk = mailed(automatic="true", newsletter=NOW, more="\n== content/posts/neuf.md ==\n" + NEW.format(more=""))
    desk.add("a@example.org")

    desk.move("1 hour")

    assert sink.taken == []
    assert [(one.state, one.reason) for one in desk.campaigns.all()] == [("cancelled", "old")] * len(
        desk.campaigns.all()
    )


def test_a_post_whose_file_is_moved_is_not_mailed_again(mailed, sink):
    desk = mailed(automatic="true", newsletter=NOW)
    desk.add("a@example.org")
    publish(desk)
    desk.move("11 minutes")

    desk.site.remove("content/posts/neuf.md")
    publish(desk, "2026/neuf")
    desk.move("1 hour")

    assert sink.addresses == ["a@example.org"]
    assert [(one.state, one.reason) for one in desk.campaigns.all(count=1)] == [("cancelled", "moved")]


def test_a_post_that_moves_before_it_was_mailed_is_mailed_once_and_so_is_another_of_its_title(mailed, sink):
    desk = mailed(automatic="true", newsletter=NOW)
    desk.add("a@example.org")
    publish(desk)
    desk.site.remove("content/posts/neuf.md")
    publish(desk, "2026/neuf")
    desk.move("11 minutes")

    publish(desk, "other", more="slug: other\n")
    desk.move("1 hour")

    assert sink.addresses == ["a@example.org"] * 2


@pytest.mark.parametrize("more", ["newsletter: false\n", "draft: true\n", "date: 2026-11-29\n"])
def test_what_is_kept_out_or_not_published_is_not_mailed(mailed, sink, more):
    """Threat 17."""
    desk = mailed(automatic="true", newsletter=NOW)
    desk.add("a@example.org")

    desk.site.edit("content/posts/neuf.md", NEW.replace("date: 2026-11-23\n", "").format(
        more=more if "date" in more else f"date: 2026-11-23\n{more}"
    ))  # fmt: skip
    desk.served.app.rebuilder.ask()
    desk.rebuild()
    desk.move("1 hour")

    assert sink.taken == []


@pytest.mark.parametrize("said", ['"false"', "no", "off", "0", "[]"])
def test_what_says_neither_true_nor_false_stops_the_build_rather_than_be_mailed(mailed, said):
    desk = mailed()

    desk.site.edit("content/posts/neuf.md", NEW.format(more=f"newsletter: {said}\n"))
    error = desk.site.build().error

    assert str(error.at) == "content/posts/neuf.md: newsletter"
    assert error.message.startswith("must be true or false, got")
    assert "newsletter: false" in error.fix


@pytest.mark.parametrize(
    ("within", "told"),
    [
        ("category/press", 'no post is within "category/press", so it mails nothing. Did you mean presse?'),
        ("tag/none-such", 'no post is within "tag/none-such", so it mails nothing'),
        ("topic/presse", 'no post is within "topic/presse", so it mails nothing'),
        ("category/presse", ""),
    ],
)
def test_a_newsletter_about_what_no_post_is_in_is_told(blog, caplog, within, told):
    site = blog(
        newsletter=f'[plugins.newsletter.newsletters.presse]\nwithin = "{within}"',
        more="\n== content/posts/neuf.md ==\n" + NEW.format(more="categories: [Presse]\n"),
    )

    assert site.build().error is None

    assert [line for line in caplog.messages if "so it mails nothing" in line] == (
        [f"[plugins.newsletter.newsletters.presse]: {told}"] if told else []
    )


def test_a_newsletter_of_one_category_mails_posts_of_that_one(mailed, sink):
    desk = mailed(
        automatic="true", newsletter=f'{NOW}\n[plugins.newsletter.newsletters.presse]\nwithin = "category/presse"'
    )
    desk.add("a@example.org")

    publish(desk, "un", "categories: [Presse]\n")
    publish(desk, "deux", "categories: [Autres]\n")
    desk.move("1 hour")

    assert len(sink.taken) == 1


# ------------------------------------------------------------------------------------------------ copies


@pytest.fixture
def in_a_file(sql_table):
    """Skip where the database is no file: copies of it are its own server's business."""
    if sql_table:
        pytest.skip("PostgreSQL makes and puts back copies by itself")


def _put_back(desk, copy):
    desk.served.close()
    for file in (desk.site.folder / "data").glob("site.sqlite*"):
        file.unlink()
    shutil.copy(copy, desk.site.folder / "data" / "site.sqlite")
    return desk.restart()


@pytest.mark.usefixtures("in_a_file")
@pytest.mark.parametrize("when", ["planned", "under way"])
def test_a_database_that_was_put_back_sends_nothing_without_the_owners_word(mailed, sink, when):
    """Threat 77."""
    desk = mailed(newsletter="per_minute = 2")
    desk.add(*(f"m{number}@example.org" for number in range(12)))
    campaign = desk.send()
    if when == "under way":
        desk.run_jobs()
    copy = desk.site.folder / "copy.sqlite"
    assert desk.site.run("db", "backup", str(copy)).status == 0
    for _ in range(12):
        desk.move("61 seconds")
    assert desk.state(campaign) == "done"

    desk = _put_back(desk, copy)
    for _ in range(3):
        desk.move("61 seconds")

    assert len(sink.taken) == 12
    found = desk.campaigns.find(campaign.id)
    assert found is not None
    assert (found.state, found.reason) == ("held", "restored")
    owner = desk.sign_in_as("owner")
    assert "copie" in owner.get("/admin/newsletter/").text or "copy" in owner.get("/admin/newsletter/").text
    owner.send(f"/admin/newsletter/campaign/{campaign.id}", {"do": "go"})
    for _ in range(12):
        desk.move("61 seconds")
    assert desk.state(campaign) == "done"


@pytest.mark.usefixtures("in_a_file")
def test_a_post_that_a_copy_does_not_know_to_have_been_mailed_waits_too(mailed, sink):
    """Threat 77."""
    desk = mailed(automatic="true", newsletter='delay = "0 minutes"')
    desk.add("a@example.org")
    desk.run_jobs()
    copy = desk.site.folder / "copy.sqlite"
    desk.site.run("db", "backup", str(copy))
    desk.site.edit("content/posts/neuf.md", NEW.format(more=""))
    desk.served.app.rebuilder.ask()
    desk.rebuild()
    desk.run_jobs()
    assert len(sink.taken) == 1

    desk = _put_back(desk, copy)
    desk.move("1 hour")

    assert len(sink.taken) == 1


@pytest.mark.usefixtures("in_a_file")
def test_a_post_that_is_put_back_later_than_the_database_waits_too(mailed, sink):
    """Threat 77: it was due before."""
    desk = mailed(automatic="true", newsletter='delay = "0 minutes"')
    desk.add("a@example.org")
    desk.run_jobs()
    copy = desk.site.folder / "copy.sqlite"
    desk.site.run("db", "backup", str(copy))
    publish(desk)
    desk.run_jobs()
    (desk.site.folder / "content" / "posts" / "neuf.md").unlink()

    desk = _put_back(desk, copy)
    desk.run_jobs()
    publish(desk)
    desk.move("1 minute")

    assert len(sink.taken) == 1
    assert ("post", "held", "restored") in {(one.kind, one.state, one.reason) for one in desk.campaigns.all()}


@pytest.mark.usefixtures("in_a_file")
def test_a_digest_that_a_copy_does_not_know_to_have_been_mailed_waits_too(mailed, sink):
    """Threat 77: for the owner's word."""
    desk = mailed(newsletter='digest_day = "tuesday"\ndigest_at = 08:00:00')
    desk.people.choose(desk.add("a@example.org"), {"posts": "weekly"}, desk.site.clock.now, lifts=True)
    desk.run_jobs()
    copy = desk.site.folder / "copy.sqlite"
    desk.site.run("db", "backup", str(copy))
    desk.move("21 hours")
    desk.move("1 minute")
    assert len(sink.taken) == 1

    desk = _put_back(desk, copy)
    for _ in range(3):
        desk.move("1 minute")

    assert len(sink.taken) == 1
    assert [(one.kind, one.state, one.reason) for one in desk.campaigns.all()] == [("digest", "held", "restored")]


def test_a_digest_whose_moment_was_missed_by_hours_waits_for_the_owner(mailed, sink):
    """Threat 77: nobody was there to send it."""
    desk = mailed(newsletter='digest_day = "tuesday"\ndigest_at = 08:00:00')
    desk.people.choose(desk.add("a@example.org"), {"posts": "weekly"}, desk.site.clock.now, lifts=True)
    desk.run_jobs()

    desk.site.clock.move("28 hours")
    desk = desk.restart()
    desk.run_jobs()

    assert sink.taken == []
    assert [(one.kind, one.state, one.reason) for one in desk.campaigns.all()] == [("digest", "held", "late")]


@pytest.mark.parametrize("mark", [None, "", "no number"])
def test_a_copy_on_another_machine_sends_nothing(mailed, sink, mark):
    """Threat 77: only the database was taken there, or what counts with it is spoilt."""
    desk = mailed()
    desk.add("a@example.org")
    desk.send()
    desk.run_jobs()
    later = desk.send()
    (desk.site.folder / "data" / "newsletter-mark").unlink()
    if mark is not None:
        (desk.site.folder / "data" / "newsletter-mark").write_text(mark)

    desk = desk.restart()
    desk.run_jobs()

    assert len(sink.taken) == 1
    assert desk.state(later) == "held"


def test_what_counts_with_the_database_never_goes_back(mailed):
    """Threat 77: a thread that is late makes neither the database look like a copy, nor a copy like the database."""
    desk = mailed()
    guard, db = Guard(desk.host), database(desk.host)

    with guard.alone():
        for count in (1, 3, 2):
            db.write(lambda connection, count=count: ensure_mark(connection) or count_to(connection, count))
            guard.counted(count)

    with db.read() as connection:
        assert connection.scalar(sa.select(MARK.c.count)) == 3
    assert int((desk.site.folder / "data" / "newsletter-mark").read_text()) == 3
    assert guard.check(desk.site.clock.now) is False


def test_a_sending_that_has_gone_on_whenever_it_could_is_not_too_late(mailed, sink):
    """Threat 77: the mail server was down for half a day."""
    desk = mailed()
    desk.add("a@example.org", "b@example.org")
    sink.fails = lambda stage, number, to: "421 down" if stage == "MAIL" else None
    campaign = desk.send()
    desk.run_jobs()
    for _ in range(12):
        desk.move("1 hour")

    sink.fails = lambda stage, number, to: None
    for _ in range(12):
        desk.move("1 hour")

    assert sorted(sink.addresses) == ["a@example.org", "b@example.org"]
    assert desk.state(campaign) == "done"


def test_what_was_under_way_long_ago_waits_for_the_owner(mailed, sink):
    """Threat 77: nobody was there to go on with it."""
    desk = mailed(newsletter="per_minute = 2")
    desk.add(*(f"m{number}@example.org" for number in range(6)))
    campaign = desk.send()
    desk.run_jobs()

    desk.site.clock.move("7 hours")
    desk = desk.restart()
    desk.run_jobs()

    assert len(sink.taken) == 2
    assert (found := desk.campaigns.find(campaign.id))
    assert (found.state, found.reason) == ("held", "late")


def test_what_could_not_be_sent_for_long_waits_for_the_owner(mailed, sink):
    """Threat 77: a whole folder put back from last night."""
    desk = mailed()
    desk.add("a@example.org")
    campaign = desk.send()

    desk.move("7 hours")

    assert sink.taken == []
    found = desk.campaigns.find(campaign.id)
    assert found is not None
    assert found.reason == "late"
