"""Hostile comments on the owner's side, in a real browser: lists, single pages, forms, history, mails."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from pressframe import Comment
from pressframe_comments import Filed, Record, State, Texts, comment_store

from .conftest import NOW
from .hostile import ORIGIN, POST, mailed, split

pytestmark = pytest.mark.browser

ON_A_PAGE = 100
LONGEST_NAME = 245
IN_A_COMMENT = 250
"""Payloads in one comment for the pages that show one: so many pages fewer for a browser."""
SITE = f"""
== pressframe.toml ==
[site]
title = "Essai"
url = "{ORIGIN}"
plugins = ["markdown", "sql", "web", "admin", "comments", "moderation", "archives", "journal"]
[plugins.moderation]
per_page = {ON_A_PAGE}
""" + POST.format(0)


def _name(part):
    """Return as many texts of *part* with markup as a name holds, the first of them whole."""
    name = part[0][:LONGEST_NAME]
    for text in sorted((text for text in part[1:] if "<" in text), key=len):
        name = f"{name} {text}" if len(name) + len(text) < LONGEST_NAME else name
    return name


def _filed(number, part):
    """Return a comment with all texts of *part* in every field that it has."""
    whole = "\n\n".join(part)
    comment = Comment(
        id=f"c{number}", entry="p0" if number % 7 else part[0], author=_name(part), url=whole, body=whole,
        format="html" if number % 2 else "text", received=NOW + timedelta(seconds=number), reader=whole,
        parent=f"c{number - 1}" if number > 1 else None,
    )  # fmt: skip
    private = dict.fromkeys(("email", "client", "agent", "referrer", "sender"), whole)
    return Filed(comment=comment, state=State.PENDING, reasons=(whole, part[0]), changed=comment.received, **private)


def test_nothing_that_a_comment_brings_runs_on_the_owners_side(site, some_payloads, watch):
    """Threats 19 to 22, 24, 28: every payload in every field that a comment has, wherever moderators meet it."""
    served = site(SITE).serve()
    owner = served.sign_in_as("owner")
    store = comment_store(served.app.site)
    single = [_filed(number, [text]) for number, text in enumerate(some_payloads, 1)]
    parts = split(some_payloads, IN_A_COMMENT)
    together = [_filed(number, part) for number, part in enumerate(parts, len(some_payloads) + 1)]
    store.bring([Record(filed=filed) for filed in single])
    shown = []
    pages = split(single, ON_A_PAGE)
    for page in pages:
        newest = int(page[0].comment.received.timestamp()) + ON_A_PAGE - 1
        shown.append(owner.get(f"/admin/comments/?after={newest}500000.1").text)
    store.bring([Record(filed=filed) for filed in together])
    for filed in together:
        id, comment = filed.comment.id, filed.comment
        for texts in (Texts(author="Zoé", url=None, body=comment.body[::-1]), Texts.of(comment)):  # old and new
            store.edit(id, texts, by=comment.author)
        shown += [owner.get(f"/admin/comments/{id}{more}").text for more in ("", "/edit", "?do=spam")]
        form = {
            "author": comment.author,
            "url": comment.url,
            "comment": comment.body,
            "version": "1",
            "query": comment.body,
        }
        shown.append(owner.send(f"/admin/comments/{id}/edit", form).text)
        shown.append(owner.send("/admin/comments/act", {"bulk": "spam", f"pick.{id}": "1", "query": comment.body}).text)
        shown.append(owner.send(f"/admin/comments/{id}/reply", {"comment": comment.body, "version": "1"}).text)
        asked = urlencode(dict.fromkeys(("q", "author", "address", "network", "entry", "sender"), comment.author))
        shown.append(owner.get(f"/admin/comments/?state=all&{asked}").text)
    written = mailed(served, {filed.comment.id: filed.comment.author for filed in single})

    watched = watch(served)
    for html in [*shown, *written]:
        watched.show_screen(html)

    assert watched.noted == []
    assert sum(html.count("<article ") for html in shown[: len(pages)]) >= len(some_payloads)
    assert len(written) == len(pages)
