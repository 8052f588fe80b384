"""What a member sees of what they pay, and does about it."""

from datetime import timedelta

import pytest

from pressframe_testing import EVERY_DATABASE

from .conftest import main_of

pytestmark = EVERY_DATABASE


@pytest.fixture
def paid(shop):
    browser, subscription = shop.buy()
    shop.tell()
    shop.calls()
    return shop, browser, subscription


def save(browser, do, subscription):
    return browser.post("/members/account/paying", {"do": do, "subscription": subscription})


def test_the_account_tells_what_is_paid_for(paid):
    _, browser, _ = paid

    page = main_of(browser.get("/members/").text)

    assert "Votre abonnement payant Au mois – 5 € par mois" in page
    assert "Il se renouvelle de lui-même le 23 décembre 2026." in page


def test_a_subscription_is_cancelled_and_gone_on_with_in_the_account(paid):
    shop, browser, subscription = paid

    page = main_of(browser.follow(save(browser, "end", subscription)).text)
    assert "Il est résilié et prend fin le 23 décembre 2026." in page
    assert shop.stripe.things[subscription]["cancel_at_period_end"] is True
    assert shop.memberships() == {"paid": shop.site.clock.now + timedelta(days=30)}

    page = main_of(browser.follow(save(browser, "keep", subscription)).text)
    assert "Il se renouvelle de lui-même" in page
    assert shop.memberships() == {"paid": shop.site.clock.now + timedelta(days=33)}


def test_nobody_cancels_what_somebody_else_pays_for(paid):
    """Threat 45."""
    shop, browser, subscription = paid
    other = shop.sign_in("autre@example.org")

    for who in (other, shop.browser()):
        assert save(who, "end", subscription).status == 303
    for do, id in (("end", "sub_none"), ("delete", subscription), ("", ""), ("end", f"{subscription}/../x")):
        assert save(browser, do, id).status == 303

    assert shop.calls() == []


def test_a_member_is_told_when_nothing_could_be_changed(paid):
    shop, browser, subscription = paid
    shop.stripe.status = 500

    answer = save(browser, "end", subscription)

    assert answer.status == 422
    assert "Rien n’a changé." in main_of(answer.text)


def test_the_portal_is_one_button_away(paid):
    shop, browser, subscription = paid
    assert 'action="/members/plans/portal"' in browser.get("/members/").text

    answer = browser.post("/members/plans/portal", {})

    assert answer.status == 303
    assert answer.headers["location"].startswith(f"{shop.stripe.url}/p/session/")
    [asked] = [one for one in shop.stripe.asked if one.method == "POST"]
    assert asked.params["return_url"] == "https://prland.example/members/"
    assert asked.params["customer"] == shop.stripe.things[subscription]["customer"]


def test_who_never_paid_has_no_portal(paid):
    shop, _, _ = paid

    for browser in (shop.browser(), shop.sign_in("autre@example.org")):
        assert browser.post("/members/plans/portal", {}).headers["location"] == "/members/plans/"
    assert shop.calls() == []


def test_the_portal_may_be_out_of_reach(paid):
    shop, browser, _ = paid
    shop.stripe.status = 500

    assert browser.post("/members/plans/portal", {}).status == 503


def test_english_readers_are_told_in_english(open_shop):
    shop = open_shop(language="en")
    browser, _ = shop.buy()
    shop.tell()

    assert "It renews automatically on" in main_of(browser.get("/members/").text)
