"""Hostile comments where few look: edited by readers, as parents, answered without a script, deleted for ever."""

import re
from datetime import timedelta
from itertools import cycle

import pytest

from pressframe import Comment
from pressframe_admin import accounts
from pressframe_comments import Filed, Record, State, comment_store
from pressframe_moderation._deciding import link_of

from .conftest import NOW
from .hostile import ORIGIN, POST, items, listed, mailed, split

pytestmark = pytest.mark.browser

AT_ONCE, ON_A_PAGE, IN_A_MAIL = 100, 100, 10
LONGEST_NAME = 245
SITE = f"""
== pressframe.toml ==
[site]
title = "Essai"
url = "{ORIGIN}"
plugins = ["markdown", "sql", "web", "admin", "comments", "moderation", "archives", "feeds", "journal"]
[plugins.comments]
moderation = "never"
max_links = 99999
flood_limit = 0
flood_limit_site = 0
same_text_within = "1 second"
per_page = 500
[plugins.moderation]
per_page = {ON_A_PAGE}
[plugins.feeds]
count = 2000
""" + POST.format(0)


def _names(payloads):
    """Return all *payloads* as few names, of as many each as a name holds."""
    names = [""]
    for text in payloads:
        line = " ".join(re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+", " ", text).split())[:LONGEST_NAME]
        if len(names[-1]) + len(line) < LONGEST_NAME:
            names[-1] += f" {line}"
        elif line:
            names.append(line)
    return [name.strip() for name in names if name]


def _bring(served, comments):
    store = comment_store(served.app.site)
    filed = [Filed(comment=one, state=State.APPROVED, reasons=(), changed=one.received) for one in comments]
    store.bring([Record(filed=one) for one in filed])
    return store


def test_nothing_that_a_reader_edits_a_comment_into_runs(site, some_payloads, watch):
    """Threats 19 to 22, 24: on the page, in feeds, on the owner's screens with its history, in the mail."""
    served = site(SITE).serve()
    owner, browser, ids = served.sign_in_as("owner"), served.browser(), []
    texts = ["\n\n".join(part).replace("\x00", "") for part in split(some_payloads, AT_ONCE)]
    for number, text in enumerate(texts):
        sent = browser.post("/comments/p0", {"author": "Ada", "email": "a@example.org", "comment": f"Non, {number}."})
        ids.append(sent.headers["location"].rpartition("#comment-")[2])
        for edit in (text[::-1], text):
            assert browser.post(f"/comment/{ids[-1]}/edit", {"comment": edit}).status == 303
    served.rebuild()
    shown = [owner.get(f"/admin/comments/{id}{more}").text for id in ids for more in ("", "/edit")]
    shown.append(owner.get("/admin/comments/?state=all").text)
    written = mailed(served, dict.fromkeys(ids, "Billet"))

    watched = watch(served)
    (post,) = [card.address for card in served.app.served.release.view().latest()]
    watched.visit(post)
    for feed in (f"{post}comments.xml", f"{post}comments.rss", "/comments.xml", "/comments.rss", "/comments.json"):
        watched.show_items(list(items(watched.replies[feed].text)))
    for page in [*shown, *written]:
        watched.show_screen(page)

    assert watched.noted == []
    assert watched.counted["#comments .comment"] == len(texts)
    assert watched.counted["items"] == 5 * len(texts)
    assert [page.count("<blockquote ") for page in written] == [len(texts)]
    assert all("Non, " not in page for page in written)


def test_nothing_that_readers_are_mailed_runs(site, some_payloads, watch):
    """Threats 19 to 22, 24: in what is mailed to who follows a conversation; the text is quoted to 2,000 characters."""
    blog = site(SITE)
    served = blog.serve()
    wanted = {"author": "Zoé", "email": "zoe@example.org", "comment": "Oui.", "follow_all": "1"}
    assert served.browser().post("/comments/p0", wanted).status == 303
    served.run_jobs()
    assert served.browser().post(served.links()[0], {}).status == 200
    texts = ["\n\n".join(part).replace("\x00", "") for part in split(some_payloads, IN_A_MAIL)]
    for name, text in zip(cycle(_names(some_payloads)), texts, strict=False):
        sent = {"author": name, "email": "a@example.org", "comment": text}
        assert served.browser().post("/comments/p0", sent).status == 303
    for _ in range(2):
        blog.clock.move(timedelta(minutes=20))
        served.rebuild()
        served.run_jobs()
    written = [mail.get_body(("html",)) for mail in served.mails if mail["to"] == "zoe@example.org"]

    watched = watch(served)
    for page in written:
        watched.show(page.get_content())

    assert watched.noted == []
    assert sum(page.get_content().count("<blockquote ") for page in written) == len(texts)


def test_nothing_that_is_called_the_parent_of_a_comment_runs(site, some_payloads, watch):
    """Threat 19: as an imported file may have it; a form that says so is refused."""
    served = site(SITE).serve()
    owner = served.sign_in_as("owner")
    _bring(
        served,
        [
            Comment(
                id=f"c{number}", entry="p0", parent=text, author="Ada", body="Oui.",
                received=NOW - timedelta(days=1, seconds=-number),
            )
            for number, text in enumerate(some_payloads, 1)
        ],
    )  # fmt: skip
    served.rebuild()
    shown = listed(owner)
    statuses = {
        served.browser()
        .post("/comments/p0", {"author": "Ada", "email": "a@e.org", "comment": "x", "comment_parent": text})
        .status
        for text in some_payloads[:50]
    }

    watched = watch(served)
    for page in shown:
        watched.show_screen(page)

    assert watched.noted == []
    assert statuses == {422}
    assert sum(page.count("<article ") for page in shown) == len(some_payloads)


def test_no_name_runs_where_it_is_answered_deleted_or_decided_about(site, some_payloads, watch):
    """Threats 19, 21: the heading without a script, the question before deleting, the page of a mail's link."""
    posts = "".join(
        f"== content/a{number}.md ==\n---\ntitle: Un\ndate: 2026-11-19\n---\nTexte.\n" for number in range(20)
    )
    served = site(SITE + posts).serve()
    owner, names = served.sign_in_as("owner"), _names(some_payloads)
    store = _bring(
        served,
        [
            Comment(
                id=f"c{number}", entry=f"a{number % 20}", author=name, body=name, url=None,
                received=NOW - timedelta(days=1, seconds=-number),
            )
            for number, name in enumerate(names, 1)
        ],
    )  # fmt: skip
    served.rebuild()
    replies = [
        served.visitor.get(f"/comments/reply/a{number % 20}?to=c{number}") for number in range(1, len(names) + 1)
    ]
    headings = [re.search(r'<h2 id="reply-title".*?</h2>', reply.text, re.DOTALL)[0] for reply in replies]
    ids = [f"c{number}" for number in range(1, len(names) + 1)]
    account = next(iter(accounts(served.app.site)))
    links = [link_of(served.app.site, account, filed).removeprefix(ORIGIN) for filed in store.find(ids).values()]
    asked = [served.visitor.get(link).text for link in links]
    store.move(ids, State.TRASH)
    picks = {f"pick.{id}": "2" for id in ids}
    questions = [
        owner.send("/admin/comments/act", {"bulk": "delete", "query": name, **dict(part)}).text
        for part, name in zip(split(list(picks.items()), AT_ONCE), names, strict=False)
    ]

    watched = watch(served)
    watched.show("".join(headings))
    for page in [*(reply.text for reply in replies[::20]), *asked[::20], *questions]:
        watched.show_screen(page)
    watched.show("".join(page.partition("<main")[2].partition("</main>")[0] for page in asked))

    assert watched.noted == []
    assert {reply.status for reply in replies} == {200}
    assert len({*headings}) == len(names)
    assert sum(page.count('<li class="panel">') for page in questions) == len(names)
