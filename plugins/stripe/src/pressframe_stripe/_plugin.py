"""The plugin: its settings and its hooks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

import attrs
from attrs.validators import deep_iterable, ge, gt, matches_re, max_len, min_len

from pressframe.errors import ConfigError, did_you_mean
from pressframe.hookspecs import hookimpl
from pressframe.model import Block, Host, Page, View
from pressframe_members import known_audiences
from pressframe_members.model import SUBSCRIBERS, AccountPart, Change, Member
from pressframe_sql import Job, PersonalData
from pressframe_web import Route, Web
from pressframe_web.addresses import check_service
from pressframe_web.model import is_signed_in

if TYPE_CHECKING:
    import click

    from pressframe_stripe._desk import Desk

Interval: TypeAlias = Literal["day", "week", "month", "year"]

_HERE = Path(__file__).parent
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_WEEK = timedelta(days=7)


def _check_key(_: object, field: attrs.Attribute[str], value: str) -> None:
    """Refuse what is no secret key of Stripe's; it stands in no message, for it may be one with a space behind it."""
    if not re.fullmatch(r"(sk|rk)_(test|live)_\w{1,250}", value):
        raise ValueError(f"{field.name} must begin with sk_test_, sk_live_, rk_test_ or rk_live_, without a space")


def _check_signing(_: object, field: attrs.Attribute[str], value: str) -> None:
    """Refuse what is no signing secret of Stripe's, without telling it."""
    if not re.fullmatch(r"whsec_[\x21-\x7e]{1,250}", value):
        raise ValueError(f"{field.name} must begin with whsec_, without a space")


@attrs.frozen(kw_only=True)
class Plan:
    """Something that readers can pay for.

    Attributes:
        price: Stripe's id of a recurring price: ``"price_…"``.
        label: What readers call it: ``"Monthly"``.
        cost: What Stripe takes each time, as readers are told it: ``"5 €"``.
        interval: How often.
        audience: What it makes its buyers a member of; one of ``[plugins.gates.audiences]``.
        gives: What they get, a short sentence each.
        offered: False no longer sells it; who has it keeps it.
    """

    price: str = attrs.field(validator=matches_re(r"[\x21-\x7e]{1,100}"))
    label: str = attrs.field(validator=[min_len(1), max_len(80)])
    cost: str = attrs.field(validator=[min_len(1), max_len(80)])
    interval: Interval = "month"
    audience: str = "paid"
    gives: tuple[str, ...] = ()
    offered: bool = True


@attrs.frozen(eq=False)
class Stripe:
    """Let readers pay for an audience through Stripe: on its pages, so that no card is ever typed on this site.

    Attributes:
        key: Stripe's secret key, or better a restricted one, from the environment: ``{ env = "STRIPE_KEY" }``.
        webhook_secret: What Stripe signs its messages with: ``{ env = "STRIPE_WEBHOOK_SECRET" }``.
        plans: What readers can pay for, by name, in the order in which they are shown.
        grace: How long they may go on reading after what they paid for has ended, while Stripe tries their card again.
        promotion_codes: True has Stripe's page ask for a code.
        tax: True has Stripe reckon taxes; needs Stripe Tax.
        timeout: How long Stripe may take to answer.
        pages: Origins of Stripe's pages that readers are led to; others if you have a domain of your own there.
        url: Where Stripe's API is.
    """

    needs: ClassVar[tuple[str, ...]] = ("sql", "web", "gates", "members")

    key: str = attrs.field(repr=False, validator=_check_key)
    webhook_secret: str = attrs.field(repr=False, validator=_check_signing)
    plans: Mapping[str, Plan] = attrs.field(factory=dict)
    grace: timedelta = attrs.field(default=_WEEK, validator=ge(timedelta(0)))
    promotion_codes: bool = False
    tax: bool = False
    timeout: timedelta = attrs.field(default=timedelta(seconds=10), validator=gt(timedelta(0)))
    pages: tuple[str, ...] = attrs.field(
        default=("https://checkout.stripe.com", "https://billing.stripe.com"),
        validator=deep_iterable(matches_re(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")),
    )
    url: str = attrs.field(default="https://api.stripe.com", validator=check_service)

    def __attrs_post_init__(self) -> None:
        prices = [plan.price for plan in self.plans.values()]
        for name, plan in self.plans.items():
            if not _NAME.fullmatch(name):
                raise ValueError(f'plans are called by words such as "monthly", not "{name}"')
            if prices.count(plan.price) > 1:
                raise ValueError(f"plans must have a price each; {plan.price} stands in several")

    @property
    def is_live(self) -> bool:
        """True if real money is meant."""
        return "_live_" in self.key

    def desk(self, host: Host) -> Desk:
        """Return what does the work for *host*'s site."""
        from pressframe_stripe._api import Api
        from pressframe_stripe._desk import Desk
        from pressframe_stripe._wire import Wire

        audiences = {plan.price: plan.audience for plan in self.plans.values()}
        wire = Wire(url=self.url, key=self.key, seconds=self.timeout.total_seconds())
        return Desk(host=host, api=Api(wire), audiences=audiences, grace=self.grace)

    # ------------------------------------------------------------------------------------------ serving

    @hookimpl
    def register_routes(self, host: Host) -> Iterable[Route]:
        from pressframe_stripe._pages import Pages
        from pressframe_stripe._webhook import Webhook

        self._check_audiences(host)
        yield from Pages(self, host).routes()
        yield Webhook(self, host).route()

    def _check_audiences(self, host: Host) -> None:
        known = known_audiences(host) - {SUBSCRIBERS}
        for name, plan in self.plans.items():
            if plan.audience not in known:
                raise ConfigError(
                    f'[plugins.stripe.plans.{name}] audience is "{plan.audience}", which no member can have',
                    fix=did_you_mean(plan.audience, known)
                    or f"add the table [plugins.gates.audiences.{plan.audience}]",
                )

    @hookimpl
    def register_account(self, host: Host) -> Iterable[AccountPart]:
        from pressframe_stripe._account import Paying

        return [Paying(self, host).part()]

    @hookimpl
    def register_templates(self) -> Iterable[Path]:
        return [_HERE / "templates"]

    @hookimpl
    def register_translations(self) -> Iterable[Path]:
        return [_HERE / "locale"]

    @hookimpl
    def register_blocks(self, slot: str, page: Page, site: View) -> Iterable[Block]:
        """Name the plans that open what a page's readers lack."""
        if slot != "gate_plans" or site.plugin(Web).elsewhere(site):
            return []
        from pressframe_stripe._shown import opening, show_plan

        plans = [show_plan(name, plan) for name, plan in opening(self, page, site)]
        data = {
            "plans": plans,
            "back": str(page.data.get("next") or page.address),
            "is_member": is_signed_in(page, site),
            "is_inline": "count" in page.data,  # a note in a text, where links stand beside others
        }
        return [Block(template="members/stripe/ways.html", data=data)] if plans else []

    # ------------------------------------------------------------------------------------------ storing

    @hookimpl
    def register_jobs(self, host: Host) -> Iterable[Job]:
        from pressframe_stripe._desk import END, EVENT, LOOK

        desk = self.desk(host)
        runs = {EVENT: desk.work_on, LOOK: desk.look_later, END: desk.end}
        return [Job(name=name, run=run, attempts=30, lane="stripe") for name, run in runs.items()]

    @hookimpl
    def on_subscription(self, member: Member, change: Change, now: datetime, host: Host) -> None:
        """End what a member pays for who has left, by whatever way."""
        if change == "left":
            desk = self.desk(host)
            desk.books.db.write(lambda connection: desk.leave(connection, member.id, now))

    @hookimpl
    def register_personal_data(self, host: Host) -> Iterable[PersonalData]:
        from pressframe_stripe._personal import find

        desk = self.desk(host)
        return [
            PersonalData(
                name="stripe",
                find=lambda connection, name: find(desk, connection, name),
                erase=lambda connection, name: desk.leave(connection, name, datetime.now(UTC)),
            )
        ]

    @hookimpl
    def register_migrations(self) -> Iterable[Path]:
        return [_HERE / "migrations"]

    @hookimpl
    def register_commands(self, host: Host) -> Iterable[click.Command]:
        from pressframe_stripe._commands import make_stripe_command

        return [make_stripe_command(self, host)]
