"""A release made ready to leave: every address as the headers and bytes of its answers, in memory."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, compress
from operator import is_not
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote

import attrs

from pressframe import Release, Stored
from pressframe.errors import Place
from pressframe.files import digest_of_bytes
from pressframe.model import Card
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
_MISSING = "/404.html"
_FEW = 3
"""Audiences that an entry with sections may name."""
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

    def is_of(self, stored: Stored) -> bool:
        """Say whether *stored* has these bytes, and is of this type."""
        return self.tag == stored.tag.encode() and self.media_type == stored.media_type

    @property
    def is_compressible(self) -> bool:
        """Say whether compressing it is worth while."""
        return self.is_text and len(self._made[b""]) >= _SMALL


class Answer:
    """What leaves for one address: a content with the headers that go with it here.

    Attributes:
        content: May be that of the release before, and of other answers.
        tag: What an If-None-Match that names this content holds.
        unchanged: Headers of a 304.
    """

    __slots__ = ("_common", "_headers", "_immutable", "_made", "content", "tag", "unchanged")

    def __init__(self, content: Content, caching: bytes, common: Headers) -> None:
        self.content = content
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
        name = _best(accepted) if self.content.is_compressible else b""
        made = self._made.get(name)
        if made is None:
            body = self.content.encoded(name)
            encoding = [(b"content-encoding", name)] if name else []
            length = (b"content-length", str(len(body)).encode())
            made = self._made[name] = ([*self._headers, *encoding, length], body)
        return made

    def instead(self, body: bytes) -> Answer:
        """Return the same with other bytes: a page that was made for one reader."""
        stored = Stored(Path(), self.content.media_type, digest_of_bytes(body), len(body))
        return Answer(Content(body, stored), PERSONAL, self._common)

    def asked_with(self, query: bytes) -> Answer:
        """Return what leaves when a query goes with the address: kept for ever where it names this very content."""
        if query != b"v=" + self.content.tag[:8]:
            return self
        if self._immutable is None:
            self._immutable = Answer(self.content, FOR_EVER, self._common)
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
        pages: Further headers, of HTML pages.
    """

    common: Headers
    change: Callable[[bytes], bytes]
    in_memory: int
    pages: Headers = attrs.field(factory=list)


@attrs.frozen(eq=False)
class Served:
    """One release as the server holds it; replaced as a whole by the next one.

    Attributes:
        open: What everybody gets, by decoded path.
        gated: Paths whose answer depends on the reader, with the audiences that count for it.
        closed: What strangers get at a gated path.
        whole: What others get there, by the path and those of their audiences that count.
        large: Files that are read when asked for, by decoded path.
        missing: The page for addresses that are not there; None if the theme has none.
        changed: The addresses that not every reader gets the same at as in the release before.
        addresses: The gated addresses as the release writes them, by decoded path.
        early: Addresses of pages that are of the next release already.
        sayings: Pages that say why a request was refused, by status, kept once made.
        signed_in: Pages of which who is signed in gets no more than strangers, by path and their audiences, kept once
            made.
    """

    release: Release
    open: Mapping[str, Answer]
    gated: Mapping[str, frozenset[str]]
    closed: Mapping[str, Answer]
    whole: Mapping[tuple[str, frozenset[str]], Answer]
    large: Mapping[str, Stored]
    missing: Answer | None
    changed: Sequence[str]
    addresses: Mapping[str, str]
    early: frozenset[str] = frozenset()
    sayings: dict[int, bytes] = attrs.field(factory=dict, init=False)
    signed_in: dict[tuple[str, frozenset[str]], Answer] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, release: Release, terms: Terms, before: Served | None = None, *, is_exact: bool = True) -> Served:
        """Return *release* ready to be served; what it has in common with the one *before* is taken over from that.

        Args:
            is_exact: Whether files must hold what was built; if not, what is there is served, whoever put it there.

        Raises:
            Outdated: What it has is there no more; a new build gives what is.
        """
        if before is None:
            changed = [*release.files.keys() | release.gated.keys()]
        else:  # the release that early pages were of may never have come
            changed = list(dict.fromkeys([*_changed(before.release, release), *before.early]))
        shelf = _Shelf(release, terms, before, is_exact=is_exact)
        for address in changed:
            shelf.clear(unquote(address))
        for address in changed:
            shelf.put(address)
        return shelf.served(changed)

    def with_early(self, pages: Mapping[str, Stored], terms: Terms) -> Served:
        """Return the same release with some pages, open to all, of the next one.

        Raises:
            Outdated: A page is there no more.
        """
        shelf = _Shelf(self.release, terms, self, is_exact=True)
        for address, stored in pages.items():
            shelf.put_open(unquote(address), stored)
        return attrs.evolve(shelf.served(self.changed), early=self.early.union(pages))

    def holds(self, path: str) -> bool:
        """Say whether there is something at *path*, for whomever."""
        return path in self.open or path in self.gated or path in self.large

    def entry_at(self, path: str) -> Card | None:
        """Return the entry whose page or file is at a gated *path*, as strangers see it; None if that is unknown.

        A file lies below its entry's address, and the whole entry names it.
        """
        address = self.addresses[path]
        whole, view = self.release.view(self.gated[path]), self.release.view()
        page = view.page(address)
        if page is not None:
            return view.card(page.subject) if page.subject is not None else None
        above = view.page(f"{address.rpartition('/')[0]}/")
        entry = whole.entry(above.subject) if above and above.subject is not None else None
        is_own = entry is not None and any(asset.address == address for asset in entry.assets)
        return view.card(entry.id) if entry is not None and is_own else None

    def for_reader(self, path: str, audiences: frozenset[str]) -> Answer | None:
        """Return what readers with *audiences* get at a gated *path* and strangers do not."""
        return self.whole.get((path, self.gated[path] & audiences))

    def answer(self, path: str) -> Answer | None:
        """Return what strangers get at *path*, from memory."""
        return self.missing if path == _MISSING else self.open.get(path) or self.closed.get(path)


def _changed(before: Release, after: Release) -> Sequence[str]:
    """Return the addresses of which not every reader gets the very same file."""
    files, gated = before.files, before.gated
    if [*files] == [*after.files]:  # as most often; what is the same is passed over by C
        found = [*compress(files, map(is_not, files.values(), after.files.values()))]
    else:
        found = [address for address, stored in after.files.items() if files.get(address) is not stored]
        found += files.keys() - after.files.keys()
    for address in gated.keys() | after.gated.keys():
        required = after.gated.get(address)
        is_same = required is not None and required == gated.get(address)
        found += [] if is_same and _are_same(before, after, address) else [address]
    return found


def _are_same(before: Release, after: Release, address: str) -> bool:
    """Say whether the same readers get the same at a gated address."""
    return all(before.find(address, one) is after.find(address, one) for one in _eyes(after.gated[address]))


def _eyes(audiences: frozenset[str]) -> Sequence[frozenset[str]]:
    """Return the sets of audiences that may get something else than strangers; of many, only all together do."""
    if len(audiences) > _FEW:
        return [audiences]
    names = sorted(audiences)
    return [frozenset(some) for size in range(1, len(names) + 1) for some in combinations(names, size)]


class _Shelf:
    """The answers of *release* while they are put together: at first those of the one *before*."""

    def __init__(self, release: Release, terms: Terms, before: Served | None, *, is_exact: bool) -> None:
        self._release, self._terms, self._before = release, terms, before
        self._is_exact = is_exact
        self._open = dict(before.open) if before else {}
        self._gated = dict(before.gated) if before else {}
        self._closed = dict(before.closed) if before else {}
        self._whole = dict(before.whole) if before else {}
        self._large = dict(before.large) if before else {}
        self._missing = before.missing if before else None
        self._addresses = dict(before.addresses) if before else {}

    def clear(self, path: str) -> None:
        """Have nothing at *path*."""
        for eyes in _eyes(self._gated.get(path, frozenset())):
            self._whole.pop((path, eyes), None)
        for one in (self._open, self._gated, self._closed, self._large, self._addresses):
            one.pop(path, None)
        if path == _MISSING:
            self._missing = None

    def put(self, address: str) -> None:
        """Have what the release has at *address*."""
        path, release = unquote(address), self._release
        stored, requires = release.files.get(address), release.gated.get(address)
        if requires is not None:
            self._gated[path], self._addresses[path] = requires, address
            self._put_whole(address, path, requires)
        if stored is None:
            return
        before = self._before.answer(path) if self._before else None
        if requires is not None:
            self._closed[path] = self._answer(stored, DEPENDS, before)
        elif stored.size > self._terms.in_memory and stored.media_type != "text/html":
            self._large[path] = stored
        elif path == _MISSING:
            self._missing = self._answer(stored, FRESH, before)
        else:
            self._open[path] = self._answer(stored, FRESH, before)

    def _put_whole(self, address: str, path: str, audiences: frozenset[str]) -> None:
        """Have what the release has at a gated address for others than strangers; several sets may get the same."""
        strangers, made = self._release.files.get(address), dict[int, Answer]()
        for eyes in _eyes(audiences):
            stored = self._release.find(address, eyes)
            if stored and stored is not strangers:
                before = self._before.whole.get((path, eyes)) if self._before else None
                self._whole[path, eyes] = made.get(id(stored)) or self._answer(stored, PERSONAL, before)
                made[id(stored)] = self._whole[path, eyes]

    def put_open(self, path: str, stored: Stored) -> None:
        """Have *stored* at *path*, for all, in the place of what all get there."""
        if path in self._open:
            self._open[path] = self._answer(stored, FRESH, self._open[path])

    def _answer(self, stored: Stored, caching: bytes, before: Answer | None) -> Answer:
        """Return the answer; with the content of the one that was there *before* if that is the same."""
        content = before.content if before and before.content.is_of(stored) else Content(self._read(stored), stored)
        further = self._terms.pages if stored.media_type == "text/html" else []
        return Answer(content, caching, [*self._terms.common, *further])

    def _read(self, stored: Stored) -> bytes:
        try:
            body = stored.file.read_bytes()
        except FileNotFoundError as error:
            raise Outdated(stored.file) from error
        if self._is_exact and digest_of_bytes(body) != stored.tag:
            raise Outdated(stored.file)
        return self._terms.change(body) if stored.media_type == "text/html" else body

    def served(self, changed: Sequence[str]) -> Served:
        """Return them all, not to be changed any more."""
        return Served(
            self._release, self._open, self._gated, self._closed, self._whole, self._large, self._missing, changed,
            self._addresses,
        )  # fmt: skip
