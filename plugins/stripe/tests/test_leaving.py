"""Who leaves pays nothing more, and nothing of them is kept; who stays can take away what is."""

from datetime import UTC, datetime

import pytest

from pressframe_members.store import Members
from pressframe_stripe._api import Api

from .conftest import everything_in, exported


@pytest.fixture
def shop(shop):
    """In our time: what erases people's data has no other clock."""
    shop.site.clock.now = datetime.now(UTC)
    return shop


@pytest.fixture
def paid(shop):
    browser, subscription = shop.buy()
    shop.tell()
    shop.calls()
    return shop, browser, subscription


def leave(shop, browser, how):
    if how == "account":
        assert browser.post("/members/leave", {}).status == 303
    else:
        assert shop.site.run("members", "remove", "lectrice@example.org").status == 0
    shop.site.clock.move("1 minute")


@pytest.mark.parametrize("how", ["account", "owner"])
def test_who_leaves_pays_nothing_more(paid, how):
    """Threat 79."""
    shop, browser, subscription = paid
    customer = shop.stripe.things[subscription]["customer"]

    leave(shop, browser, how)
    shop.run_jobs()

    assert shop.calls("DELETE") == [f"DELETE /v1/customers/{customer}"]
    assert shop.stripe.things[subscription]["status"] == "canceled"
    assert customer not in shop.stripe.things
    if how == "account":
        assert b"lectrice" not in everything_in(shop.site.folder / "data")
    assert _rows(shop, "stripe_subscription") == _rows(shop, "stripe_session") == b"[]"


def test_who_was_removed_pays_nothing_more_though_nobody_could_be_told(paid, monkeypatch):
    """Threat 79: the program was cut off, or the database locked, just then. The next payment tells."""
    shop, _, subscription = paid
    with monkeypatch.context() as patched:
        patched.setattr("pressframe_members._telling.tell", lambda *_: None)
        members = Members(shop.served.app.site)
        member = members.find_by_address("lectrice@example.org")
        assert member is not None
        assert members.remove(member.id, now=shop.site.clock.now)
    shop.run_jobs()
    assert shop.stripe.things[subscription]["status"] == "active"

    shop.site.clock.move("32 days")
    shop.run_jobs()

    assert shop.stripe.things[subscription]["status"] == "canceled"
    assert _rows(shop, "stripe_subscription") == _rows(shop, "stripe_session") == b"[]"


def test_what_cannot_be_ended_now_is_ended_later(paid):
    shop, browser, subscription = paid
    shop.stripe.status = 503

    leave(shop, browser, "account")
    for minutes in (0, 2, 4):
        shop.site.clock.move(f"{minutes} minutes")
        shop.run_jobs()
    assert shop.stripe.things[subscription]["status"] == "active"
    shop.stripe.status = None
    shop.site.clock.move("20 minutes")
    shop.run_jobs()

    assert shop.stripe.things[subscription]["status"] == "canceled"


def test_a_customer_who_is_deleted_already_does_not_stop_it(paid):
    shop, browser, subscription = paid
    shop.stripe.forget(shop.stripe.things[subscription]["customer"])

    leave(shop, browser, "account")
    shop.run_jobs()

    assert shop.site.run("db", "check").status == 0


def test_a_checkout_page_that_is_open_is_closed(shop):
    browser = shop.sign_in("lectrice@example.org")
    session = shop.session(browser)

    leave(shop, browser, "account")
    shop.run_jobs()

    assert shop.stripe.things[session]["status"] == "expired"


def test_who_pays_and_leaves_at_once_is_not_charged_again(shop):
    browser = shop.sign_in("lectrice@example.org")
    session = shop.session(browser)
    subscription = shop.stripe.pay(session)

    leave(shop, browser, "account")
    shop.tell()

    assert shop.stripe.things[subscription]["status"] == "canceled"
    assert shop.stripe.things[session]["customer"] not in shop.stripe.things


def test_who_leaves_while_stripe_is_asked_is_not_charged_again(shop, monkeypatch):
    browser = shop.sign_in("lectrice@example.org")
    subscription = shop.stripe.pay(shop.session(browser))
    asked, left = Api.payments, []

    def payments(api, id):
        found = asked(api, id)
        if not left:
            left.append(id)
            leave(shop, browser, "account")
        return found

    monkeypatch.setattr(Api, "payments", payments)
    event = next(one for one in shop.stripe.events if one["type"] == "customer.subscription.created")
    assert shop.hook(event).status == 200
    shop.run_jobs()

    assert left
    assert shop.stripe.things[subscription]["status"] == "canceled"
    assert _rows(shop, "stripe_subscription") == b"[]"


def test_events_of_who_has_left_bring_nothing_back(paid):
    shop, browser, subscription = paid
    leave(shop, browser, "account")
    shop.run_jobs()

    shop.tell()

    assert subscription.encode() not in _rows(shop, "stripe_subscription")
    assert Members(shop.served.app.site).find_by_address("lectrice@example.org") is None


def test_a_member_takes_away_what_is_kept(paid):
    shop, browser, subscription = paid

    [told] = exported(browser)["stripe"]

    assert told["subscription"] == subscription
    assert told["status"] == "active"
    assert set(told) == {"subscription", "customer", "price", "status", "since", "period_end", "until"}
    assert exported(shop.sign_in("autre@example.org"))["stripe"] == []


def _rows(shop, table):
    import sqlite3

    file = sqlite3.connect(shop.site.folder / "data" / "site.sqlite")
    try:
        return repr(file.execute(f"SELECT * FROM {table}").fetchall()).encode()
    finally:
        file.close()
