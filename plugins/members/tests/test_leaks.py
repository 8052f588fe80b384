"""Words planted in withheld text come out of no public door."""

import gzip
import re

import pytest

from .conftest import OLD, Readers

CANARY = re.compile(r"canari-[a-z]+", re.IGNORECASE)
PLANTED = """
== content/post.md ==
---
title: Billet
date: 2012-01-01
slug: old
tags: [Un]
categories: [Deux]
authors: [Odile]
---
Un début public.

Texte canari-body et `canari-inline`, ![canari-alt](/canari-src.png "canari-title").[^canari-label]

## Titre canari-heading

| canari-table | b |
|---|---|
| canari-cell | d |

```canari-language
canari-block
```

<p data-x="canari-attribute">canari-html</p> <!-- canari-comment -->

- canari-item

> canari-quotation

[lien](/canari-link/ "canari-linktitle") <https://canari-auto.example/>

[^canari-label]: canari-footnote
== content/open.md ==
---
title: Ouvert
date: 2026-11-20
tags: [Un]
---
Il lit [le billet](/2012/01/old/).
== content/draft.md ==
---
title: canari-draft
date: 2012-01-01
draft: true
---
canari-drafted
== content/later.md ==
---
title: canari-scheduled
date: 2027-01-01
---
canari-later
"""
DOORS = [
    "/", OLD, "/2012/", "/2012/01/", "/tag/un/", "/category/deux/", "/author/odile/", "/archives/", "/feed.xml",
    "/rss.xml", "/feed.json", "/comments.xml", f"{OLD}comments.xml", "/tag/un/feed.xml", "/sitemap.xml", "/robots.txt",
    "/404.html", "/members/", "/members/subscribe", f"/members/subscribe?next={OLD}", "/members/reminder.css",
    "/perdu/",
]  # fmt: skip
SPELLINGS = [
    f"{OLD}?preview=1", f"{OLD}?static=1", f"{OLD}?format=json", f"{OLD}?page=2", f"{OLD}?v=00000000", OLD.rstrip("/"),
    f"/{OLD}", OLD.replace("/old", "//old"), OLD.upper(), OLD.replace("o", "%6f"), f"/%2e{OLD}", f"/.{OLD}",
    f"/x/..{OLD}", f"{OLD};x", f"{OLD}%0a", f"{OLD}..;/", f"{OLD}index.html", f"{OLD}index.md", f"{OLD}.md",
    "/content/post.md", "/.pressframe/", "/../.pressframe/open/", "/data/site.sqlite", "/pressframe.toml",
    f"{OLD}%00", f"{OLD}%20",
]  # fmt: skip


@pytest.fixture
def closed(blog) -> Readers:
    return Readers.of(
        blog("overlay = true", gates='archive_after = "30 days"\nclosed_comments = "shown"', files=PLANTED)
    )


def test_no_byte_of_the_public_folder_holds_a_withheld_word(closed):
    """Threats 1-5, 17."""
    leaks = {path: CANARY.findall(text) for path, text in closed.site.build().files.items() if CANARY.search(text)}

    assert leaks == {}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT"])
def test_no_public_answer_holds_a_withheld_word(closed, method):
    """Threats 1-4, 6, 7, 16, 18: whatever is asked for, however it is spelt."""
    for address in DOORS + SPELLINGS:
        for headers in ({}, {"range": "bytes=0-9999"}, {"accept": "application/json"}, {"accept-encoding": "gzip"}):
            answer = closed.browser().get(address, method=method, headers=headers)
            is_packed = answer.headers.get("content-encoding") == "gzip" and answer.body
            told = repr(answer.headers) + (gzip.decompress(answer.body) if is_packed else answer.body).decode()
            assert not CANARY.search(told), (address, headers)
            assert answer.status < 500, address


def test_the_doors_that_are_searched_are_there(closed):
    missing = [
        address for address in DOORS if address != "/perdu/" and closed.visitor.get(address).status not in (200, 404)
    ]

    assert missing == []
    assert "Un début public." in closed.visitor.get(OLD).text
    assert len([address for address in DOORS if closed.visitor.get(address).status == 200]) >= 18


def test_a_subscriber_gets_every_planted_word_and_no_other_reader_does(closed):
    browser = closed.sign_up()

    found = set(CANARY.findall(browser.get(OLD).text))

    assert {"canari-body", "canari-alt", "canari-heading", "canari-cell", "canari-block", "canari-footnote"} <= found
    assert not CANARY.search(closed.browser().get(OLD).text)


def test_a_stranger_learns_nothing_from_the_headers_when_the_hidden_text_changes(closed):
    """Threat 16."""
    before = closed.visitor.get(OLD)
    closed.site.edit(
        "content/post.md",
        (closed.site.folder / "content/post.md")
        .read_text("utf-8")
        .replace("canari-body", "canari-changed canari-changed"),
    )

    after = Readers.of(closed.site).visitor.get(OLD)

    assert after.headers == before.headers
    assert after.body == before.body


def test_mails_hold_nothing_withheld(closed):
    """Threat 14."""
    closed.mail(next=OLD)

    assert not CANARY.search(closed.mails[0].as_string())
