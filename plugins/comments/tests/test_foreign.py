"""Comments brought from Disqus, Isso, Remark42 and WordPress, as typed."""

import gzip
import json
import re
import resource
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pressframe_comments import Brought, State, comment_store
from pressframe_comments._sanitize import sanitize

DATA = Path(__file__).parents[4] / "shared" / "data"
_NO_THREAD = "no thread in the export, or one without an address"
ADDRESS = "https://old.example/2012/05/billet/"
_DISQUS = """<?xml version="1.0"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<thread dsq:id="2"><id>x</id><link>{address}</link><title>T</title></thread>
{posts}
</disqus>
"""
_POST = """<post dsq:id="{id}"><id/><message><![CDATA[{message}]]></message>
<createdAt>2012-05-0{id}T10:00:00Z</createdAt>
<isDeleted>{deleted}</isDeleted><isSpam>{spam}</isSpam>
<author><email>{name}@example.org</email><name>{name}</name></author>
<ipAddress>192.0.2.77</ipAddress><thread dsq:id="2" />{parent}</post>"""


def _post(id, message="<p>Oui.</p>", *, name="Zoé", parent=None, deleted="false", spam="false"):
    above = f'<parent dsq:id="{parent}" />' if parent else ""
    return _POST.format(id=id, message=message, name=name, parent=above, deleted=deleted, spam=spam)


def test_a_disqus_thread_keeps_names_times_and_who_answers_whom(bring, found, tmp_path):
    file = tmp_path / "disqus.xml"
    posts = _post(1, name="Ana") + _post(2, parent=1) + _post(3, spam="true")
    file.write_text(_DISQUS.format(address=ADDRESS, posts=posts), encoding="utf-8")

    done = bring(file)

    assert done.output.splitlines() == ["3 new, 0 known, 0 left out"]
    first, answer = found()["disqus-1"], found()["disqus-2"]
    assert (first.comment.author, first.email, first.client) == ("Ana", "Ana@example.org", "192.0.2.0/24")
    assert first.comment.received.isoformat() == "2012-05-01T10:00:00+00:00"
    assert (first.comment.format, first.comment.body) == ("html", "<p>Oui.</p>")
    assert answer.comment.parent == "disqus-1"
    assert found()["disqus-3"].state is State.SPAM


def test_bringing_the_same_file_again_changes_nothing_even_what_was_moderated_since(bring, found, served, tmp_path):
    file = tmp_path / "disqus.xml"
    file.write_text(_DISQUS.format(address=ADDRESS, posts=_post(1) + _post(2)), encoding="utf-8")
    bring(file)
    comment_store(served.site).move(["disqus-1"], State.TRASH)
    before = found()

    done = bring(file)

    assert done.output.splitlines() == ["0 new, 2 known, 0 left out"]
    assert found() == before


def test_what_answers_a_deleted_comment_stands_under_the_one_above_it(bring, found, tmp_path):
    file = tmp_path / "disqus.xml"
    posts = _post(1) + _post(2, parent=1, deleted="true") + _post(3, parent=2) + _post(4, parent=9)
    file.write_text(_DISQUS.format(address=ADDRESS, posts=posts), encoding="utf-8")

    done = bring(file)

    assert "  1 left out: deleted there" in done.output
    assert found()["disqus-3"].comment.parent == "disqus-1"
    assert found()["disqus-4"].comment.parent is None


def test_answers_in_a_circle_are_brought_and_stand_at_the_top(bring, found, tmp_path):
    """Threat 65."""
    file = tmp_path / "disqus.xml"
    file.write_text(_DISQUS.format(address=ADDRESS, posts=_post(1, parent=2) + _post(2, parent=1)), encoding="utf-8")

    bring(file)

    assert {filed.comment.parent for filed in found().values()} == {None}


def test_pages_that_are_not_here_are_named_with_how_many_comments_they_had(bring, tmp_path):
    file = tmp_path / "disqus.xml"
    file.write_text(_DISQUS.format(address="https://old.example/gone/", posts=_post(1) + _post(2)), encoding="utf-8")

    done = bring(file)

    assert done.output.splitlines() == [
        "0 new, 0 known, 2 left out",
        "  2 left out: no entry is at /gone/",
        "  Where a page has moved, say so, as often as needed: --moved /old/ /new/",
    ]


def test_an_import_tells_how_many_of_the_new_ones_wait_and_only_once(bring, served, tmp_path):
    file = tmp_path / "wxr.xml"
    told = "<wp:comment_date_gmt>2012-05-01 10:00:00</wp:comment_date_gmt><wp:comment_content>a</wp:comment_content>"
    one = "<wp:comment><wp:comment_id>{}</wp:comment_id><wp:comment_approved>{}</wp:comment_approved>{}</wp:comment>"
    comments = "".join(one.format(id, approved, told) for id, approved in ((1, 0), (1234567, 0), (3, 1)))
    item = f"<channel><item><link>{ADDRESS}</link>{comments}</item></channel>"
    file.write_text(f'<rss xmlns:wp="http://wordpress.org/export/1.2/">{item}</rss>', encoding="utf-8")

    first, second = bring(file), bring(file)

    waits = "  2 of those that are new must be approved: `pressframe comments list` shows them"
    assert first.output.splitlines() == ["3 new, 0 known, 0 left out", waits]
    assert second.output.splitlines() == ["0 new, 3 known, 0 left out"]
    states = [line.index(" pending ") for line in served.moderate("list").output.splitlines() if "wordpress-" in line]
    assert len(states) == 2
    assert len({*states}) == 1, "in one column, however long ids are"


def test_a_dry_run_tells_and_brings_nothing(bring, found, tmp_path):
    file = tmp_path / "disqus.xml"
    file.write_text(_DISQUS.format(address=ADDRESS, posts=_post(1)), encoding="utf-8")

    done = bring(file, "--dry-run")

    assert done.output.splitlines()[:2] == [
        "1 would be brought, unless they are here; 0 would be left out",
        "  posts/billet: 1",
    ]
    assert found() == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<disqus><post>", "not well-formed XML"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]><disqus>&a;</disqus>', "no export: DTDForbidden"),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><disqus>&a;</disqus>', "no export: DTDForbidden"),
    ],
)
def test_a_broken_or_hostile_file_is_one_error_and_nothing_is_brought(bring, found, tmp_path, text, said):
    """Threat 52."""
    file = tmp_path / "disqus.xml"
    file.write_text(text, encoding="utf-8")

    done = bring(file)

    assert done.exit_code == 1
    assert said in done.output
    assert str(file) in done.output
    assert found() == {}


def test_isso_s_database_is_read_while_it_stays_as_it_is(bring, found, tmp_path):
    file = tmp_path / "comments.db"
    with closing(sqlite3.connect(file)) as isso:
        isso.executescript(
            "CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256));"
            "CREATE TABLE comments (tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER, created FLOAT,"
            " modified FLOAT, mode INTEGER, remote_addr VARCHAR, text VARCHAR, author VARCHAR, email VARCHAR,"
            " website VARCHAR, likes INTEGER, dislikes INTEGER, voters BLOB, notification INTEGER);"
            "INSERT INTO threads VALUES (1, '/2012/05/billet/', 'T');"
            "INSERT INTO comments VALUES"
            " (1, 1, NULL, 1336000000.25, NULL, 1, '192.0.2.0', 'Un *mot*', 'Ana', NULL,"
            " 'https://ana.example', 0, 0, '', 0),"
            " (1, 2, 1, 1336000100, 1336000200, 2, '192.0.2.0', 'Deux', NULL, NULL, 'javascript:x', 0, 0, '', 0),"
            " (1, 3, NULL, 1336000300, NULL, 4, '192.0.2.0', '', NULL, NULL, NULL, 0, 0, '', 0),"
            " (7, 4, NULL, 1336000300, NULL, 1, '192.0.2.0', 'Seul', NULL, NULL, NULL, 0, 0, '', 0);"
        )
    before = file.read_bytes()

    done = bring(file)

    assert done.output.splitlines()[0] == "2 new, 0 known, 2 left out"
    first, second = found()["isso-1"], found()["isso-2"]
    assert (first.comment.body, first.comment.format, first.comment.url) == ("Un *mot*", "text", "https://ana.example")
    assert (second.comment.author, second.comment.url, second.state) == ("Anonyme", None, State.PENDING)
    assert second.edited is not None
    assert second.comment.parent == "isso-1"
    assert file.read_bytes() == before


def test_another_database_is_no_isso_s(bring, tmp_path):
    file = tmp_path / "comments.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE x (y)")

    done = bring(file)

    assert done.exit_code == 1
    assert "no database of Isso's" in done.output


def _remark(id, **more):
    return {
        "id": id, "pid": "", "text": "<p>Oui.</p>\n", "orig": "Oui.", "score": 0,
        "time": "2012-05-01T10:00:00.123-05:00",
        "user": {"name": "Ana", "id": "github_x", "picture": "", "admin": False},
        "locator": {"site": "s", "url": ADDRESS}, **more,
    }  # fmt: skip


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_a_backup_of_remark42_is_read_packed_or_not(bring, found, tmp_path, pack):
    file = tmp_path / "backup"
    edited = {"time": "2012-05-02T10:00:00Z", "summary": ""}
    lines = [
        {"version": 1, "users": [], "posts": []},
        _remark("4f8a-1"), _remark("b/2", pid="4f8a-1", edit=edited, orig=""),
        _remark("c3", delete=True, text="", orig=""),
    ]  # fmt: skip
    file.write_bytes(pack("\n".join(map(json.dumps, lines)).encode()))

    done = bring(file)

    assert done.output.splitlines() == ["2 new, 0 known, 1 left out", "  1 left out: deleted there"]
    first = found()["remark42-4f8a-1"]
    (second,) = (filed for id, filed in found().items() if id != "remark42-4f8a-1")
    assert (first.comment.body, first.comment.format) == ("Oui.", "text")
    assert (second.comment.format, second.comment.parent) == ("html", "remark42-4f8a-1")
    assert second.edited is not None


@pytest.mark.parametrize(
    "text", ['{"id": "1", "locator": {}}', '{"comments": [3], "locator": 1}', "[" * 100_000 + '"locator"']
)
def test_a_broken_backup_of_remark42_is_one_error(bring, tmp_path, text):
    file = tmp_path / "backup"
    file.write_text(text, encoding="utf-8")

    done = bring(file, "--from", "remark42")

    assert done.exit_code == 1
    assert str(file) in done.output
    assert "Traceback" not in done.output


def test_a_wordpress_export_brings_comments_in_every_state_with_their_lines(bring, found, tmp_path):
    comment = (
        "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author>Ana</wp:comment_author>"
        "<wp:comment_author_url>http://ana.example</wp:comment_author_url><wp:comment_date_gmt>2012-05-01 10:00:00"
        "</wp:comment_date_gmt><wp:comment_content><![CDATA[Un <b>mot</b>\nla suite\n\nfin\x01]]></wp:comment_content>"
        "<wp:comment_approved>{state}</wp:comment_approved><wp:comment_type>{kind}</wp:comment_type>"
        "<wp:comment_parent>0</wp:comment_parent></wp:comment>"
    )
    kinds = (("1", ""), ("0", "comment"), ("spam", ""), ("trash", ""), ("1", "pingback"), ("1", "order_note"))
    comments = "".join(comment.format(id=id, state=state, kind=kind) for id, (state, kind) in enumerate(kinds, 1))
    file = tmp_path / "wxr.xml"
    file.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><rss xmlns:wp="http://wordpress.org/export/1.2/"><channel>'
        f"<item><title>T</title><link>{ADDRESS}</link>{comments}</item></channel></rss>",
        encoding="utf-8",
    )

    done = bring(file)

    assert done.output.splitlines()[0] == "5 new, 0 known, 1 left out"
    states = [found()[f"wordpress-{id}"].state for id in range(1, 5)]
    assert states == [State.APPROVED, State.PENDING, State.SPAM, State.TRASH]
    assert found()["wordpress-5"].comment.kind == "pingback"
    assert found()["wordpress-1"].comment.body == "<p>Un <b>mot</b><br>\nla suite</p>\n<p>fin</p>"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Un <b>mot</b>\n\n\nfin", "<p>Un <b>mot</b></p>\n<p>fin</p>"),
        (
            "<ul>\n<li>un</li>\n<li>deux\ntrois</li>\n</ul>\nfin",
            "<ul>\n<li>un</li>\n<li>deux<br>\ntrois</li>\n</ul>\nfin",
        ),
        ("<pre>a\n\n  b</pre>\n<i>c</i>", "<pre>a\n\n  b</pre>\n<p><i>c</i></p>"),
        ("<h2>Titre</h2>\nsuite\n<dl><dt>mot</dt><dd>sens</dd></dl>", "<p>Titre<br>\nsuite<br>\nmot<br>\nsens</p>"),
        (
            "<table>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</table>",
            "<p>a b<br>\n1 2</p>",
        ),
    ],
)
def test_lines_of_a_wordpress_comment_break_where_they_broke_there(bring, found, tmp_path, typed, shown):
    file = tmp_path / "wxr.xml"
    file.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><item>'
        f"<link>{ADDRESS}</link><wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_approved>1</wp:comment_approved>"
        "<wp:comment_author>Ana &amp;amp; l&amp;#8217;autre</wp:comment_author>"
        f"<wp:comment_date_gmt>2012-05-01 10:00:00</wp:comment_date_gmt><wp:comment_content><![CDATA[{typed}]]>"
        "</wp:comment_content></wp:comment></item></channel></rss>",
        encoding="utf-8",
    )

    bring(file)

    comment = found()["wordpress-1"].comment
    assert sanitize(comment.body).rstrip() == shown
    assert comment.author == "Ana & l’autre"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("exports/disqus-isso.xml", (4, {"deleted there": 1, _NO_THREAD: 1})),
        ("exports/comment-tree-remark42.json", (0, {"no text": 12})),
        ("wxr/themeunittestdata.wordpress.xml", (33, {})),
    ],
)
def test_real_exports_are_brought_whole(found, served, name, expected):
    file = DATA / name
    if not file.exists():
        pytest.skip(f"there is no {file}")
    from pressframe_comments.foreign import detect, read
    from pressframe_comments.foreign._bringing import Bringing

    system = detect(file)
    bringing = Bringing(system=system, find=lambda _: "posts/billet", moved={}, anonymous="Anonyme")
    records, left_out = bringing.records(read(file, system))
    brought = comment_store(served.site).bring(records)

    assert (len(brought), left_out) == expected
    assert len(found()) == len(records)
    assert comment_store(served.site).bring(records) == (Brought.KNOWN,) * len(records)


REMARK = {
    "id": "a", "pid": "", "text": "<p>Oui.</p>", "orig": "Oui.", "user": {"name": "Zoé"},
    "locator": {"url": ADDRESS}, "time": "2012-05-01T10:00:00Z",
}  # fmt: skip
DATES = ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "1969-12-31T23:00:00Z", "9999-12-31T23:59:59-14:00")


@pytest.mark.parametrize("date", DATES)
def test_a_date_that_no_calendar_reaches_is_left_out_and_the_site_can_still_be_built(
    bring, found, served, tmp_path, date
):
    """Threat 52: one such comment would stop every build, every list and every export from then on."""
    remark, disqus = tmp_path / "remark.json", tmp_path / "disqus.xml"
    remark.write_text("\n".join(json.dumps(REMARK | more) for more in ({"time": date}, {"id": "b"})), "utf-8")
    posts = _post(1).replace("2012-05-01T10:00:00Z", date) + _post(2)
    disqus.write_text(_DISQUS.format(address=ADDRESS, posts=posts), "utf-8")

    done = [bring(remark, "--from", "remark42"), bring(disqus)]

    assert [one.output.splitlines()[0] for one in done] == ["1 new, 0 known, 1 left out"] * 2
    assert "dated outside of 1970 to 2999" in done[0].output
    assert served.site.build(now=served.now).view().comment_count("posts/billet") == 2
    assert set(found()) == {"remark42-b", "disqus-2"}


ODD = {
    "no zone": (json.dumps(REMARK | {"time": "2012-05-01T10:00:00"}), "1 new"),
    "half a letter": (json.dumps(REMARK | {"orig": "\ud800", "user": {"name": "\ud800"}, "id": "\ud800"}), "1 new"),
    "an odd address": (json.dumps(REMARK | {"locator": {"url": "/\ud800\x1b[31m\x9b\u202e"}}), "1 left out"),
    "answers that are a number": ('{"comments":\n[{"comment": 1, "replies": 5}]}', "a comment must be an object"),
    "answers that are a text": ('{"comments":\n[{"comment": 1, "replies": "abc"}]}', "a comment must be an object"),
    "deep": ("[" * 100_000, "no backup of Remark42"),
    "deep tree": ('{"comments":\n' + "[" * 100_000, "no backup of Remark42"),
    "long number": ('{"id": ' + "9" * 5_000 + "}", "not valid JSON"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_in_a_backup_is_left_out_or_one_error(bring, tmp_path, subtests, name):
    """Threats 60 and 66: and nothing of it reaches a terminal."""
    text, said = ODD[name]
    file = tmp_path / "backup.json"
    file.write_text(text, "utf-8")

    for options in (("--dry-run",), (), ("--json",)):
        with subtests.test(options=options):
            done = bring(file, "--from", "remark42", *options)

            assert done.exception is None or isinstance(done.exception, SystemExit)
            assert options or said in done.output
            assert not re.search("[\x1b\x9b\u202e]", done.output)


def test_a_small_file_that_is_unpacked_to_a_large_one_is_refused_in_bounded_memory(bring, tmp_path):
    """Threats 52 and 66: 400 MB in 400 kB."""
    file = tmp_path / "backup.gz"
    with gzip.open(file, "wb") as packed:
        packed.write(b"{\n")
        for _ in range(400):
            packed.write(b"[" * 1_000_000 + b"\n")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    done = bring(file)

    assert "more than 64 MB" in done.output
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_what_is_no_comment_in_a_large_export_takes_no_memory(bring, tmp_path):
    """Threat 52: a million elements that nobody looks at."""
    file = tmp_path / "disqus.xml"
    file.write_text(_DISQUS.format(address=ADDRESS, posts="<category><a/></category>\n" * 500_000 + _post(1)), "utf-8")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    done = bring(file)

    assert done.output.splitlines() == ["1 new, 0 known, 0 left out"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
