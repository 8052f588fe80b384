"""The kits for authors of stores and judges, passed by what this plugin brings."""

import pytest

from pressframe_comments import Comments, Filed, Record, Search, State, comment_store
from pressframe_comments._archiving import Archiver
from pressframe_sql import database
from pressframe_testing.comments import AcceptedCommentsKit, CommentStoreKit, Shelf
from pressframe_testing.judges import JudgeKit


class TestSqlite(CommentStoreKit):
    @pytest.fixture
    def store(self, make_site):
        return comment_store(make_site())


@pytest.mark.postgresql
class TestPostgresql(CommentStoreKit):
    @pytest.fixture
    def store(self, make_site, postgresql):
        return comment_store(make_site(database=postgresql))


class TestRules(JudgeKit):
    @pytest.fixture(params=["first-time", "always", "never"])
    def judge(self, request):
        return Comments(moderation=request.param, blocked=("oui", "a.a"), max_links=1)


def sources_of(site):
    return {source.name: source for _, source in site.hooks.register_comments(site)}


def putter(store, afterwards=lambda: None, before=lambda: None):
    def put(comments):
        before()
        store.delete([record.filed.comment.id for record in store.records(Search())])
        store.bring([Record(filed=Filed(comment=one, state=State.APPROVED, changed=one.received)) for one in comments])
        afterwards()

    return put


class TestApproved(AcceptedCommentsKit):
    @pytest.fixture
    def shelf(self, make_site):
        site = make_site()
        database(site).open()
        return Shelf(sources_of(site)["comments"], putter(comment_store(site)))


class TestArchive(AcceptedCommentsKit):
    """What was archived is read as it was shown."""

    @pytest.fixture
    def shelf(self, make_site, tmp_path):
        site = make_site({"posts/one": {}, "posts/two": {}})
        store = comment_store(site)
        database(site).open()
        file = tmp_path / "content" / "posts" / "one.comments.toml"
        archiver = Archiver(site, store, tmp_path / "content")
        put = putter(store, lambda: archiver.archive("posts/one"), lambda: file.unlink(missing_ok=True))
        return Shelf(sources_of(site)["archive"], put)
