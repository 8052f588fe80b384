"""Requests read and answers written, over ASGI."""

import html
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, quote, unquote_to_bytes

from pressframe_web._served import PERSONAL, Headers, content_type
from pressframe_web.model import Cookie, Request, Response

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_FIELDS = 1_000
"""Fields of a form, at most."""
_FREE, _ROOM = 65_536, 33_554_432
"""Bytes of each body that need no room, and room for what is longer, of all together."""
_ADDRESS = re.compile(r"[^\s@<>'\"()]{1,64}@[^\s@<>'\"()]{1,255}")


class Refused(Exception):
    """A request that is answered with a status and a sentence that says why."""

    def __init__(self, status: int, headers: Headers = []) -> None:  # noqa: B006 - never changed
        super().__init__(status)
        self.status = status
        self.headers = headers


def header(scope: Scope, name: bytes) -> bytes:
    """Return the last header called *name*, empty if there is none."""
    found = b""
    for key, value in scope["headers"]:
        if key == name:
            found = value
    return found


def cookies_of(scope: Scope) -> bytes:
    """Return the Cookie header; several are put together, so that what came twice is seen to have come twice."""
    lines = [value for name, value in scope["headers"] if name == b"cookie"]
    return lines[0] if len(lines) == 1 else b"; ".join(lines)


class Room:
    """Memory for long bodies that are still coming: many that come slowly must not fill it all.

    The first bytes of each need none, so that who sends a comment is heard whoever else sends what.
    """

    def __init__(self, size: int = _ROOM) -> None:
        self._left = size

    async def read(self, scope: Scope, receive: Receive, limit: int) -> bytes:
        """Return the body of a request.

        Raises:
            Refused: It is longer than *limit*, by its own word or in fact; or there is no room for it now.
        """
        told = header(scope, b"content-length")
        if told and (not told.isdigit() or int(told) > limit):
            raise Refused(413 if told.isdigit() else 400, [(b"connection", b"close")])
        body, taken = bytearray(), 0
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refused(400)
                body += message.get("body", b"")
                if len(body) > limit:
                    raise Refused(413, [(b"connection", b"close")])
                more = max(len(body) - _FREE, 0) - taken
                if more > self._left:
                    raise Refused(503, [(b"retry-after", b"5"), (b"connection", b"close")])
                taken, self._left = taken + more, self._left - more
                if not message.get("more_body", False):
                    return bytes(body)
        finally:
            self._left += taken


async def let_send(scope: Scope, receive: Receive, limit: int) -> None:
    """Take in and forget what a refused request still sends, up to *limit* bytes.

    To close while it comes would reset the connection, and most programs would never see their answer (RFC 9112, 9.6).
    """
    if header(scope, b"expect"):  # it waits for leave to send, and does not get it
        return
    while limit > 0:
        message = await receive()
        limit -= len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return


def check_same_site(scope: Scope, url: str) -> None:
    """Refuse a request that another site made a browser send.

    Browsers say where a request comes from in Sec-Fetch-Site, on https and on this machine, and in Origin everywhere;
    pages can forge neither. A page that asks for no referrer makes them say ``null`` in Origin, even of itself. What is
    no browser says nothing, and carries no reader's cookies by accident.

    Raises:
        Refused: It comes from elsewhere.
    """
    fetched, origin = header(scope, b"sec-fetch-site"), header(scope, b"origin")
    if fetched not in (b"", b"same-origin", b"none"):
        raise Refused(403)
    is_nameless = origin == b"null" and fetched == b"same-origin"
    if origin and not is_nameless and origin.decode("latin-1") not in _own_origins(scope, url):
        raise Refused(403)


def _own_origins(scope: Scope, url: str) -> Iterable[str]:
    """Return where the site's own pages may be: at its address, or right at the socket that the request came to.

    Never what the Host header says: whoever makes a name of theirs point here would be taken for the site.
    """
    host, port = scope.get("server") or ("", None)
    is_local = host in ("127.0.0.1", "::1")
    names = ("127.0.0.1", "[::1]", "localhost") if is_local else (f"[{host}]" if ":" in host else host,)
    return [url, *(f"{scope.get('scheme', 'http')}://{name}:{port}" for name in names)]


def media_type_of(scope: Scope) -> str:
    """Return the type of what is sent, without parameters; empty if none is told."""
    return header(scope, b"content-type").split(b";")[0].strip().lower().decode("latin-1")


def parse_form(scope: Scope, body: bytes) -> dict[str, str]:
    """Return the fields of a posted form, the last of several values.

    Raises:
        Refused: It is no form, or one with too many fields.
    """
    if not body:
        return {}
    if media_type_of(scope) != "application/x-www-form-urlencoded":
        raise Refused(415)
    try:
        return dict(_fields(body))
    except ValueError as error:  # not UTF-8, or too many fields
        raise Refused(400) from error


def _fields(body: bytes) -> Iterator[tuple[str, str]]:
    """Yield the pairs of a form as ``parse_qsl`` does, in half the time."""
    pairs = body.split(b"&", _FIELDS)
    if len(pairs) > _FIELDS:
        raise ValueError(f"more than {_FIELDS} fields")
    for pair in filter(None, pairs):
        name, _, value = pair.partition(b"=")
        yield _text(name), _text(value)


def _text(raw: bytes) -> str:
    return (unquote_to_bytes(raw.replace(b"+", b" ")) if b"%" in raw or b"+" in raw else raw).decode()


def parse_cookies(raw: bytes, prefix: str) -> dict[str, str]:
    """Return the cookies that came exactly once, without the server's *prefix*."""
    seen: dict[str, list[str]] = {}
    for pair in raw.decode("latin-1").split(";"):
        name, found, value = pair.strip().partition("=")
        if found and name.startswith(prefix):
            seen.setdefault(name.removeprefix(prefix), []).append(value)
    return {name: values[0] for name, values in seen.items() if len(values) == 1}


def client_of(scope: Scope, trusted: Iterable[str]) -> str:
    """Return the reader's network address: the connection's, or what the nearest *trusted* proxies say."""
    address = str((scope.get("client") or ("", 0))[0])
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    hops = [hop.strip() for hop in ",".join(lines).split(",")]
    while hops and _is_within(address, trusted) and _is_within(hops[-1], _ANYWHERE):
        address = hops.pop()
    return address


_ANYWHERE = ("0.0.0.0/0", "::/0")


def _is_within(address: str, networks: Iterable[str]) -> bool:
    try:
        found = ip_address(address)
        found = getattr(found, "ipv4_mapped", None) or found  # as a socket of both families names IPv4
        return any(found in ip_network(network, strict=False) for network in networks)
    except ValueError:
        return False


def make_request(scope: Scope, now: datetime, **more: Any) -> Request:
    """Return what an endpoint gets to know of a request; *more* is what the body, the route and the reader add."""
    query = scope.get("query_string", b"").decode("latin-1")
    headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"] if key != b"cookie"}
    return Request(
        method=scope["method"],
        path=scope["path"],
        headers=headers,
        query=dict(parse_qsl(query, keep_blank_values=True)) if query else {},
        now=now,
        **more,
    )


def header_lines(response: Response, prefix: str) -> Headers:
    """Return the headers that *response* asks for, its type included.

    Raises:
        ValueError: One of them holds a line break or another control character, or leads away from the site.
    """
    lines = {"content-type": content_type(response.media_type).decode(), "cache-control": PERSONAL.decode()}
    lines |= {name.lower(): value for name, value in response.headers.items()}
    if response.location is not None:
        lines["location"] = _own_address(response.location)
    if response.cookies:
        lines["cache-control"] = PERSONAL.decode()  # whatever the plugin says
    for name, value in lines.items():
        if _CONTROL.search(name) or _CONTROL.search(value):
            raise ValueError(f"the header {name} holds a control character")
    sent = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in lines.items()]
    return [*sent, *cookie_lines(response.cookies, prefix)]


def cookie_lines(cookies: Iterable[Cookie], prefix: str) -> Headers:
    """Return the headers that set *cookies*.

    Raises:
        ValueError: One of them holds what none can hold.
    """
    return [(b"set-cookie", _cookie(cookie, prefix).encode("latin-1")) for cookie in cookies]


def _own_address(location: str) -> str:
    if not location.startswith("/") or location[1:2] in ("/", "\\"):
        raise ValueError("a location must be a path on this site")
    return quote(location, safe="/#?=&%:;,+@!$'()*~-._")


_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TOKEN = re.compile(r"[\w-]+", re.ASCII)
_COOKIE = re.compile(r"[!#-+\--:<-\[\]-~]*")


def _cookie(cookie: Cookie, prefix: str) -> str:
    if not _COOKIE.fullmatch(cookie.value) or not _TOKEN.fullmatch(cookie.name):
        raise ValueError("a cookie holds what none can hold (RFC 6265, 4.1.1)")
    age = timedelta(0) if not cookie.value else cookie.max_age
    parts = [f"{prefix}{cookie.name}={cookie.value}", "Path=/"]
    parts += ["SameSite=Lax"] if cookie.is_hint else ["HttpOnly", "SameSite=Lax"]
    parts += ["Secure"] if prefix else []
    parts += [f"Max-Age={int(age.total_seconds())}"] if age is not None else []
    return "; ".join(parts)


async def reply(send: Send, status: int, headers: Headers, body: bytes = b"", *, method: str = "GET") -> None:
    """Send one whole answer; without its body to HEAD."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})


def plain(heading: str, text: str) -> bytes:
    """Return a page that holds nothing but a heading and a sentence, for when there is no theme to render one."""
    heading, text = html.escape(heading), html.escape(text)
    return f"<!doctype html><meta charset=utf-8><title>{heading}</title><h1>{heading}</h1><p>{text}</p>".encode()


def printable(text: str) -> str:
    """Return *text* as one line of a log can hold it: what could fake or colour one escaped, addresses left out."""
    escaped = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
    return _ADDRESS.sub("…@…", escaped)
