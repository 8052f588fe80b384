"""``pressframe stripe``: is all set up, and is everybody given what they pay for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pressframe.errors import ConfigError, StoreError
from pressframe.model import Host

if TYPE_CHECKING:
    from pressframe_stripe._plugin import Stripe


def make_stripe_command(plugin: Stripe, host: Host) -> click.Group:
    """Return the command ``stripe`` for one site."""
    group = click.Group("stripe", help="Stripe, through which readers pay.")
    group.add_command(_make_check(plugin, host))
    group.add_command(_make_sync(plugin, host))
    return group


def _make_check(plugin: Stripe, host: Host) -> click.Command:
    @click.command(
        "check", help="Ask Stripe whether the key, the prices, the webhook and the customer portal are right."
    )
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
    def check(*, as_json: bool) -> None:
        from pressframe_stripe._check import check

        findings = check(plugin, host)
        if as_json:
            click.echo(json.dumps([{"is_right": one.is_right, "text": one.text} for one in findings]))
        else:
            for one in findings:
                click.echo(f"{'right' if one.is_right else 'WRONG'}  {one.text}")
        wrong = sum(not one.is_right for one in findings)
        if wrong:
            things = "1 thing is wrong" if wrong == 1 else f"{wrong} things are wrong"
            raise ConfigError(f"{things} with Stripe", fix="see above, and [plugins.stripe]")

    return check


def _make_sync(plugin: Stripe, host: Host) -> click.Command:
    @click.command("sync", help="Give each member what they pay for by Stripe's word, whichever webhooks were missed.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    def sync(*, as_json: bool) -> None:
        from pressframe_stripe._sync import sync
        from pressframe_stripe._wire import StripeError

        try:
            done = sync(plugin.desk(host), datetime.now(UTC))
        except StripeError as error:
            raise StoreError(str(error), fix="run it again; it begins anew and does nothing twice") from error
        if as_json:
            click.echo(json.dumps({"subscriptions": done.seen, "changed": done.changed, "ended": done.ended}))
            return
        click.echo(f"subscriptions looked at: {done.seen}, changed since: {done.changed}")
        if done.ended:
            click.echo(f"members who have left and pay nothing more: {done.ended}")

    return sync
