"""Sections for some audiences at the doors that members have: their own feed, their data, their pages."""

import re

import pytest

from pressframe_members.store import Members

from .conftest import Readers
from .test_feed import make_feed

POST = "/2026/11/parts/"
SECTIONS = """
== content/parts.md ==
---
title: Parties
date: 2026-11-21
slug: parts
tags: [Presse]
---
Le début.

<!-- only: subscribers -->

Canari-subscribers ![canari-alt](photo.png).

<!-- end only -->

<!-- only: paid -->

## Titre canari-heading

Canari-paid[^n].

<!-- end only -->

Fin.

[^n]: Canari-note.
"""
PAID = {"heading", "paid", "note"}
OPEN = {"subscribers", "alt"}


@pytest.fixture
def readers(serve) -> Readers:
    return serve(
        "overlay = true", gates='archive_after = "30 days"\naudiences.paid = { name = "mécènes" }', more=SECTIONS
    )


def canaries(text: str) -> set[str]:
    return set(re.findall(r"canari-([a-z]+)", text.lower()))


def payer(readers):
    """Return the browser of a member who pays."""
    browser = readers.sign_up("payeuse@example.org")
    members = Members(readers.served.app.site)
    member = members.find_by_address("payeuse@example.org")
    members.grant(member.id, "paid", source="complimentary", now=readers.served.app.clock())
    readers.served.app.readers.forget("; ".join(f"{name}={value}" for name, value in browser.cookies.items()).encode())
    return browser


def test_a_members_own_feed_has_the_members_sections_and_no_other(readers):
    """Threats 1, 3."""
    plain, paying = make_feed(readers.sign_up()), make_feed(payer(readers))

    assert canaries(readers.browser().get(plain).text) == OPEN
    assert canaries(readers.browser().get(paying).text) == OPEN | PAID
    assert canaries(readers.browser().get("/feed.xml").text) == set()
    assert "mécènes" in readers.browser().get(plain).text
    assert "/members/subscribe" not in readers.browser().get(plain).text


def test_a_feed_of_who_pays_no_more_has_their_sections_no_more(readers):
    """Threat 44."""
    browser = payer(readers)
    feed = make_feed(browser)
    assert canaries(readers.browser().get(feed).text) == OPEN | PAID
    members = Members(readers.served.app.site)

    members.revoke(
        members.find_by_address("payeuse@example.org").id, "paid", source=None, now=readers.served.app.clock()
    )

    assert canaries(readers.browser().get(feed).text) == OPEN


def test_no_export_of_an_account_holds_a_text(readers):
    """Threat 4: it is of the member, and not of what they may read."""
    browser = payer(readers)
    browser.post("/comments/parts", {"comment": "Bonjour.", "author": "P"})

    export = browser.get("/members/export")

    assert '"body": "Bonjour."' in export.text
    assert canaries(export.text) == set()


def test_pages_that_the_server_makes_for_a_member_hold_the_members_sections_alone(readers):
    """Threats 1, 7: the page again with what was typed, as a preview, and under an answer."""
    plain, paying = readers.sign_up(), payer(readers)

    for form in ({"comment": ""}, {"comment": "Bonjour.", "preview": "1"}):
        assert canaries(plain.post("/comments/parts", form).text) == OPEN
        assert canaries(paying.post("/comments/parts", form).text) == OPEN | PAID
        assert canaries(readers.browser().post("/comments/parts", form).text) == set()
    assert canaries(plain.get("/members/").text + plain.get(f"/members/subscribe?next={POST}").text) == set()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_way_of_asking_gives_another_reader_more(readers, method):
    """Threats 6, 8, 9."""
    plain, paying = readers.sign_up(), payer(readers)
    spellings = [POST, f"{POST}?v=1", POST.upper(), f"{POST}index.html", POST.rstrip("/"), f"/{POST}", f"{POST}%20"]

    for address in spellings:
        for headers in ({}, {"range": "bytes=0-99"}, {"accept-encoding": "identity"}, {"if-none-match": "*"}):
            answers = [one.get(address, method=method, headers=headers) for one in (plain, readers.browser())]
            assert canaries(answers[0].text + repr(answers[0].headers)) <= OPEN
            assert canaries(answers[1].text + repr(answers[1].headers)) == set()
    for one in (plain, paying):
        assert one.get(POST, method=method).headers["cache-control"] == "private, no-store"
    assert len({one.get(POST).headers["etag"] for one in (plain, paying, readers.browser())}) == 3
