"""Which imported comments are by the author of their entry: told by accounts, never by a name that was typed."""

import json
import sqlite3
from contextlib import closing

import pytest

BADGE = '<span class="badge comment-by-author">'


@pytest.fixture
def served(serve):
    """Return a site with a post of Zoé's, and one of Max's."""
    return serve({"posts/billet": {"authors": [["zoe", "Zoe"]]}, "posts/autre": {"authors": [["max", "Max"]]}})


@pytest.fixture
def marked(found):
    """Return the numbers of the comments that are marked as by an author of their entry."""
    return lambda: sorted(id.partition("-")[2] for id, filed in found().items() if filed.comment.by_author)


def _wordpress(file, *comments, people="", items=("/billet/",)):
    told = "".join(
        f"<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author>Zoé</wp:comment_author>"
        f"<wp:comment_author_email>{email}</wp:comment_author_email><wp:comment_content>Un.</wp:comment_content>"
        "<wp:comment_date_gmt>2012-05-01 10:00:00</wp:comment_date_gmt><wp:comment_approved>1</wp:comment_approved>"
        f"<wp:comment_user_id>{user}</wp:comment_user_id></wp:comment>"
        for id, (user, email) in enumerate(comments, 1)
    )
    entries = "".join(f"<item><link>{at}</link><dc:creator>zoe</dc:creator>{told}</item>" for at in items)
    names = 'xmlns:wp="http://wordpress.org/export/1.2/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    file.write_text(f"<rss {names}><channel>{people}{entries}</channel></rss>", "utf-8")
    return file


def _person(id, login="zoe"):
    known = f"<wp:author_login>{login}</wp:author_login><wp:author_email>{login}@a.example</wp:author_email>"
    return f"<wp:author><wp:author_id>{id}</wp:author_id>{known}</wp:author>"


def test_the_account_that_wordpress_says_wrote_the_post_is_marked_and_no_name_or_address(
    bring, marked, served, tmp_path
):
    comments = (("7", "other@b.example"), ("0", "zoe@a.example"), ("", "zoe@a.example"), ("8", "zoe@a.example"))
    file = _wordpress(tmp_path / "wxr.xml", *comments, people=_person(8, "max") + _person(7))

    done = bring(file)

    assert done.output.splitlines() == [
        "4 new, 0 known, 0 left out",
        "  1 of those that are new: by an author of their entry, and marked so",
    ]
    assert marked() == ["1"]
    assert served.page().text.count(BADGE) == 1


def test_an_old_wordpress_export_without_ids_of_accounts_tells_by_their_address(bring, marked, tmp_path):
    comments = (("7", "zoe@a.example"), ("0", "zoe@a.example"), ("8", ""))

    bring(_wordpress(tmp_path / "wxr.xml", *comments, people=_person("")))

    assert marked() == ["1"]


def test_an_export_that_names_no_people_marks_nobody(bring, marked, tmp_path):
    bring(_wordpress(tmp_path / "wxr.xml", ("7", ""), ("7", "zoe@a.example"), ("0", "")))

    assert marked() == []


def _disqus(file, *authors, owner):
    post = (
        '<post dsq:id="{id}"><message>Un.</message><createdAt>2012-05-01T10:00:00Z</createdAt>'
        '<author><name>Zoé</name><email>zoe@a.example</email>{author}</author><thread dsq:id="1"/></post>'
    )
    posts = "".join(post.format(id=id, author=author) for id, author in enumerate(authors, 1))
    names = 'xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals"'
    thread = f'<thread dsq:id="1"><link>/billet/</link><author><name>Zoé</name>{owner}</author></thread>'
    file.write_text(f"<disqus {names}>{thread}{posts}</disqus>", "utf-8")
    return file


def _account(name, *, anonymous="false"):
    return f"<isAnonymous>{anonymous}</isAnonymous><username>{name}</username>"


def test_the_account_that_opened_a_disqus_thread_is_marked_and_no_guest_of_that_name(bring, marked, tmp_path):
    authors = (_account("zoe"), _account("zoe", anonymous="true"), _account("eve"), "")

    bring(_disqus(tmp_path / "disqus.xml", *authors, owner=_account("zoe")))

    assert marked() == ["1"]


def test_a_disqus_thread_that_nobody_with_an_account_opened_marks_nobody(bring, marked, tmp_path):
    bring(_disqus(tmp_path / "disqus.xml", _account(""), "", owner=_account("")))

    assert marked() == []


def _remark(id, user, at="/billet/"):
    told = {"id": str(id), "orig": "Un.", "time": "2012-05-01T10:00:00Z", "user": {"name": "Zoé", **user}}
    return json.dumps({**told, "locator": {"url": at}})


def test_of_remark42_and_isso_the_owner_says_who_the_author_is(bring, marked, tmp_path):
    remark, isso = tmp_path / "remark.json", tmp_path / "comments.db"
    users = ({"id": "github_1", "admin": True}, {"id": "anonymous_1", "admin": True}, {"id": "github_2"}, {})
    remark.write_text("\n".join(_remark(id, user) for id, user in enumerate(users, 1)), "utf-8")
    with closing(sqlite3.connect(isso)) as database:
        database.executescript(
            "CREATE TABLE threads (id, uri); INSERT INTO threads VALUES (1, '/billet/');"
            "CREATE TABLE comments"
            " (id, tid, parent, created, modified, mode, remote_addr, text, author, email, website);"
            "INSERT INTO comments VALUES (1, 1, NULL, 1336000000, NULL, 1, '', 'Un.', 'Zoé', 'Zoe@a.example', NULL),"
            " (2, 1, NULL, 1336000000, NULL, 1, '', 'Un.', 'Zoé', NULL, NULL);"
        )

    plain = bring(remark, "--dry-run").output
    brought = bring(remark, "--author", "github_2", "--author", "anonymous_1", "--author", "Zoé", "--json")
    bring(isso, "--author", "zoe@A.example", "--author", "Zoé")

    assert "marked" not in plain
    assert json.loads(brought.output)["by_author"] == ["remark42-3"]
    assert marked() == ["1", "3"]


@pytest.mark.parametrize(("who", "expected"), [("admin", ["1", "2"]), ("admin=zoe", ["1"]), ("admin=max", ["2"])])
def test_an_author_who_signs_some_entries_is_marked_under_those_alone(bring, marked, tmp_path, who, expected):
    file = tmp_path / "remark.json"
    admin = {"id": "github_1", "admin": True}
    file.write_text("\n".join((_remark(1, admin), _remark(2, admin, "/autre/"), _remark(3, {"id": "x"}))), "utf-8")

    planned, done = bring(file, "--author", who, "--dry-run"), bring(file, "--author", who)

    assert f"  {len(expected)} of them: by an author of their entry, and marked so" in planned.output
    assert f"  {len(expected)} of those that are new: by an author" in done.output
    assert marked() == expected


def test_an_author_whom_no_post_here_names_is_refused_with_who_does(bring, found, tmp_path):
    file = tmp_path / "remark.json"
    file.write_text(_remark(1, {"id": "github_1"}), "utf-8")

    done = bring(file, "--author", "github_1=zoé")

    assert done.exit_code != 0
    assert '"zoé" signs no post here; who does: max, zoe' in done.output
    assert found() == {}
