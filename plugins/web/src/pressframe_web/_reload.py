"""Reload the browser when the site has changed: for ``serve`` on this machine only."""

import asyncio
import json
from collections.abc import Callable

from pressframe_web._http import Receive, Scope, Send, reply
from pressframe_web.app import App

SCRIPT = "/-/reload.js"
CHANGES = "/-/changes"
_TAG = f'<script src="{SCRIPT}" defer></script></head>'.encode()
_SECONDS = 20.0
_POLL = 0.05

_JAVASCRIPT = b"""\
// Reloads the page when the site was built again; tells on the page why it was not.
(async () => {
  let seen = -1;
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const note = document.createElement("pre");
  note.setAttribute("role", "status");
  note.className = "build-error";
  for (;;) {
    try {
      const answer = await (await fetch(`/-/changes?${seen}`)).json();
      if (answer.error) {
        note.textContent = answer.error;
        document.body.prepend(note);
      } else if (seen >= 0 && answer.count !== seen) {
        location.reload();
        return;
      }
      seen = answer.count;
    } catch {
      await pause(1000);
    }
  }
})();
"""


def add_script(page: bytes) -> bytes:
    """Return an HTML page with the script that reloads it."""
    return page.replace(b"</head>", _TAG, 1)


class Reloading:
    """An application in front of *app* that answers the script and its questions.

    Attributes:
        is_ending: Asked while a browser waits, so that waiting does not keep the server up.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self.is_ending: Callable[[], bool] = lambda: False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the script's two addresses; leave all others to the site."""
        path = scope.get("path")
        if path == SCRIPT:
            await reply(send, 200, _headers(b"text/javascript", _JAVASCRIPT), _JAVASCRIPT)
        elif path == CHANGES:
            body = await self._next_change(scope["query_string"].decode("latin-1"))
            await reply(send, 200, _headers(b"application/json", body), body)
        else:
            await self._app(scope, receive, send)

    async def _next_change(self, seen: str) -> bytes:
        """Return the number of the release, and what is wrong, as soon as it differs from *seen*, or in a while."""
        rebuilder, loop = self._app.rebuilder, asyncio.get_running_loop()
        patience = loop.time() + _SECONDS
        while str(rebuilder.count) == seen and loop.time() < patience and not self.is_ending():
            await asyncio.sleep(_POLL)
        error = str(rebuilder.error) if rebuilder.error else None
        return json.dumps({"count": rebuilder.count, "error": error}).encode()


def _headers(media_type: bytes, body: bytes) -> list[tuple[bytes, bytes]]:
    length = (b"content-length", str(len(body)).encode())
    return [
        (b"content-type", media_type),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        length,
    ]
