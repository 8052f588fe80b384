"""What stands in the place of what is withheld: the plans that open it, for strangers and for who is signed in."""

import re

import pytest

from .conftest import PLANS, STUDY, main_of

SECTIONS = """
== content/open.md ==
---
title: Ouvert
date: 2026-01-03
slug: open
---
Le début.

<!-- only: paid -->

Canari-section.

<!-- end only -->
== content/both.md ==
---
title: Pour qui a tout
date: 2026-01-04
slug: both
audience: [paid, patron]
---
Le début.

La suite.
== content/mine.md ==
---
title: Pour les abonnés
date: 2026-01-05
slug: mine
audience: [subscribers, paid]
---
Le début.

La suite.
== content/given.md ==
---
title: À donner
date: 2026-01-06
slug: given
audience: subscribers
---
Le début.

Pour les abonnés, tout cela.

<!-- only: paid -->

Canari-donné.

<!-- end only -->
"""
OPEN, BOTH, MINE, GIVEN = "/2026/01/open/", "/2026/01/both/", "/2026/01/mine/", "/2026/01/given/"


@pytest.fixture
def wide(blog, stripe, open_shop):
    """Return a function that serves the blog with further posts, some of it written otherwise."""

    def make(*changes, language="fr"):
        shop = open_shop(language=language)
        folder = shop.site.folder
        shop.served.close()
        for name, text in re.findall(r"== (\S+) ==\n(.*?)(?=\n== |\Z)", SECTIONS, re.DOTALL):
            shop.site.edit(name, text)
        settings = (folder / "pressframe.toml").read_text("utf-8")
        for old, new in changes:
            assert old in settings
            settings = settings.replace(old, new)
        shop.site.edit("pressframe.toml", settings)
        return type(shop)(shop.site, shop.site.serve(), stripe)

    return make


def links(page: str) -> list[str]:
    """Return the ways that a page tells to what it withholds."""
    return re.findall(rf'href="({PLANS}[^"]*)"', page)


def to(plan: str, address: str) -> str:
    return f"{PLANS}?plan={plan}&amp;next={address}"


def test_a_subscriber_is_offered_the_plans_that_open_the_post_and_no_subscription(wide):
    shop = wide()
    browser = shop.sign_in("lectrice@example.org")

    page = browser.get(STUDY)

    assert "Votre abonnement n’y donne pas accès\xa0: c’est pour membres." in main_of(page.text)
    assert "Passer à la formule «\xa0Au mois\xa0»\xa0: 5\xa0€ par mois" in main_of(page.text).replace("5 €", "5\xa0€")
    assert links(page.text) == [to("monthly", STUDY), to("yearly", STUDY)]
    assert "Votre compte" in page.text
    assert "/members/subscribe" not in page.text
    assert "/members/sign-in" not in page.text
    assert page.headers["cache-control"] == "private, no-store"


def test_a_stranger_is_offered_them_too_and_may_sign_in_and_come_back(wide):
    page = wide().browser().get(STUDY)

    assert "C’est pour membres." in main_of(page.text)
    assert "Choisir la formule «\xa0Au mois\xa0»" in main_of(page.text)
    assert links(page.text) == [to("monthly", STUDY), to("yearly", STUDY)]
    assert f'href="/members/sign-in?next={STUDY}"' in page.text


def test_a_section_offers_what_opens_it(wide):
    shop = wide()
    browser = shop.sign_in("lectrice@example.org")

    mine, strangers = browser.get(OPEN).text, shop.browser().get(OPEN).text

    assert links(mine) == links(strangers) == [to("monthly", OPEN), to("yearly", OPEN)]
    assert ("/members/sign-in" in main_part(mine), "/members/sign-in" in main_part(strangers)) == (False, True)
    assert "Votre compte" in mine
    assert "Canari" not in mine + strangers


def test_who_was_given_a_text_by_a_subscriber_is_offered_what_strangers_are(wide):
    """They read with the giver's eyes, and have nothing that could be upgraded."""
    shop = wide(
        ('"stripe", "archives"', '"admin", "stripe", "passes", "archives"'),
        ("[plugins.stripe]", "[plugins.passes]\ngifts = 3\n[plugins.stripe]"),
    )
    page = shop.sign_in("donatrice@example.org").post("/passes/gift", {"next": GIVEN}).text
    taker = shop.browser()
    taker.post(re.search(r"https://prland.example(/passes/gift/[^\"]+)", page)[1], {})

    read, mine = taker.get(GIVEN).text, shop.sign_in("lectrice@example.org").get(GIVEN).text

    assert "Pour les abonnés, tout cela." in main_of(read)
    assert "Choisir la formule «\xa0Au mois\xa0»" in main_of(read)
    assert "Passer à la formule" not in read
    assert f'href="/members/sign-in?next={GIVEN}"' in main_part(read)
    assert "Passer à la formule «\xa0Au mois\xa0»" in main_of(mine)


def test_who_pays_already_meets_no_offer_and_no_form_for_strangers(wide):
    shop = wide()
    browser, _ = shop.buy()
    shop.tell()

    for address in (STUDY, OPEN, MINE):
        page = browser.get(address).text
        assert links(page) == []
        assert "Votre compte" in page
        assert "/members/subscribe" not in page


def test_a_plan_that_alone_opens_nothing_is_not_offered(wide):
    page = wide().browser().get(BOTH).text

    assert set(links(page)) == {PLANS}
    assert "C’est pour membres qui comptent aussi parmi mécènes." in main_of(page)


def test_a_plan_makes_a_stranger_a_subscriber_as_well(wide):
    assert links(wide().browser().get(MINE).text) == [to("monthly", MINE), to("yearly", MINE)]


def test_where_no_plan_is_for_sale_a_sentence_says_what_opens_it(wide):
    shop = wide(
        ('[plugins.gates.audiences.paid]\nname = "membres"\njoin = "/members/plans/"',
         '[plugins.gates.audiences.paid]\nname = "membres"'),
        ('interval = "year"', 'interval = "year"\noffered = false'), ('cost = "5 €"', 'cost = "5 €"\noffered = false'),
    )  # fmt: skip
    browser = shop.sign_in("lectrice@example.org")

    page = browser.get(STUDY).text

    assert links(main_part(page)) == []
    assert "Votre abonnement n’y donne pas accès\xa0: c’est pour membres." in main_of(page)


def test_on_a_static_host_no_plan_is_offered_where_no_server_is(wide):
    page = wide(("[plugins.stripe]", '[plugins.web]\nlive = "https://live.example"\n[plugins.stripe]')).browser()

    assert links(page.get(STUDY).text) == []


def test_in_english(wide):
    shop = wide(language="en")
    browser = shop.sign_in("lectrice@example.org")

    page = main_of(browser.get(STUDY).text)

    assert "Your subscription does not open it: it is for membres." in page
    assert "Upgrade to “Au mois”: 5 € a month" in page


def main_part(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]
