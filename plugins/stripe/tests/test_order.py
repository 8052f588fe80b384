"""Events in any order, twice, late, or lost: what is so in the end is what Stripe says."""

import itertools
import random
import threading

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pressframe_stripe._desk import Desk
from pressframe_stripe._plugin import Stripe
from pressframe_testing import EVERY_DATABASE, wants_everything

STEPS = {
    "renew": lambda stripe, id: stripe.renew(id), "fail": lambda stripe, id: stripe.renew(id, is_paid=False),
    "recover": lambda stripe, id: stripe.recover(id), "refund": lambda stripe, id: stripe.refund(id),
    "dispute": lambda stripe, id: stripe.dispute(id), "cancel": lambda stripe, id: stripe.cancel(id),
    "end": lambda stripe, id: stripe.cancel(id, at_period_end=False), "resume": lambda stripe, id: stripe.resume(id),
    "patron": lambda stripe, id: stripe.change_price(id, "price_patron"),
    "year": lambda stripe, id: stripe.change_price(id, "price_year"),
}  # fmt: skip
SHARE = 1 if wants_everything() else 4
"""Of how many orders one is tried: each of them where PRESSFRAME_EVERYTHING is set in the environment."""


@EVERY_DATABASE
def test_a_short_history_ends_alike_in_all_orders_of_its_events(shop):
    """Of three: paid and refunded; failed and recovered; renewed and ended."""
    for number, (steps, wanted) in enumerate(
        [(("refund",), set()), (("fail", "recover"), {"paid"}), (("renew", "end"), set())]
    ):
        address = f"l{number}@example.org"
        _, subscription = shop.buy(address)
        for step in steps:
            STEPS[step](shop.stripe, subscription)
        history = shop.stripe.events[-5:]
        shop.stripe.events.clear()
        assert len(history) >= 4

        for order in itertools.islice(itertools.permutations(history), number, None, SHARE):
            for event in order:
                again = {**event, "id": shop.stripe._id("evt")}  # as if it had not come before
                assert shop.hook(again).text == "stored\n"
            shop.run_jobs()
            assert shop.memberships(address).keys() == wanted


@given(
    steps=st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=5),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_and_however_it_is_told_the_end_is_what_stripe_says(shop, steps, seed):
    dice = random.Random(seed)
    shop.site.clock.move("61 minutes")  # one client may subscribe so often an hour
    address = f"l{shop.stripe._count}@example.org"
    _, subscription = shop.buy(address)
    found = shop.stripe.things[subscription]
    for step in steps:
        if found["status"] != "canceled":
            STEPS[step](shop.stripe, subscription)
        if dice.random() < 0.5:  # some are told meanwhile, and worked on or not
            for event in dice.sample(shop.stripe.events, len(shop.stripe.events) // 2):
                shop.hook(event)
            if dice.random() < 0.5:
                shop.run_jobs()
    late = [*shop.stripe.events, *dice.sample(shop.stripe.events, len(shop.stripe.events) // 2)]
    dice.shuffle(late)
    for event in late:
        assert shop.hook(event).status == 200
    shop.run_jobs()
    shop.stripe.events.clear()

    told = shop.memberships(address)
    desk: Desk = shop.served.app.site.plugin(Stripe).desk(shop.served.app.site)
    desk.look(subscription, shop.site.clock.now)
    assert shop.memberships(address) == told
    assert len(told) <= 1
    if found["status"] == "canceled" or steps[-1] in ("refund", "dispute"):
        assert told == {}


def test_a_look_that_was_slow_and_saw_nothing_undoes_nothing(shop, monkeypatch):
    """Of two that look at once, what the later one saw stays, also where the other was told that there is none."""
    browser, subscription = shop.buy()
    desk = shop.served.app.site.plugin(Stripe).desk(shop.served.app.site)
    find = type(desk.api).subscription
    slow = iter([True])

    def see(api, id):
        if not next(slow, False):
            return find(api, id)
        desk.look(id, shop.site.clock.now)
        return None

    monkeypatch.setattr(type(desk.api), "subscription", see)

    desk.look(subscription, shop.site.clock.now)

    assert shop.memberships().keys() == {"paid"}
    assert shop.reads(browser)


def test_a_look_that_was_slow_undoes_nothing(shop, monkeypatch):
    """Of two that look at once, what the later one saw stays."""
    browser, subscription = shop.buy()
    desk = shop.served.app.site.plugin(Stripe).desk(shop.served.app.site)
    has_seen, may_write = threading.Event(), threading.Event()
    payments = type(desk.api).payments

    def slowly(api, id):
        seen = payments(api, id)
        if threading.current_thread() is slow:
            has_seen.set()
            assert may_write.wait(60)
        return seen

    monkeypatch.setattr(type(desk.api), "payments", slowly)
    slow = threading.Thread(target=desk.look, args=(subscription, shop.site.clock.now))
    slow.start()
    assert has_seen.wait(60)
    shop.stripe.refund(subscription)
    desk.look(subscription, shop.site.clock.now)
    may_write.set()
    slow.join()

    assert shop.memberships() == {}
    assert not shop.reads(browser)
