"""What becomes of a subscription: renewed, failed, recovered, cancelled, refunded, disputed, changed."""

from datetime import timedelta

import pytest


@pytest.fixture
def paid(shop):
    """Return the shop, a browser that may read, and the subscription that it pays for."""
    browser, subscription = shop.buy()
    shop.tell()
    assert shop.reads(browser)
    return shop, browser, subscription


def test_a_renewal_goes_on(paid):
    shop, browser, subscription = paid

    for _ in range(2):
        shop.site.clock.move("30 days")
        shop.stripe.renew(subscription)
        shop.tell()
        assert shop.reads(browser)

    assert shop.memberships() == {"paid": shop.site.clock.now + timedelta(days=33)}


def test_who_is_not_renewed_lapses_after_the_grace(paid):
    """Threat 10: by the clock alone, if Stripe cannot be reached and no webhook comes."""
    shop, browser, _ = paid
    shop.stripe.status = 500

    shop.site.clock.move("32 days")
    shop.run_jobs()
    assert shop.reads(browser)
    shop.site.clock.move("24 hours")
    assert not shop.reads(browser)


def test_a_renewal_that_no_webhook_told_of_is_found_by_looking(paid):
    shop, browser, subscription = paid
    shop.site.clock.move("30 days")
    shop.stripe.renew(subscription)
    shop.stripe.events.clear()

    shop.site.clock.move("3 hours")
    shop.run_jobs()

    assert shop.memberships()["paid"] > shop.site.clock.now + timedelta(days=32)
    shop.site.clock.move("5 days")
    assert shop.reads(browser)


def test_a_card_that_fails_gives_grace_and_then_nothing(paid):
    shop, browser, subscription = paid
    shop.site.clock.move("30 days")
    shop.stripe.renew(subscription, is_paid=False)
    shop.tell()

    assert shop.memberships() == {"paid": shop.site.clock.now + timedelta(days=3)}
    assert "Votre dernier paiement a échoué." in browser.get("/members/").text
    assert shop.reads(browser)
    shop.site.clock.move("73 hours")
    assert not shop.reads(browser)
    shop.stripe.give_up(subscription)
    shop.tell()
    assert not shop.reads(browser)
    assert "Vous ne payez rien" in browser.get("/members/").text


def test_a_card_that_works_again_opens_all_again(paid):
    shop, browser, subscription = paid
    shop.site.clock.move("30 days")
    shop.stripe.renew(subscription, is_paid=False)
    shop.tell()
    shop.site.clock.move("5 days")
    assert not shop.reads(browser)

    shop.stripe.recover(subscription)
    shop.tell()

    assert shop.reads(browser)
    assert shop.memberships() == {"paid": shop.site.clock.now + timedelta(days=28)}


@pytest.mark.parametrize("status", ["unpaid", "paused", "incomplete"])
def test_what_is_not_paid_opens_nothing(paid, status):
    shop, browser, subscription = paid

    shop.stripe.change(subscription, status=status)
    shop.tell()

    assert not shop.reads(browser)
    assert shop.memberships() == {}


def test_a_cancelled_subscription_lasts_until_what_was_paid_for_ends(paid):
    shop, browser, subscription = paid
    shop.stripe.cancel(subscription)
    shop.tell()

    assert shop.memberships() == {"paid": shop.site.clock.now + timedelta(days=30)}
    shop.site.clock.move("29 days")
    assert shop.reads(browser)
    shop.site.clock.move("25 hours")
    assert not shop.reads(browser)
    shop.stripe.renew(subscription)
    shop.tell()
    assert not shop.reads(browser)


def test_a_subscription_that_is_ended_at_once_is_over_at_once(paid):
    shop, browser, subscription = paid

    shop.stripe.cancel(subscription, at_period_end=False)
    shop.tell()

    assert not shop.reads(browser)
    assert shop.choose(browser).headers["location"].startswith(shop.stripe.url)


def test_a_refund_takes_back_what_was_paid_for(paid):
    shop, browser, subscription = paid

    shop.stripe.refund(subscription)
    shop.tell()

    assert not shop.reads(browser)
    page = browser.get("/members/").text
    assert "Le paiement a été repris" in page
    assert "Le résilier" in page


def test_a_refund_of_a_part_takes_nothing(paid):
    shop, browser, subscription = paid

    shop.stripe.refund(subscription, 100)
    shop.tell()

    assert shop.reads(browser)


def test_who_pays_again_after_a_refund_reads_again(paid):
    shop, browser, subscription = paid
    shop.stripe.refund(subscription)
    shop.tell()
    shop.site.clock.move("30 days")

    shop.stripe.renew(subscription)
    shop.tell()

    assert shop.reads(browser)


@pytest.mark.parametrize(("is_won", "reads"), [(True, True), (False, False)])
def test_a_dispute_closes_until_it_is_won(paid, is_won, reads):
    shop, browser, subscription = paid
    shop.stripe.dispute(subscription)
    shop.tell()
    assert not shop.reads(browser)

    shop.stripe.close_dispute(subscription, is_won=is_won)
    shop.tell()

    assert shop.reads(browser) == reads


def test_a_question_of_a_bank_closes_nothing(paid):
    shop, browser, subscription = paid

    shop.stripe.dispute(subscription, status="warning_needs_response")
    shop.tell()

    assert shop.reads(browser)


def test_a_payment_of_long_ago_that_is_disputed_closes_as_well(paid):
    shop, browser, subscription = paid
    first = shop.stripe._last_charge(subscription)
    shop.site.clock.move("30 days")
    shop.stripe.renew(subscription)
    shop.tell()
    first["disputed"] = True
    dispute = shop.stripe._keep("dispute", "dp_old", charge=first["id"], status="under_review")

    shop.hook(shop.stripe.event("charge.dispute.created", dispute))
    shop.run_jobs()

    assert not shop.reads(browser)


def test_another_plan_gives_another_audience(paid):
    shop, browser, subscription = paid

    shop.stripe.change_price(subscription, "price_patron")
    shop.tell()
    assert shop.memberships().keys() == {"patron"}
    assert not shop.reads(browser)
    assert shop.reads(browser, "/2026/01/note/", "La suite du carnet.")

    shop.stripe.change_price(subscription, "price_year")
    shop.tell()
    assert shop.memberships().keys() == {"paid"}


def test_a_plan_that_is_not_sold_any_more_is_kept_by_who_has_it(paid):
    shop, browser, subscription = paid

    shop.stripe.change_price(subscription, "price_former")
    shop.tell()

    assert shop.reads(browser)
    assert "Ancienne formule" in browser.get("/members/").text


def test_a_price_that_no_plan_has_gives_nothing_and_is_told(paid, caplog):
    shop, browser, subscription = paid
    shop.stripe.add_price("price_other", 1)

    shop.stripe.change_price(subscription, "price_other")
    shop.tell()

    assert not shop.reads(browser)
    assert "price_other is paid for" in caplog.text


def test_what_others_give_is_not_taken(paid):
    from pressframe_members.store import Members

    shop, browser, subscription = paid
    members = Members(shop.served.app.site)
    member = members.find_by_address("lectrice@example.org")
    members.grant(member.id, "paid", source="complimentary", now=shop.site.clock.now)

    shop.stripe.cancel(subscription, at_period_end=False)
    shop.tell()

    assert shop.memberships() == {}
    assert shop.reads(browser)


def test_two_subscriptions_last_as_long_as_the_longer(paid):
    shop, browser, first = paid
    shop.stripe.cancel(first)
    second = shop.stripe.pay(shop.stripe.open_session(
        price="price_year", customer=shop.stripe.things[first]["customer"], customer_email=None,
        subscription_metadata=shop.stripe.things[first]["metadata"],
    )["id"])  # fmt: skip
    shop.tell()
    assert shop.memberships() == {"paid": shop.site.clock.now + timedelta(days=368)}

    shop.stripe.refund(second)
    shop.tell()
    assert shop.memberships() == {"paid": shop.site.clock.now + timedelta(days=30)}
    assert shop.reads(browser)


def test_what_is_sold_elsewhere_with_the_same_account_is_left_alone(shop):
    browser = shop.sign_in("lectrice@example.org")
    for metadata in ({}, {"pressframe_member": "somebody else"}, {"other": "x"}):
        session = shop.stripe.open_session(
            price="price_month", customer=None, customer_email="lectrice@example.org", subscription_metadata=metadata
        )
        shop.stripe.pay(session["id"])
    shop.tell()

    assert not shop.reads(browser)
    assert "DELETE" not in " ".join(shop.calls())
    assert "Vous ne payez rien" in browser.get("/members/").text


def test_a_deleted_customer_reads_no_more(paid):
    shop, browser, subscription = paid

    shop.stripe.forget(shop.stripe.things[subscription]["customer"])
    events = [one for one in shop.stripe.events if one["type"] == "customer.deleted"]
    for event in events:
        shop.hook(event)
    shop.run_jobs()

    assert len(events) == 1
    assert not shop.reads(browser)


def test_a_subscription_that_stripe_has_lost_gives_nothing(paid):
    shop, browser, subscription = paid
    event = shop.stripe.event("customer.subscription.updated", shop.stripe.things.pop(subscription))

    shop.hook(event)
    shop.run_jobs()

    assert not shop.reads(browser)
    assert shop.memberships() == {}


def test_a_refund_for_something_else_changes_nothing(paid):
    shop, browser, _ = paid
    charge = shop.stripe._charge({"customer": "cus_x"}, {"id": "in_x", "amount_due": 100})
    shop.stripe.things["in_x"] = {"id": "in_x", "object": "invoice", "subscription": None}

    shop.hook(shop.stripe.event("charge.refunded", charge))
    shop.run_jobs()

    assert shop.reads(browser)
