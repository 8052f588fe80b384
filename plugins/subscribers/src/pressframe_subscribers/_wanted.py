"""Which members a list shows, as its address says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from urllib.parse import parse_qsl, urlencode

import attrs

from pressframe_members.model import State

_STATES = ("confirmed", "pending")
_LONGEST = 200


@attrs.frozen(kw_only=True)
class Wanted:
    """A part of the list.

    Attributes:
        after: Where it goes on; empty for its beginning.
        select: True ticks every box.
    """

    text: str = ""
    state: State | None = None
    audience: str = ""
    is_oldest_first: bool = False
    after: str = ""
    select: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Wanted:
        """Return what *query* asks for; what it cannot mean is left out."""
        state = query.get("state")
        return cls(
            text=query.get("q", "").strip()[:_LONGEST],
            state=cast("State", state) if state in _STATES else None,
            audience=query.get("audience", "")[:_LONGEST],
            is_oldest_first=query.get("sort") == "oldest",
            after=query.get("after", "")[:60],
            select=query.get("select") == "all",
        )

    @classmethod
    def read_text(cls, query: str) -> Wanted:
        """Return what the query of an address asks for."""
        return cls.read(dict(parse_qsl(query[:1000])))

    @property
    def query(self) -> str:
        """The address's query."""
        told = {
            "q": self.text, "state": self.state or "", "audience": self.audience,
            "sort": "oldest" if self.is_oldest_first else "", "after": self.after,
            "select": "all" if self.select else "",
        }  # fmt: skip
        return urlencode({name: value for name, value in told.items() if value})

    def behind(self, path: str) -> str:
        """Return *path* with the query behind it, if there is any."""
        return f"{path}?{self.query}" if self.query else path

    @property
    def is_narrowed(self) -> bool:
        """Say whether it leaves anybody out."""
        return bool(self.text or self.state or self.audience)
