"""Asking Stripe: what is sent, and what becomes of answers that are none."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from pressframe_stripe._wire import StripeError, Wire
from pressframe_testing import Elsewhere
from pressframe_testing.stripe import FakeStripe

KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"


@pytest.fixture
def elsewhere():
    made = Elsewhere()
    yield made
    made.close()


def wire(elsewhere, **how):
    return Wire(**{"url": elsewhere.url, "key": KEY, "seconds": 30.0, **how})


def test_what_is_sent_is_written_as_stripe_reads_it():
    stripe = FakeStripe()
    try:
        stripe.add_price("price_1", 100)
        line = {"price": "price_1", "quantity": 1}
        asking = Wire(url=stripe.url, key=stripe.key, seconds=30)
        asking.post(
            "/v1/checkout/sessions",
            {"mode": "subscription", "line_items": [line], "success_url": "https://é.example/?a={B}&c=d",
             "metadata": {"a": "é & b=c"}, "allow_promotion_codes": True},
            key="once",
        )  # fmt: skip
        [asked] = stripe.asked
    finally:
        stripe.close()

    assert asked.params == {
        "mode": "subscription", "line_items[0][price]": "price_1", "line_items[0][quantity]": "1",
        "success_url": "https://é.example/?a={B}&c=d", "metadata[a]": "é & b=c", "allow_promotion_codes": "true",
    }  # fmt: skip
    assert asked.headers["authorization"] == f"Bearer {stripe.key}"
    assert asked.headers["idempotency-key"] == "once"


@pytest.mark.parametrize(
    ("text", "status"),
    [("", 200), ("no JSON", 200), ("[]", 200), ("[" * 100_000, 200), ("{}", 500), ('{"error": "x"}', 400), ("", 204)],
    ids=["nothing", "no JSON", "a list", "deep", "500", "odd error", "204"],
)
def test_an_odd_answer_is_an_error(elsewhere, text, status):
    elsewhere.put("/v1/x", text, status=status)

    with pytest.raises(StripeError, match="Stripe answered GET /v1/x with status"):
        wire(elsewhere).get("/v1/x")


def test_the_key_is_sent_to_no_address_but_the_one_that_is_set(elsewhere):
    elsewhere.put("/v1/x", "{}", status=302, location="http://127.0.0.2:1/")

    with pytest.raises(StripeError):
        wire(elsewhere).get("/v1/x")
    assert len(elsewhere.asked) == 1


def test_nobody_waits_for_ever(elsewhere):
    elsewhere.pages["/v1/x"] = lambda handler: time.sleep(2)

    with pytest.raises(StripeError, match=r"did not answer within 0\.2 seconds"):
        wire(elsewhere, seconds=0.2).get("/v1/x")


@pytest.mark.parametrize("said", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{", b""])
def test_an_answer_that_drips_is_given_up_when_all_of_it_should_be_there(said):
    """Each of its bytes comes in time."""
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as threads:

        def drip():
            with suppress(OSError), listening.accept()[0] as connection:
                connection.sendall(said)
                for _ in range(400):
                    connection.sendall(b"x" if said else b"H")
                    time.sleep(0.05)

        dripping = threads.submit(drip)
        asking = Wire(url=f"http://127.0.0.1:{listening.getsockname()[1]}", key=KEY, seconds=0.4)
        begun = time.monotonic()
        with pytest.raises(StripeError, match=r"did not answer within 0\.4 seconds"):
            asking.get("/v1/x")
        taken = time.monotonic() - begun

        dripping.result()

    assert taken < 5


def test_nobody_there_is_an_error():
    with pytest.raises(StripeError, match="could not be asked"):
        Wire(url="http://127.0.0.1:9", key=KEY, seconds=5).get("/v1/x")


def test_errors_tell_no_secret_and_no_control_character(elsewhere):
    elsewhere.put("/v1/x", f'{{"error": {{"message": "bad key {KEY}\\u001b[31m\\n", "code": "x"}}}}', status=401)

    with pytest.raises(StripeError) as caught:
        wire(elsewhere).get("/v1/x")

    assert str(caught.value) == "Stripe refused GET /v1/x: bad key sk_…?[31m? (401)"
    assert KEY not in repr(wire(elsewhere))


@pytest.mark.parametrize("id", ["../x", "a/b", "a?b", "a b", "é"])
def test_ids_stay_one_part_of_an_address(elsewhere, id):
    from pressframe_stripe._api import Api

    with pytest.raises(StripeError):
        Api(wire(elsewhere)).session(id)

    assert elsewhere.asked[0].path.count("/") == 4
    assert "?" not in elsewhere.asked[0].path
