"""What readers are shown of plans, and of what they pay for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from pressframe.model import Json
from pressframe_stripe._books import Held

if TYPE_CHECKING:
    from pressframe_stripe._plugin import Plan, Stripe


def show_plan(name: str, plan: Plan) -> Mapping[str, Json]:
    """Return what templates show of a plan."""
    gives: list[Json] = list(plan.gives)
    return {"name": name, "label": plan.label, "cost": plan.cost, "interval": plan.interval, "gives": gives}


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
