"""The application: what was rendered leaves from memory; the rest is answered by plugins' routes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from urllib.parse import quote

import attrs

from pressframe import Release, Site, Stored
from pressframe.errors import PressframeError
from pressframe.model import Page, Reader
from pressframe_web._endpoints import Endpoints
from pressframe_web._files import send_file
from pressframe_web._grants import Grants, Opened
from pressframe_web._headers import common_headers, page_headers
from pressframe_web._http import (
    Receive,
    Refused,
    Scope,
    Send,
    client_of,
    cookie_lines,
    cookies_of,
    header,
    let_send,
    make_request,
    parse_cookies,
    plain,
    reply,
)  # fmt: skip
from pressframe_web._plugin import Web
from pressframe_web._readers import Readers
from pressframe_web._rebuild import Rebuilder
from pressframe_web._served import FRESH, Answer, Headers, Outdated, Served, Terms
from pressframe_web._words import saying
from pressframe_web.model import GRANTED, MADE_FOR, Request

log = logging.getLogger("pressframe.web")

_READING = ("GET", "HEAD")
_ATTEMPTS = 3
_LET_SEND = 64_000_000
"""Bytes of a request that is too long, which are read and forgotten so that its sender sees the answer."""
_SIGNED_IN = 1_000
"""Pages for who is signed in without reading more that are kept; the others are made for each request."""
_HEALTH = ("/-/health", "/-/ready")


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class App:
    """One site as an ASGI application.

    Args:
        site: What is served.
        clock: Gives the time, aware.
        drafts: Whether drafts and scheduled entries are shown, too.
        change: Applied to each HTML page as it leaves; ``serve`` adds the script that reloads the browser.

    Attributes:
        is_ending: True when the server takes no more requests: ``/-/ready`` says so to what hands them out.
    """

    def __init__(
        self,
        site: Site,
        *,
        clock: Callable[[], datetime] = utc_now,
        drafts: bool = False,
        change: Callable[[bytes], bytes] = lambda page: page,
    ) -> None:
        self.site = site
        self.web = site.plugin(Web)
        self.clock = clock
        self.drafts = drafts
        self.prefix = "__Host-" if site.settings.url.startswith("https://") else ""
        self.is_ending = False
        common = common_headers(site.settings.url, self.web.embeds)
        pages = page_headers(pair for _, pair in site.hooks.all("register_headers", site))
        self.terms = Terms(common=common, pages=pages, change=change, in_memory=self.web.in_memory)
        self.endpoints = Endpoints(self)
        self.readers = Readers(self._ask_reader, self.web.changes)
        self.grants = Grants(site)
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="pressframe-web-reader")
        self.served = self._ready(self.build())
        self.rebuilder = Rebuilder(self)

    def build(self) -> Release:
        """Return a release of what there is now."""
        return self.site.build(now=self.clock(), drafts=self.drafts)

    def rebuild(self, *, scan: bool) -> Release:
        """Return the release that comes after the one that is served; see ``Site.rebuild``."""
        return self.site.rebuild(
            self.served.release, drafts=self.drafts, now=self.clock(), scan=scan, early=self._serve_early
        )

    def _serve_early(self, pages: Mapping[str, Stored]) -> None:
        """Serve pages under which something else is said already; the rest of their release follows."""
        with suppress(Outdated):
            self.served = self.served.with_early(pages, self.terms)
            self.rebuilder.count += 1

    def switch(self, release: Release) -> None:
        """Serve *release* from now on; or what another process has made of the site since."""
        self.served = self._ready(release, self.served)

    def tell(self) -> Sequence[PressframeError]:
        """Tell plugins of the release that is served from now on; return what went wrong with some of them."""
        view = self.served.release.view(changed=partial(self.rebuilder.ask, scan=False))
        heard = self.site.hooks.ask("on_release", view, self.served.changed, self.clock(), self.served.release)
        return [answer for _, answer in heard if isinstance(answer, PressframeError)]

    def _ready(self, release: Release, before: Served | None = None) -> Served:
        for _ in range(_ATTEMPTS):
            try:
                return Served.of(release, self.terms, before)
            except Outdated:
                release = self.build()
        return Served.of(release, self.terms, before, is_exact=False)  # somebody's own hand, not another build

    @contextmanager
    def running(self) -> Iterator[None]:
        """Build in the background while the block runs."""
        self.rebuilder.start()
        try:
            yield
        finally:
            self.rebuilder.stop()
            self.close()

    def close(self) -> None:
        """Give the threads back."""
        self.endpoints.stop()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; open pages first, before anything else is looked at."""
        if scope["type"] != "http":  # ASGI: what an application does not speak, it raises at
            raise ValueError(f"this speaks HTTP alone, not {scope['type']}")
        served = self.served
        answer = served.open.get(scope["path"])
        if answer is not None and scope["method"] in _READING:
            if scope["query_string"]:
                answer = answer.asked_with(scope["query_string"])
            await _send_answer(answer, scope, send)
            return
        try:
            await self._dispatch(served, scope, receive, send)
        except Refused as refused:
            await self._refuse(served, refused, scope, receive, send)
        except asyncio.CancelledError:
            log.error("a request was given up: a plugin did not answer in time for the server's end")

    # ------------------------------------------------------------------------------------ everything else

    async def _dispatch(self, served: Served, scope: Scope, receive: Receive, send: Send) -> None:
        path, is_reading = scope["path"], scope["method"] in _READING
        if is_reading and path in served.gated:
            await self._answer_gated(served, scope, send)
        elif is_reading and path in served.large:
            await send_file(served.large[path], self.terms.common, scope, receive, send)
        elif path in _HEALTH:
            status = 503 if self.is_ending and path == "/-/ready" else 200
            headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store"), *self.terms.common]
            await reply(send, status, headers, b"ending\n" if status == 503 else b"ok\n", method=scope["method"])
        elif found := self.endpoints.find(scope["method"], path):
            answered = await self.endpoints.answer(served.release, found, scope, receive)
            await reply(send, answered.status, answered.headers, answered.body, method=scope["method"])
        elif served.holds(path):
            raise Refused(405, [(b"allow", b"GET, HEAD")])
        else:
            await self._answer_missing(served, scope, send)

    async def _answer_gated(self, served: Served, scope: Scope, send: Send) -> None:
        path, cookies = scope["path"], cookies_of(scope)
        reader = await self.readers.find(cookies)
        had = reader.audiences if reader else frozenset[str]()
        answer = served.for_reader(path, had) if reader else None
        may_read_all = answer is not None and served.gated[path] <= had
        further: Headers = []
        if not may_read_all and cookies and self.grants.are_there:  # who brings nothing is a stranger to all plugins
            granted, further = await self._ask_grants(served, scope, cookies, reader)
            answer = granted or answer
        if answer is None and had:
            answer = served.signed_in.get((path, had)) or await self._make_signed_in(served, path, had)
        answer = answer or served.closed.get(path)
        if answer is None:
            await self._answer_missing(served, scope, send)
        else:
            await _send_answer(answer, scope, send, further)

    async def _ask_grants(
        self, served: Served, scope: Scope, cookies: bytes, reader: Reader | None
    ) -> tuple[Answer | None, Headers]:
        """Return what plugins open that is closed at the address, if they do, with further headers for it."""
        known = parse_cookies(cookies, self.prefix)
        client = client_of(scope, self.web.trusted_proxies)
        request = make_request(scope, self.clock(), cookies=known, reader=reader, client=client)

        def ask() -> tuple[Answer | None, Headers]:
            try:
                opened = self.grants.open(served, scope["path"], request)
                if opened is None:
                    return None, []
                answer = self._for_guest(served, scope["path"], opened, reader)
                return answer, cookie_lines(opened.cookies, self.prefix)
            except Exception:  # what is closed stays so, whatever goes wrong
                log.exception("grants could not be asked for")
                return None, []

        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)

    def _for_guest(self, served: Served, path: str, opened: Opened, reader: Reader | None) -> Answer | None:
        """Return what is closed at *path* for who was let in; a page knows it, for they may do no more than read."""
        had = reader.audiences if reader else frozenset[str]()
        view = served.release.view(opened.audiences | had)
        whole, page = served.for_reader(path, view.audiences), view.page(served.addresses[path])
        if whole is None or page is None:
            return whole
        data = {**page.data, MADE_FOR: sorted(had), **({GRANTED: sorted(opened.lacked)} if opened.lacked else {})}
        return whole.instead(self.terms.change(view.render(attrs.evolve(page, data=data)).body))

    async def _make_signed_in(self, served: Served, path: str, had: frozenset[str]) -> Answer | None:
        """Return the page at *path* for who is signed in and gets no more of it than strangers: it tells them so."""
        closed = served.closed.get(path)

        def make() -> Answer | None:
            view = served.release.view(had)
            page = view.page(served.addresses[path])
            if closed is None or page is None:
                return None
            data = {**page.data, MADE_FOR: sorted(had)}
            made = closed.instead(self.terms.change(view.render(attrs.evolve(page, data=data)).body))
            if len(served.signed_in) < _SIGNED_IN:
                served.signed_in[path, had] = made
            return made

        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, make)
        except Exception:  # strangers' page is not wrong, only less apt
            log.exception("a page for readers who are signed in could not be made")
            return None

    async def _ask_reader(self, cookies: bytes) -> Reader | None:
        request = Request(method="GET", path="/", cookies=parse_cookies(cookies, self.prefix), now=self.clock())
        ask = self.site.hooks.first
        loop = asyncio.get_running_loop()
        reader: Reader | None = await loop.run_in_executor(self._threads, ask, "find_reader", request, self.site)
        return reader

    async def _answer_missing(self, served: Served, scope: Scope, send: Send) -> None:
        path = scope["path"]
        target = path.removesuffix("index.html") if path.endswith("/index.html") else f"{path}/"
        if served.holds(target):
            query = b"?%s" % scope["query_string"] if scope["query_string"] else b""
            raise Refused(308, [(b"location", quote(target).encode() + query), (b"cache-control", FRESH)])
        if served.missing is None:
            raise Refused(404)
        headers, body = served.missing.encoded(header(scope, b"accept-encoding"))
        await reply(send, 404, headers, body, method=scope["method"])

    async def _refuse(self, served: Served, refused: Refused, scope: Scope, receive: Receive, send: Send) -> None:
        loop, status = asyncio.get_running_loop(), refused.status
        if status not in served.sayings:
            served.sayings[status] = await loop.run_in_executor(self._threads, self._say, served.release, status)
        body, given = served.sayings[status], {name for name, _ in refused.headers}
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        headers += [] if b"cache-control" in given else [(b"cache-control", b"no-store")]
        headers += [*refused.headers, *self.terms.common]
        if status != 413:
            await reply(send, status, headers, body, method=scope["method"])
            return
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await let_send(scope, receive, _LET_SEND)
        await send({"type": "http.response.body", "body": b""})

    def _say(self, release: Release, status: int) -> bytes:
        """Return the page that says why, in the site's look; a bare one if the theme cannot render it."""
        heading, text = saying(status, self.site.settings.language)
        data = {"heading": heading, "text": text}
        page = Page(address="/-/refused/", template="message.html", title=heading, data=data, indexed=False)
        try:
            return release.view().render(page).body
        except PressframeError:
            return plain(heading, text)


async def _send_answer(answer: Answer, scope: Scope, send: Send, further: Sequence[tuple[bytes, bytes]] = ()) -> None:
    accepted = b""
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            if answer.tag in value:
                await reply(send, 304, [*answer.unchanged, *further])
                return
        elif name == b"accept-encoding":
            accepted = value
    headers, body = answer.encoded(accepted)
    await send({"type": "http.response.start", "status": 200, "headers": [*headers, *further]})
    await send({"type": "http.response.body", "body": body if scope["method"] == "GET" else b""})
