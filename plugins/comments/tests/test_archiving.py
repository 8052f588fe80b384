"""Conversations move from the database into files; wherever it is killed, each comment is shown once."""

import pytest

from pressframe import ContentError
from pressframe_comments import Search, State, comment_store
from pressframe_comments._archiving import Archiver
from pressframe_sql import database
from pressframe_testing import killed_at

FILE = "content/posts/billet.comments.toml"


@pytest.fixture
def talk(served):
    """Two shown comments, one of them an answer, and one that waits."""
    for number, parent in enumerate(("", "c1", "")):
        served.post(comment=f'{number}: «"\'\'\'"""\\»\r\nfin', comment_parent=parent)
        if number < 2:
            served.moderate("approve", f"c{number + 1}")
        served.later(minutes=1)
    comment_store(served.site).move(["c3"], State.PENDING)
    return served


def test_what_was_archived_is_shown_as_before_and_gone_from_the_database(talk):
    page = talk.page().text

    assert talk.moderate("archive", "posts/billet").output == "posts/billet: 2 comments archived\n"

    assert talk.page().text == page.replace("byuser ", "")
    assert [filed.comment.id for filed in comment_store(talk.site).search(Search()).comments] == ["c3"]
    assert "zoe@example.org" not in (talk.site.folder / FILE).read_text("utf-8")
    assert talk.moderate("archive", "posts/billet").output == "no shown comments of posts/billet are in the database\n"


def test_a_later_conversation_goes_into_the_same_file(talk):
    talk.moderate("archive", "posts/billet")
    talk.moderate("approve", "c3")

    talk.moderate("archive", "--older-than", "0")

    assert talk.page().comments == ["c1", "c2", "c3"]
    assert (talk.site.folder / FILE).read_text("utf-8").count("[[comment]]") == 3


def test_wherever_it_is_killed_each_comment_is_shown_once_and_another_try_ends_it(talk):
    page, folder = talk.page().text, talk.site.folder
    text = (folder / "pressframe.toml").read_text("utf-8")
    assert text

    for step in range(1, 40):
        database(talk.site).close()

        def archive():
            from pressframe import Site

            site = Site.open(folder)
            Archiver(site, comment_store(site), folder / "content").archive("posts/billet")
            database(site).close()

        was_killed = killed_at(step, archive)
        talk.is_building = True
        assert talk.page().text == page, step
        if not was_killed:
            break
        if (folder / FILE).exists():
            talk.moderate("archive", "posts/billet")
            break
    else:
        pytest.fail("it never ended")

    assert talk.page().text == page
    assert comment_store(talk.site).counts()[State.APPROVED] == 0


def test_a_comment_that_is_changed_meanwhile_stays(talk, monkeypatch):
    store = comment_store(talk.site)
    archiver = Archiver(talk.site, store, talk.site.folder / "content")
    mark = store.mark

    def mark_late(ids, *, is_archiving):
        mark(ids, is_archiving=is_archiving)
        if is_archiving:
            store.move(["c2"], State.TRASH, by="Anne")

    monkeypatch.setattr(store, "mark", mark_late)

    with pytest.raises(Exception, match="c2 was moved from approved to trash by Anne"):
        archiver.archive("posts/billet")

    assert not (talk.site.folder / FILE).exists()
    assert store.archiving() == frozenset()
    assert talk.page().comments == ["c1"]


@pytest.mark.parametrize("entry", ["../../etc/passwd", "/etc/passwd", "a/../../b", "a\0b", "..", "a//b"])
def test_no_entry_is_written_outside_of_the_content(talk, entry):
    """Threat 48."""
    store = comment_store(talk.site)
    from pressframe_comments import Draft

    store.add(Draft(entry=entry, author="a", email="", url=None, body="b", received=talk.now), State.APPROVED)

    with pytest.raises(ContentError, match="cannot be the name of a file below"):
        Archiver(talk.site, store, talk.site.folder / "content").archive(entry)


def test_a_file_with_another_comment_of_that_id_stays_as_it_is(talk):
    file = talk.site.folder / FILE
    file.parent.mkdir(parents=True)
    text = '[[comment]]\nid = "c1"\nauthor = "X"\ndate = 2011-05-09T10:47:00+02:00\nbody = "Un autre."\n'
    file.write_text(text, "utf-8")

    refused = talk.moderate("archive", "posts/billet")

    assert f"{FILE}: comment c1 is there already, and another one" in refused.output
    assert file.read_text("utf-8") == text
    assert comment_store(talk.site).counts()[State.APPROVED] == 2
