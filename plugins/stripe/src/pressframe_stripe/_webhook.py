"""Where Stripe tells us what has happened: stored before it is thanked for, worked on by a job afterwards."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import attrs

from pressframe.model import Host, Live
from pressframe_stripe._events import WANTED, is_signed, read_event
from pressframe_web import Request, Response, Route

if TYPE_CHECKING:
    from pressframe_stripe._plugin import Stripe

log = logging.getLogger("pressframe")

PATH = "/stripe/webhook"
_LONGEST = 524_288
"""Bytes of an event; Stripe's own have at most some 250,000."""


@attrs.frozen
class Webhook:
    """The endpoint of one site."""

    _plugin: Stripe
    _host: Host

    def route(self) -> Route:
        """Return the route."""
        return Route(methods=("POST",), path=PATH, endpoint=self.take, media_types=("application/json",))

    def take(self, request: Request, site: Live) -> Response:
        """Store an event that Stripe has signed; anything but success has Stripe send it again.

        Raises:
            StoreError: It was not stored; the server answers 503.
        """
        if len(request.body) > _LONGEST:
            return _say(413, "longer than any event")
        header = request.headers.get("stripe-signature", "")
        if not is_signed(header, request.body, self._plugin.webhook_secret, request.now):
            log.warning("a webhook was not signed by Stripe, or too long ago; is webhook_secret right, and the clock?")
            return _say(400, "not signed by Stripe within five minutes")
        event = read_event(request.body)
        if event is None:
            return _say(400, "no event")
        if event.is_live != self._plugin.is_live:
            log.warning("a webhook of the other mode came: Stripe's test and live mode must not be mixed")
            return _say(400, "test and live mode are mixed")
        if event.kind not in WANTED:
            return _say(200, "not wanted")
        is_new = self._plugin.desk(self._host).take(event, request.now)
        return _say(200, "stored" if is_new else "known")


def _say(status: int, text: str) -> Response:
    return Response(status=status, body=f"{text}\n".encode())
