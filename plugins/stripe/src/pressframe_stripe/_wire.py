"""Stripe's HTTP API: requests as https://docs.stripe.com/api writes them, answers as JSON.

A client of our own rather than Stripe's SDK: of its some hundred resources we need a dozen calls, and it would bring
several megabytes of generated modules, its own retries and telemetry. This one is two files that a test can read.
"""

from __future__ import annotations

import http.client
import io
import json
import re
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from time import monotonic
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode, urlsplit

import attrs

from pressframe.model import Json

VERSION = "2025-02-24.acacia"
"""Of the API, in every request: what we read looks like this, whatever the account's own version is."""

Params: TypeAlias = Mapping[str, object]
"""What is sent: texts, numbers and booleans, in mappings and sequences."""

_AGENT = "pressframe/0.1 pressframe-stripe/0.1"
_LONGEST = 4_000_000
"""Bytes of an answer that are read; a hundred subscriptions take some 500,000."""
_PAGE = 100
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")
_SECRET = re.compile(r"\b(sk|rk|whsec)_\w+")


class StripeError(Exception):
    """Stripe could not be asked, or refused.

    Attributes:
        status: Of the answer; 0 if there was none.
        code: Stripe's word for why, such as ``"resource_missing"``; empty if it said none.
    """

    def __init__(self, message: str, *, status: int = 0, code: str = "") -> None:
        super().__init__(_SECRET.sub(r"\1_…", message))
        self.status = status
        self.code = code

    @property
    def is_missing(self) -> bool:
        """True if what was asked for is not there, or no more."""
        return self.status == http.client.NOT_FOUND or self.code == "resource_missing"

    @property
    def is_refused(self) -> bool:
        """True if asking again would bring the same: neither a fault of Stripe's, nor too many questions."""
        return 400 <= self.status < 500 and self.status not in (401, 408, 409, 429)


@attrs.frozen(kw_only=True, slots=False)
class Wire:
    """The API at *url*.

    Attributes:
        url: ``https://api.stripe.com``, or http to this machine.
        key: Secret, or restricted.
        seconds: For each request, all in all.
    """

    url: str
    key: str = attrs.field(repr=False)
    seconds: float

    def get(self, path: str, params: Params | None = None) -> Mapping[str, Json]:
        """Return the object at *path*.

        Raises:
            StripeError: See there.
        """
        query = f"?{urlencode(list(_flat(params)))}" if params else ""
        return self._ask("GET", f"{path}{query}")

    def post(self, path: str, params: Params, *, key: str = "") -> Mapping[str, Json]:
        """Send *params* and return the object that was made or changed; with one *key*, it is done once.

        Raises:
            StripeError: See there.
        """
        return self._ask("POST", path, urlencode(list(_flat(params))).encode(), key=key)

    def delete(self, path: str) -> Mapping[str, Json]:
        """Delete, or end, what is at *path*, and return it.

        Raises:
            StripeError: See there.
        """
        return self._ask("DELETE", path)

    def all(self, path: str, params: Params | None = None) -> Iterator[Mapping[str, Json]]:
        """Yield every object of the list at *path*, a page at a time.

        Raises:
            StripeError: See there.
        """
        more: dict[str, object] = {**(params or {}), "limit": _PAGE}
        while True:
            match self.get(path, more):
                case {"data": list(found), "has_more": bool(has_more)}:
                    objects = [one for one in found if isinstance(one, dict)]
                    yield from objects
                case _:
                    raise StripeError(f"Stripe answered {path} with no list")
            if not has_more or not objects:
                return
            more["starting_after"] = str(objects[-1].get("id", ""))

    # ------------------------------------------------------------------------------------------ for these

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def _ask(self, method: str, path: str, body: bytes | None = None, *, key: str = "") -> Mapping[str, Json]:
        headers = {"Authorization": f"Bearer {self.key}", "Stripe-Version": VERSION, "User-Agent": _AGENT}
        headers |= {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        headers |= {"Idempotency-Key": key} if key else {}
        parts, end = urlsplit(self.url), monotonic() + self.seconds
        connection = self._connect(parts.scheme, parts.netloc)
        connection.response_class = partial(_Answer, end=end)  # type: ignore[assignment] # called, and no more
        try:
            connection.connect()
            connection.sock.settimeout(_left(end))
            connection.request(method, f"{parts.path.rstrip('/')}{path}", body, headers)
            answer = connection.getresponse()
            text = answer.read(_LONGEST)
        except TimeoutError as error:
            raise StripeError(f"Stripe did not answer within {self.seconds:g} seconds") from error
        except (OSError, http.client.HTTPException) as error:
            raise StripeError(f"Stripe could not be asked: {_plain(str(error) or type(error).__name__)}") from error
        finally:
            connection.close()
        return _read(method, path, answer.status, text)

    def _connect(self, scheme: str, netloc: str) -> http.client.HTTPConnection:
        if scheme == "https":
            return http.client.HTTPSConnection(netloc, timeout=self.seconds, context=self._context)
        return http.client.HTTPConnection(netloc, timeout=self.seconds)


class _Answer(http.client.HTTPResponse):
    """An answer that is there before *end*, or not at all, however slowly it drips."""

    def __init__(self, sock: socket.socket, *, end: float, **how: Any) -> None:  # Any: http.client's own business
        super().__init__(sock, **how)
        self.fp = io.BufferedReader(_Dripping(sock, self.fp.detach(), end))


class _Dripping(io.RawIOBase):
    """What comes over a socket, a piece at a time."""

    def __init__(self, sock: socket.socket, pieces: io.RawIOBase, end: float) -> None:
        self._socket, self._pieces, self._end = sock, pieces, end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # Any: as io types it
        self._socket.settimeout(_left(self._end))
        return self._pieces.readinto(buffer)

    def close(self) -> None:
        self._pieces.close()
        super().close()


def _left(end: float) -> float:
    """Return the seconds until *end*.

    Raises:
        TimeoutError: There are none.
    """
    left = end - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def part(id: str) -> str:
    """Return *id* as a part of a path."""
    return quote(id, safe="")


def _read(method: str, path: str, status: int, text: bytes) -> Mapping[str, Json]:
    asked = f"{method} {path.partition('?')[0]}"
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if status == http.client.OK and isinstance(found, dict):
        return found
    match found:
        case {"error": {"message": str(message), **more}}:
            code = more.get("code") or more.get("type") or ""
            raise StripeError(f"Stripe refused {asked}: {_plain(message)} ({status})", status=status, code=str(code))
    raise StripeError(f"Stripe answered {asked} with status {status}", status=status)


def _flat(params: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield fields of a form: ``line_items[0][price]``."""
    match params:
        case Mapping():
            for key, value in params.items():
                yield from _flat(value, f"{name}[{key}]" if name else str(key))
        case str():
            yield name, params
        case bool():
            yield name, "true" if params else "false"
        case Sequence():
            for index, value in enumerate(params):
                yield from _flat(value, f"{name}[{index}]")
        case _:
            yield name, str(params)


def _plain(text: str) -> str:
    return _UNPRINTABLE.sub("?", text)[:300]
