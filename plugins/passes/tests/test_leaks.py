"""Words planted in withheld text come out of none of this plugin's doors, but for whom they are opened."""

import gzip
import re
from datetime import UTC, datetime

import pytest

from .test_gifts import gift_of, link_in

ADDRESS = "/2012/01/planted/"
CANARY = re.compile(rb"canari-[a-z]+-x", re.IGNORECASE)
PLANTED = """
== content/posts/planted/index.md ==
---
title: Planté
date: 2012-01-01
slug: planted
summary: Un résumé public.
---
Début de planté.

<!--more-->

Texte canari-body-x `canari-code-x` ![canari-alt-x](photo.png "canari-title-x").[^1]

## Titre canari-heading-x

| canari-table-x | b |
|---|---|
| canari-cell-x | d |

<p data-x="canari-attribute-x">canari-html-x</p>

[^1]: canari-note-x
"""
ASKED = (
    {}, {"range": "bytes=0-99"}, {"accept-encoding": "gzip"}, {"if-none-match": "*"}, {"accept": "application/json"},
    {"sec-purpose": "prefetch"}, {"cookie": "__Host-reads=x; __Host-gifts=x; reads=x; gifts=x"},
)  # fmt: skip


@pytest.fixture
def planted(blog, clock):
    clock.move(datetime.now(UTC) - clock.now)
    site = blog("free = 1\ngifts = 2", more=PLANTED)
    (site.folder / "content/posts/planted/photo.png").write_bytes(b"\x89PNG canari-bytes-x")
    return site.serve()


def told(reply) -> bytes:
    """Return all that an answer tells, unpacked."""
    body = gzip.decompress(reply.body) if reply.headers.get("content-encoding") == "gzip" and reply.body else reply.body
    return repr((reply.headers, reply.cookies)).encode() + body


def test_no_door_tells_a_stranger_what_is_withheld(planted):
    """Threats 1-3, 5, 6, 8, 15: the gift's page, the forms, what is spent; by every method and way of asking."""
    link, other = gift_of(planted, ADDRESS), gift_of(planted, "/2012/01/old/")
    doors = [
        link, f"{link}/", f"{link}?preview=1", f"{link}%0a", f"{link}x", link.replace("gift", "preview"), f"{link}/0",
        "/passes/", "/passes/gift", "/passes/read", "/passes/gift/x", "/passes/preview/x", "/passes/preview/x/0",
        "/admin/passes/", ADDRESS, f"{ADDRESS}photo.png", f"{ADDRESS}?gift={link.rpartition('/')[2]}",
    ]  # fmt: skip
    taken = planted.browser()
    taken.post(other, {})  # a gift of another entry

    for browser in (planted.browser(), taken):
        for address in doors:
            for headers in ASKED:
                for method in ("GET", "HEAD", "PUT"):
                    answer = browser.get(address, headers=headers, method=method)
                    assert not CANARY.search(told(answer)), (address, headers, method)
                    assert answer.status < 500
    for form in ({"next": ADDRESS}, {"next": f"{ADDRESS}photo.png"}, {"entry": "posts/planted/index"}):
        for address in ("/passes/gift", "/passes/read", "/admin/passes/gift"):
            assert not CANARY.search(told(planted.browser().post(address, form))), (address, form)


def test_nor_does_what_a_reader_and_the_owner_see_of_it(planted):
    """Threat 18: the link's page and the owner's screen have its title alone."""
    reader, owner = planted.sign_in("lectrice@example.org"), planted.sign_in_as("owner")
    link = link_in(reader.post("/passes/gift", {"next": ADDRESS}))

    shown = [reader.post("/passes/gift", {"next": ADDRESS}), owner.get("/admin/passes/"), planted.browser().get(link)]

    assert link
    assert [CANARY.findall(told(answer)) for answer in shown] == [[], [], []]
    assert all("Planté" in answer.text for answer in shown)


def test_the_search_finds_what_it_looks_for_where_the_entry_is_open(planted):
    browser = planted.browser()
    browser.post(gift_of(planted, ADDRESS), {})

    for headers in ({}, {"accept-encoding": "gzip"}):
        assert len({*CANARY.findall(told(browser.get(ADDRESS, headers=headers)))}) >= 8
    assert CANARY.search(told(browser.get(f"{ADDRESS}photo.png")))


def test_the_log_names_neither_a_token_nor_a_text(planted, caplog):
    """Threats 18, 34."""
    link = gift_of(planted, ADDRESS)
    with caplog.at_level("DEBUG"):
        planted.browser().get(link)
        planted.browser().post(link, {})
        planted.browser().get(f"{link}x")

    assert "/passes/gift/{token}" in caplog.text
    assert link.rpartition("/")[2][:20] not in caplog.text
    assert not CANARY.search(caplog.text.encode())
