"""The application: what was rendered leaves from memory; the rest is answered by plugins' routes."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeAlias, TypeVar
from urllib.parse import quote

import attrs

from pressframe import Release, Site
from pressframe.errors import StoreError
from pressframe.model import Live, Reader
from pressframe_web._http import (
    Receive,
    Refused,
    Scope,
    Send,
    check_same_site,
    client_of,
    header,
    header_lines,
    make_request,
    parse_cookies,
    parse_form,
    plain,
    printable,
    read_body,
    reply,
)  # fmt: skip # isort: skip
from pressframe_web._plugin import Web
from pressframe_web._rebuild import Rebuilder
from pressframe_web._routes import Found, Routes
from pressframe_web._served import Answer, Headers, Served
from pressframe_web._words import sentence
from pressframe_web.model import Request, Response

log = logging.getLogger("pressframe.web")
T = TypeVar("T")
Endpoint: TypeAlias = Callable[[Request, Live], Response]

REMEMBERED = 30.0
"""Seconds for which a reader is taken for the same, by the same cookies."""
_READERS = 10_000
_THREADS = 16


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class App:
    """One site as an ASGI application.

    Args:
        site: What is served.
        clock: Gives the time, aware.
        build: Makes a release for a moment.
        change: Applied to each HTML page as it leaves; ``serve`` adds the script that reloads the browser.
    """

    def __init__(
        self, site: Site, *, clock: Callable[[], datetime] = utc_now,
        build: Callable[[datetime], Release] | None = None, change: Callable[[bytes], bytes] = lambda page: page,
    ) -> None:  # fmt: skip
        self.site = site
        self.web = site.plugin(Web)
        self.clock = clock
        self.build = build or (lambda now: site.build(now=now))
        self._change = change
        self._common = _common_headers(site.settings.url, self.web.embeds)
        self._prefix = "__Host-" if site.settings.url.startswith("https://") else ""
        self._routes = Routes(site.hooks.all("register_routes", site))
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="pressframe-web")
        self._readers: OrderedDict[bytes, tuple[Reader | None, float]] = OrderedDict()
        self.served = Served.of(self.build(clock()), self._common, change)
        self.rebuilder = Rebuilder(self)

    def switch(self, release: Release) -> None:
        """Serve *release* from now on."""
        self.served = Served.of(release, self._common, self._change)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Build in the background while the block runs, and give the threads back after it."""
        self.rebuilder.start()
        try:
            yield
        finally:
            self.rebuilder.stop()
            self._threads.shutdown()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; open pages first, before anything else is looked at."""
        if scope["type"] != "http":
            await self._lifespan(scope, receive, send)
            return
        served, path = self.served, scope["path"]
        answer = served.public.get(path)
        if answer is None or scope["method"] not in ("GET", "HEAD") or path in served.gated:
            await self._answer_slowly(served, scope, receive, send)
            return
        if scope["query_string"].startswith(b"v="):
            answer = served.assets.get(path, answer)
        await _send_answer(answer, scope, send)

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        while scope["type"] == "lifespan":
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    # ------------------------------------------------------------------------------------ everything else

    async def _answer_slowly(self, served: Served, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._dispatch(served, scope, receive, send)
        except Refused as refused:
            headers = [(b"content-type", b"text/html; charset=utf-8"), *refused.headers, *self._common]
            body = plain(sentence(refused.status, self.site.settings.language))
            await reply(send, refused.status, headers, body, method=scope["method"])

    async def _dispatch(self, served: Served, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if method in ("GET", "HEAD") and path in served.gated:
            await self._answer_gated(served, scope, send)
            return
        found = self._routes.find(method, path)
        if found is not None:
            await self._answer_route(served, found, scope, receive, send)
        elif path in served.public or path in served.gated:
            raise Refused(405, [(b"allow", b"GET, HEAD")])
        else:
            await self._answer_missing(served, scope, send)

    async def _answer_gated(self, served: Served, scope: Scope, send: Send) -> None:
        path = scope["path"]
        reader = await self._reader(header(scope, b"cookie"), scope)
        audiences = reader.audiences if reader else frozenset()
        answer = served.whole[path] if served.gated[path] <= audiences else served.public.get(path)
        if answer is None:
            await self._answer_missing(served, scope, send)
        else:
            await _send_answer(answer, scope, send)

    async def _answer_missing(self, served: Served, scope: Scope, send: Send) -> None:
        path = scope["path"]
        target = path.removesuffix("index.html") if path.endswith("/index.html") else f"{path}/"
        if target in served.public or target in served.gated:
            raise Refused(308, [(b"location", quote(target).encode())])
        if served.missing is None:
            raise Refused(404)
        headers, body = served.missing.encoded(header(scope, b"accept-encoding"))
        await reply(send, 404, headers, body, method=scope["method"])

    async def _reader(self, cookies: bytes, scope: Scope) -> Reader | None:
        """Return who sent *cookies*: remembered for half a minute, else asked of the plugins in a thread."""
        if not cookies:
            return None
        reader, until = self._readers.get(cookies, (None, 0.0))
        if until < time.monotonic():
            reader = await self._in_thread(self._find_reader, cookies, scope)
            self._readers[cookies] = (reader, time.monotonic() + REMEMBERED)
            if len(self._readers) > _READERS:
                self._readers.popitem(last=False)
        return reader

    def _find_reader(self, cookies: bytes, scope: Scope) -> Reader | None:
        request = make_request(scope, self.clock())
        request = attrs.evolve(request, cookies=parse_cookies(cookies, self._prefix))
        reader: Reader | None = self.site.hooks.first("find_reader", request, self.site)
        return reader

    async def _answer_route(self, served: Served, found: Found, scope: Scope, receive: Receive, send: Send) -> None:
        if found.route is None:
            raise Refused(405, [(b"allow", ", ".join(found.allowed).encode())])
        endpoint = found.route.endpoint
        raw_cookies, form = header(scope, b"cookie"), dict[str, str]()
        if scope["method"] == "POST":
            check_same_site(scope, self.site.settings.url)
            form = parse_form(scope, await read_body(scope, receive, self.web.max_body))
        request = attrs.evolve(
            make_request(scope, self.clock()), form=form, parameters=found.parameters,
            cookies=parse_cookies(raw_cookies, self._prefix), reader=await self._reader(raw_cookies, scope),
            client=client_of(scope, self.web.trusted_proxies),
        )  # fmt: skip
        status, headers, body = await self._in_thread(self._run, served.release, found.plugin, endpoint, request)
        if scope["method"] == "POST":
            self._readers.pop(raw_cookies, None)  # it may have signed in, or out
        await reply(send, status, headers, body, method=scope["method"])

    def _run(self, release: Release, plugin: str, endpoint: Endpoint, request: Request) -> tuple[int, Headers, bytes]:
        """Run an endpoint and render its answer, in a thread.

        Raises:
            Refused: The endpoint failed, or cannot store anything now.
        """
        audiences = request.reader.audiences if request.reader else frozenset()
        view = release.view(audiences, changed=self.rebuilder.ask)
        try:
            response: Response = endpoint(request, view)
            body, media_type = response.body, response.media_type
            if response.page is not None:
                output = view.render(response.page)
                body, media_type = self._change(output.body), output.media_type
            lines = header_lines(response, self._prefix)
        except StoreError as error:
            log.error("%s: %s", plugin, error)
            raise Refused(503, [(b"retry-after", b"5")]) from error
        except Exception as error:
            log.error("%s failed to answer %s: %s: %s", plugin, printable(request.path), type(error).__name__, error)
            log.debug("where it failed", exc_info=error)
            raise Refused(500) from error
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        headers = [(b"content-type", f"{media_type}{charset}".encode()), (b"content-length", str(len(body)).encode())]
        given = {name for name, _ in lines}
        common = [one for one in self._common if one[0] not in given]
        return 303 if response.location is not None else response.status, [*headers, *lines, *common], body

    async def _in_thread(self, function: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)


async def _send_answer(answer: Answer, scope: Scope, send: Send) -> None:
    accepted = b""
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            if answer.tag in value:
                await reply(send, 304, answer.unchanged)
                return
        elif name == b"accept-encoding":
            accepted = value
    headers, body = answer.encoded(accepted)
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body if scope["method"] == "GET" else b""})


def _common_headers(url: str, embeds: Iterable[str]) -> Headers:
    sources = " ".join(["'self'", *embeds])
    policy = (
        f"default-src 'self'; img-src {sources} data:; media-src {sources}; frame-src {sources}; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    headers = [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"strict-origin-when-cross-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), browsing-topics=()"),
    ]
    if url.startswith("https://"):
        headers.append((b"strict-transport-security", b"max-age=31536000"))
    return headers
