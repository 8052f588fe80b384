"""Hostile comments on the owner's side, in a real browser: lists, single pages, forms, history, mails."""

import json
from datetime import timedelta

import pytest

from pressframe import Comment
from pressframe_comments import Filed, Record, State, Texts, comment_store
from pressframe_moderation._mail import NewsMail

from .conftest import NOW
from .test_hostile_comments import ORIGIN, payloads, watch  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser

ON_A_PAGE = 100
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
== content/p0.md ==
---
title: Billet
date: 2026-11-20
---
Un texte.
"""


ICON = '<link rel="icon" href="data:,">'
"""The shell's own, which is no comment's doing."""


def _filed(number, part):
    """Return a comment with all texts of *part* in every field that it has."""
    whole = "\n\n".join(part)
    comment = Comment(
        id=f"c{number}", entry="p0" if number % 7 else part[0], author=part[0][:245], url=whole, body=whole,
        format="html" if number % 2 else "text", received=NOW + timedelta(seconds=number), reader=whole,
        parent=f"c{number - 1}" if number > 1 else None,
    )  # fmt: skip
    private = dict.fromkeys(("email", "client", "agent", "referrer", "sender"), whole)
    return Filed(comment=comment, state=State.PENDING, reasons=(whole, part[0]), changed=comment.received, **private)


def test_nothing_that_a_comment_brings_runs_on_the_owners_side(site, payloads, watch):  # noqa: F811 - fixtures
    """Threats 19 to 22, 24, 28: every payload in every field that a comment has, wherever moderators meet it."""
    served = site(SITE).serve()
    owner = served.sign_in_as("owner")
    store = comment_store(served.app.site)
    parts = [payloads[at : at + IN_A_COMMENT] for at in range(0, len(payloads), IN_A_COMMENT)]
    single = [_filed(number, [text]) for number, text in enumerate(payloads, 1)]
    together = [_filed(number, part) for number, part in enumerate(parts, len(payloads) + 1)]
    store.bring([Record(filed=filed) for filed in single])
    shown = []
    for at in range(0, len(payloads), ON_A_PAGE):
        newest = int(single[at].comment.received.timestamp()) + ON_A_PAGE - 1
        shown.append(owner.get(f"/admin/comments/?after={newest}500000.1").text)
    store.bring([Record(filed=filed) for filed in together])
    for filed in together:
        id, comment = filed.comment.id, filed.comment
        texts = Texts(author="Zoé", url=None, body=comment.body[::-1])
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
        shown.append(owner.get(f"/admin/comments/?state=all&q={comment.author.encode().hex()}").text)
    mails = [
        {
            "account": 1,
            "comments": [{"id": one.comment.id, "title": one.comment.author, "gated": False} for one in part],
        }
        for part in (single[at : at + ON_A_PAGE] for at in range(0, len(single), ON_A_PAGE))
    ]
    for mail in mails:
        NewsMail(served.app.site).send(json.loads(json.dumps(mail)))
    written = [mail.get_body(("html",)).get_content() for mail in served.mails]

    watched = watch(served)
    for html in [*shown, *written]:
        watched.show(html.replace(ICON, ""))

    assert watched.noted == []
    assert sum(html.count("<article ") for html in shown[: len(mails)]) >= len(payloads)
    assert len(written) == len(mails)
