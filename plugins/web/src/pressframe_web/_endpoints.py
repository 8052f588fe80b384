"""What plugins answer: their routes, run in threads; what may not reach them is refused before."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import attrs

from pressframe.errors import PressframeError, StoreError
from pressframe_web._crew import Crew, Pause
from pressframe_web._headers import letting_forms_lead
from pressframe_web._http import (
    Receive,
    Refused,
    Room,
    Scope,
    check_same_site,
    client_of,
    cookies_of,
    header_lines,
    make_request,
    media_type_of,
    parse_cookies,
    parse_form,
    printable,
)
from pressframe_web._routes import Found, Routes
from pressframe_web._served import PERSONAL, Headers, content_type
from pressframe_web.model import Later, Request, Response

if TYPE_CHECKING:
    from pressframe import Release
    from pressframe.model import Live, Reader
    from pressframe_web.app import App

log = logging.getLogger("pressframe.web")

_THREADS = 16
_AT_ONCE = 200
"""Requests that are being answered or wait for a thread; who comes then is asked to come back."""
_SAFE = ("GET", "HEAD", "OPTIONS")


@attrs.frozen
class Answered:
    """What a route answered, ready to leave."""

    status: int
    headers: Headers
    body: bytes


class Endpoints:
    """The routes of one site's plugins."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._routes = Routes(app.site.hooks.all("register_routes", app.site))
        self._crew = Crew(_THREADS, "pressframe-web")
        self._count = 0
        self._room = Room()

    def find(self, method: str, path: str) -> Found | None:
        """Return what answers *method* at *path*; None if the address is not there for any."""
        return self._routes.find(method, path)

    def stop(self) -> None:
        """Take no more work, and wait for none."""
        self._crew.stop()

    async def answer(self, release: Release, found: Found, scope: Scope, receive: Receive) -> Answered:
        """Return what the route *found* answers.

        Raises:
            Refused: The request may not reach it, or it failed.
        """
        start, status = time.monotonic(), 500
        try:
            answered = await self._answer(release, found, scope, receive)
            status = answered.status
        except Refused as refused:
            status = refused.status
            raise
        finally:
            taken = (time.monotonic() - start) * 1000
            # Not the path, which may hold a token: the route's pattern.
            log.info("%s %s %d in %.0f ms (%s)", scope["method"], found.pattern, status, taken, found.plugin)
        return answered

    async def _answer(self, release: Release, found: Found, scope: Scope, receive: Receive) -> Answered:
        if found.route is None:
            raise Refused(405, [(b"allow", ", ".join(found.allowed).encode())])
        # Who is still sending is not counted: with few bytes, sent slowly, strangers would keep all others out.
        request = await self._request(found, scope, receive)
        if self._count >= _AT_ONCE:
            raise Refused(503, [(b"retry-after", b"1")])
        self._count += 1
        try:
            answered = await self._crew.run(lambda: self._run(release, found, request))
            assert isinstance(answered, Answered)
            return answered
        finally:
            self._count -= 1
            if scope["method"] not in _SAFE:  # it may have signed somebody in, or out
                self._app.readers.forget(cookies_of(scope))

    async def _request(self, found: Found, scope: Scope, receive: Receive) -> Request:
        app, cookies, form, body = self._app, cookies_of(scope), dict[str, str](), b""
        if scope["method"] not in _SAFE:
            check_same_site(scope, app.site.settings.url)
            body = await self._room.read(scope, receive, app.web.max_body)
            is_raw = found.route is not None and media_type_of(scope) in found.route.media_types
            form, body = ({}, body) if is_raw else (parse_form(scope, body), b"")
        return make_request(
            scope,
            app.clock(),
            form=form,
            body=body,
            parameters=found.parameters,
            cookies=parse_cookies(cookies, app.prefix),
            reader=await app.readers.find(cookies),
            client=client_of(scope, app.web.trusted_proxies),
        )

    def _run(self, release: Release, found: Found, request: Request) -> Answered | Pause:
        """Call the endpoint and render its answer, in a thread.

        Raises:
            Refused: It failed, or cannot store anything now.
        """
        assert found.route is not None
        view = self._view(release, request.reader)
        return self._asked(partial(found.route.endpoint, request, view), found, request, release)

    def _asked(
        self, ask: Callable[[], Response | Later], found: Found, request: Request, release: Release
    ) -> Answered | Pause:
        with _refusing(found):
            response = ask()
            if isinstance(response, Later):
                return Pause(response.until, partial(self._asked, response.then, found, request, release))
            return self._rendered(response, request, release)

    def _view(self, release: Release, reader: Reader | None) -> Live:
        audiences = reader.audiences if reader else frozenset[str]()
        return release.view(audiences, changed=partial(self._app.rebuilder.ask, scan=False))

    def _rendered(self, response: Response, request: Request, release: Release) -> Answered:
        lines = header_lines(response, self._app.prefix)
        if response.page is None:
            return self._ready(response, lines, response.body)
        reader = response.reader or request.reader
        view = self._view(release, reader)
        output = view.render(response.page)
        forced = {b"content-type": content_type(output.media_type)}
        if reader is not None:  # whatever the plugin says: the page may hold what not everybody may read
            forced[b"cache-control"] = PERSONAL
        lines = [*forced.items(), *(line for line in lines if line[0] not in forced)]
        # What answers a form must not reload itself: the form would be sent once more.
        body = self._app.terms.change(output.body) if request.method in _SAFE else output.body
        return self._ready(response, lines, body)

    def _ready(self, response: Response, lines: Headers, body: bytes) -> Answered:
        given = {name for name, _ in lines}
        headers = [*lines, (b"content-length", str(len(body)).encode())]
        common = self._app.terms.common
        if response.forms_lead_to:
            common = letting_forms_lead(common, response.forms_lead_to)
        headers += [one for one in common if one[0] not in given]
        return Answered(303 if response.location is not None else response.status, headers, body)


@contextmanager
def _refusing(found: Found) -> Iterator[None]:
    """Turn what the plugin fails with into a refusal, and tell the log why."""
    try:
        yield
    except StoreError as error:
        log.error("%s cannot answer %s now: %s", found.plugin, found.pattern, printable(str(error)))
        raise Refused(503, [(b"retry-after", b"5")]) from error
    except Exception as error:
        log.error("%s failed to answer %s: %s", found.plugin, found.pattern, _cause(error))
        if not isinstance(error, PressframeError):
            log.debug("where it failed", exc_info=error)
        raise Refused(500) from error


def _cause(error: Exception) -> str:
    """Return what went wrong in one line that a log can hold."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    said = f"{type(error).__name__}: {error}".partition("\n")[0][:300]
    return f"{printable(said)} ({last.filename}:{last.lineno})"
