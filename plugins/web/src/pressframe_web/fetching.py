"""Fetch what strangers' addresses lead to, without being turned against the owner's own network.

``Fetcher().get(url)`` is for whatever asks other servers on somebody else's word: webmentions, embeds, a spam service.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import attrs

from pressframe_web._public import Target, is_public, parse_address, parse_url
from pressframe_web.errors import FetchError

if TYPE_CHECKING:
    from pressframe_web._wire import Deadline

__all__ = ["FetchError", "Fetched", "Fetcher", "normalize_url", "resolve"]

_MOVED = (301, 302, 303, 307, 308)
_KEPT = (307, 308)
"""Redirects after which a post is a post still."""
_MOST_ADDRESSES = 4
_META = re.compile(rb"""<meta[^>]{1,200}?charset\s*=\s*["']?\s*([\w:.-]{1,40})""", re.IGNORECASE)
_CHARSET = re.compile(r"""charset\s*=\s*"?\s*([\w:.-]{1,40})""", re.IGNORECASE)


@attrs.frozen(kw_only=True, slots=False)
class Fetched:
    """What a server answered.

    Attributes:
        url: Where the answer came from, after all redirects.
        headers: Names in lower case; several of one name in one line.
        body: Unpacked; no more than was asked for.
        is_cut: True if there was more.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool = False

    @property
    def is_ok(self) -> bool:
        """True if the status is one of success."""
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """The type without its parameters, in lower case; empty if none was told."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @cached_property
    def text(self) -> str:
        """The body as text: by its mark, the header, the page's own word, else as UTF-8; what fits none is replaced."""
        import webencodings  # type: ignore[import-untyped] # it has no types

        told = _CHARSET.search(self.headers.get("content-type", ""))
        meta = _META.search(self.body[:1024])
        labels = (told[1] if told else "", meta[1].decode("ascii", "replace") if meta else "", "utf-8")
        encoding = next(found for label in labels if (found := webencodings.lookup(label)))
        text, _ = webencodings.decode(self.body, encoding, errors="replace")
        return str(text)


def resolve(host: str) -> Sequence[str]:
    """Return the network addresses of a name, as the system knows them; none if it has none."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def normalize_url(url: str) -> str:
    """Return *url* as two that mean the same are alike: lower-case host, no usual port, no fragment.

    Raises:
        FetchError: It is no http or https address, or one that different programs would read differently.
    """
    return parse_url(url).url


@attrs.frozen(kw_only=True)
class Fetcher:
    """Asks other servers, and only those of the public internet.

    A name is resolved once, every address that it has must be public, and the connection goes to one of these, while
    TLS is verified by the name. Each redirect is checked anew. No cookies, no proxies, no credentials.

    Attributes:
        user_agent: Who asks; with an address where an owner of the other server can find out more.
        seconds: For everything together: names, redirects, the last byte.
        max_bytes: Of a body, packed and unpacked; what is longer is cut there.
        redirects: How many are followed.
        ports: Those that may be asked.
        allow: Networks that may be asked though they are not public: ``"10.1.0.0/16"``.
        resolve: Gives the addresses of a name.
        ssl_context: Whom to trust; None for whom the system trusts.
    """

    user_agent: str
    seconds: float = 5.0
    max_bytes: int = 1_048_576
    redirects: int = 3
    ports: frozenset[int] = frozenset({80, 443})
    allow: frozenset[str] = frozenset()
    resolve: Callable[[str], Sequence[str]] = resolve
    ssl_context: ssl.SSLContext | None = None

    def get(self, url: str, *, accept: str = "*/*") -> Fetched:
        """Return what is at *url*, whatever its status.

        Raises:
            FetchError: The address, or one that it leads to, is refused, or does not answer as it should.
        """
        return self._ask("GET", url, {"Accept": accept}, b"")

    def post(self, url: str, body: bytes, *, media_type: str) -> Fetched:
        """Send *body* to *url* and return the answer, whatever its status.

        Raises:
            FetchError: See ``get``.
        """
        return self._ask("POST", url, {"Accept": "*/*", "Content-Type": media_type}, body)

    def check(self, url: str) -> None:
        """Raise if *url* would be refused whatever its name means; nothing is asked.

        Raises:
            FetchError: It is no address of the web, or leads to another port or to a network that is not public.
        """
        self._check(parse_url(url))

    def _ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Fetched:
        from pressframe_web._wire import Deadline, Terms, exchange, make_request

        deadline = Deadline.after(self.seconds)
        for _ in range(self.redirects + 1):
            target = parse_url(url)
            terms = Terms(
                addresses=self._find(target, deadline),
                deadline=deadline,
                max_bytes=self.max_bytes,
                ssl_context=self.ssl_context,
            )
            lines = {"User-Agent": self.user_agent, **headers}
            answer = exchange(target, make_request(method, target, lines, body), terms)
            location = answer.headers.get("location")
            is_moved = answer.status in (_MOVED if method == "GET" else _KEPT)
            if not is_moved or location is None:
                return Fetched(
                    url=target.url, status=answer.status, headers=answer.headers, body=answer.body, is_cut=answer.is_cut
                )
            url = _join(target.url, location)
        raise FetchError(f"it leads elsewhere more than {self.redirects} times", permanent=True)

    def _find(self, target: Target, deadline: Deadline) -> Sequence[str]:
        """Return the addresses of *target*, all of which may be asked.

        Raises:
            FetchError: One may not, or there is none.
        """
        if self._check(target):
            return [target.host]
        found = _within(deadline, lambda: self.resolve(target.host))
        if not found:
            raise FetchError("its name has no address")
        self._check_public(found)
        return found[:_MOST_ADDRESSES]

    def _check(self, target: Target) -> bool:
        """Return whether the host is a network address, which was then checked as well."""
        if target.port not in self.ports:
            raise FetchError(f"the address is refused: port {target.port} is not asked", permanent=True)
        is_number = parse_address(target.host) is not None
        if is_number:
            self._check_public([target.host])
        return is_number

    def _check_public(self, addresses: Sequence[str]) -> None:
        if not all(is_public(address, self.allow) for address in addresses):
            raise FetchError("the address is refused: it leads to a network that is not public", permanent=True)


def _join(base: str, location: str) -> str:
    try:
        return urljoin(base, location.strip())
    except ValueError:
        raise FetchError("it leads to an address that makes no sense", permanent=True) from None


def _within(deadline: Deadline, find: Callable[[], Sequence[str]]) -> Sequence[str]:
    """Return what *find* gives; the system's resolver has no end of its own, so it is left behind where it is late."""
    found: list[Sequence[str]] = []
    thread = threading.Thread(target=lambda: found.append(find()), name="pressframe-resolver", daemon=True)
    thread.start()
    thread.join(deadline.left())
    if not found:
        raise FetchError("its name was not found in time")
    return found[0]
