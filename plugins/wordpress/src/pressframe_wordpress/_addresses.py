"""Addresses of entries and files: as they were, wherever a file can have them."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Mapping
from urllib.parse import quote, unquote, urlsplit

import attrs

from pressframe_wordpress._item import Item

_LEFT_ALONE = "/%!$&'()*+,;=:@~-._"
"""What a path may hold unencoded, by RFC 3986, section 3.3."""

_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LONGEST = 240
_QUERY = re.compile(r"(?:p|page_id|attachment_id)=(\d+)")


def path_of(link: str) -> str | None:
    """Return the path of an address, percent-encoded, a folder's with its slash; None if no file can have it.

    Addresses such as ``/?p=12`` have none, and the home page's belongs to the list of posts.
    """
    try:
        parts = urlsplit(link.strip())
        path = parts.path
    except ValueError:
        return None
    named = [part for part in path.split("/") if part]
    if not named or parts.query or any(map(_is_unsafe, named)):
        return None
    whole = "/".join(["", *named])
    return encode(whole if "." in named[-1] else f"{whole}/")


def encode(path: str) -> str:
    """Return *path* with every character encoded that an address can't hold."""
    return quote(_STRAY_PERCENT.sub("%25", path), safe=_LEFT_ALONE)


def slug_of(name: str, default: str) -> str:
    """Return a slug or login as part of an address: encoded, in lower case; *default* where nothing is left of it."""
    letters = "".join(letter if letter.isalnum() or letter in "-_%" else "-" for letter in name.lower())
    return encode("-".join(filter(None, letters.split("-")))).lower() or default


def _is_unsafe(part: str) -> bool:
    plain = unquote(part)
    odd = plain in (".", "..") or "/" in plain or "\\" in plain
    return odd or len(plain.encode("utf-8", "replace")) > _LONGEST or any(ord(letter) < 32 for letter in plain)


@attrs.define
class Addresses:
    """Gives each entry an address of its own.

    Attributes:
        wanted: Addresses that the site's settings name, by the number of the entry.
        parents: The pages that hold others, by number: what an address is made of where the export has none.
    """

    wanted: Mapping[int, str]
    parents: Mapping[int, Item]
    _taken: dict[str, str] = attrs.field(factory=dict, init=False)

    def claim(self, item: Item, note: Callable[[str, str], None]) -> str:
        """Return the address of *item*, and note where it is not the original one."""
        id = item.id or 0
        original = path_of(item.link)
        address = self.wanted.get(id) or original or self._made(item)
        if original is None and id not in self.wanted and item.status in ("publish", "future"):
            note("moved, as no file can have the address that they had", f"{item.link or item.title} to {address}")
        if _folded(address) in self._taken:
            first = self._taken[_folded(address)]
            address = _numbered(address, id)
            note(
                "moved, as another entry has the address that they had", f"{item.title or id} from {first} to {address}"
            )
        self._taken[_folded(address)] = address
        return address

    def _made(self, item: Item) -> str:
        """Return an address as WordPress makes them: pages below their parents, posts below their month."""
        names: list[str] = []
        page: Item | None = item
        while page is not None and len(names) < 10:  # deeper only where parents go in a circle
            names.insert(0, page.slug or str(page.id))
            page = self.parents.get(page.parent) if page.type == "page" and page.parent != page.id else None
        if item.type == "post" and item.local:
            names = [f"{item.local.year:04}", f"{item.local.month:02}", *names]
        safe = [str(item.id) if _is_unsafe(name) else name.replace("?", "").replace("#", "") for name in names]
        return encode("/".join(["", *safe, ""]))


def _folded(address: str) -> str:
    """Return what two addresses have in common that some file systems take for one."""
    return unicodedata.normalize("NFC", unquote(address)).casefold()


def _numbered(address: str, id: int) -> str:
    if address.endswith("/"):
        return f"{address[:-1]}-{id}/"
    start, _, ending = address.rpartition(".")
    return f"{start}-{id}.{ending}"


@attrs.frozen
class OldSite:
    """The site as it was: which links lead to it, and where they lead now.

    Attributes:
        host: Without ``www.``; empty where the export does not tell.
        moved: New addresses by old ones: of attachments' pages, the files that they showed.
        entries: Addresses by number, for links such as ``/?p=12``.
    """

    host: str
    moved: Mapping[str, str]
    entries: Mapping[int, str]

    def path_of(self, address: str) -> str:
        """Return an address of the old site as a path on this one, any other as it stands."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return address
        if not self.host or (parts.hostname or "").removeprefix("www.") != self.host:
            return address
        rest = f"{f'?{parts.query}' if parts.query else ''}{f'#{parts.fragment}' if parts.fragment else ''}"
        return encode(parts.path or "/") + rest

    def follow(self, text: str) -> str:
        """Return the HTML *text* with links to the old site as links to this one."""
        if self.host and self.host in text:
            text = _pattern(self.host).sub(_rooted, text)
        return _HREF.sub(self._follow_link, text) if "href" in text else text

    def _follow_link(self, found: re.Match[str]) -> str:
        path, mark, rest = found[2].partition("#")
        query = _QUERY.match(path.partition("?")[2])
        if query and path.startswith("/?") and int(query[1]) in self.entries:
            return f"{found[1]}{self.entries[int(query[1])]}{mark}{rest}"
        folder = path.rstrip("/") + "/"
        return f"{found[1]}{self.moved.get(path) or self.moved.get(folder, path)}{mark}{rest}"


@functools.lru_cache(maxsize=8)
def _pattern(host: str) -> re.Pattern[str]:
    """Return what finds addresses on *host* in attributes, up to their path."""
    before = r"\b(?:href|src|poster|srcset)\s*=\s*[\"']|,\s+"
    return re.compile(rf"({before})(?:https?:)?//(?:www\.)?{re.escape(host)}(?=[/\"'?#])", re.IGNORECASE)


_HREF = re.compile(r"(\bhref\s*=\s*[\"'])(/[^\"'\s<>]*)", re.IGNORECASE)


def _rooted(found: re.Match[str]) -> str:
    follower = found.string[found.end() : found.end() + 1]
    return found[1] if follower == "/" else f"{found[1]}/"
