"""The part of the account page on which a member sees what they pay, ends it, or goes on with it after all."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from pressframe.errors import StoreError
from pressframe.model import Host, Json
from pressframe_members.model import AccountPart, Member, Outcome
from pressframe_stripe._pages import PLANS, PORTAL
from pressframe_stripe._shown import show_held
from pressframe_stripe._wire import StripeError
from pressframe_web import Request

if TYPE_CHECKING:
    from pressframe_stripe._plugin import Stripe

log = logging.getLogger("pressframe")


@attrs.frozen
class Paying:
    """What a member pays for."""

    _plugin: Stripe
    _host: Host

    def part(self) -> AccountPart:
        """Return the part."""
        template = "members/stripe/part.html"
        leads_to = self._plugin.pages
        return AccountPart(name="paying", template=template, load=self.load, save=self.save, leads_to=leads_to)

    def load(self, member: Member, request: Request) -> Mapping[str, Json] | None:
        held = self._plugin.desk(self._host).books.held(member.id)
        if not held and not any(plan.offered for plan in self._plugin.plans.values()):
            return None
        running = [dict(show_held(self._plugin, one, request.now)) for one in held if not one.is_over]
        has_customer = any(one.status != "gone" for one in held)
        return {"held": [*running], "plans": PLANS, "portal": PORTAL if has_customer else ""}

    def save(self, member: Member, request: Request) -> Outcome | None:
        """End a subscription with what is paid for, or go on with it."""
        desk, wanted = self._plugin.desk(self._host), request.form.get("subscription", "")
        mine = [one for one in desk.books.held(member.id) if one.id == wanted and not one.is_over]
        do = request.form.get("do", "")
        if not mine or do not in ("end", "keep"):
            return Outcome(location="/members/#paying")
        try:
            desk.api.set_ending(wanted, at_period_end=do == "end")
            desk.look(wanted, request.now)
        except (StripeError, StoreError) as error:
            log.error("a member could not %s a subscription: %s", do, error)
            return Outcome(problem="later")
        return None
