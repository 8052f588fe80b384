"""Whether what the settings say fits what is at Stripe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs

from pressframe.model import Host
from pressframe_members import known_audiences
from pressframe_stripe._api import Api
from pressframe_stripe._events import WANTED
from pressframe_stripe._objects import is_true, text
from pressframe_stripe._webhook import PATH
from pressframe_stripe._wire import StripeError

if TYPE_CHECKING:
    from pressframe_stripe._plugin import Plan, Stripe

_WITHOUT_CENTS = frozenset({
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf",
})  # fmt: skip
"""Currencies that Stripe counts whole."""


@attrs.frozen
class Finding:
    """One thing that was looked at, and whether it is right."""

    is_right: bool
    text: str


def check(plugin: Stripe, host: Host) -> list[Finding]:
    """Return what is right, and what is not."""
    desk = plugin.desk(host)
    mode = "live" if plugin.is_live else "test"
    findings: list[Finding] = []
    parts = {"prices": _prices(plugin, host, desk.api), "webhook": _webhook(plugin, host, desk.api)}
    for name, looked in {**parts, "portal": _portal(desk.api)}.items():
        try:
            findings += looked
        except StripeError as error:
            findings.append(Finding(False, f"{name}: {error}"))
            if error.status in (0, 401):
                return findings
    findings.insert(0, Finding(True, f"key: Stripe takes it, in {mode} mode"))
    last, waiting = desk.books.last_event(), len(desk.books.waiting())
    findings.append(
        Finding(True, f"events: the last came at {last:%Y-%m-%d %H:%M} UTC" if last else "events: none yet")
    )
    if waiting:
        findings.append(Finding(False, f"events: {waiting} wait to be worked on; pressframe stripe sync does it now"))
    return findings


def _prices(plugin: Stripe, host: Host, api: Api) -> Iterator[Finding]:
    if not any(plan.offered for plan in plugin.plans.values()):
        yield Finding(False, "plans: none is offered; add a table [plugins.stripe.plans.monthly]")
    for name, plan in plugin.plans.items():
        yield _price(name, plan, plugin, api)
        if plan.audience not in known_audiences(host):
            yield Finding(False, f"plan {name}: no member can have {plan.audience}; see [plugins.gates.audiences]")


def _price(name: str, plan: Plan, plugin: Stripe, api: Api) -> Finding:
    found = api.price(plan.price)
    if found is None:
        return Finding(False, f"plan {name}: there is no {plan.price} in this mode")
    if found.is_live != plugin.is_live:
        return Finding(False, f"plan {name}: {plan.price} is of the other mode, test or live")
    if not found.is_active and plan.offered:
        return Finding(False, f"plan {name}: {plan.price} is not sold any more; set offered = false, or take another")
    if not found.interval:
        return Finding(False, f"plan {name}: {plan.price} is paid once; plans need a recurring price")
    each = found.interval if found.interval_count == 1 else f"{found.interval_count} {found.interval}s"
    if each != plan.interval:
        return Finding(False, f"plan {name}: Stripe takes it every {each}, readers are told every {plan.interval}")
    taken = _money(found.amount, found.currency)
    return Finding(True, f'plan {name}: readers are told "{plan.cost}", Stripe takes {taken} every {each}')


def _money(amount: int | None, currency: str) -> str:
    if amount is None:
        return f"an amount in {currency.upper()} that has steps"
    return f"{amount} {currency.upper()}" if currency in _WITHOUT_CENTS else f"{amount / 100:.2f} {currency.upper()}"


def _webhook(plugin: Stripe, host: Host, api: Api) -> Iterator[Finding]:
    url = f"{host.settings.url.rstrip('/')}{PATH}"
    if not url.startswith("https://") and plugin.is_live:
        yield Finding(False, f"webhook: Stripe sends live events to https addresses alone, not to {url}")
    found = [one for one in api.endpoints() if text(one, "url") == url]
    if not found:
        yield Finding(False, f"webhook: Stripe sends nothing to {url}; add it under Developers, Webhooks")
        return
    open_ones = [
        one for one in found if text(one, "status") == "enabled" and is_true(one, "livemode") == plugin.is_live
    ]
    if not open_ones:
        yield Finding(False, f"webhook: the one to {url} is switched off, or of the other mode")
        return
    told = {str(kind) for one in open_ones for kind in _listed(one.get("enabled_events"))}
    missing = sorted(WANTED - told) if "*" not in told else []
    if missing:
        yield Finding(False, f"webhook: Stripe does not tell of {', '.join(missing)}")
    else:
        yield Finding(True, f"webhook: Stripe tells {url} of all that matters")


def _listed(found: object) -> list[object]:
    return found if isinstance(found, list) else []


def _portal(api: Api) -> Iterator[Finding]:
    if api.has_portal():
        yield Finding(True, "portal: it is set up")
    else:
        yield Finding(False, "portal: save its settings once, under Settings, Billing, Customer portal")
