"""Gifts of posts that have sections: what is given is what the giver may read, at the moment it is read."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from pressframe_members.store import Members
from pressframe_passes._store import LinkStore
from pressframe_passes._tables import LINK
from pressframe_sql import database
from pressframe_testing import EVERY_DATABASE

from .conftest import OLD
from .test_gifts import gift_of, take
from .test_leaks import told

pytestmark = EVERY_DATABASE

CLOSED, OPEN, OTHER = "/2012/01/parts/", "/2026/11/open-parts/", "/2026/11/other-parts/"
PARTS = """
== content/posts/{slug}.md ==
---
title: {slug}
date: {date}
slug: {slug}
---
Début de {slug}.

<!--more-->

Suite canari-{slug}-text.

<!-- only: paid -->

Pour qui paie, canari-{slug}-paid ![](canari-{slug}.png).

<!-- end only -->

<!-- only: club -->

Pour le club, canari-{slug}-club.

<!-- end only -->

Fin.
"""
POSTS = "".join(
    PARTS.format(slug=address.split("/")[3], date=f"{address[1:5]}-{address[6:8]}-20")
    for address in (CLOSED, OPEN, OTHER)
)


@pytest.fixture
def served(blog, clock):
    clock.move(datetime.now(UTC) - clock.now)
    site = blog("free = 1\ngifts = 5", more=POSTS)
    settings = site.read("pressframe.toml").replace("{ paid = {} }", "{ paid = {}, club = {} }")
    site.edit("pressframe.toml", f"{settings}\n[plugins.members]\noverlay = true\n")
    for address in (CLOSED, OPEN, OTHER):
        name = f"canari-{address.split('/')[3]}.png"
        (site.folder / "content" / "posts" / name).write_bytes(b"\x89PNG canari-bytes")
    return site.serve()


def reads(browser, address) -> set[str]:
    """Return which parts of a post somebody gets."""
    return {*re.findall(rf"canari-{address.split('/')[3]}-(\w+)", browser.get(address).text)}


def giver(served, *audiences, address="donatrice@example.org"):
    """Return the browser of a member who has *audiences*, and the member's id."""
    browser = served.sign_in(address)
    members = Members(served.app.site)
    member = members.find_by_address(address)
    for name in audiences:
        members.grant(member.id, name, source="complimentary", now=served.app.clock())
    served.app.readers.forget("; ".join(f"{name}={value}" for name, value in browser.cookies.items()).encode())
    return browser, member.id


def given(served, browser, address):
    """Return a browser that took what the one who gives makes of a post."""
    page = browser.post("/passes/gift", {"next": address}).text
    link = re.search(r"https://prland.example(/passes/gift/[^\"]+)", page)[1]
    return take(served, link)[0]


@pytest.mark.parametrize("address", [CLOSED, OPEN])
@pytest.mark.parametrize(
    ("audiences", "parts"),
    [((), {"text"}), (("paid",), {"text", "paid"}), (("paid", "club"), {"text", "paid", "club"})],
)
def test_a_gift_shows_the_sections_that_its_giver_may_read_and_no_other(served, address, audiences, parts):
    """Threats 1, 2."""
    browser, _ = giver(served, *audiences)
    assert reads(browser, address) == parts

    taker = given(served, browser, address)

    assert reads(taker, address) == parts
    assert reads(taker, OTHER) == {"text"}


@pytest.mark.parametrize("address", [CLOSED, OPEN])
def test_the_owners_gift_shows_all_of_it_files_included(served, address):
    taker, answer = take(served, gift_of(served, address))

    assert answer.headers["location"] == address
    assert reads(taker, address) == {"text", "paid", "club"}
    assert taker.get(f"{address}canari-{address.split('/')[3]}.png").status == 200
    assert served.browser().get(f"{address}canari-{address.split('/')[3]}.png").status == 404
    assert taker.get(address).headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(("address", "left"), [(CLOSED, {"text"}), (OPEN, {"text"})])
def test_what_the_giver_may_read_no_more_the_gift_shows_no_more(served, address, left):
    """Threat 44: paid, given away and paid back."""
    browser, member = giver(served, "paid")
    taker = given(served, browser, address)
    assert reads(taker, address) == {"text", "paid"}

    Members(served.app.site).revoke(member, "paid", source=None, now=served.app.clock())

    assert reads(taker, address) == left


def test_an_audience_that_ends_ends_for_the_gift_at_the_same_moment(served, clock):
    browser, member = giver(served)
    until = served.app.clock() + timedelta(hours=1)
    Members(served.app.site).grant(member, "paid", source="complimentary", now=served.app.clock(), until=until)
    served.app.readers.forget("; ".join(f"{name}={value}" for name, value in browser.cookies.items()).encode())
    taker = given(served, browser, OPEN)
    assert reads(taker, OPEN) == {"text", "paid"}

    clock.move(timedelta(hours=1))

    assert reads(taker, OPEN) == {"text"}


@pytest.mark.parametrize("address", [CLOSED, OPEN])
def test_taken_back_a_gift_shows_no_section_to_nobody(served, address):
    link = gift_of(served, address)
    taker, _ = take(served, link)
    assert "club" in reads(taker, address)
    store = LinkStore(served.app.site)

    store.revoke(store.all()[0].id, served.app.clock())

    assert reads(taker, address) == reads(served.browser(), address) <= {"text"}
    assert served.browser().get(link).status == 410


def test_who_leaves_takes_their_gifts_along_and_is_told_of_them_before(served):
    """Threat 79."""
    browser, _ = giver(served, "paid")
    taker = given(served, browser, CLOSED)

    export = browser.get("/members/export").text
    browser.post("/members/leave", {})

    assert '"gift": "parts"' in export
    assert reads(taker, CLOSED) == set()
    assert not LinkStore(served.app.site).all()


def test_a_gift_of_an_older_version_shows_what_it_did_and_no_section(served):
    browser, _ = giver(served, "paid")
    takers = {address: given(served, browser, address) for address in (CLOSED, OPEN)}

    database(served.app.site).write(lambda connection: connection.execute(sa.update(LINK).values(reader=None)))

    assert {address: reads(taker, address) for address, taker in takers.items()} == {CLOSED: {"text"}, OPEN: {"text"}}


def test_two_gifts_do_not_add_up(served):
    """Nobody may read both parts: neither giver, nor who takes what they gave."""
    one, _ = giver(served, "paid")
    other, _ = giver(served, "club", address="autre@example.org")
    taker = given(served, one, OPEN)
    page = other.post("/passes/gift", {"next": OPEN}).text

    taker.post(re.search(r"https://prland.example(/passes/gift/[^\"]+)", page)[1], {})

    assert reads(taker, OPEN) in ({"text", "paid"}, {"text", "club"})


def test_one_of_the_months_free_posts_opens_no_section_of_another_audience(served):
    browser = served.browser()
    browser.post("/passes/read", {"next": CLOSED})

    assert reads(browser, CLOSED) == {"text"}


def test_a_forged_or_foreign_cookie_opens_no_section(served):
    """Threat 34."""
    taker, _ = take(served, gift_of(served, OLD))
    name = next(name for name in taker.cookies if name.endswith("gifts"))

    for value in (taker.cookies[name], f"{taker.cookies[name]}x", "x", ""):
        browser = served.browser()
        browser.cookies = {name: value}
        for method in ("GET", "HEAD"):
            assert b"canari-open-parts-paid" not in told(browser.get(OPEN, method=method))


def test_who_was_given_an_open_post_may_comment_and_is_no_member(served):
    taker, _ = take(served, gift_of(served, OPEN))

    page = taker.get(OPEN).text

    assert 'name="email"' in page.partition('id="commentform"')[2]
    assert 'class="members-offer"' in page
    assert 'id="reminder"' not in page
    assert "/passes/gift" not in page


@pytest.mark.parametrize("address", [CLOSED, OPEN])
def test_who_was_given_a_text_is_asked_as_a_stranger_where_it_withholds_a_part(served, address):
    """Though they read with the eyes of a subscriber: that is not who they are."""
    browser, _ = giver(served)
    taker = given(served, browser, address)

    note, own = (
        one.get(address).text.partition('class="gate-section"')[2].partition("</div>")[0] for one in (taker, browser)
    )

    assert f'/members/sign-in?next={address}">Se connecter</a>' in note
    assert own
    assert "/members/" not in own


def test_an_open_post_offers_to_be_given_by_who_sees_more_of_it_alone(served):
    plain, _ = giver(served, address="simple@example.org")
    paying, _ = giver(served, "paid")

    assert ["gate-give" in one.get(OPEN).text for one in (plain, paying, served.browser())] == [False, True, False]


def test_the_link_of_a_gift_that_opens_a_section_alone_shows_its_button(served):
    """Threat 32: and opening it ten times changes nothing."""
    link = gift_of(served, OPEN, "--readers", "1")

    answers = [served.browser().get(link) for _ in range(10)]

    assert {answer.status for answer in answers} == {200}
    assert not any(b"canari-open-parts-paid" in answer.body for answer in answers)
    assert reads(take(served, link)[0], OPEN) == {"text", "paid", "club"}
