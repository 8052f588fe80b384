"""Webhooks: whether Stripe sent them, and what they are about. See https://docs.stripe.com/webhooks#verify-manually."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import attrs

from pressframe.model import Json
from pressframe_stripe._objects import id_of, moment, text

TOLERANCE = timedelta(minutes=5)
"""So far the time that was signed may be from ours."""
WANTED = frozenset({
    "charge.dispute.closed", "charge.dispute.created", "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn", "charge.dispute.updated", "charge.refund.updated", "charge.refunded",
    "checkout.session.async_payment_failed", "checkout.session.async_payment_succeeded", "checkout.session.completed",
    "customer.deleted", "customer.subscription.created", "customer.subscription.deleted",
    "customer.subscription.paused", "customer.subscription.resumed", "customer.subscription.updated",
    "invoice.marked_uncollectible", "invoice.paid", "invoice.payment_failed", "invoice.voided",
})  # fmt: skip
"""Kinds of events that something is done about."""

_MOST_SIGNATURES = 10
_TIME = re.compile(r"[0-9]{1,12}")
_EVENT = re.compile(r"evt_\w{1,250}", re.ASCII)
_ID = re.compile(r"[!-~]{1,255}")


@attrs.frozen(kw_only=True)
class Event:
    """Something that happened at Stripe.

    Only what leads to the subscription is kept of what it tells: no name, no address, no amount.

    Attributes:
        kind: Such as ``"invoice.paid"``.
        made: When it happened.
        is_live: True if real money is meant.
        subscription: Its id, where the event names one; the like for ``customer`` and ``charge``.
    """

    id: str
    kind: str
    made: datetime
    is_live: bool
    subscription: str = ""
    customer: str = ""
    charge: str = ""


def is_signed(header: str, body: bytes, secret: str, now: datetime) -> bool:
    """Say whether Stripe signed *body* with *secret*, less than five minutes from *now*.

    Args:
        header: ``t=…,v1=…,v1=…``; several signatures while a secret is replaced, those of other schemes don't count.
        body: As it came, byte for byte.
    """
    pairs = [one.strip().partition("=") for one in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    signatures = [value for name, _, value in pairs if name == "v1"][:_MOST_SIGNATURES]
    if len(times) != 1 or not _TIME.fullmatch(times[0]):
        return False
    expected = hmac.digest(secret.encode(), times[0].encode() + b"." + body, hashlib.sha256).hex().encode()
    # All are compared: how long it takes does not tell which one was near.
    fitting = [hmac.compare_digest(expected, one.encode("utf-8", "surrogatepass")) for one in signatures]
    return any(fitting) and abs(now.timestamp() - int(times[0])) <= TOLERANCE.total_seconds()


def read_event(body: bytes) -> Event | None:
    """Return the event in *body*; None if it holds none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    match found:
        case {"id": str(id), "type": str(kind), "livemode": bool(is_live), "data": {"object": dict(about)}}:
            made = moment(found, "created")
        case _:
            return None
    if made is None or not _EVENT.fullmatch(id) or len(kind) > 100:
        return None
    return Event(id=id, kind=kind, made=made.astimezone(UTC), is_live=is_live, **dict(_about(kind, about)))


def _about(kind: str, about: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield what leads to the subscription, whichever version of the API the event was written in."""
    own = text(about, "id")
    match kind.split("."):
        case ["customer", "subscription", _]:
            found = {"subscription": own}
        case ["customer", "deleted"]:
            found = {"customer": own}
        case ["invoice", *_]:
            newer = id_of(about, "parent", "subscription_details", "subscription")
            found = {"subscription": id_of(about, "subscription") or newer}
        case ["checkout", *_]:
            found = {"subscription": id_of(about, "subscription")}
        case ["charge", "refunded"]:
            found = {"charge": own}
        case ["charge", *_]:
            found = {"charge": id_of(about, "charge")}
        case _:
            found = {}
    yield from ((name, value) for name, value in found.items() if _ID.fullmatch(value))
