"""The pages on which readers choose a plan, and those to which Stripe leads them back."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import attrs

from pressframe.errors import StoreError
from pressframe.model import Host, Json, Live, Page
from pressframe_members.model import Member
from pressframe_members.store import Members
from pressframe_stripe._api import Order
from pressframe_stripe._books import Held, Visit
from pressframe_stripe._desk import Desk
from pressframe_stripe._shown import show_held, show_plan
from pressframe_stripe._wire import StripeError
from pressframe_web import Request, Response, Route
from pressframe_web.addresses import own_path

if TYPE_CHECKING:
    from pressframe_stripe._plugin import Stripe

log = logging.getLogger("pressframe")

PLANS, THANKS, LEFT, PORTAL = "/members/plans/", "/members/plans/thanks", "/members/plans/left", "/members/plans/portal"
ACCOUNT = "/members/"

_SESSION = re.compile(r"cs_\w{1,250}", re.ASCII)
_LOCALES = frozenset({
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fil", "fr", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv",
    "ms", "mt", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh",
})  # fmt: skip
"""Languages of Stripe's pages, as its documentation lists them; with others it looks at the browser's."""
_REGIONS = frozenset({"en-GB", "es-419", "fr-CA", "pt-BR", "zh-HK", "zh-TW"})
_VISITS_AN_HOUR = 20
_STATUS = {"": 200, "plan": 422, "later": 503, "often": 429}


@attrs.frozen
class Pages:
    """The endpoints of one site."""

    _plugin: Stripe
    _host: Host

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        yield Route(methods=("GET",), path=PLANS, endpoint=self.show)
        yield Route(methods=("POST",), path=PLANS, endpoint=self.subscribe)
        yield Route(methods=("GET",), path=THANKS, endpoint=self.thank)
        yield Route(methods=("POST",), path=THANKS, endpoint=self.go_on)
        yield Route(methods=("GET",), path=LEFT, endpoint=self.regret)
        yield Route(methods=("POST",), path=PORTAL, endpoint=self.manage)

    @property
    def _desk(self) -> Desk:
        return self._plugin.desk(self._host)

    # -------------------------------------------------------------------------------------------- plans

    def show(self, request: Request, site: Live) -> Response:
        """Show what there is to choose from, or what the reader has."""
        chosen = request.query.get("plan", "")
        return self._plans(request, chosen, own_path(request.query.get("next", "")) or self._came_from(request))

    def _came_from(self, request: Request) -> str:
        """Return the page of the site from which a link led here, such as a closed one; nothing if there is none."""
        site = self._host.settings.url.rstrip("/")
        path = own_path(request.headers.get("referer", "").removeprefix(site))
        return "" if path.startswith("/members/") else path

    def subscribe(self, request: Request, site: Live) -> Response:
        """Lead a member to Stripe's checkout page."""
        back, name = own_path(request.form.get("next", "")), request.form.get("plan", "")
        plan, member = self._plugin.plans.get(name), self._member(request)
        if member is None:
            return Response(location=_choosing(name, back))
        if plan is None or not plan.offered:
            return self._plans(request, "", back, problem="plan")
        books = self._desk.books
        held = books.held(member.id)
        if _has(held, {one.price for one in self._plugin.plans.values() if one.audience == plan.audience}):
            return Response(location=PLANS)
        if books.visits_since(member.id, request.now - timedelta(hours=1)) >= _VISITS_AN_HOUR:
            return self._plans(request, name, back, problem="often")
        try:
            session = self._desk.api.open_checkout(self._order(plan.price, member, held), request.now)
            books.begin_visit(Visit(id=session.id, member=member.id, back=back), request.now)
            return self._lead(session.url)
        except (StripeError, StoreError) as error:
            log.error("nobody can subscribe now: %s", error)
            return self._plans(request, name, back, problem="later")

    def _order(self, price: str, member: Member, held: tuple[Held, ...]) -> Order:
        site = self._host.settings.url.rstrip("/")
        return Order(
            price=price,
            member=member.id,
            customer=_customer(held),
            address=member.address,
            locale=_locale(self._host.settings.language),
            paid=f"{site}{THANKS}?session={{CHECKOUT_SESSION_ID}}",
            left=f"{site}{LEFT}",
            with_codes=self._plugin.promotion_codes,
            with_tax=self._plugin.tax,
            count=len(held),
        )

    def _plans(self, request: Request, chosen: str, back: str, *, problem: str = "") -> Response:
        member = self._member(request)
        held = self._desk.books.held(member.id) if member else ()
        offered = {name: plan for name, plan in self._plugin.plans.items() if plan.offered}
        had = {self._plugin.desk(self._host).audiences.get(one.price) for one in held if not one.is_over}
        may_read = request.reader.audiences if request.reader else frozenset[str]()
        shown = [
            {
                **show_plan(name, plan),
                "next": _choosing(name, back),
                "is_chosen": name == chosen,
                "is_open": plan.audience in may_read,
            }
            for name, plan in offered.items()
            if plan.audience not in had
        ]
        data: dict[str, Json] = {
            "plans": [one for one in shown if one["is_chosen"]] or [*shown],
            "is_chosen": any(one["is_chosen"] for one in shown),
            "others": _choosing("", back),
            "held": [dict(show_held(self._plugin, one, request.now)) for one in held if not one.is_over],
            "is_member": member is not None,
            "back": back,
            "problem": problem,
        }
        return self._page("plans", data, _STATUS[problem])

    # ------------------------------------------------------------------------------------- coming back

    def thank(self, request: Request, site: Live) -> Response:
        """Thank who has paid: a page with a button, which looks whether the payment has arrived."""
        return self._thanks(request, request.query.get("session", ""))

    def go_on(self, request: Request, site: Live) -> Response:
        """Lead to what was paid for; Stripe is asked whether the payment has arrived, if it did not tell yet."""
        id, member = request.form.get("session", ""), self._member(request)
        visit = self._desk.books.visit(id) if _SESSION.fullmatch(id) else None
        if member is None or visit is None or visit.member != member.id:
            return Response(location=ACCOUNT)
        if not self._may_read(member, request):
            try:
                bought = self._desk.api.session(id).subscription
                if bought:
                    self._desk.look(bought, request.now)
            except (StripeError, StoreError) as error:
                log.warning("a payment could not be looked at: %s", error)
        if not self._may_read(member, request):
            return self._thanks(request, id, is_asked=True)
        return Response(location=own_path(visit.back) or ACCOUNT)

    def _may_read(self, member: Member, request: Request) -> bool:
        return any(one.until is not None and one.until > request.now for one in self._desk.books.held(member.id))

    def _thanks(self, request: Request, session: str, *, is_asked: bool = False) -> Response:
        member = self._member(request)
        data: dict[str, Json] = {
            "session": session if _SESSION.fullmatch(session) else "",
            "is_member": member is not None,
            "may_read": member is not None and self._may_read(member, request),
            "is_asked": is_asked,
        }
        return self._page("thanks", data)

    def regret(self, request: Request, site: Live) -> Response:
        """Say that nothing was paid."""
        return self._page("left", {})

    # ------------------------------------------------------------------------------------------ portal

    def manage(self, request: Request, site: Live) -> Response:
        """Lead a member to Stripe's page on which cards, bills and plans are managed."""
        member = self._member(request)
        customer = _customer(self._desk.books.held(member.id)) if member else ""
        if not customer:
            return Response(location=PLANS)
        back = f"{self._host.settings.url.rstrip('/')}{ACCOUNT}"
        try:
            return self._lead(self._desk.api.open_portal(customer, back, _locale(self._host.settings.language)))
        except StripeError as error:
            log.error("nobody can manage a subscription now: %s", error)
            return self._plans(request, "", "", problem="later")

    # -------------------------------------------------------------------------------------- for these

    def _member(self, request: Request) -> Member | None:
        member = Members(self._host).find(request.reader.id) if request.reader else None
        return member if member is not None and member.confirmed is not None else None

    def _lead(self, url: str) -> Response:
        """Lead to a page of Stripe's, and to no other.

        Raises:
            StripeError: It is elsewhere.
        """
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" not in self._plugin.pages:
            raise StripeError(f"{parts.scheme}://{parts.netloc} is none of [plugins.stripe] pages")
        return Response(status=303, headers={"Location": url, "Referrer-Policy": "no-referrer"})

    def _page(self, name: str, data: Mapping[str, Json], status: int = 200) -> Response:
        page = Page(address=f"/members/plans/{name}", template=f"members/stripe/{name}.html", data=data, indexed=False)
        headers = {"Referrer-Policy": "no-referrer"} if name == "thanks" else {}
        headers |= {"Retry-After": "60"} if status in (429, 503) else {}
        return Response(status=status, page=page, headers=headers, forms_lead_to=self._plugin.pages)


def _choosing(plan: str, back: str) -> str:
    """Return the address at which *plan* is chosen."""
    pairs = {"plan": plan, "next": back}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs.items() if value)
    return f"{PLANS}?{query}" if query else PLANS


def _has(held: tuple[Held, ...], prices: set[str]) -> bool:
    return any(one.price in prices and not one.is_over for one in held)


def _customer(held: tuple[Held, ...]) -> str:
    """Return under which id Stripe knows who bought before; not one that was deleted there."""
    return next((one.customer for one in held if one.status != "gone"), "")


def _locale(language: str) -> str:
    short = language.partition("-")[0]
    return language if language in _REGIONS else short if short in _LOCALES else "auto"
