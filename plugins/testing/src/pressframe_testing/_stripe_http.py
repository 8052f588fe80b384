"""The server of the fake of Stripe: its API, and the two pages that readers are led to."""

from __future__ import annotations

import contextlib
import html
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import attrs

if TYPE_CHECKING:
    from pressframe_testing.stripe import FakeStripe


@attrs.frozen
class Asked:
    """One question, as it came.

    Attributes:
        params: Of the query or the form, by their names as Stripe writes them: ``line_items[0][price]``.
        headers: Names in lower case.
    """

    method: str
    path: str
    params: dict[str, str]
    headers: Mapping[str, str]


class Refused(Exception):
    """What the API answers to a question that it does not take."""

    def __init__(self, status: int, message: str, *, code: str = "", kind: str = "invalid_request_error") -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": kind, "message": message, **({"code": code} if code else {})}


class StripeServer:
    """Listens on a free port of this machine, in a thread, until ``close``."""

    def __init__(self, stripe: FakeStripe) -> None:
        self.asked: list[Asked] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.stripe, self._server.asked = stripe, self.asked
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    stripe: FakeStripe
    asked: list[Asked]
    lock = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: who asks hangs up early, as it should."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Answer."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        parts = urlsplit(self.path)
        params = dict(parse_qsl(parts.query, keep_blank_values=True) + parse_qsl(body, keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, params, headers)
        with contextlib.suppress(OSError):
            if asked.path.startswith("/v1/"):
                self._answer(asked)
            else:
                self._show(asked)

    do_POST = do_DELETE = do_GET  # noqa: N815 - as the library calls them

    def _answer(self, asked: Asked) -> None:
        self.server.asked.append(asked)
        try:
            with self.server.lock:
                status, answer = 200, self.server.stripe.answer(asked)
        except Refused as refused:
            status, answer = refused.status, {"error": refused.error}
        self._send(status, json.dumps(answer, indent=2), "application/json")

    def _show(self, asked: Asked) -> None:
        """Show the page on which a reader pays, or the one on which they manage what they pay for."""
        stripe, id = self.server.stripe, asked.path.rpartition("/")[2]
        if asked.path.startswith("/c/pay/") and id in stripe.things:
            visit = stripe.things[id]
            if asked.method == "POST":
                stripe.pay(id)
                self._send(303, "", "text/html", visit["success_url"].replace("{CHECKOUT_SESSION_ID}", id))
                return
            left = html.escape(visit["cancel_url"] or "")
            body = f'<form method="post"><button>Pay</button></form><a href="{left}">Back</a>'
        elif asked.path.startswith("/p/session/") and id in stripe.things:
            body = "<h1>Portal</h1>"
        else:
            self._send(404, "nothing here", "text/plain")
            return
        self._send(200, f"<!doctype html><title>Stripe</title>{body}", "text/html")

    def _send(self, status: int, text: str, media_type: str, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(text.encode())))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""
