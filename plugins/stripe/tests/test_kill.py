"""Killed between storing an event and working on it: nothing is lost."""

import http.client

import pytest

from .conftest import WITHHELD, Shop


@pytest.mark.parametrize("is_at_work", [False, True], ids=["stored", "at work"])
def test_an_event_that_was_stored_is_worked_on_after_a_kill(shop, is_at_work):
    """In a process of its own, by SIGKILL; ``is_at_work``: while Stripe is being asked."""
    from datetime import UTC, datetime

    shop.site.clock.now = datetime.now(UTC)
    browser, _ = shop.buy()
    shop.run_jobs()
    shop.served.close()
    process = shop.site.start()
    if is_at_work:
        shop.stripe._server._server.lock.acquire()
    shop.stripe.asked.clear()
    event = shop.stripe.events[-1]
    body, headers = shop.stripe.signed(event, at=datetime.now(UTC))
    connection = http.client.HTTPConnection(*process.address, timeout=60)
    connection.request("POST", "/stripe/webhook", body, headers)
    assert connection.getresponse().status == 200
    connection.close()
    if is_at_work:
        _wait_for(lambda: shop.stripe.asked)
    process.kill()
    if is_at_work:
        shop.stripe._server._server.lock.release()

    again = Shop(shop.site, shop.site.serve(), shop.stripe)
    shop.site.clock.move("15 minutes")  # after so long a job is taken again from who does not answer for it
    again.run_jobs()

    visitor = again.browser()
    visitor.cookies = browser.cookies
    assert WITHHELD in visitor.get("/2026/01/study/").text
    assert again.hook(event).text == "known\n"


def _wait_for(is_so):
    import time

    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)
