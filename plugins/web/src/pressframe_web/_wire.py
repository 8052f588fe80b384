"""One exchange over HTTP, with addresses that were checked before and an end that was set before.

httpcore2 does it: it is kept up (the one that goes on where httpcore and httpx stopped), asks a backend for the
connection, which can so be pinned and timed in the open, verifies TLS by the name in the address, and brings nothing
that we would have to switch off: no cookies, no redirects, no proxies of the environment, no decompression.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any

import attrs
import httpcore2

from pressframe_web._public import Target
from pressframe_web.errors import FetchError

_FAILURES = (
    httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.UnsupportedProtocol,
    OSError, zlib.error,
)  # fmt: skip


@attrs.frozen
class Deadline:
    """When all must be over, by the clock that only runs forward."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """Return the one that is so many *seconds* away."""
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """Return how many seconds are left.

        Raises:
            FetchError: None are.
        """
        left = self.at - time.monotonic()
        if left <= 0:
            raise FetchError("it did not answer in time")
        return left


@attrs.frozen(kw_only=True)
class Received:
    """An answer; names of headers in lower case, several of one name in one line; ``is_cut`` if it was longer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool


@attrs.frozen(kw_only=True)
class Terms:
    """What one exchange is bound to: checked *addresses*, an end, a number of bytes, whom to trust."""

    addresses: Sequence[str]
    deadline: Deadline
    max_bytes: int
    ssl_context: ssl.SSLContext | None


class _Stream(httpcore2.NetworkStream):
    """A connection none of whose steps outlasts the deadline, however slowly the other side drips."""

    def __init__(self, inner: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:  # as httpcore2 types it
        return self._inner.get_extra_info(info)


class _Pinned(httpcore2.NetworkBackend):
    """Connects to the checked addresses, whatever the name means by now."""

    def __init__(self, terms: Terms) -> None:
        self._terms, self._inner = terms, httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        failure: Exception = FetchError("its name has no address")
        for address in self._terms.addresses:
            try:
                left = self._terms.deadline.left()
                return _Stream(self._inner.connect_tcp(address, port, timeout=left), self._terms.deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure


def exchange(target: Target, request: httpcore2.Request, terms: Terms) -> Received:
    """Send *request* and return the answer, a redirect as any other.

    Raises:
        FetchError: There was none, or none in time.
    """
    origin = httpcore2.Origin(target.scheme.encode(), target.host.encode(), target.port)
    try:
        with httpcore2.HTTPConnection(
            origin, ssl_context=terms.ssl_context, network_backend=_Pinned(terms)
        ) as connection:
            response = connection.handle_request(request)
            headers = _joined(response.headers)
            with closing(response):
                body, is_cut = _read(response, headers.get("content-encoding", ""), terms.max_bytes)
    except _FAILURES as error:
        reason = "TLS fails" if isinstance(error.__cause__ or error, ssl.SSLError) else "it does not answer"
        raise FetchError(f"{reason} ({type(error).__name__})") from error
    return Received(status=response.status, headers=headers, body=body, is_cut=is_cut)


def make_request(method: str, target: Target, headers: Mapping[str, str], body: bytes) -> httpcore2.Request:
    """Return a request for *target*."""
    url = httpcore2.URL(
        scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.target.encode()
    )
    lines = {"Host": target.origin, **headers, "Accept-Encoding": "gzip", "Connection": "close"}
    if method != "GET":
        lines["Content-Length"] = str(len(body))
    pairs = [(name.encode("ascii"), value.encode("latin-1")) for name, value in lines.items()]
    return httpcore2.Request(method, url, headers=pairs, content=body)


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("ascii", "replace").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _read(response: httpcore2.Response, encoding: str, limit: int) -> tuple[bytes, bool]:
    """Return the body, unpacked, up to *limit* bytes, and whether there was more; never more is held or unpacked."""
    name = encoding.strip().lower()
    if name not in ("", "identity", "gzip", "x-gzip"):
        raise FetchError("its answer is packed in a way that was not asked for", permanent=True)
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if name.endswith("gzip") else None
    body, taken = bytearray(), 0
    for chunk in response.iter_stream():
        taken += len(chunk)
        body += unpack.decompress(chunk, limit + 1 - len(body)) if unpack else chunk
        if len(body) > limit or taken > limit:
            return bytes(body[:limit]), True
    return bytes(body), False
