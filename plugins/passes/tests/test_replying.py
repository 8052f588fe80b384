"""What who was let in by a gift, or stands before a closed text, is told of replying: the ways that they have."""

import re
from datetime import UTC, datetime

import pytest

from pressframe_testing import EVERY_DATABASE

from .conftest import OLD, PAID, POST, is_whole
from .test_gifts import gift_of, take

pytestmark = EVERY_DATABASE

MECENES = "/2012/01/mecenes/"
FOR_PAID = POST.format(slug="mecenes", more="audience: paid\n")
PLACES = {"old": OLD, "paid": PAID, "mecenes": MECENES}


@pytest.fixture(autouse=True)
def real_time(clock):
    """Let the command line, which has the real clock, and the server, which has the test's, agree on the time."""
    clock.move(datetime.now(UTC) - clock.now)


def ways_to_reply(page) -> tuple[str, list[str]]:
    """Return what a page says in the place of the form for comments, and where the links there lead."""
    said = re.search(r'<p class="must-log-in">([^<]*)</p>\s*(<p class="gate-ways">.*?</p>)?', page.text, re.DOTALL)
    return said[1], re.findall(r'href="([^"]*)"', said[2] or "")


@pytest.mark.parametrize(
    ("file", "address", "ways"),
    [
        ("old", OLD, ["subscribe", "sign-in"]),
        ("paid", PAID, ["subscribe", "sign-in"]),
        ("mecenes", MECENES, ["sign-in"]),
    ],
)
def test_a_guest_is_led_to_where_one_subscribes_and_signs_in(blog, file, address, ways):
    """Threat 34: with the address of the text alone, as on its closed page; nothing of the gift."""
    served = blog("", more=FOR_PAID).serve()
    guest, _ = take(served, gift_of(served, f"content/posts/{file}.md"))

    said, links = ways_to_reply(guest.get(address))

    assert said.endswith("Pour répondre, abonnez-vous ou connectez-vous.")
    assert links == [f"/members/{way}?next={address}" for way in ways]


def test_a_guest_who_is_signed_in_is_asked_neither_to_subscribe_nor_to_sign_in(blog):
    served = blog("").serve()
    guest, _ = take(served, gift_of(served, "content/posts/paid.md"), served.sign_in("lea@example.org"))

    page = guest.get(PAID)

    assert is_whole(page)
    assert ways_to_reply(page) == (
        "Cet article vous est ouvert par exception. Seules les personnes dont l’abonnement l’ouvre peuvent répondre.",
        [],
    )


@pytest.mark.parametrize("closed_comments", ["shown", "counted"])
def test_who_may_not_reply_below_a_closed_page_is_told_the_ways_that_they_have(blog, closed_comments):
    site = blog("", more=FOR_PAID)
    gates = f'archive_after = "30 days"\nclosed_comments = "{closed_comments}"'
    site.edit("pressframe.toml", site.read("pressframe.toml").replace('archive_after = "30 days"', gates))
    served = site.serve()
    typed = {"author": "Bo", "email": "b@e.org", "comment": "Un mot."}
    answers = {address: served.visitor.post(f"/comments/posts/{file}", typed) for file, address in PLACES.items()}

    member = served.sign_in("lea@example.org")
    refused = member.post("/comments/posts/paid", typed)

    assert [ways_to_reply(answers[address])[1] for address in (OLD, PAID, MECENES)] == [
        [f"/members/subscribe?next={OLD}", f"/members/sign-in?next={OLD}"],
        [f"/members/subscribe?next={PAID}", f"/members/sign-in?next={PAID}"],
        [f"/members/sign-in?next={MECENES}"],
    ]
    assert ways_to_reply(refused) == (
        "Seules les personnes dont l’abonnement ouvre l’article entier peuvent répondre.", []
    )  # fmt: skip
