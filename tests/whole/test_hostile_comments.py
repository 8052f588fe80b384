"""Hostile comments in a real browser: whatever was tried on other systems, nothing of it runs in ours."""

import json
import re
import unicodedata
from pathlib import Path

import pytest

from pressframe_testing import Reply, Served, TestSite, wants_everything

from .hostile import POST, items, split

pytestmark = pytest.mark.browser

UNDER_A_POST, IN_A_FIELD, IN_A_COMMENT = 600, 100, 5
FORMATS = ("xml", "rss")
SITE = """
== pressframe.toml ==
[site]
title = "Essai"
url = "https://essai.example"
plugins = ["markdown", "sql", "web", "comments", "archives", "feeds", "journal"]

[plugins.comments]
moderation = "never"
max_links = 9999
flood_limit = 0
per_page = 500
depth = 1

[plugins.feeds]
count = 20000
"""
CARELESS = """
    @hookimpl
    def find_sanitizer(self):
        return lambda html: html
"""


@pytest.fixture
def foreign(site):
    """Return a function that makes a site whose comments, under several posts, come from another system."""

    def make(texts: list[str], *, more: str = "") -> TestSite:
        parts = split(texts, UNDER_A_POST)
        made = site(
            SITE.replace('["markdown', '["foreign", "markdown')
            + "".join(POST.format(number) for number in range(len(parts)))
        )
        made.edit("plugins/foreign.py", Path(__file__).with_name("foreign.py").read_text("utf-8") + more)
        made.edit("payloads.json", json.dumps({f"p{number}": part for number, part in enumerate(parts)}))
        return made

    return make


def _posts(served: Served) -> list[str]:
    return [card.address for card in served.app.served.release.view().latest(count=1000)]


def _pages(served: Served) -> list[str]:
    """Return the addresses at which comments are shown: posts, and further pages of their conversations."""
    return [*_posts(served), *(one for one in served.app.served.release.files if "/comments-" in one)]


def test_no_comment_from_elsewhere_runs_on_its_page_or_in_a_feed(foreign, payloads, watch):
    """Threats 19 to 22, 24: each as name, site, text and HTML of comments and as a link, and where feeds are read.

    Every second one answers the one before, whose name stands there, too.
    """
    served = foreign(payloads).serve()
    posts = _posts(served)
    watched = watch(served)

    for address in _pages(served):
        watched.visit(address)
    for number, post in enumerate(posts):
        for format in FORMATS if wants_everything() else FORMATS[number % 2 :][:1]:  # they hold the same HTML
            watched.show_items(list(items(watched.replies[f"{post}comments.{format}"].text)))
    for part in split(list(items(watched.replies["/comments.json"].text)), 2 * UNDER_A_POST):
        watched.show_items(part)
    for address in ("/comments.xml", "/comments.rss", "/comments.json"):
        watched.visit(address)

    assert watched.noted == []
    assert watched.counted["#comments .comment-answers"] > len(payloads) // 3
    pingbacks = watched.counted["#comments .pingback"]
    assert pingbacks > len(payloads) // 3
    assert pingbacks + watched.counted["#comments .comment"] == 2 * len(payloads)
    assert watched.counted["items"] == (6 if wants_everything() else 4) * len(payloads)


def test_no_comment_that_was_sent_runs_nor_upsets_a_terminal(site, payloads, watch):
    """Threats 19 to 24: in all that a reader sends; on the page, and in the owner's list."""
    sent = split(payloads, IN_A_COMMENT)
    parts = split(sent, UNDER_A_POST)
    blog = site(SITE + "".join(POST.format(number) for number in range(len(parts))))
    served = blog.serve()
    for number, part in enumerate(parts):
        assert {_send(served, f"p{number}", texts) for texts in part} == {303}
    served.rebuild()

    pages = _pages(served)
    table = blog.run("comments", "list", "--state", "all", "--count", "9999").output
    listed = json.loads(blog.run("comments", "list", "--state", "all", "--count", "9999", "--json").output)
    watched = watch(served)
    for address in pages:
        watched.visit(address)

    assert watched.noted == []
    assert watched.counted["#comments .comment"] == len(sent)
    assert len(table.splitlines()) == len(table.split("\n")) - 1 == len(sent)
    assert not [letter for letter in set(table) - {"\n"} if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp")]
    assert sorted(one["body"] for one in listed) == sorted(_as_sent("\n\n".join(texts)) for texts in sent)


def _send(served: Served, entry: str, texts: list[str]) -> int:
    """Send *texts* as one comment, the first of them in every field that may hold it, too; return the status."""
    headers = dict.fromkeys(("user-agent", "referer"), " ".join(texts).encode().decode("latin-1"))
    form = {"author": texts[0][:245], "email": "zoe@example.org", "url": texts[0], "comment": "\n\n".join(texts)}
    for fields in ({}, {"url": ""}, {"url": "", "author": "Zoé"}):
        reply = served.visitor.post(f"/comments/{entry}", form | fields, headers=headers)
        if reply.status == 303:
            break
    return reply.status


def _as_sent(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")


def test_no_form_that_comes_back_runs(site, some_payloads, watch):
    """Threats 19, 21: every field filled with hostile texts, and shown again with what is wrong."""
    served = site(SITE + POST.format(0)).serve()
    texts = [" ".join(part) for part in split(some_payloads, IN_A_FIELD)]

    replies = [_send_everywhere(served, text) for text in texts]

    watched = watch(served)
    for text, reply in zip(texts, replies, strict=True):
        assert reply.status == 422
        watched.show(reply.text)
        assert watched.page.input_value("#author") == " ".join(re.split("[ \\t\\r\\n\xa0]+", text.strip()))
    assert watched.noted == []


def test_no_preview_and_no_edit_runs(site, some_payloads, watch):
    """Threats 19 to 22, 24: the preview of a new comment, the form that edits one, and its preview."""
    served = site(SITE + POST.format(0)).serve()
    browser = served.browser()
    sent = browser.post("/comments/p0", {"author": "Ada", "email": "a@example.org", "comment": "Non."})
    id = sent.headers["location"].rpartition("#comment-")[2]
    texts = ["\n\n".join(part).replace("\x00", "") for part in split(some_payloads, IN_A_FIELD)]

    shown = []
    for text in texts:
        fields = {"comment": text, "preview": "1"}
        everywhere = fields | dict.fromkeys(("author", "email", "url", "comment_parent", "key"), text)
        shown += [browser.post("/comments/p0", everywhere), browser.post(f"/comment/{id}/edit", fields)]
        assert browser.post(f"/comment/{id}/edit", {"comment": text}).status == 303
        shown += [browser.get(f"/comment/{id}/edit"), browser.get(f"/comment/{id}/delete")]

    watched = watch(served)
    for reply in shown:
        assert reply.status == 200
        watched.show(reply.text)
    assert watched.noted == []
    assert sum('id="comment-preview"' in reply.text for reply in shown) == 2 * len(texts)


def _send_everywhere(served: Served, text: str) -> Reply:
    fields = dict.fromkeys(("author", "email", "url", "comment", "comment_parent", "stamp", "key"), text)
    return served.visitor.post("/comments/p0", fields, headers={"referer": text.encode().decode("latin-1")})


def test_nothing_of_one_comment_is_painted_over_its_neighbours(site, watch):
    """Threat 28: where a font piles up accents they leave their line; moving the text out of it stands for that."""
    served = site(SITE + POST.format(0)).serve()
    for author in ("Ada", "Z" + "\u0301" * 240, "Bo"):
        sent = {"author": author, "email": "a@example.org", "comment": f"{author} : " + "x\u0323\u0301" * 90 + ", fin."}
        assert served.browser().post("/comments/p0", sent).status == 303
    served.rebuild()
    (post,) = _posts(served)
    watched = watch(served)
    watched.visit(post)
    neighbours = [watched.page.locator(f"#comment-{id} .comment-body") for id in ("c1", "c3")]
    before = [one.screenshot() for one in neighbours]

    for away in (-90, 90):
        watched.page.evaluate(MOVE, away)
        assert [one.screenshot() for one in neighbours] == before
    assert watched.page.locator("#comment-c2 .comment-body").screenshot() not in before


MOVE = """away => {
  for (const text of document.querySelectorAll('#comment-c2 .fn bdi, #comment-c2 .comment-content p')) {
    text.style.position = 'relative'
    text.style.top = `${away}px`
  }
}"""


def test_the_witness_sees_what_runs_where_nothing_is_sanitised(foreign, payloads, watch):
    served = foreign(payloads[:40], more=CARELESS).serve()
    post = _posts(served)[0]
    watched = watch(served)

    watched.visit(post)

    kinds = {note.partition(":")[0].partition(" ")[0] for note in watched.noted}
    assert {"dialog", "asked", "element", "onerror"} <= kinds
    assert len(watched.noted) > 20
