"""The calls to Stripe that we make, each as it is documented under https://docs.stripe.com/api."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime

import attrs

from pressframe.model import Json
from pressframe_stripe._objects import (
    MEMBER,
    Payments,
    Price,
    Session,
    Subscription,
    id_of,
    is_true,
    read_price,
    read_session,
    read_subscription,
    text,
)
from pressframe_stripe._wire import StripeError, Wire, part

_INVOICES = 12
"""So many of a subscription's newest bills are looked at for payments that were taken back."""
_TAKEN = frozenset({"needs_response", "under_review", "lost"})
"""States of a dispute in which the money is gone; those that begin with "warning" are questions yet."""
_BEGINS = frozenset({"subscription_create", "subscription_cycle"})
"""Why a bill is sent that pays for a period."""


@attrs.frozen(kw_only=True)
class Order:
    """What somebody is about to buy.

    Attributes:
        customer: Stripe's id of who bought before; empty for somebody new.
        address: Mail address of somebody new.
        locale: Of Stripe's page, such as ``"fr"``.
        paid: Where Stripe leads to afterwards; it puts the session's id where ``{CHECKOUT_SESSION_ID}`` stands.
        left: Where it leads to who gives up.
        count: How many subscriptions the member has had.
    """

    price: str
    member: str
    customer: str
    address: str
    locale: str
    paid: str
    left: str
    with_codes: bool
    with_tax: bool
    count: int


@attrs.frozen
class Api:
    """Stripe, as one site asks it; every method may raise StripeError."""

    wire: Wire

    # ---------------------------------------------------------------------------------------- selling

    def open_checkout(self, order: Order, now: datetime) -> Session:
        """Return a new visit to the checkout page; the same one to who asks again within ten minutes."""
        metadata = {MEMBER: order.member}
        params: dict[str, object] = {
            "mode": "subscription",
            "line_items": [{"price": order.price, "quantity": 1}],
            "client_reference_id": order.member,
            "metadata": metadata,
            "subscription_data": {"metadata": metadata},
            "success_url": order.paid,
            "cancel_url": order.left,
            "locale": order.locale,
        }
        params |= {"customer": order.customer} if order.customer else {"customer_email": order.address}
        params |= {"allow_promotion_codes": True} if order.with_codes else {}
        if order.with_tax:
            params["automatic_tax"] = {"enabled": True}
            params |= {"customer_update": {"address": "auto"}} if order.customer else {}
        return read_session(self.wire.post("/v1/checkout/sessions", params, key=_key(params, order.count, now)))

    def session(self, id: str) -> Session:
        """Return a visit to the checkout page."""
        return read_session(self.wire.get(f"/v1/checkout/sessions/{part(id)}"))

    def expire(self, session: str) -> None:
        """End a visit to the checkout page, unless it is over."""
        try:
            self.wire.post(f"/v1/checkout/sessions/{part(session)}/expire", {})
        except StripeError as error:
            if not error.is_refused:
                raise

    def open_portal(self, customer: str, back: str, locale: str) -> str:
        """Return the address of a page on which a customer manages cards, bills and subscriptions, for some minutes."""
        params = {"customer": customer, "return_url": back, "locale": locale}
        return text(self.wire.post("/v1/billing_portal/sessions", params), "url")

    # ----------------------------------------------------------------------------------- subscriptions

    def subscription(self, id: str) -> Subscription | None:
        """Return a subscription as it is now; None if there is none."""
        try:
            return read_subscription(self.wire.get(f"/v1/subscriptions/{part(id)}"))
        except StripeError as error:
            if error.is_missing:
                return None
            raise

    def subscriptions(self) -> Iterator[Subscription]:
        """Yield every subscription of the account, those that are over, too."""
        for found in self.wire.all("/v1/subscriptions", {"status": "all"}):
            yield read_subscription(found)

    def payments(self, subscription: str) -> Payments:
        """Return what became of the payments for a subscription."""
        params = {"subscription": subscription, "limit": _INVOICES, "expand": ["data.charge"]}
        match self.wire.get("/v1/invoices", params):
            case {"data": list(found)}:
                bills = [
                    bill for bill in found if isinstance(bill, Mapping) and isinstance(bill.get("charge"), Mapping)
                ]
            case _:
                raise StripeError("Stripe answered with no list of invoices")
        charges = [bill["charge"] for bill in bills]
        last = next(
            (
                bill["charge"]
                for bill in bills
                if text(bill, "billing_reason") in _BEGINS and text(bill, "status") == "paid"
            ),
            None,
        )
        disputed = [charge for charge in charges if is_true(charge, "disputed")]
        return Payments(
            is_refunded=is_true(last, "refunded"), is_disputed=any(self._is_lost(id_of(one, "id")) for one in disputed)
        )

    def _is_lost(self, charge: str) -> bool:
        return any(text(one, "status") in _TAKEN for one in self.wire.all("/v1/disputes", {"charge": charge}))

    def subscription_of_charge(self, charge: str) -> str:
        """Return the id of the subscription that *charge* paid for; empty if it was for something else."""
        try:
            found = self.wire.get(f"/v1/charges/{part(charge)}", {"expand": ["invoice"]})
        except StripeError as error:
            if error.is_missing:
                return ""
            raise
        return id_of(found, "invoice", "subscription")

    def set_ending(self, subscription: str, *, at_period_end: bool) -> None:
        """Have a subscription end with what is paid for, or go on after all."""
        self.wire.post(f"/v1/subscriptions/{part(subscription)}", {"cancel_at_period_end": at_period_end})

    def cancel(self, subscription: str) -> None:
        """End a subscription at once, unless it is over."""
        try:
            self.wire.delete(f"/v1/subscriptions/{part(subscription)}")
        except StripeError as error:
            if not error.is_missing:
                raise

    def forget(self, customer: str) -> None:
        """Delete a customer, with cards and address; all their subscriptions end at once. Stripe keeps the bills."""
        try:
            self.wire.delete(f"/v1/customers/{part(customer)}")
        except StripeError as error:
            if not error.is_missing:
                raise

    # ---------------------------------------------------------------------------------------- checking

    def price(self, id: str) -> Price | None:
        """Return a price; None if there is none."""
        try:
            return read_price(self.wire.get(f"/v1/prices/{part(id)}"))
        except StripeError as error:
            if error.is_missing:
                return None
            raise

    def endpoints(self) -> Iterator[Mapping[str, Json]]:
        """Yield where Stripe sends events to."""
        return self.wire.all("/v1/webhook_endpoints")

    def has_portal(self) -> bool:
        """Say whether the customer portal was set up."""
        params = {"is_default": True, "active": True}
        return any(self.wire.all("/v1/billing_portal/configurations", params))


def _key(params: Mapping[str, object], count: int, now: datetime) -> str:
    """Return what two clicks on one button have in common, and nothing else has."""
    asked = json.dumps([params, count, int(now.timestamp()) // 600], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()
