"""Other systems' comments made into ours: under which entry, with which id, answering what."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from urllib.parse import unquote, urlsplit

import attrs

from pressframe.model import Comment
from pressframe_comments._codec import EARLIEST, LATEST, is_in_reach
from pressframe_comments._form import AUTHOR
from pressframe_comments._links import website
from pressframe_comments._store import Filed, Record
from pressframe_comments._taking import shorten
from pressframe_comments.foreign._model import NO_ENTRY, Foreign, Loss
from pressframe_sql.texts import storable

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_NO_ID = re.compile(r"[^A-Za-z0-9-]+")
_LONGEST_ID = 60
_INDEX = re.compile(r"/index\.(?:html?|php)$")


@attrs.frozen
class Bringing:
    """How one export is brought into one site.

    Attributes:
        system: Part of every comment's id.
        find: Returns the ``id`` of the entry at an address; None if there is none.
        moved: Other addresses for pages that have moved, by their old ones.
        anonymous: Who wrote what no one signed.
        authors: Slugs of authors here, by what signs them there, in lower case; ``""`` for the author of every entry.
        signers: Returns the slugs of who signs an entry.
    """

    system: str
    find: Callable[[str], str | None]
    moved: Mapping[str, str]
    anonymous: str
    authors: Mapping[str, str] = attrs.field(factory=dict)
    signers: Callable[[str], Collection[str]] = lambda _: ()

    def records(self, found: Iterable[Foreign | Loss]) -> tuple[list[Record], Counter[str]]:
        """Return what can be brought, answers after what they answer, and how many are left out for which reason."""
        kept: dict[str, tuple[Foreign, str]] = {}
        left_out: Counter[str] = Counter()
        above: dict[str, str | None] = {}
        for one in found:
            above[one.id] = one.parent
            why = one.why if isinstance(one, Loss) else self._why_not(one)
            if why is not None:
                left_out[why] += 1
            elif isinstance(one, Foreign):
                kept[one.id] = one, self._entry(one.address) or ""
        parents = {id: _kept_parent(id, above, kept) for id in kept}
        return [self._record(one, entry, parents[id]) for id, (one, entry) in kept.items()], left_out

    def _why_not(self, one: Foreign) -> str | None:
        if not one.body.strip():
            return "no text"
        if not all(is_in_reach(time) for time in (one.received, one.edited or one.received)):
            return f"dated outside of {EARLIEST} to {LATEST}"
        return None if self._entry(one.address) else f"{NO_ENTRY} {_CONTROL.sub(' ', _path(one.address))[:200]}"

    def _entry(self, address: str) -> str | None:
        """Return the entry at an address of the other system's, however its end is written."""
        path = _path(address)
        path = self.moved.get(path, path)
        plain = _INDEX.sub("/", path)
        tried = (path, plain, f"{plain.rstrip('/')}/", plain.rstrip("/"), f"{plain.rstrip('/')}.html")
        return next((entry for one in tried if one and (entry := self.find(one))), None)

    def _record(self, one: Foreign, entry: str, parent: str | None) -> Record:
        comment = Comment(
            id=self._id(one.id),
            entry=entry,
            kind=one.kind,
            author=_CONTROL.sub(" ", one.author).strip()[:AUTHOR] or self.anonymous,
            url=website(one.url) if one.url else None,
            body=storable(one.body).replace("\r\n", "\n"),
            format=one.format,
            received=one.received,
            parent=None if parent is None else self._id(parent),
            by_author=one.by_author or self._is_by_author(one, entry),
        )
        email = _CONTROL.sub("", one.email) if "@" in one.email else ""
        return Record(
            filed=Filed(
                comment=comment,
                state=one.state,
                email=email,
                client=shorten(one.client.strip()),
                changed=one.received,
                edited=one.edited,
            )
        )

    def _is_by_author(self, one: Foreign, entry: str) -> bool:
        slugs = [self.authors[sign] for sign in map(str.lower, one.signs) if sign and sign in self.authors]
        return any(not slug or slug in self.signers(entry) for slug in slugs)

    def _id(self, id: str) -> str:
        """Return the same id for the same comment, each time that it is brought."""
        plain = _NO_ID.sub("-", id)
        if plain != id or len(id) > _LONGEST_ID:
            plain = hashlib.sha256(id.encode("utf-8", "replace")).hexdigest()[:32]
        return f"{self.system}-{plain}"


def _kept_parent(id: str, above: Mapping[str, str | None], kept: Mapping[str, tuple[Foreign, str]]) -> str | None:
    """Return the nearest comment above that is kept, in the same conversation; None where answers go in a circle."""
    entry, seen = kept[id][1], {id}
    parent = above[id]
    nearest = None
    while parent is not None:
        if parent in seen:
            return None
        seen.add(parent)
        if nearest is None and parent in kept:
            nearest = parent
        parent = above.get(parent)
    return nearest if nearest is not None and kept[nearest][1] == entry else None


def _path(address: str) -> str:
    """Return the path of an address, with its query if it names the page by one."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    path = unquote(parts.path) or "/"
    path = path if path.startswith("/") else f"/{path}"
    return f"{path}?{parts.query}" if re.fullmatch(r"(?:p|page_id)=\d+", parts.query) else path
