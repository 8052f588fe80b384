"""Which webhooks are believed, stored and worked on, and which are not."""

import json
from datetime import timedelta

import pytest

from pressframe.errors import StoreError
from pressframe_stripe._books import Books, Visit
from pressframe_stripe._events import WANTED, is_signed
from pressframe_testing.stripe import FakeStripe

from .conftest import everything_in


@pytest.fixture
def bought(shop):
    """Return the shop, the browser that has paid, and the event that tells so; nothing was told yet."""
    browser, _ = shop.buy()
    event = next(one for one in shop.stripe.events if one["type"] == "checkout.session.completed")
    shop.calls()
    return shop, browser, event


def waiting(shop):
    return list(Books(shop.served.app.site).waiting())


def test_what_stripe_signs_is_stored_before_it_is_thanked_for(bought):
    shop, browser, event = bought

    answer = shop.hook(event)

    assert (answer.status, answer.text) == (200, "stored\n")
    assert waiting(shop) == [event["id"]]
    assert shop.calls() == []
    shop.run_jobs()
    assert waiting(shop) == []
    assert shop.reads(browser)


BOTH = pytest.mark.parametrize(
    "sql_table", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
"""Drivers do not tell alike whether a row was stored."""


@BOTH
def test_a_visit_that_is_begun_again_counts_again(shop):
    books, now = Books(shop.served.app.site), shop.site.clock.now

    for back in ("/", "/later/"):
        books.begin_visit(Visit(id="cs_1", member="m", back=back), now)

    assert books.visits_since("m", now - timedelta(hours=1)) == 2
    assert books.visit("cs_1") == Visit(id="cs_1", member="m", back="/later/")


@BOTH
def test_an_event_that_comes_again_is_worked_on_once(bought):
    """Replay, and Stripe's own repetitions."""
    shop, _, event = bought
    body, headers = shop.stripe.signed(event)
    assert [shop.send(body, headers).text for _ in range(3)] == ["stored\n", "known\n", "known\n"]
    shop.run_jobs()
    shop.calls()

    shop.site.clock.move("4 minutes")
    assert shop.send(body, headers).text == "known\n"
    assert shop.hook(event).text == "known\n"
    shop.run_jobs()

    assert shop.calls() == []


def test_clocks_may_differ_by_five_minutes_and_no_more(bought):
    """Threat 75: neither long ago nor in times to come."""
    shop, _, event = bought

    for seconds in (-301, 301, -86_400 * 365, 86_400):
        assert shop.hook(event, at=shop.site.clock.now + timedelta(seconds=seconds)).status == 400
    assert waiting(shop) == []
    for seconds in (-300, 300, 0):
        assert shop.hook(event, at=shop.site.clock.now + timedelta(seconds=seconds)).status == 200


def _forged(stripe, event):
    body, headers = stripe.signed(event)
    good = headers["stripe-signature"]
    time, signature = good.split(",")[0][2:], good.split(",")[1][3:]
    other = stripe.signed(event, secret="whsec_other")[1]["stripe-signature"]
    yield "other secret", body, other
    yield "none", body, ""
    yield "no signature", body, f"t={time}"
    yield "empty signature", body, f"t={time},v1="
    yield "other scheme", body, f"t={time},v0={signature}"
    yield "other time", body, f"t={int(time) + 1},v1={signature}"
    yield "no time", body, f"v1={signature}"
    yield "two times", body, f"t={time},t={time},v1={signature}"
    yield "odd time", body, f"t=+{time},v1={signature}"
    yield "huge time", body, f"t={'9' * 400},v1={signature}"
    yield (
        "other digits",
        body,
        f"t={''.join(chr(ord(one) + 0x630) for one in time)},v1={signature}".encode().decode("latin-1"),
    )
    yield "upper case", body, f"t={time},v1={signature.upper()}"
    yield "cut", body, f"t={time},v1={signature[:-1]}"
    yield "after ten others", body, f"t={time},{'v1=00,' * 10}v1={signature}"
    yield "body changed", body.replace(b"complete", b"completE"), good
    yield "space added", body + b"\n", good
    yield "nothing sent", b"", good


def test_what_stripe_did_not_sign_is_refused(bought, caplog):
    """Threat 11, for webhooks."""
    shop, browser, event = bought

    for name, body, signature in _forged(shop.stripe, event):
        headers = {"content-type": "application/json", "stripe-signature": signature}
        assert (name, shop.send(body, headers).status) == (name, 400)

    assert waiting(shop) == []
    assert not shop.reads(browser)
    assert "not signed by Stripe" in caplog.text
    assert "whsec" not in caplog.text


def test_one_of_several_signatures_is_enough(bought):
    """While a secret is replaced, Stripe signs with both."""
    shop, _, event = bought
    body, headers = shop.stripe.signed(event)
    time, signature, _ = headers["stripe-signature"].split(",")

    headers["stripe-signature"] = f"{time},v1={'0' * 64},v0=x,{signature},v1=é".encode().decode("latin-1")

    assert shop.send(body, headers).status == 200


def test_signatures_are_compared_over_bytes_as_they_came(shop):
    body = '{"é":  1}'.encode("latin-1")
    _, headers = shop.stripe.signed(body)

    assert is_signed(headers["stripe-signature"], body, shop.stripe.secret, shop.site.clock.now)
    assert shop.send(body, headers).text == "no event\n"


def test_what_is_signed_but_no_event_is_refused(shop):
    bare = b'{"id": 1, "type": "invoice.paid"}'
    for body in (b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"id": "evt_1"}', bare):
        assert shop.send(*shop.stripe.signed(body)).status == 400
    assert waiting(shop) == []


ODD = [
    {"id": "evt_" + "x" * 300}, {"id": "../evt_1"}, {"created": "now"}, {"created": -1}, {"created": True},
    {"created": 10**30}, {"livemode": 0}, {"type": "x" * 200}, {"data": {}}, {"data": {"object": []}},
]  # fmt: skip


def test_odd_events_are_refused(bought):
    shop, _, event = bought

    assert [change for change in ODD if shop.hook({**event, **change}).status != 400] == []
    assert waiting(shop) == []


def test_what_is_longer_than_any_event_is_refused(bought):
    """Threat 66."""
    shop, _, event = bought
    event["data"]["object"]["padding"] = "x" * 524_288

    assert shop.hook(event).status == 413
    event["data"]["object"]["padding"] = "x" * 2_000_000
    assert shop.hook(event).status == 413
    assert waiting(shop) == []


def test_live_and_test_mode_are_not_mixed(bought, caplog):
    shop, _, event = bought

    answer = shop.hook({**event, "livemode": True})

    assert (answer.status, answer.text) == (400, "test and live mode are mixed\n")
    assert "mixed" in caplog.text
    assert waiting(shop) == []


def test_a_live_site_takes_live_events_alone(shop, clock, blog, monkeypatch):
    live = FakeStripe(clock, is_live=True)
    monkeypatch.setenv("STRIPE_KEY", live.key)
    served = blog().serve()
    try:
        other = type(shop)(shop.site, served, shop.stripe)
        assert other.hook(shop.stripe.event("invoice.paid", {"subscription": "sub_1"})).status == 400
        assert other.hook(live.event("invoice.paid", {"subscription": "sub_1"})).status == 200
    finally:
        live.close()


def test_events_that_nobody_asked_for_are_thanked_for_and_forgotten(shop):
    for kind in ("customer.created", "invoice.upcoming", "payout.paid", "v2.core.x", "", "a.b.c.d.e"):
        answer = shop.hook(shop.stripe.event(kind, {"id": "x"}))
        assert (answer.status, answer.text) == (200, "not wanted\n")
    assert waiting(shop) == []


def test_events_with_nothing_in_them_do_no_harm(shop):
    for kind in sorted(WANTED):
        assert shop.hook(shop.stripe.event(kind, {})).text == "stored\n"
    shop.run_jobs()
    assert waiting(shop) == []


@pytest.mark.parametrize("odd", ["x" * 256, "sub 1", "sub_1\n", "sub_\x00", "süb_1", "\ud800"])
@pytest.mark.parametrize("kind", ["customer.subscription.updated", "customer.deleted", "charge.refunded"])
def test_ids_that_none_of_stripes_is_like_are_not_kept_nor_asked_for(shop, kind, odd):
    event = shop.stripe.event(kind, {"id": odd})

    assert shop.hook(event).text == "stored\n"

    kept = Books(shop.served.app.site).find_event(event["id"])
    assert (kept.subscription, kept.customer, kept.charge) == ("", "", "")
    shop.run_jobs()
    assert shop.calls() == []


@pytest.mark.parametrize(
    "about",
    [
        {"parent": {"type": "subscription_details", "subscription_details": {"subscription": "SUB"}}},
        {"subscription": "SUB"}, {"subscription": {"id": "SUB", "object": "subscription"}},
    ],
)  # fmt: skip
def test_events_of_other_versions_of_the_api_are_read(bought, about):
    shop, browser, event = bought
    subscription = event["data"]["object"]["subscription"]
    about = json.loads(json.dumps(about).replace("SUB", subscription))

    shop.hook({**shop.stripe.event("invoice.paid", about), "api_version": "2026-01-28.clover"})
    shop.run_jobs()

    assert shop.reads(browser)


def test_what_cannot_be_stored_is_not_thanked_for(bought, monkeypatch):
    """Stripe sends it again: threat 76."""
    shop, browser, event = bought

    def fail(*_, **__):
        raise StoreError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("pressframe_sql.Database.write", fail)
        answer = shop.hook(event)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")

    assert shop.hook(event).text == "stored\n"
    shop.run_jobs()
    assert shop.reads(browser)


def test_what_stripe_cannot_be_asked_about_is_asked_later(bought):
    shop, browser, event = bought
    shop.stripe.status = 500
    shop.hook(event)
    shop.run_jobs()
    assert not shop.reads(browser)

    shop.stripe.status = None
    shop.site.clock.move("2 minutes")
    shop.run_jobs()

    assert shop.reads(browser)


def test_webhooks_are_posted_and_no_forms(bought):
    shop, _, event = bought
    body, headers = shop.stripe.signed(event)

    for method in ("GET", "HEAD", "PUT", "DELETE"):
        assert shop.browser().get("/stripe/webhook", method=method).status == 405

    for kind in ("application/x-www-form-urlencoded", "text/plain", ""):
        assert shop.send(body, {**headers, "content-type": kind}).status in (400, 415)
    assert waiting(shop) == []


def test_nothing_of_a_person_or_a_card_is_kept_of_events(bought):
    shop, _, event = bought
    for one in shop.stripe.events:
        one["data"]["object"] |= {
            "customer_details": {"email": "canari-adresse@example.org", "name": "canari-nom"},
            "payment_method_details": {"card": {"last4": "canari-carte"}},
        }
    shop.tell()

    kept = everything_in(shop.site.folder)
    assert event["id"].encode() in kept
    assert b"canari" not in kept


def test_secrets_stand_in_no_file_and_no_log(bought, caplog):
    """Threat 18."""
    shop, browser, _ = bought
    shop.stripe.status = 401
    shop.tell()
    shop.choose(browser, "patron")

    for secret in (shop.stripe.key, shop.stripe.secret):
        assert secret.encode() not in everything_in(shop.site.folder)
        assert secret not in caplog.text
        assert secret not in repr(shop.served.app.site.settings)
