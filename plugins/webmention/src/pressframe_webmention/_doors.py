"""Where mentions come in: an endpoint for webmentions, one for pingbacks, and an address that tells what became of one.

Nothing is fetched here: what is taken is noted, and checked by a job.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

import attrs

from pressframe.model import Card, Host, Live
from pressframe_web import Request, Response, Route
from pressframe_web.fetching import Fetcher, FetchError, normalize_url
from pressframe_webmention import _xmlrpc as xmlrpc
from pressframe_webmention._received import CHECKING, REFUSED, REMOVED, TAKEN, WAITING, Limits, Received, Sent
from pressframe_webmention._rules import shorten, takes_mentions

if TYPE_CHECKING:
    from pressframe_webmention._plugin import Webmention

log = logging.getLogger("pressframe")

WEBMENTION, PINGBACK = "/webmention", "/pingback"
_XML = ("text/xml", "application/xml")
_GENERIC, _NO_SOURCE, _NO_TARGET, _UNFIT_TARGET, _REGISTERED, _DENIED = 0, 16, 32, 33, 48, 49
_UNKNOWN_METHOD = -32601  # https://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php
_BECAME = {
    WAITING: "It waits to be checked.",
    CHECKING: "It is being checked.",
    TAKEN: "It was checked and taken; the site's owner decides whether it is shown.",
    REFUSED: "It was refused: {}.",
    REMOVED: "It was removed: {}.",
}


class NotTakenError(Exception):
    """Why something is not taken: a status, a sentence, the fault code of the pingback specification."""

    def __init__(self, status: int, reason: str, fault: int, wait: timedelta | None = None) -> None:
        super().__init__(reason)
        self.status, self.reason, self.fault, self.wait = status, reason, fault, wait


@attrs.frozen
class Doors:
    """The routes of one site."""

    settings: Webmention
    host: Host
    received: Received
    fetcher: Fetcher

    @classmethod
    def routes(cls, settings: Webmention, host: Host) -> Iterable[Route]:
        """Return every route of the plugin."""
        made = cls(settings, host, Received(host), settings.make_fetcher(host))
        yield Route(methods=("POST",), path=WEBMENTION, endpoint=made.take_webmention)
        yield Route(methods=("GET",), path=f"{WEBMENTION}/{{token}}", endpoint=made.tell)
        if settings.pingback:
            yield Route(methods=("POST",), path=PINGBACK, endpoint=made.take_pingback, media_types=_XML)

    def take_webmention(self, request: Request, site: Live) -> Response:
        """Take a webmention: 201 with an address that tells what becomes of it, or a status that says why not."""
        source, target = request.form.get("source", ""), request.form.get("target", "")
        try:
            id = self._take("webmention", (source, target), request, site)
        except NotTakenError as error:
            retry = {"Retry-After": str(round(error.wait.total_seconds()))} if error.wait else {}
            return Response(status=error.status, body=f"{error.reason}\n".encode(), headers=retry)
        status = f"{self.host.settings.url}{WEBMENTION}/{self._token(id)}"
        return Response(status=201, headers={"Location": status}, body=f"{_BECAME[WAITING]}\n".encode())

    def take_pingback(self, request: Request, site: Live) -> Response:
        """Take a pingback: a text, or a fault; always with status 200, as XML-RPC has it."""
        try:
            method, texts = xmlrpc.read_call(request.body)
            if method != "pingback.ping":
                raise NotTakenError(200, "there is no such method", _UNKNOWN_METHOD)
            if len(texts) != 2:
                raise NotTakenError(200, "pingback.ping takes two addresses", _GENERIC)
            self._take("pingback", (texts[0], texts[1]), request, site)
        except xmlrpc.UnreadableError:
            answer = xmlrpc.write_fault(_GENERIC, "this is no XML-RPC call")
        except NotTakenError as error:
            answer = xmlrpc.write_fault(error.fault, error.reason)
        else:
            answer = xmlrpc.write_answer("Thank you. It will be checked.")
        return Response(body=answer, media_type="text/xml")

    def tell(self, request: Request, site: Live) -> Response:
        """Tell what became of a webmention."""
        id = self._id(request.parameters["token"])
        mention = self.received.get(id) if id is not None else None
        if mention is None:
            return Response(status=404, body=b"There is no such webmention.\n")
        return Response(body=f"{_BECAME[mention.state].format(mention.reason)}\n".encode())

    # ------------------------------------------------------------------------------------------- taking

    def _take(self, kind: str, pair: tuple[str, str], request: Request, site: Live) -> int:
        source = self._normal(pair[0], "source", _NO_SOURCE)
        target = self._normal(pair[1], "target", _NO_TARGET)
        if source == target:
            raise NotTakenError(400, "source and target are the same", _GENERIC)
        try:
            self.fetcher.check(source)
        except FetchError as error:
            raise NotTakenError(400, f"source: {error.message}", _NO_SOURCE) from None
        card = self._entry(target, site, request.now)
        earlier = self.received.find(source, target) if kind == "pingback" else None
        if earlier is not None and earlier.state in (WAITING, CHECKING, TAKEN):
            raise NotTakenError(200, "this pingback is registered already", _REGISTERED)
        sent = Sent(
            source=source, target=target, entry=card.id, kind=kind, client=shorten(request.client), now=request.now
        )
        id, wait = self.received.note(sent, Limits(most=self.settings.flood_limit, window=self.settings.flood_window))
        if wait is not None:
            log.info("a %s came too soon after others", kind)
            raise NotTakenError(429, "too many mentions came lately; please come back later", _DENIED, wait)
        return id

    def _normal(self, url: str, name: str, fault: int) -> str:
        if not url:
            raise NotTakenError(400, f"{name} is missing", fault)
        try:
            return normalize_url(url)
        except FetchError as error:
            raise NotTakenError(400, f"{name}: {error.message}", fault) from None

    def _entry(self, target: str, site: Live, now: datetime) -> Card:
        """Return the card of the entry at *target*, if it takes mentions."""
        site = self.settings.told.site or site  # a stranger's view, whoever asks
        there, here = urlsplit(target), urlsplit(normalize_url(self.host.settings.url))
        if (there.hostname, there.port) != (here.hostname, here.port):  # be it http or https
            raise NotTakenError(400, "target is not on this site", _NO_TARGET)
        path = quote(unquote(there.path))
        page = site.page(path) or site.page(f"{path}/")
        card = site.card(page.subject) if page and page.subject else None
        if card is None:
            raise NotTakenError(400, "target is no article of this site", _NO_TARGET)
        if not takes_mentions(card, site, now):
            raise NotTakenError(400, "target takes no mentions", _UNFIT_TARGET)
        return card

    # ------------------------------------------------------------------------------------------- status

    def _token(self, id: int) -> str:
        return f"{id}.{self._mark(id)}"

    def _id(self, token: str) -> int | None:
        digits, _, mark = token.partition(".")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 18):
            return None
        is_ours = hmac.compare_digest(mark.encode(), self._mark(int(digits)).encode())
        return int(digits) if is_ours else None

    def _mark(self, id: int) -> str:
        return hmac.new(self.host.secret("webmention"), str(id).encode(), sha256).hexdigest()[:24]
