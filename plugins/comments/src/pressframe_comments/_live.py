"""What a page made for one reader shows beyond the page that everybody shares; it travels in ``Page.data``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from pressframe.model import Comment, Json, Page, Reply
from pressframe_comments._form import Typed

KEY = "conversation"


@attrs.frozen(kw_only=True)
class Live:
    """A form as it was sent, or a comment that only its sender sees.

    Attributes:
        typed: What the form is filled with.
        problems: What is wrong with it; see ``Typed.problems``.
        own: The sender's comment; None elsewhere.
        awaits: True if *own* has not been approved.
        is_closed: True if comments have closed since the page was made.
    """

    typed: Typed = attrs.field(factory=Typed)
    problems: tuple[str, ...] = ()
    own: Reply | None = None
    awaits: bool = False
    is_closed: bool = False

    def put_into(self, page: Page) -> Page:
        """Return *page* as this reader gets it: not for search engines."""
        comment = self.own.comment if self.own else None
        own = {**attrs.asdict(comment), "received": comment.received.isoformat()} if comment else None
        data: dict[str, Json] = {
            "typed": attrs.asdict(self.typed),
            "problems": self.problems,
            "own": own,
            "html": self.own.html if self.own else "",
            "awaits": self.awaits,
            "is_closed": self.is_closed,
        }
        return attrs.evolve(page, data={**page.data, KEY: data}, indexed=False)

    @classmethod
    def of(cls, page: Page) -> Live | None:
        """Return what was put into *page*; None for a page that everybody shares."""
        data: Any = page.data.get(KEY)  # as put_into wrote it
        if not isinstance(data, Mapping):
            return None
        own = data["own"] and Comment(**{**data["own"], "received": datetime.fromisoformat(data["own"]["received"])})
        return cls(
            typed=Typed(**data["typed"]),
            problems=tuple(data["problems"]),
            own=Reply(comment=own, html=data["html"]) if own else None,
            awaits=data["awaits"],
            is_closed=data["is_closed"],
        )
