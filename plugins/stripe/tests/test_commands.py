"""``pressframe stripe``: what it finds, and what it puts right."""

import json
import os

import pytest

from pressframe_stripe._events import WANTED

URL = "https://prland.example/stripe/webhook"


def test_all_is_right(shop):
    shop.stripe.add_endpoint(URL, *WANTED)

    ran = shop.command("check")

    assert (ran.status, ran.errors) == (0, "")
    assert ran.output.splitlines() == [
        "right  key: Stripe takes it, in test mode",
        'right  plan monthly: readers are told "5 €", Stripe takes 5.00 EUR every month',
        'right  plan yearly: readers are told "50 €", Stripe takes 50.00 EUR every year',
        'right  plan patron: readers are told "20 €", Stripe takes 20.00 EUR every month',
        'right  plan former: readers are told "3 €", Stripe takes 3.00 EUR every month',
        f"right  webhook: Stripe tells {URL} of all that matters",
        "right  portal: it is set up",
        "right  events: none yet",
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("STRIPE_KEY", "key must begin with sk_test_, sk_live_, rk_test_ or rk_live_, without a space"),
        ("STRIPE_WEBHOOK_SECRET", "webhook_secret must begin with whsec_, without a space"),
    ],
)
def test_a_secret_that_is_none_is_refused_and_not_told(blog, stripe, monkeypatch, name, said):
    """Threat 18: it may be the right one, with a space that came along."""
    site = blog()
    monkeypatch.setenv(name, f"{os.environ[name]} ")

    error = str(site.build().error)

    assert said in error
    assert stripe.key not in error
    assert stripe.secret not in error


def test_what_is_wrong_is_told(shop):
    things = shop.stripe.things
    things["price_month"]["active"] = False
    things["price_year"]["recurring"]["interval"] = "month"
    things["price_patron"]["recurring"] = None
    del things["price_former"]
    shop.stripe.add_endpoint(URL, "invoice.paid")
    for id in [id for id in things if id.startswith("bpc_")]:
        del things[id]

    ran = shop.command("check")

    assert ran.status != 0
    assert "6 things are wrong with Stripe" in ran.errors
    wrong = [line for line in ran.output.splitlines() if line.startswith("WRONG")]
    assert [line.split(":")[0].split()[1:] for line in wrong] == [
        ["plan", "monthly"], ["plan", "yearly"], ["plan", "patron"], ["plan", "former"], ["webhook"], ["portal"],
    ]  # fmt: skip
    assert "charge.refunded" in wrong[4]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"url": "https://elsewhere.example/stripe/webhook"}, f"Stripe sends nothing to {URL}"),
        ({"status": "disabled"}, "switched off"), ({"livemode": True}, "of the other mode"),
    ],
)  # fmt: skip
def test_a_webhook_that_does_not_come_is_told(shop, change, said):
    shop.stripe.add_endpoint(URL).update(change)

    ran = shop.command("check", "--json")

    assert [said in one["text"] for one in json.loads(ran.output) if not one["is_right"]] == [True]


def test_a_wrong_key_is_told_without_the_key(shop):
    shop.stripe.key = "sk_test_other"

    ran = shop.command("check")

    assert "Stripe refused GET /v1/prices/price_month: Invalid API Key provided: sk_…" in ran.output
    assert "4eC39" not in ran.output + ran.errors


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('key = "pk_test_1"', "key"), ('webhook_secret = "x"', "webhook_secret"),
        ('url = "http://stripe.example"', "url must be an address such as https://api.stripe.com"),
        ('pages = ["https://checkout.stripe.com/x"]', "pages"), ('grace = "-1 days"', "grace"),
    ],
)  # fmt: skip
def test_wrong_settings_are_told(shop, line, said):
    name = line.split(" ")[0]
    old = next(
        one for one in shop.site.read("pressframe.toml").partition("[plugins.stripe]")[2].splitlines()
        if one.startswith(f"{name} = ")
    )  # fmt: skip
    head, mark, tail = shop.site.read("pressframe.toml").partition("[plugins.stripe]")
    shop.site.edit("pressframe.toml", head + mark + tail.replace(old, line, 1))

    ran = shop.command("check")

    assert ran.status != 0
    assert said in ran.errors


def test_an_audience_that_nobody_can_have_stops_the_server(shop):
    settings = shop.site.read("pressframe.toml").replace('audience = "patron"', 'audience = "gold"')
    shop.site.edit("pressframe.toml", settings)

    with pytest.raises(Exception, match='audience is "gold", which no member can have'):
        shop.site.serve()


def test_a_sync_gives_and_takes_what_no_webhook_told(shop):
    keeps, _ = shop.buy("garde@example.org")
    loses, lost = shop.buy("perd@example.org")
    shop.tell()
    gains, _ = shop.buy("gagne@example.org")
    shop.stripe.cancel(lost, at_period_end=False)
    shop.stripe.events.clear()

    ran = shop.command("sync")

    assert ran.output == "subscriptions looked at: 3, changed since: 2\n"
    assert [shop.reads(who) for who in (keeps, loses, gains)] == [True, False, True]
    assert json.loads(shop.command("sync", "--json").output) == {"subscriptions": 3, "changed": 0, "ended": 0}


def test_a_sync_works_on_events_that_wait(shop):
    browser, _ = shop.buy()
    shop.tell(work=False)
    assert "WRONG  events: 3 wait to be worked on" in shop.command("check").output

    shop.command("sync")

    assert shop.reads(browser)
    assert shop.calls()
    shop.run_jobs()
    assert shop.calls() == []


def test_a_sync_ends_what_who_has_left_pays_for(shop, monkeypatch):
    """Nobody was told: the process was killed between the two."""
    _, subscription = shop.buy()
    shop.tell()
    site = shop.served.app.site
    from pressframe_members import _telling
    from pressframe_members.store import Members

    members = Members(site)
    with monkeypatch.context() as killed:
        killed.setattr(_telling, "tell", lambda *_: None)
        members.remove(members.find_by_address("lectrice@example.org").id, now=shop.site.clock.now)

    ran = shop.command("sync")
    shop.site.clock.move("400 days")
    shop.run_jobs()

    assert "members who have left and pay nothing more: 1" in ran.output
    assert shop.stripe.things[subscription]["status"] == "canceled"


def test_a_sync_goes_through_every_page_of_a_long_list(shop):
    for _ in range(230):
        session = shop.stripe.open_session(
            price="price_month", customer=None, customer_email="x@example.org", subscription_metadata={}
        )
        shop.stripe.pay(session["id"])
    browser, _ = shop.buy()
    shop.stripe.events.clear()
    shop.calls()

    assert shop.command("sync").status == 0
    assert shop.calls().count("GET /v1/subscriptions") == 3
    assert shop.reads(browser)


def test_a_sync_says_when_stripe_cannot_be_asked(shop):
    shop.stripe.status = 500

    ran = shop.command("sync")

    assert ran.status != 0
    assert "Stripe refused GET /v1/subscriptions" in ran.errors
    assert "Traceback" not in ran.errors
