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
        is_changeable: True if its sender may still edit or delete *own*.
        is_edited: True if the form changes *own*, in its place.
        is_closed: True if comments have closed since the page was made.
        preview: HTML of what was typed, as it would be shown; None where nobody asked for it.
        name: Of the reader who is signed in; empty if they never said, None for a stranger.
        notice: What has just been done, for one of the sentences of ``comments/notice.html``; empty for nothing.
    """

    typed: Typed = attrs.field(factory=Typed)
    problems: tuple[str, ...] = ()
    own: Reply | None = None
    awaits: bool = False
    is_changeable: bool = False
    is_edited: bool = False
    is_closed: bool = False
    preview: str | None = None
    name: str | None = None
    notice: str = ""

    def put_into(self, page: Page) -> Page:
        """Return *page* as this reader gets it: not for search engines."""
        comment = self.own.comment if self.own else None
        data: dict[str, Json] = {
            **{name: getattr(self, name) for name in _PLAIN},
            "typed": attrs.asdict(self.typed),
            "problems": self.problems,
            "own": {**attrs.asdict(comment), "received": comment.received.isoformat()} if comment else None,
            "html": self.own.html if self.own else "",
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
            **{name: data[name] for name in _PLAIN},
            typed=Typed(**data["typed"]),
            problems=tuple(data["problems"]),
            own=Reply(comment=own, html=data["html"]) if own else None,
        )


_PLAIN = ("awaits", "is_changeable", "is_edited", "is_closed", "preview", "name", "notice")
