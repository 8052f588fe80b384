"""The calls that the fake of Stripe's API answers, and the fields that each takes."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from pressframe_testing._stripe_http import Asked, Refused

if TYPE_CHECKING:
    from pressframe_testing.stripe import FakeStripe, Thing

Call: TypeAlias = "Callable[[FakeStripe, Asked, str], Thing]"

_LIST = r"limit|starting_after|expand\[\d+\]"


def call(stripe: FakeStripe, asked: Asked) -> Thing:
    """Return what the API answers.

    Raises:
        Refused: There is no such call, or it takes no such field.
    """
    for method, path, fields, answer in _CALLS:
        found = re.fullmatch(path, asked.path)
        if method == asked.method and found:
            unknown = [name for name in asked.params if not re.fullmatch(fields, name)]
            if unknown:
                raise Refused(400, f"Received unknown parameter: {unknown[0]}", code="parameter_unknown")
            return copy.deepcopy(answer(stripe, asked, found[1] if found.groups() else ""))
    raise Refused(404, f"Unrecognized request URL ({asked.method}: {asked.path}).")


def _open_session(stripe: FakeStripe, asked: Asked, _: str) -> Thing:
    params = asked.params
    for needed in ("mode", "success_url", "line_items[0][price]"):
        if not params.get(needed):
            raise Refused(400, f"Missing required param: {needed}.", code="parameter_missing")
    if "customer" in params and "customer_email" in params:
        raise Refused(400, "You may only specify one of these parameters: customer, customer_email.")
    price = stripe.find(params["line_items[0][price]"], "price")
    if not price["active"]:
        raise Refused(400, "The price specified is inactive. This field only accepts active prices.")
    if "customer" in params:
        stripe.find(params["customer"], "customer")
    return stripe.open_session(
        mode=params["mode"], price=price["id"], customer=params.get("customer"),
        customer_email=params.get("customer_email"), client_reference_id=params.get("client_reference_id"),
        metadata=_metadata(params, "metadata"), subscription_metadata=_metadata(params, "subscription_data[metadata]"),
        success_url=params["success_url"], cancel_url=params.get("cancel_url"), payment_status="unpaid",
        locale=params.get("locale"),
    )  # fmt: skip


def _metadata(params: dict[str, str], name: str) -> dict[str, str]:
    return {key[len(name) + 1 : -1]: value for key, value in params.items() if key.startswith(f"{name}[")}


def _expire(stripe: FakeStripe, _: Asked, id: str) -> Thing:
    found = stripe.find(id, "checkout.session")
    if found["status"] != "open":
        raise Refused(400, 'Only Checkout Sessions with a status in ["open"] can be expired.')
    found |= {"status": "expired", "url": None}
    return found


def _open_portal(stripe: FakeStripe, asked: Asked, _: str) -> Thing:
    stripe.find(asked.params.get("customer", ""), "customer")
    if not stripe.listed("billing_portal.configuration", lambda one: True, asked)["data"]:
        raise Refused(400, "No configuration provided and your default configuration has not been created.")
    url = f"{stripe.url}/p/session/{asked.params['customer']}"
    back = asked.params.get("return_url", "")
    return {"id": "bps_1", "object": "billing_portal.session", "url": url, "return_url": back}


def _update(stripe: FakeStripe, asked: Asked, id: str) -> Thing:
    found = stripe.find(id, "subscription")
    if found["status"] == "canceled":
        raise Refused(404, f"No such subscription: '{id}'", code="resource_missing")
    is_ending = asked.params.get("cancel_at_period_end") == "true"
    return stripe.change(id, cancel_at_period_end=is_ending)


def _delete(stripe: FakeStripe, _: Asked, id: str) -> Thing:
    if stripe.find(id, "subscription")["status"] == "canceled":
        raise Refused(404, f"No such subscription: '{id}'", code="resource_missing")
    return stripe.end(id)


def _invoices(stripe: FakeStripe, asked: Asked, _: str) -> Thing:
    wanted = asked.params.get("subscription")
    page = stripe.listed("invoice", lambda one: wanted in (None, one["subscription"]), asked)
    if "data.charge" in asked.params.values():
        page["data"] = [{**one, "charge": stripe.things.get(one["charge"] or "")} for one in page["data"]]
    return page


def _charge(stripe: FakeStripe, asked: Asked, id: str) -> Thing:
    found = stripe.find(id, "charge")
    return {**found, "invoice": stripe.things[found["invoice"]]} if "invoice" in asked.params.values() else found


def _reading(kind: str) -> Call:
    return lambda stripe, asked, id: stripe.find(id, kind)


def _listing(kind: str, *fields: str) -> Call:
    def answer(stripe: FakeStripe, asked: Asked, _: str) -> Thing:
        wanted = {name: asked.params[name] for name in fields if name in asked.params}

        def fits(one: dict[str, Any]) -> bool:
            return all(str(one[name]).lower() == value.lower() for name, value in wanted.items())

        return stripe.listed(kind, fits, asked)

    return answer


def _subscriptions(stripe: FakeStripe, asked: Asked, _: str) -> Thing:
    is_all = asked.params.get("status") == "all"
    return stripe.listed("subscription", lambda one: is_all or one["status"] != "canceled", asked)


_ID = r"(\w+)"
_SESSION = (
    r"mode|line_items\[0\]\[(price|quantity)\]|client_reference_id|metadata\[\w+\]|subscription_data\[metadata\]\[\w+\]"
    r"|success_url|cancel_url|locale|customer|customer_email|allow_promotion_codes|automatic_tax\[enabled\]"
    r"|customer_update\[address\]"
)
_CALLS: tuple[tuple[str, str, str, Call], ...] = (
    ("POST", r"/v1/checkout/sessions", _SESSION, _open_session),
    ("GET", rf"/v1/checkout/sessions/{_ID}", _LIST, _reading("checkout.session")),
    ("POST", rf"/v1/checkout/sessions/{_ID}/expire", "", _expire),
    ("POST", r"/v1/billing_portal/sessions", "customer|return_url|locale", _open_portal),
    ("GET", r"/v1/billing_portal/configurations", rf"{_LIST}|active|is_default",
     _listing("billing_portal.configuration", "active", "is_default")),
    ("GET", r"/v1/subscriptions", rf"{_LIST}|status|customer", _subscriptions),
    ("GET", rf"/v1/subscriptions/{_ID}", _LIST, _reading("subscription")),
    ("POST", rf"/v1/subscriptions/{_ID}", "cancel_at_period_end", _update),
    ("DELETE", rf"/v1/subscriptions/{_ID}", "", _delete),
    ("GET", r"/v1/invoices", rf"{_LIST}|subscription|status", _invoices),
    ("GET", rf"/v1/charges/{_ID}", _LIST, _charge),
    ("GET", r"/v1/disputes", rf"{_LIST}|charge", _listing("dispute", "charge")),
    ("DELETE", rf"/v1/customers/{_ID}", "", lambda stripe, asked, id: stripe.forget(id)),
    ("GET", rf"/v1/prices/{_ID}", _LIST, _reading("price")),
    ("GET", r"/v1/webhook_endpoints", _LIST, _listing("webhook_endpoint")),
)  # fmt: skip
