"""Stripe on this machine: its API, its pages and its webhooks, as far as subscriptions need them.

It answers as https://docs.stripe.com/api documents version 2025-02-24.acacia, and refuses what Stripe would refuse:
a wrong key, a field that it does not know, one idempotency key for two questions.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from pressframe_testing._stripe_http import Asked, Refused, StripeServer

__all__ = ["Asked", "FakeStripe", "Refused"]

Thing: TypeAlias = dict[str, Any]
"""One of Stripe's objects, as it goes over the wire."""

_LENGTHS = {"day": 1, "week": 7, "month": 30, "year": 365}


def _utc_now() -> datetime:
    return datetime.now(UTC)


class FakeStripe:
    """Stripe's test mode with one account; what readers and banks do there is what its methods do.

    Each change makes the events that Stripe would send. They are kept in ``events``, with what was so at that moment;
    ``signed`` makes a webhook of one, ``deliver`` sends it.

    Args:
        clock: Gives the time, aware.
        is_live: Whether it is the live mode.

    Attributes:
        url: Where its API and its pages are, for the settings ``url`` and ``pages``.
        key: The secret key that it takes.
        secret: What it signs webhooks with.
        asked: What came over HTTP, oldest first.
        events: Oldest first.
        status: If set, the API answers everything with it: an outage.
        site: Where events are sent to as they happen; empty for nowhere.
        things: All objects by their id.
    """

    def __init__(self, clock: Callable[[], datetime] = _utc_now, *, is_live: bool = False) -> None:
        mode = "live" if is_live else "test"
        self.key, self.secret = f"sk_{mode}_4eC39HqLyjWDarjtT1zdp7dc", "whsec_only4tests"
        self.is_live, self.clock = is_live, clock
        self.status: int | None = None
        self.site = ""
        self.events: list[Thing] = []
        self.things: dict[str, Thing] = {}
        self._count = 0
        self._answered: dict[str, tuple[object, Thing]] = {}
        self._server = StripeServer(self)
        self.url = self._server.url
        self.asked: list[Asked] = self._server.asked

    def close(self) -> None:
        """End it."""
        self._server.close()

    # -------------------------------------------------------------------------------- what the owner does

    def add_price(self, id: str, amount: int, *, currency: str = "eur", interval: str = "month") -> Thing:
        """Sell something."""
        recurring = {"interval": interval, "interval_count": 1}
        fields = {"active": True, "unit_amount": amount, "currency": currency, "recurring": recurring}
        return self._keep("price", id, **fields)

    def add_endpoint(self, url: str, *events: str) -> Thing:
        """Have events sent to *url*; all kinds if none is named."""
        enabled = list(events) or ["*"]
        return self._keep("webhook_endpoint", self._id("we"), url=url, status="enabled", enabled_events=enabled)

    def add_portal(self) -> Thing:
        """Set the customer portal up."""
        return self._keep("billing_portal.configuration", self._id("bpc"), active=True, is_default=True)

    def refund(self, subscription: str, amount: int | None = None) -> None:
        """Pay back what was paid last, or a part of it."""
        charge = self._last_charge(subscription)
        charge["amount_refunded"] += charge["amount"] if amount is None else amount
        charge["refunded"] = charge["amount_refunded"] >= charge["amount"]
        self._tell("charge.refunded", charge)

    # -------------------------------------------------------------------------------- what a reader does

    def pay(self, session: str) -> str:
        """Pay on the checkout page; return the id of the subscription."""
        visit = self.things[session]
        if visit["customer"] is None:
            visit["customer"] = self._keep("customer", self._id("cus"), email=visit["customer_email"])["id"]
        start, price = self._now(), self.things[visit["price"]]
        bought = self._keep(
            "subscription", self._id("sub"), customer=visit["customer"], status="active", cancel_at=None,
            cancel_at_period_end=False, canceled_at=None, ended_at=None, metadata=visit["subscription_metadata"],
            current_period_start=start, current_period_end=start + self._length(price),
            items={"object": "list", "data": [{"id": self._id("si"), "price": price}], "has_more": False},
        )  # fmt: skip
        self._bill(bought, "subscription_create", is_paid=True)
        visit |= {"status": "complete", "payment_status": "paid", "subscription": bought["id"], "url": None}
        self._tell("customer.subscription.created", bought)
        self._tell_bill("invoice.paid", bought)
        self._tell("checkout.session.completed", visit)
        return str(bought["id"])

    def cancel(self, subscription: str, *, at_period_end: bool = True) -> None:
        """Cancel."""
        if at_period_end:
            self._change(subscription, cancel_at_period_end=True, canceled_at=self._now())
        else:
            self._end(self.things[subscription])

    def resume(self, subscription: str) -> None:
        """Go on after having cancelled."""
        self._change(subscription, cancel_at_period_end=False, canceled_at=None)

    def change_price(self, subscription: str, price: str) -> None:
        """Take another plan, in the customer portal."""
        found = self.things[subscription]
        items = copy.deepcopy(found["items"])
        items["data"][0]["price"] = self.things[price]
        self._bill(found, "subscription_update", is_paid=True)
        self._change(subscription, items=items)

    def recover(self, subscription: str) -> None:
        """Give a card that works: what was open is paid."""
        found = self.things[subscription]
        for bill in self._bills(subscription):
            if bill["status"] == "open":
                bill |= {"status": "paid", "paid": True, "charge": self._charge(found, bill)["id"]}
        self._tell_bill("invoice.paid", found)
        self._change(subscription, status="active")

    # ----------------------------------------------------------------------------- what time and banks do

    def renew(self, subscription: str, *, is_paid: bool = True) -> None:
        """Begin the next period; if the card fails, Stripe tries it again later (``recover``, ``give_up``)."""
        found = self.things[subscription]
        if found["cancel_at_period_end"]:
            self._end(found)
            return
        start = found["current_period_end"]
        end = start + self._length(found["items"]["data"][0]["price"])
        found |= {"current_period_start": start, "current_period_end": end}
        self._bill(found, "subscription_cycle", is_paid=is_paid)
        self._tell_bill("invoice.paid" if is_paid else "invoice.payment_failed", found)
        self._change(subscription, status="active" if is_paid else "past_due")

    def give_up(self, subscription: str, *, status: str = "canceled") -> None:
        """Stop trying a card that fails; *status* may be ``"unpaid"``."""
        if status == "canceled":
            self._end(self.things[subscription])
        else:
            self._change(subscription, status=status)

    def dispute(self, subscription: str, *, status: str = "needs_response") -> None:
        """Have a bank take back what was paid last."""
        charge = self._last_charge(subscription)
        charge["disputed"] = True
        fields = {"charge": charge["id"], "status": status, "amount": charge["amount"]}
        self._tell("charge.dispute.created", self._keep("dispute", self._id("dp"), **fields))

    def close_dispute(self, subscription: str, *, is_won: bool) -> None:
        """Have the bank decide."""
        charge = self._last_charge(subscription)
        for one in self._all("dispute"):
            if one["charge"] == charge["id"]:
                one["status"] = "won" if is_won else "lost"
                self._tell("charge.dispute.closed", one)

    # ------------------------------------------------------------------------------------------- webhooks

    def signed(
        self, event: Mapping[str, Any] | bytes, *, at: datetime | None = None, secret: str = ""
    ) -> tuple[bytes, dict[str, str]]:
        """Return the body and the headers of a webhook for *event*.

        Args:
            at: When it is sent, by Stripe's clock; now if None.
            secret: Signed with; the endpoint's own if empty.
        """
        body = event if isinstance(event, bytes) else json.dumps(event, indent=2).encode()
        moment = int((at or self.clock()).timestamp())
        signed = f"{moment}.".encode() + body
        signature = hmac.new((secret or self.secret).encode(), signed, hashlib.sha256).hexdigest()
        old = "0" * 64  # schemes of other times are sent along
        headers = {"content-type": "application/json; charset=utf-8"}
        return body, headers | {"stripe-signature": f"t={moment},v1={signature},v0={old}"}

    def deliver(self, event: Mapping[str, Any], url: str) -> int:
        """Send *event* to *url* over HTTP, and return the status of the answer."""
        body, headers = self.signed(event)
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        try:
            connection.request("POST", parts.path, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def event(self, kind: str, thing: Mapping[str, Any]) -> Thing:
        """Return a further event about *thing*, as it is now; it is not among ``events``."""
        return {
            "id": self._id("evt"), "object": "event", "api_version": "2025-02-24.acacia", "type": kind,
            "created": self._now(), "livemode": self.is_live, "data": {"object": copy.deepcopy(dict(thing))},
            "pending_webhooks": 1, "request": {"id": None, "idempotency_key": None},
        }  # fmt: skip

    # -------------------------------------------------------------------------------------- what is asked

    def answer(self, asked: Asked) -> Thing:
        """Return what the API answers.

        Raises:
            Refused: It would not.
        """
        from pressframe_testing._stripe_calls import call

        if self.status is not None:
            raise Refused(self.status, "something is wrong at Stripe’s end", kind="api_error")
        if asked.headers.get("authorization") != f"Bearer {self.key}":
            raise Refused(401, f"Invalid API Key provided: {asked.headers.get('authorization', '')[7:]}")
        key = asked.headers.get("idempotency-key", "")
        question = (asked.method, asked.path, asked.params)
        if key in self._answered:
            if self._answered[key][0] != question:
                raise Refused(400, "Keys for idempotent requests can only be used once", kind="idempotency_error")
            return self._answered[key][1]
        answer = call(self, asked)
        if key:
            self._answered[key] = question, copy.deepcopy(answer)
        return answer

    def find(self, id: str, kind: str) -> Thing:
        """Return the object called *id*.

        Raises:
            Refused: There is none.
        """
        found = self.things.get(id)
        if found is None or found["object"] != kind:
            raise Refused(404, f"No such {kind}: '{id}'", code="resource_missing")
        return found

    def listed(self, kind: str, is_wanted: Callable[[Thing], bool], asked: Asked) -> Thing:
        """Return a page of the newest objects of a kind."""
        limit, after = int(asked.params.get("limit", "10")), asked.params.get("starting_after")
        found = [one for one in reversed(list(self._all(kind))) if is_wanted(one)]
        ids = [one["id"] for one in found]
        start = ids.index(after) + 1 if after in ids else 0
        page = found[start : start + limit]
        return {"object": "list", "url": asked.path, "data": page, "has_more": len(found) > start + limit}

    def open_session(self, **fields: Any) -> Thing:
        """Open a checkout page."""
        id = self._id(f"cs_{'live' if self.is_live else 'test'}")
        url = f"{self.url}/c/pay/{id}"
        return self._keep("checkout.session", id, status="open", url=url, subscription=None, **fields)

    def change(self, subscription: str, **fields: Any) -> Thing:
        """Change a subscription, and tell so."""
        self._change(subscription, **fields)
        return self.things[subscription]

    def end(self, subscription: str) -> Thing:
        """End a subscription at once, and tell so."""
        self._end(self.things[subscription])
        return self.things[subscription]

    def forget(self, customer: str) -> Thing:
        """Delete a customer; what they pay for ends."""
        found = self.find(customer, "customer")
        for one in list(self._all("subscription")):
            if one["customer"] == customer and one["status"] != "canceled":
                self._end(one)
        self._tell("customer.deleted", found)
        del self.things[customer]
        return {"id": customer, "object": "customer", "deleted": True}

    # ------------------------------------------------------------------------------------------ for these

    def _id(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self._count:08}Fake"

    def _now(self) -> int:
        return int(self.clock().timestamp())

    def _length(self, price: Thing) -> int:
        return int(timedelta(days=_LENGTHS[price["recurring"]["interval"]]).total_seconds())

    def _keep(self, kind: str, id: str, **fields: Any) -> Thing:
        thing = {"id": id, "object": kind, "created": self._now(), "livemode": self.is_live, **fields}
        self.things[id] = thing
        return thing

    def _all(self, kind: str) -> Iterator[Thing]:
        return (one for one in self.things.values() if one["object"] == kind)

    def _bills(self, subscription: str) -> list[Thing]:
        return [one for one in self._all("invoice") if one["subscription"] == subscription]

    def _bill(self, subscription: Thing, reason: str, *, is_paid: bool) -> None:
        bill = self._keep(
            "invoice", self._id("in"), customer=subscription["customer"], subscription=subscription["id"],
            billing_reason=reason, status="paid" if is_paid else "open", paid=is_paid, charge=None,
            amount_due=subscription["items"]["data"][0]["price"]["unit_amount"],
        )  # fmt: skip
        subscription["latest_invoice"] = bill["id"]
        if is_paid:
            bill["charge"] = self._charge(subscription, bill)["id"]

    def _charge(self, subscription: Thing, bill: Thing) -> Thing:
        return self._keep(
            "charge", self._id("ch"), customer=subscription["customer"], invoice=bill["id"], amount=bill["amount_due"],
            amount_refunded=0, refunded=False, disputed=False, paid=True, status="succeeded",
        )  # fmt: skip

    def _last_charge(self, subscription: str) -> Thing:
        paid = [bill["charge"] for bill in self._bills(subscription) if bill["charge"]]
        return self.things[paid[-1]]

    def _change(self, subscription: str, **fields: Any) -> None:
        self.things[subscription] |= fields
        self._tell("customer.subscription.updated", self.things[subscription])

    def _end(self, subscription: Thing) -> None:
        subscription |= {"status": "canceled", "canceled_at": self._now(), "ended_at": self._now()}
        self._tell("customer.subscription.deleted", subscription)

    def _tell_bill(self, kind: str, subscription: Thing) -> None:
        self._tell(kind, self.things[subscription["latest_invoice"]])

    def _tell(self, kind: str, thing: Thing) -> None:
        event = self.event(kind, thing)
        self.events.append(event)
        if self.site:
            self.deliver(event, f"{self.site}/stripe/webhook")
