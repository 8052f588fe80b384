"""uvicorn with an end to its patience: for requests that come too slowly, heads that are too long, and its own end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import click
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio

    from pressframe_web.app import App

LONGEST_HEAD = 65_536
"""Bytes of a request's first line and headers."""
SLOWEST = 20.0
"""Seconds in which a whole request has to come, and in which at least some of an answer has to be taken."""
_GRACE = 8
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Protocol(HttpToolsProtocol):
    """One connection.

    Attributes:
        waiting_since: Loop time at which a request began, or the connection; None while none is under way.
    """

    waiting_since: float | None = None
    _unsent = 0
    _unsent_since = 0.0
    _head = 0
    _is_in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self.waiting_since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        if self._is_in_head:
            self._head += len(data)
        super().data_received(data)
        if self._is_in_head and self._head > LONGEST_HEAD and not self.transport.is_closing():
            self.transport.write(_TOO_LONG)
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.waiting_since = self.loop.time()

    def on_headers_complete(self) -> None:
        self._is_in_head, self._head = False, 0
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            raise ValueError("RFC 9112, 3.2: one host, or a server before this one may see another")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_in_head, self.waiting_since = True, None
        super().on_message_complete()

    def close_if_slow(self, now: float) -> None:
        """End the connection if its request has been coming for too long, or nothing of its answer is taken.

        Called every few seconds.
        """
        unsent = self.transport.get_write_buffer_size()
        if unsent == 0 or unsent != self._unsent:
            self._unsent, self._unsent_since = unsent, now
        if self.waiting_since is not None and now - self.waiting_since > SLOWEST:
            self.transport.close()
        elif now - self._unsent_since > SLOWEST:
            self.transport.abort()  # to close it would be to wait until all is taken


class Server(uvicorn.Server):
    """Ends when asked to, once all answers under way are out; at once when asked again."""

    def __init__(self, app: App, front: object) -> None:
        super().__init__(
            uvicorn.Config(
                front,  # type: ignore[arg-type] # an ASGI application, which uvicorn types more narrowly
                http=Protocol,
                ws="none",
                lifespan="off",
                log_level="error",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_GRACE,
                callback_notify=self._close_slow,
                timeout_notify=5,
            )
        )
        self._app = app
        self.is_stopped = False

    async def _close_slow(self) -> None:
        """Close connections that are too slow; strangers could hold all files open."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, Protocol):
                connection.close_if_slow(connection.loop.time())

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals while the block runs. uvicorn raises them again afterwards: too early for our own end."""
        before = {one: signal.signal(one, self.handle_exit) for one in _SIGNALS}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End gracefully; or at once if that has been asked for before: nothing that was answered is lost by it."""
        if self.should_exit:
            os._exit(128 + sig)
        self.is_stopped = True
        self.end()
        click.echo("ending when all answers are out; once more to end at once.")

    def end(self) -> None:
        """End gracefully."""
        self.should_exit = self._app.is_ending = True
