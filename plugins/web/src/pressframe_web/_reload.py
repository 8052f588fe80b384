"""Reload the browser when the site has changed: for ``serve`` of a site whose address is this machine only."""

import asyncio
import json
import secrets
from pathlib import Path

from pressframe_web._http import Receive, Scope, Send, reply
from pressframe_web._served import Headers
from pressframe_web.app import App

SCRIPT = "/-/reload.js"
CHANGES = "/-/changes"
_FILE = Path(__file__).parent / "static" / "reload.js"
_TAG = f'<script src="{SCRIPT}" defer></script></head>'.encode()
_SECONDS = 20.0
_POLL = 0.01


def add_script(page: bytes) -> bytes:
    """Return an HTML page with the script that reloads it."""
    return page.replace(b"</head>", _TAG, 1)


class Reloading:
    """An application in front of *app* that answers the script and its questions."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._start = secrets.token_hex(4)
        """Tells this server from the one before, so that browsers reload when it was started again."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the script's two addresses; leave all others to the site."""
        path = scope["path"]
        if path == SCRIPT:
            body = _FILE.read_bytes()
            await reply(send, 200, _headers(b"text/javascript", body), body)
        elif path == CHANGES:
            body = await self._next_change(scope["query_string"].decode("latin-1"))
            await reply(send, 200, _headers(b"application/json", body), body)
        else:
            await self._app(scope, receive, send)

    @property
    def _release(self) -> str:
        return f"{self._start}-{self._app.rebuilder.count}"

    async def _next_change(self, seen: str) -> bytes:
        """Return which release is served, and what is wrong with the next, once it is not *seen*, or in a while."""
        loop = asyncio.get_running_loop()
        patience = loop.time() + _SECONDS
        while self._release == seen and loop.time() < patience and not self._app.is_ending:
            await asyncio.sleep(_POLL)
        error = self._app.rebuilder.error
        return json.dumps({"release": self._release, "error": str(error) if error else None}).encode()


def _headers(media_type: bytes, body: bytes) -> Headers:
    return [
        (b"content-type", media_type),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-length", str(len(body)).encode()),
    ]
