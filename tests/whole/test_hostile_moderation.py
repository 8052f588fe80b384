"""Hostile comments on the owner's side, in a real browser: lists, single pages, forms, history, mails."""

import json
from datetime import timedelta

import pytest

from pressframe_comments import Draft, State, Texts, comment_store
from pressframe_moderation._mail import NewsMail

from .conftest import NOW
from .test_hostile_comments import ORIGIN, payloads, watch  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser

ON_A_PAGE = 100
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


def _fill(store, texts, *, together):
    """Store a comment for each of *texts*, with it in every field; or one for each hundred, with all of them in it."""
    parts = [texts[at : at + ON_A_PAGE] for at in range(0, len(texts), ON_A_PAGE)] if together else [[t] for t in texts]
    parent, made = None, []
    for number, part in enumerate(parts):
        whole = "\n\n".join(part)
        hostile = dict.fromkeys(("email", "url", "sender", "client", "agent", "referrer", "reader"), whole)
        draft = Draft(
            entry="p0" if number % 7 else part[0], author=part[0][:245], body=whole, parent=parent,
            format="html" if number % 2 else "text", received=NOW + timedelta(seconds=number), key=f"{together}{number}",
            **hostile,
        )  # fmt: skip
        filed = store.add(draft, State.PENDING, [whole, part[0]])
        parent = filed.comment.id
        made.append(filed)
    return made


def test_nothing_that_a_comment_brings_runs_on_the_owners_side(site, payloads, watch):  # noqa: F811 - fixtures
    """Threats 19 to 22, 24, 28: every payload in every field that a comment has, wherever moderators meet it."""
    served = site(SITE).serve()
    owner = served.sign_in_as("owner")
    store = comment_store(served.app.site)
    single = _fill(store, payloads, together=False)
    shown, address = [], "/admin/comments/"
    for at in range(0, len(payloads), ON_A_PAGE):
        last = single[at].comment
        place = f"?after={int(last.received.timestamp() * 1_000_000) + 99_500_000}.{10**9}"
        shown.append(owner.get(address + place).text)
    for filed in _fill(store, payloads, together=True):
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
        watched.show(html)

    assert watched.noted == []
    assert sum(html.count("<article ") for html in shown[: len(mails)]) >= len(payloads)
    assert len(written) == len(mails)
