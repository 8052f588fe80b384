"""What readers are shown of plans, and of what they pay for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pressframe.model import Json, Page, View
from pressframe_members.model import SUBSCRIBERS
from pressframe_stripe._books import Held

if TYPE_CHECKING:
    from pressframe_stripe._plugin import Plan, Stripe


def show_plan(name: str, plan: Plan) -> Mapping[str, Json]:
    """Return what templates show of a plan."""
    gives: list[Json] = list(plan.gives)
    return {"name": name, "label": plan.label, "cost": plan.cost, "interval": plan.interval, "gives": gives}


def opening(plugin: Stripe, page: Page, site: View) -> list[tuple[str, Plan]]:
    """Return the plans that are for sale and open what the readers of *page* lack, by name; whoever buys is a member.

    What they lack is what its ``data`` says that something requires, or the gate of its entry.
    """
    requires = page.data.get("requires")
    if isinstance(requires, Sequence):
        lacked = frozenset(map(str, requires))
    else:
        gate = site.gate(page.subject) if page.subject is not None else None
        lacked = gate.requires if gate else frozenset()
    lacked -= {SUBSCRIBERS, *site.audiences}
    return [(name, plan) for name, plan in plugin.plans.items() if plan.offered and lacked == {plan.audience}]


def show_held(plugin: Stripe, held: Held, now: datetime) -> Mapping[str, Json]:
    """Return what templates show of a subscription.

    ``state`` is ``"renews"``, ``"ends"`` or ``"failed"`` with the ``date`` that goes with it, ``"waiting"`` where the
    first payment is under way, ``"paused"``, or ``"over"``.
    """
    state, date = _state(held, now)
    found = next(((name, plan) for name, plan in plugin.plans.items() if plan.price == held.price), None)
    return {
        "id": held.id,
        "plan": show_plan(*found) if found else None,
        "state": state,
        "date": date.isoformat() if date else None,
        "is_taken_back": held.is_taken_back,
        "may_read": held.until is not None and held.until > now,
    }


def _state(held: Held, now: datetime) -> tuple[str, datetime | None]:
    match held.status:
        case "active" | "trialing":
            return ("ends", held.ends) if held.ends is not None else ("renews", held.period_end)
        case "past_due":
            return ("failed", held.until if held.until is not None and held.until > now else None)
        case "unpaid":
            return "failed", None
        case "incomplete":
            return "waiting", None
        case "paused":
            return "paused", None
    return "over", None
