"""Which comments a page of the list shows: what its address asks for, whatever it asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

import attrs

from pressframe.model import Kind
from pressframe_comments import Search, State

LIST = "/admin/comments/"

TABS: Mapping[str, State | None] = {
    "pending": State.PENDING, "approved": State.APPROVED, "spam": State.SPAM, "trash": State.TRASH, "all": None,
}  # fmt: skip
_KINDS: Mapping[str, Kind] = {"comment": "comment", "pingback": "pingback", "webmention": "webmention"}
_LONGEST = {"q": 200, "author": 245, "address": 100, "entry": 300, "network": 60, "sender": 100, "after": 40}
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


@attrs.frozen(kw_only=True)
class Wanted:
    """What is looked for, by the names that the address has for it; empty is no condition.

    Attributes:
        tab: A key of ``TABS``.
        after: The place in the list from which on.
        select: True if every comment on the page is chosen.
    """

    tab: str = "pending"
    q: str = ""
    author: str = ""
    address: str = ""
    entry: str = ""
    kind: str = ""
    network: str = ""
    sender: str = ""
    after: str = ""
    select: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Wanted:
        """Return what *query* asks for; what is too long is cut, and what nobody knows is left out."""
        texts = {
            name: " ".join(_UNSEEN.sub(" ", query.get(name, "")).split())[:longest]
            for name, longest in _LONGEST.items()
        }
        tab, kind = query.get("state", ""), query.get("kind", "")
        known = {"tab": tab if tab in TABS else "pending", "kind": kind if kind in _KINDS else ""}
        return cls(**texts, **known, select=query.get("select") == "all")

    @classmethod
    def read_text(cls, text: str) -> Wanted:
        """Return what the query of an address, as a form sends it along, asks for."""
        try:
            return cls.read(dict(parse_qsl(text[:4000], max_num_fields=30)))
        except ValueError:
            return cls()

    @property
    def search(self) -> Search:
        """What the store is asked."""
        return Search(
            state=TABS[self.tab], text=self.q, author=self.author, address=self.address, entry=self.entry,
            kind=_KINDS.get(self.kind), client=self.network, sender=self.sender,
        )  # fmt: skip

    @property
    def is_narrowed(self) -> bool:
        """True if anything but the state is asked for."""
        return any((self.q, self.author, self.address, self.entry, self.kind, self.network, self.sender))

    @property
    def query(self) -> str:
        """What stands behind the question mark."""
        names = ("q", "author", "address", "entry", "kind", "network", "sender", "after")
        given = {"state": "" if self.tab == "pending" else self.tab, **{name: getattr(self, name) for name in names}}
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def location(self) -> str:
        """The address of the list."""
        return f"{LIST}?{self.query}" if self.query else LIST

    def at(self, tab: str) -> Wanted:
        """Return the same in another state, from its beginning."""
        return attrs.evolve(self, tab=tab, after="", select=False)
