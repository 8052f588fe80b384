"""The plugin: its settings and its hooks."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import attrs
from attrs.validators import deep_iterable, ge

from pressframe.hookspecs import hookimpl
from pressframe.model import Block, Host, Live, Page, View
from pressframe_comments import Comments
from pressframe_sql import Job
from pressframe_web import Route, Web
from pressframe_web.fetching import Fetcher
from pressframe_webmention._told import Told

if TYPE_CHECKING:
    import click

_HERE = Path(__file__).parent
_LANE = "webmention"


def _check_port(_: object, field: attrs.Attribute[int], value: int) -> None:
    if not 1 <= value <= 65_535:
        raise ValueError(f"{field.name} must be from 1 to 65535, got {value}")


def _check_network(_: object, field: attrs.Attribute[str], value: str) -> None:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise ValueError(f'{field.name} must hold networks such as "10.1.0.0/16", got "{value}"') from None


@attrs.frozen(eq=False)
class Webmention:
    """Take and send webmentions and pingbacks. Both make the server fetch others' pages, so both are off at first.

    Attributes:
        receive: True takes mentions of the site's entries; each is checked, and waits for the owner like a comment.
        send: True tells other sites that an entry links to them, when it is published or changed.
        pingback: False takes and sends webmentions alone, and none of the older pingbacks.
        flood_limit: Most mentions taken from one neighbourhood on the network, from one site, or for one entry,
            within *flood_window*; 0 for no limit.
        flood_window: See *flood_limit*.
        ports: Ports of other sites that are asked.
        allow: Networks that may be asked though they are not public, for sites that live in one's own network.
    """

    needs: ClassVar[tuple[str, ...]] = ("sql", "web", "comments")

    receive: bool = False
    send: bool = False
    pingback: bool = True
    flood_limit: int = attrs.field(default=30, validator=ge(0))
    flood_window: timedelta = attrs.field(default=timedelta(hours=1), validator=ge(timedelta(0)))
    ports: frozenset[int] = attrs.field(default=frozenset({80, 443}), validator=deep_iterable(_check_port))
    allow: frozenset[str] = attrs.field(default=frozenset(), validator=deep_iterable(_check_network))
    told: Told = attrs.field(factory=Told, init=False, repr=False)

    def make_fetcher(self, host: Host) -> Fetcher:
        """Return what asks other sites for this one."""
        agent = f"pressframe-webmention (+{host.settings.url})"
        return Fetcher(user_agent=agent, ports=self.ports, allow=self.allow)

    # ---------------------------------------------------------------------------------------- rendering

    @hookimpl
    def register_templates(self) -> Iterable[Path]:
        return [_HERE / "templates"]

    @hookimpl
    def register_blocks(self, slot: str, page: Page, site: View) -> Iterable[Block]:
        if site.plugin(Web).elsewhere(site):  # the live server is another origin, whose pages nobody links to
            return
        if self.receive and slot == "head" and page.subject is not None and _is_open(page.subject, site):
            yield Block(template="webmention/head.html", data=self._addresses(site))

    @hookimpl
    def register_headers(self, host: Host) -> Iterable[tuple[str, str]]:
        if not self.receive or host.plugin(Comments).closed:
            return []
        addresses = self._addresses(host)
        pingback = addresses["pingback"]
        return [
            ("Link", f'<{addresses["webmention"]}>; rel="webmention"'),
            *([("X-Pingback", pingback)] if pingback else []),
        ]

    def _addresses(self, host: Host) -> dict[str, str | None]:
        from pressframe_webmention._doors import PINGBACK, WEBMENTION

        url = host.settings.url
        return {"webmention": url + WEBMENTION, "pingback": url + PINGBACK if self.pingback else None}

    # ------------------------------------------------------------------------------------------- serving

    @hookimpl
    def register_routes(self, host: Host) -> Iterable[Route]:
        from pressframe_webmention._doors import Doors

        return Doors.routes(self, host) if self.receive else []

    @hookimpl
    def register_jobs(self, host: Host) -> Iterable[Job]:
        if self.receive:
            from pressframe_webmention._check import ATTEMPTS, Checker
            from pressframe_webmention._received import CHECK, Received

            checker = Checker(host, Received(host), self.make_fetcher(host), self.told)
            yield Job(name=CHECK, run=checker.run, attempts=ATTEMPTS, lane=_LANE)
        if self.send:
            yield self.sending(host)

    def sending(self, host: Host) -> Job:
        """Return the job that sends."""
        from pressframe_webmention._outbox import SEND, Outbox
        from pressframe_webmention._sending import ATTEMPTS, Sender

        sender = Sender(host, Outbox(host), self.make_fetcher(host), self.pingback)
        return Job(name=SEND, run=sender.run, attempts=ATTEMPTS, lane=_LANE)

    @hookimpl
    def on_release(self, site: Live, changed: Sequence[str], now: datetime) -> None:
        self.told.site = site
        if self.send:
            from pressframe_webmention._outbox import Outbox
            from pressframe_webmention._sending import Scout, is_reachable

            if is_reachable(site.settings.url, self.allow):
                Scout(site, Outbox(site), self.told).hear(site, changed, now)

    @hookimpl
    def register_migrations(self) -> Iterable[Path]:
        return [_HERE / "migrations"]

    @hookimpl
    def register_commands(self, host: Host) -> Iterable[click.Command]:
        from pressframe_webmention._commands import make_webmention_command

        return [make_webmention_command(host)]


def _is_open(id: str, site: View) -> bool:
    """Tell whether an entry takes mentions, as its page is made; the page follows when it is too old for them."""
    entry = site.entry(id)
    comments = site.plugin(Comments)
    if comments.closed or entry is None or not entry.open_to_comments or site.gate(id) is not None:
        return False
    closing = comments.rules.closing(entry.published)
    return closing is None or not site.is_past(closing)
