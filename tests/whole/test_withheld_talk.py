"""What was said under a post that a gate closes comes out of no door: canaries in every part of each comment."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from pressframe_comments import Draft, State, comment_store

from .doors import answers, conversation, forms, told

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
CANARY = re.compile(rb"canari-(?:body|name|site|mail)", re.IGNORECASE)
COUNT = re.compile(r"1[234] (?:réponses|commentaires)|slash:comments>1|thr:count|comment_count".encode())
"""Says how many comments there are: on the post's page, in lists, in feeds."""
SITE = """
== pressframe.toml ==
[site]
title = "PRland"
language = "fr"
plugins = ["markdown", "sql", "web", "comments", "webmention", "gates", "members", "archives", "feeds", "journal"]
[plugins.comments]
moderation = "never"
per_page = 3
[plugins.webmention]
receive = true
[plugins.gates]
archive_after = "5 days"
closed_comments = "{closed}"
== content/new.md ==
---
title: Ouvert
date: 2026-11-22
---
Un billet.
== content/old.md ==
---
title: Ancien
date: 2026-11-01
---
Début.

<!--more-->

Suite.
== content/old.comments.toml ==
{filed}
"""
FILED = """
[[comment]]
id = {id}
author = "canari-name {id}"
date = 2026-11-02T10:00:00+01:00
url = "https://canari-site.example/"
kind = "{kind}"
body = "canari-body {id}"
"""
KINDS = ("comment",) * 8 + ("pingback", "webmention")


@pytest.fixture(params=["hidden", "counted"])
def closed(site, clock, request):
    """Serve a closed post with comments in a file and in the database, followed by somebody from before it closed."""
    filed = "".join(FILED.format(id=number, kind=kind) for number, kind in enumerate(KINDS, 1))
    made = site(SITE.replace("{closed}", request.param).replace("{filed}", filed))
    clock.now = NOW - timedelta(days=20)
    before = made.serve()
    fields = {"author": "Max", "email": "max@example.org", "comment": "Ouvert.", "follow_all": "1"}
    assert before.browser().post("/comments/old", fields).status == 303
    before.run_jobs()
    before.browser().post(before.links()[0], {})
    before.close()
    clock.now = NOW
    store = comment_store(made.open())
    for number, state in enumerate((State.APPROVED, State.APPROVED, State.PENDING, State.SPAM)):
        draft = Draft(
            entry="old", author=f"canari-name-{number}", email="canari-mail@example.org", body=f"canari-body {number}",
            url="https://canari-site.example/", received=NOW - timedelta(hours=1), parent="1" if number else None,
        )  # fmt: skip
        store.add(draft, state)
    return made, made.serve(), request.param


def test_no_answer_of_the_server_holds_a_withheld_comment(closed):
    """Threat 7: every address, feeds and pages of the conversation among them; then each comment by its own."""
    _, served, how = closed

    asked = dict(answers(served)) | dict(conversation(served, "old", [*map(str, range(1, 11)), "c1", "c2", "c3", "c4"]))

    assert [what for what, told in asked.items() if CANARY.search(told)] == []
    pages = [told for what, told in asked.items() if what.startswith("GET /2026/11/old/ ")]
    assert pages
    assert all((b"13 r" in page) is (how == "counted") for page in pages if b"<title>" in page)
    told_of = [what for what, told in asked.items() if COUNT.search(told)]
    assert (told_of == []) is (how == "hidden"), told_of
    assert len(asked) > 500


def test_no_file_that_is_published_holds_a_withheld_comment(closed):
    """Threat 7: what another server would give to everybody."""
    made, _, _ = closed
    public = [file for file in (made.folder / "public").rglob("*") if file.is_file()]

    assert [file.name for file in public if CANARY.search(file.read_bytes())] == []
    assert len(public) > 10


def test_no_form_and_no_mail_tells_of_a_withheld_comment(closed):
    """Threat 7: mails to who followed the conversation when it was open say that there is something, not what."""
    made, served, _ = closed
    made.run("comments", "hold", "c2")
    made.run("comments", "approve", "c2")
    served.rebuild()
    reader = served.sign_in("lectrice@example.org")
    sent = {"author": "canari-name", "email": "canari-mail@example.org", "comment": "canari-body"}
    assert reader.post("/comments/old", sent).status == 303
    made.clock.move("30 minutes")

    asked = dict(forms(served))

    texts = [(mail["to"], mail.get_body().get_content()) for mail in served.mails]
    mails = [(to, text.count("/comment/c")) for to, text in texts if "/comment/" in text]
    assert [what for what, told in asked.items() if CANARY.search(told)] == []
    assert {to for to, _ in mails} == {"max@example.org"}
    assert sum(count for _, count in mails) >= 2


def test_a_subscriber_is_shown_all_of_it(closed):
    """So that what is looked for above is there."""
    _, served, _ = closed
    reader = served.sign_in("lectrice@example.org")

    pages = [told(reader.get(address)) for address in ("/2026/11/old/", *(f"/comments/page/{n}/old" for n in (2, 3)))]

    seen = set(re.findall(rb"<p>canari-body \d+", b"".join(pages)))
    assert len(seen) >= 8
    assert reader.get("/comment/c2?on=old").status == 303
