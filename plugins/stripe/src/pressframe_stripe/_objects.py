"""What Stripe tells, as far as we use it; read from its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import attrs

from pressframe.model import Json
from pressframe_stripe._wire import StripeError

MEMBER = "pressframe_member"
"""The key in Stripe's metadata that holds ``Member.id``."""

LIVE = frozenset({"active", "trialing", "past_due"})
"""States of a subscription in which somebody may read, or may soon again."""
OVER = frozenset({"canceled", "incomplete_expired", "gone"})
"""States that no subscription comes back from."""


@attrs.frozen(kw_only=True)
class Session:
    """A visit to Stripe's checkout page.

    Attributes:
        url: Of the page; empty once it is over.
        status: ``"open"``, ``"complete"`` or ``"expired"``.
        subscription: What was bought; empty before.
    """

    id: str
    url: str
    status: str
    subscription: str


@attrs.frozen(kw_only=True)
class Subscription:
    """What somebody pays for, as Stripe knows it.

    Attributes:
        member: ``Member.id``, as we wrote it there; empty if it was made by other hands.
        status: Stripe's word: ``active``, ``trialing``, ``past_due``, ``unpaid``, ``canceled``, ``incomplete``,
            ``incomplete_expired``, ``paused``.
        period_start: From when what is billed now runs; where the card failed, what was not paid for.
        period_end: Until when.
        ends: When it ends for good, because somebody cancelled; None if it goes on.
    """

    id: str
    customer: str
    member: str
    price: str
    status: str
    since: datetime
    period_start: datetime
    period_end: datetime
    ends: datetime | None = None


@attrs.frozen(kw_only=True)
class Payments:
    """What became of the payments for a subscription.

    Attributes:
        is_refunded: True if what was paid last for a period was paid back, all of it.
        is_disputed: True if somebody's bank took a payment back, or is about to.
    """

    is_refunded: bool = False
    is_disputed: bool = False

    @property
    def are_taken_back(self) -> bool:
        """True if nothing can be had for them."""
        return self.is_refunded or self.is_disputed


@attrs.frozen(kw_only=True)
class Price:
    """What is asked for.

    Attributes:
        amount: In the smallest unit of the currency; None where it has steps.
        interval: ``"month"``, ``"year"``, …; empty if it is paid once.
        interval_count: How many of these are paid for at a time.
    """

    id: str
    is_active: bool
    is_live: bool
    amount: int | None
    currency: str
    interval: str
    interval_count: int


def until(subscription: Subscription, payments: Payments, grace: timedelta) -> datetime | None:
    """Return until when a subscription lets its owner read; None if it does not, or no more.

    Args:
        grace: How long they may go on after the end of what they paid for, while Stripe tries the card again.
    """
    if subscription.status not in LIVE or payments.are_taken_back:
        return None
    paid = subscription.period_start if subscription.status == "past_due" else subscription.period_end
    if subscription.ends is None:
        return paid + grace
    return min(subscription.ends, paid + grace) if subscription.status == "past_due" else subscription.ends


# -------------------------------------------------------------------------------------------------- reading


def text(found: Json | object, *names: str) -> str:
    """Return the text under *names*, one inside the other; empty if there is none."""
    for name in names:
        if not isinstance(found, Mapping):
            return ""
        found = found.get(name)
    return found if isinstance(found, str) else ""


def id_of(found: Json | object, *names: str) -> str:
    """Return the id under *names*, where Stripe puts an id or the object itself."""
    return text(found, *names) or text(found, *names, "id")


def is_true(found: Json | object, name: str) -> bool:
    """Say whether Stripe says so."""
    return isinstance(found, Mapping) and found.get(name) is True


def moment(found: Mapping[str, Json], name: str) -> datetime | None:
    """Return the time under *name*; None if there is none."""
    value = found.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 36:
        return None
    return datetime.fromtimestamp(value, UTC)


def read_session(found: Mapping[str, Json]) -> Session:
    """Return the checkout session in *found*.

    Raises:
        StripeError: It is none.
    """
    id = text(found, "id")
    if not id:
        raise StripeError("Stripe answered with no checkout session")
    subscription = id_of(found, "subscription")
    return Session(id=id, url=text(found, "url"), status=text(found, "status"), subscription=subscription)


def read_subscription(found: Mapping[str, Json]) -> Subscription:
    """Return the subscription in *found*.

    Its period stands in it, or, from version 2025-03-31 on, in what it consists of.

    Raises:
        StripeError: It is none.
    """
    match found.get("items"):
        case {"data": [dict(item), *_]}:
            pass
        case _:
            item = {}
    start = moment(found, "current_period_start") or moment(item, "current_period_start")
    end = moment(found, "current_period_end") or moment(item, "current_period_end")
    since = moment(found, "created")
    id, status = text(found, "id"), text(found, "status")
    if start is None or end is None or since is None or not id or not status:
        raise StripeError("Stripe answered with no subscription")
    at_period_end = end if is_true(found, "cancel_at_period_end") else None
    return Subscription(
        id=id,
        customer=id_of(found, "customer"),
        member=text(found, "metadata", MEMBER),
        price=text(item, "price", "id"),
        status=status,
        since=since,
        period_start=start,
        period_end=end,
        ends=moment(found, "cancel_at") or at_period_end,
    )


def read_price(found: Mapping[str, Json]) -> Price:
    """Return the price in *found*."""
    recurring = found.get("recurring")
    count = recurring.get("interval_count") if isinstance(recurring, Mapping) else None
    amount = found.get("unit_amount")
    return Price(
        id=text(found, "id"),
        is_active=is_true(found, "active"),
        is_live=is_true(found, "livemode"),
        amount=amount if isinstance(amount, int) else None,
        currency=text(found, "currency"),
        interval=text(recurring, "interval"),
        interval_count=count if isinstance(count, int) else 1,
    )
