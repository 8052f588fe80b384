"""A release made ready to leave: every address as the headers and bytes of its answers, in memory."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote

import attrs

from pressframe import Release, Stored
from pressframe.errors import Place
from pressframe.files import digest_of_bytes
from pressframe_web.errors import ServeError

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


class Outdated(ServeError):
    """A file is no longer what the release has: another process has built since, or an editor was at work."""

    def __init__(self, file: Path) -> None:
        super().__init__("is no longer as it was built", at=Place(str(file)), fix="leave it to pressframe alone")


class Content:
    """The bytes of one file; compressed once somebody asks for that, and shared by all releases that hold it."""

    __slots__ = ("_made", "is_text", "media_type", "tag")

    def __init__(self, body: bytes, stored: Stored) -> None:
        self.is_text = is_text(stored.media_type)
        self.media_type = stored.media_type
        self.tag = stored.tag.encode()
        self._made = {b"": body}

    def encoded(self, name: bytes) -> bytes:
        """Return the bytes in the encoding *name*."""
        if name not in self._made:
            self._made[name] = _ENCODERS[name](self._made[b""])
        return self._made[name]

    @property
    def is_compressible(self) -> bool:
        """Say whether compressing it is worth while."""
        return self.is_text and len(self._made[b""]) >= _SMALL


class Answer:
    """What leaves for one address: a content with the headers that go with it here.

    Attributes:
        tag: What an If-None-Match that names this content holds.
        unchanged: Headers of a 304.
    """

    __slots__ = ("_common", "_content", "_headers", "_immutable", "_made", "tag", "unchanged")

    def __init__(self, content: Content, caching: bytes, common: Headers) -> None:
        self._content = content
        self._common = common
        self._immutable: Answer | None = None
        self._made: dict[bytes, tuple[Headers, bytes]] = {}
        self.tag = b'"%s"' % content.tag
        vary = [b"cookie"] if caching in (DEPENDS, PERSONAL) else []
        vary += [b"accept-encoding"] if content.is_compressible else []
        self.unchanged = [(b"cache-control", caching), (b"etag", b"W/%s" % self.tag)]
        self.unchanged += [(b"vary", b", ".join(vary))] if vary else []
        self._headers = [(b"content-type", content_type(content.media_type)), *self.unchanged, *common]

    def encoded(self, accepted: bytes) -> tuple[Headers, bytes]:
        """Return headers and body in the best encoding that *accepted*, an Accept-Encoding header, names."""
        name = _best(accepted) if self._content.is_compressible else b""
        made = self._made.get(name)
        if made is None:
            body = self._content.encoded(name)
            encoding = [(b"content-encoding", name)] if name else []
            length = (b"content-length", str(len(body)).encode())
            made = self._made[name] = ([*self._headers, *encoding, length], body)
        return made

    def asked_with(self, query: bytes) -> Answer:
        """Return what leaves when a query goes with the address: kept for ever where it names this very content."""
        if query != b"v=" + self._content.tag[:8]:
            return self
        if self._immutable is None:
            self._immutable = Answer(self._content, FOR_EVER, self._common)
        return self._immutable


def is_text(media_type: str) -> bool:
    """Say whether bytes of *media_type* are text: they have a charset, and can be compressed."""
    return media_type.startswith(_TEXT)


def content_type(media_type: str) -> bytes:
    """Return the Content-Type of *media_type*."""
    return f"{media_type}; charset=utf-8".encode() if is_text(media_type) else media_type.encode()


@lru_cache(maxsize=512)
def _best(accepted: bytes) -> bytes:
    """Return ``br``, ``gzip`` or nothing, as the Accept-Encoding header *accepted* allows (RFC 9110, 12.5.3)."""
    allowed = set()
    for part in accepted.lower().split(b","):
        name, _, weight = part.replace(b" ", b"").partition(b";q=")
        if weight.strip(b"0.") or not weight:
            allowed.add(name)
    return next((name for name in (b"br", b"gzip") if name in allowed), b"")


def _brotli(body: bytes) -> bytes:
    import brotli  # type: ignore[import-untyped] # it has no types

    compressed: bytes = brotli.compress(body, quality=5)
    return compressed


_ENCODERS: dict[bytes, Callable[[bytes], bytes]] = {
    b"gzip": lambda body: gzip.compress(body, 6, mtime=0),
    b"br": _brotli,
}


@attrs.frozen(kw_only=True)
class Terms:
    """How releases are served.

    Attributes:
        common: Headers of every answer.
        change: Applied to each HTML page as it leaves.
        in_memory: Files of more bytes stay in their files, but for HTML.
    """

    common: Headers
    change: Callable[[bytes], bytes]
    in_memory: int


@attrs.frozen(eq=False)
class Served:
    """One release as the server holds it; replaced as a whole by the next one.

    Attributes:
        open: What everybody gets, by decoded path.
        gated: Paths whose answer depends on the reader, with the audiences that open them.
        closed: What strangers get at a gated path.
        whole: What those who may read it get there.
        large: Files that are read when asked for, by decoded path.
        missing: The page for addresses that are not there; None if the theme has none.
        sayings: Pages that say why a request was refused, by status, kept once made.
    """

    release: Release
    open: Mapping[str, Answer]
    gated: Mapping[str, frozenset[str]]
    closed: Mapping[str, Answer]
    whole: Mapping[str, Answer]
    large: Mapping[str, Stored]
    missing: Answer | None
    _contents: Mapping[tuple[str, str], Content]
    sayings: dict[int, bytes] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, release: Release, terms: Terms, before: Served | None = None, *, is_exact: bool = True) -> Served:
        """Return *release* ready to be served; what it has in common with the one *before* is not read again.

        Args:
            is_exact: Whether files must hold what was built; if not, what is there is served, whoever put it there.

        Raises:
            Outdated: What it has is there no more; a new build gives what is.
        """
        shelf = _Shelf(terms, before._contents if before else {}, is_exact=is_exact)
        gated = {unquote(address): requires for address, requires in release.gated.items()}
        opened, closed, whole, large = (
            dict[str, Answer](),
            dict[str, Answer](),
            dict[str, Answer](),
            dict[str, Stored](),
        )
        for address, stored in release.files.items():
            path = unquote(address)
            if path in gated:
                closed[path] = shelf.answer(stored, DEPENDS)
            elif stored.size > terms.in_memory and stored.media_type != "text/html":
                large[path] = stored
            else:
                opened[path] = shelf.answer(stored, FRESH)
        for address, requires in release.gated.items():
            stored_whole = release.find(address, requires)
            if stored_whole is not None:
                whole[unquote(address)] = shelf.answer(stored_whole, PERSONAL)
        missing = opened.pop("/404.html", None)
        return cls(release, opened, gated, closed, whole, large, missing, shelf.contents)

    def holds(self, path: str) -> bool:
        """Say whether there is something at *path*, for whomever."""
        return path in self.open or path in self.gated or path in self.large


class _Shelf:
    """Contents by media type and tag: those of the release before, and those just read."""

    def __init__(self, terms: Terms, before: Mapping[tuple[str, str], Content], *, is_exact: bool) -> None:
        self._terms = terms
        self._is_exact = is_exact
        self._before = before
        self.contents: dict[tuple[str, str], Content] = {}

    def answer(self, stored: Stored, caching: bytes) -> Answer:
        key = stored.media_type, stored.tag
        if key not in self.contents:
            self.contents[key] = self._before.get(key) or Content(self._read(stored), stored)
        return Answer(self.contents[key], caching, self._terms.common)

    def _read(self, stored: Stored) -> bytes:
        try:
            body = stored.file.read_bytes()
        except FileNotFoundError as error:
            raise Outdated(stored.file) from error
        if self._is_exact and digest_of_bytes(body) != stored.tag:
            raise Outdated(stored.file)
        return self._terms.change(body) if stored.media_type == "text/html" else body
