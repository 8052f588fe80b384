"""Somebody else's server, on this machine: it answers as a test says, and keeps what it was asked."""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias

import attrs


@attrs.frozen
class Given:
    """One answer."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = attrs.field(factory=lambda: {"Content-Type": "text/html; charset=utf-8"})


@attrs.frozen
class Asked:
    """One request, as it came; names of headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Answering: TypeAlias = Given | Callable[[BaseHTTPRequestHandler], None]


class Elsewhere:
    """A server on an address of its own, until ``close``.

    Args:
        address: On this machine; ``127.0.0.2`` can be told apart from where everything else is.
        ssl_context: Speaks TLS if given.

    Attributes:
        pages: What is answered, by path with its query; a function writes what it likes to the connection. Elsewhere
            it is 404.
        asked: What came, oldest first.
    """

    def __init__(self, address: str = "127.0.0.2", *, ssl_context: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Answering] = {}
        self.asked: list[Asked] = []
        self._server = _Server((address, 0), _Handler)
        self._server.elsewhere = self
        self.port: int = self._server.server_address[1]
        self.url = f"http{'s' if ssl_context else ''}://{address}:{self.port}"
        if ssl_context:
            self._server.socket = ssl_context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def put(self, path: str, text: str, *, status: int = 200, **headers: str) -> str:
        """Answer *path* with *text*, by default HTML, and return its whole address."""
        lines = {"Content-Type": "text/html; charset=utf-8"} | {
            name.replace("_", "-").title(): value for name, value in headers.items()
        }
        self.pages[path] = Given(text.encode(), status, lines)
        return self.url + path

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    elsewhere: Elsewhere

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: who asks hangs up early, as it should."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Answer."""
        length = int(self.headers.get("content-length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, self.rfile.read(length))
        self.server.elsewhere.asked.append(asked)
        self.close_connection = True
        given = self.server.elsewhere.pages.get(self.path, Given(b"nothing here", 404))
        with contextlib.suppress(OSError):
            if isinstance(given, Given):
                self._send(given)
            else:
                given(self)

    do_POST = do_GET  # noqa: N815 - as the library calls it

    def _send(self, given: Given) -> None:
        self.send_response(given.status)
        for name, value in {**given.headers, "Content-Length": str(len(given.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(given.body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""
