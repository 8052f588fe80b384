"""Hostile comments that other systems exported, in a real browser: nothing that `comments import` brings runs."""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from html import escape
from pathlib import Path

import pytest

from pressframe_comments import State
from pressframe_comments._links import safe_url

from .hostile import ORIGIN, POST, items, listed, mailed, split

pytestmark = pytest.mark.browser

IN_A_COMMENT, ON_A_PAGE = 5, 100
SITE = f"""
== pressframe.toml ==
[site]
title = "Essai"
url = "{ORIGIN}"
plugins = ["markdown", "sql", "web", "admin", "comments", "moderation", "archives", "feeds", "journal"]
[plugins.comments]
per_page = 500
[plugins.moderation]
per_page = {ON_A_PAGE}
[plugins.feeds]
count = 2000
""" + POST.format(0)
DISQUS = """<post dsq:id="{id}"><id>{name}</id><message>{body}</message><createdAt>2012-05-01T10:00:00Z</createdAt>
<author><email>{name}@example.org</email><name>{name}</name></author><ipAddress>{name}</ipAddress>
<thread dsq:id="1"/></post>"""
WORDPRESS = """<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author>{name}</wp:comment_author>
<wp:comment_author_email>{name}@example.org</wp:comment_author_email><wp:comment_author_url>{name}</wp:comment_author_url>
<wp:comment_author_IP>{name}</wp:comment_author_IP><wp:comment_date_gmt>2012-05-01 10:00:00</wp:comment_date_gmt>
<wp:comment_content>{body}</wp:comment_content><wp:comment_approved>1</wp:comment_approved>
<wp:comment_type>{kind}</wp:comment_type></wp:comment>"""


def _xml(text: str) -> str:
    return escape(re.sub("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text))


def _disqus(file: Path, address: str, texts: list[list[str]]) -> None:
    posts = [DISQUS.format(id=id, name=_xml(part[0]), body=_xml("\n".join(part))) for id, part in enumerate(texts)]
    file.write_text(
        '<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">'
        f'<thread dsq:id="1"><link>{ORIGIN}{address}</link></thread>{"".join(posts)}</disqus>',
        "utf-8",
    )


def _wordpress(file: Path, address: str, texts: list[list[str]]) -> None:
    comments = [
        WORDPRESS.format(id=id, name=_xml(part[0]), body=_xml("\n".join(part)), kind="pingback" if id % 2 else "")
        for id, part in enumerate(texts, 1)
    ]
    file.write_text(
        '<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><item>'
        f"<link>{ORIGIN}{address}</link>{''.join(comments)}</item></channel></rss>",
        "utf-8",
    )


def _isso(file: Path, address: str, texts: list[list[str]]) -> None:
    columns = "tid, id, parent, created, modified, mode, remote_addr, text, author, email, website"
    with closing(sqlite3.connect(file)) as isso:
        isso.execute("CREATE TABLE threads (id INTEGER PRIMARY KEY, uri, title)")
        isso.execute(f"CREATE TABLE comments ({columns})")
        isso.execute("INSERT INTO threads VALUES (1, ?, ?)", (address, texts[0][0]))
        rows = [
            (1, id, None, 1336000000 + id, None, 1, part[0], "\n".join(part), part[0], f"{part[0]}@e.org", part[0])
            for id, part in enumerate(texts)
        ]
        isso.executemany(f"INSERT INTO comments VALUES ({', '.join('?' * 11)})", rows)
        isso.commit()


def _remark42(file: Path, address: str, texts: list[list[str]]) -> None:
    lines = [
        {
            "id": f"{id}-{part[0]}", "pid": part[-1], "text": "\n".join(part), "orig": "\n".join(part) * (id % 2),
            "time": "2012-05-01T10:00:00Z", "user": {"name": part[0], "id": part[0], "picture": part[0]},
            "locator": {"site": part[0], "url": f"{ORIGIN}{address}"},
        }
        for id, part in enumerate(texts)
    ]  # fmt: skip
    file.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")


def _line(text: str) -> str:
    return re.sub("[\x00-\x1f\x7f-\x9f]+", " ", text)


def _pressframe(file: Path, _: str, texts: list[list[str]]) -> None:
    comments = [
        {
            "id": f"own-{id}", "entry": "p0", "parent": part[-1], "kind": "comment", "state": State.APPROVED.value,
            "author": _line(part[0])[:245], "email": _line(part[0]), "url": safe_url(part[0]), "body": "\n".join(part),
            "format": "html" if id % 2 else "text", "received": "2012-05-01T10:00:00+00:00", "reasons": part[:1],
            "reader": part[0], "sender": part[0], "client": part[0], "agent": part[0], "referrer": part[0],
            "accepted_before": False, "by_author": False, "changed": "2012-05-01T10:00:00+00:00", "edited": None,
            "version": 1, "history": [],
        }
        for id, part in enumerate(texts)
    ]  # fmt: skip
    file.write_text(json.dumps({"format": "pressframe comments", "version": 1, "comments": comments}), "utf-8")


WAYS: dict[str, Callable[[Path, str, list[list[str]]], None]] = {
    "disqus": _disqus, "wordpress": _wordpress, "isso": _isso, "remark42": _remark42, "pressframe": _pressframe,
}  # fmt: skip


@pytest.mark.parametrize("system", WAYS)
def test_nothing_that_was_imported_runs(site, some_payloads, watch, tmp_path, system):
    """Threats 19 to 22, 24: each as text, and as name and site in some system; page, feeds, owner's list, mail."""
    blog = site(SITE)
    served = blog.serve()
    (post,) = [card.address for card in served.app.served.release.view().latest()]
    first = list(WAYS).index(system)
    texts = split([*some_payloads[first:], *some_payloads[:first]], IN_A_COMMENT)
    file = tmp_path / "exported"
    WAYS[system](file, post, texts)

    brought = blog.run("comments", "import", str(file), "--from", system, "--json")

    assert brought.status == 0, brought.errors
    came = json.loads(brought.output)
    assert (len(came["new"]), came["left_out"]) == (len(texts), {})
    assert len(json.loads(blog.run("comments", "import", str(file), "--from", system, "--json").output)["new"]) == 0
    served.rebuild()
    screens = listed(served.sign_in_as("owner"))
    written = mailed(served, {id: id for id in came["new"]})
    watched = watch(served)
    for page in (post, *(one for one in watched.replies if "/comments-" in one)):
        watched.visit(page)
    for feed in (f"{post}comments.xml", f"{post}comments.rss", "/comments.json"):
        watched.show_items(list(items(watched.replies[feed].text)))
        watched.visit(feed)
    for screen in screens:
        watched.show_screen(screen)
    for mail in written:
        watched.show(mail)

    assert watched.noted == []
    assert sum(page.count("<article ") for page in screens) == len(texts)
    assert sum(page.count("<blockquote ") for page in written) == len(texts)
    assert watched.counted["#comments .comment"] + watched.counted["#comments .pingback"] >= len(texts)
    assert watched.counted["items"] == 3 * len(texts)
