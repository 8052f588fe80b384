"""What becomes of a new comment, by the settings."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import attrs

from pressframe.model import Card, Comment, Judgement, Verdict
from pressframe_comments._links import count_links

Moderation: TypeAlias = Literal["first-time", "always", "never"]


@attrs.frozen(kw_only=True)
class Rules:
    """The settings that decide; what each means is said where they are set."""

    moderation: Moderation
    max_links: int
    blocked: tuple[str, ...]
    close_after: timedelta | None

    def judge(self, comment: Comment, entry: Card, now: datetime) -> Judgement:
        """Return the verdict with every reason for it."""
        if self.is_closed(entry.published, now):
            return Judgement(verdict=Verdict.REFUSE, reason=f"comments closed {self.close_after} after publication")
        reasons = [*self._moderation(comment), *self._contents(comment)]
        if reasons:
            return Judgement(verdict=Verdict.HOLD, reason="; ".join(reasons))
        return Judgement(verdict=Verdict.ACCEPT, reason="no rule spoke against it")

    def is_closed(self, published: datetime, now: datetime) -> bool:
        """Tell whether an entry is too old for new comments."""
        closing = self.closing(published)
        return closing is not None and now >= closing

    def closing(self, published: datetime) -> datetime | None:
        """Return from when on an entry is too old for new comments; None for never."""
        if self.close_after is None:
            return None
        try:
            return published + self.close_after
        except OverflowError:  # past the year 9999
            return None

    def _moderation(self, comment: Comment) -> list[str]:
        if self.moderation == "always":
            return ["every comment is read first"]
        if self.moderation == "first-time" and not comment.accepted_before and comment.reader is None:
            return ["nothing by its sender has been accepted yet"]
        return []

    def _contents(self, comment: Comment) -> list[str]:
        links = count_links(comment.body)
        said = "\n".join((comment.author, comment.url or "", comment.body)).casefold()
        found = [word for word in self.blocked if re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", said)]
        return [
            *([f"it has more than {self.max_links} links: {links}"] if links > self.max_links else []),
            *(f'it says "{word}"' for word in found),
        ]
