"""A release made ready to leave: every address as the headers and bytes of its answers, in memory."""

import gzip
from collections.abc import Callable, Mapping
from typing import TypeAlias
from urllib.parse import unquote

import attrs

from pressframe import Release, Stored

Headers: TypeAlias = list[tuple[bytes, bytes]]

FRESH = b"public, max-age=0, must-revalidate"
"""Kept by browsers and caches, and asked for again with the ETag each time."""
DEPENDS = b"private, no-cache"
"""The closed rendering of a page that some readers get whole."""
PERSONAL = b"private, no-store"
FOR_EVER = b"public, max-age=31536000, immutable"

_TEXT = ("text/", "application/json", "application/feed+json", "application/xml", "application/atom+xml",
         "application/rss+xml", "application/javascript", "image/svg+xml")  # fmt: skip
_SMALL = 512
"""Bytes below which compressing gains nothing."""


class Answer:
    """What leaves for one address: its bytes as they are, and compressed once somebody asks for that.

    Attributes:
        tag: The ETag, quotes included.
        unchanged: Headers of a 304.
    """

    __slots__ = ("_body", "_headers", "_is_text", "_made", "tag", "unchanged")

    def __init__(self, body: bytes, stored: Stored, caching: bytes, common: Headers) -> None:
        self._body = body
        self._is_text = stored.media_type.startswith(_TEXT)
        self.tag = b'"%s"' % stored.tag.encode()
        self.unchanged = [(b"cache-control", caching), (b"etag", self.tag), *common]
        if caching == DEPENDS:
            self.unchanged.append((b"vary", b"cookie, accept-encoding"))
        elif self._is_text:
            self.unchanged.append((b"vary", b"accept-encoding"))
        media_type = stored.media_type.encode() + (b"; charset=utf-8" if self._is_text else b"")
        self._headers = [(b"content-type", media_type), *self.unchanged]
        self._made: dict[bytes, tuple[Headers, bytes]] = {}

    def encoded(self, accepted: bytes) -> tuple[Headers, bytes]:
        """Return headers and body in the best encoding that *accepted*, an Accept-Encoding header, names."""
        name = b""
        if self._is_text and len(self._body) >= _SMALL:
            name = b"br" if b"br" in accepted else b"gzip" if b"gzip" in accepted else b""
        made = self._made.get(name)
        if made is None:
            body = _ENCODERS[name](self._body)
            encoding = [(b"content-encoding", name)] if name else []
            length = (b"content-length", str(len(body)).encode())
            made = self._made[name] = ([*self._headers, *encoding, length], body)
        return made


def _brotli(body: bytes) -> bytes:
    import brotli  # type: ignore[import-untyped] # it has no types

    compressed: bytes = brotli.compress(body, quality=5)
    return compressed


_ENCODERS: dict[bytes, Callable[[bytes], bytes]] = {
    b"": lambda body: body,
    b"gzip": lambda body: gzip.compress(body, 6, mtime=0),
    b"br": _brotli,
}


@attrs.frozen(eq=False)
class Served:
    """One release as the server holds it; replaced as a whole by the next one.

    Attributes:
        public: What strangers get, by decoded path.
        assets: The same, for an address with its version: kept by browsers for ever.
        gated: Paths whose answer depends on the reader, with the audiences that open them.
        whole: What those who may read it get at a gated path.
        missing: The page for addresses that are not there; None if the theme has none.
    """

    release: Release
    public: Mapping[str, Answer]
    assets: Mapping[str, Answer]
    gated: Mapping[str, frozenset[str]]
    whole: Mapping[str, Answer]
    missing: Answer | None

    @classmethod
    def of(cls, release: Release, common: Headers, change: Callable[[bytes], bytes]) -> "Served":
        """Return *release* ready to be served.

        Args:
            common: Headers of every answer.
            change: Applied to each HTML page.
        """
        gated = {unquote(address): requires for address, requires in release.gated.items()}
        public, assets, whole = {}, {}, {}
        for address, stored in release.files.items():
            path = unquote(address)
            body = _read(stored, change)
            public[path] = Answer(body, stored, DEPENDS if path in gated else FRESH, common)
            if stored.media_type != "text/html":
                assets[path] = Answer(body, stored, FOR_EVER, common)
        for address, requires in release.gated.items():
            stored_whole = release.find(address, requires)
            if stored_whole is not None:
                whole[unquote(address)] = Answer(_read(stored_whole, change), stored_whole, PERSONAL, common)
        return cls(release, public, assets, gated, whole, public.pop("/404.html", None))


def _read(stored: Stored, change: Callable[[bytes], bytes]) -> bytes:
    body = stored.file.read_bytes()
    return change(body) if stored.media_type == "text/html" else body
