"""What becomes of a new comment, by the settings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import attrs

from pressframe.model import Card, Comment, Judgement, Sender, Verdict
from pressframe_comments._links import count_links
from pressframe_comments._patterns import Pattern, Traits
from pressframe_comments._reasons import Reason

Moderation: TypeAlias = Literal["first-time", "always", "never"]
Fate: TypeAlias = Literal["hold", "spam", "refuse"]

_VERDICTS: dict[Fate, Verdict] = {"hold": Verdict.HOLD, "spam": Verdict.SPAM, "refuse": Verdict.REFUSE}


def _(text: str) -> str:
    return text  # marks what is translated when shown


@attrs.frozen(kw_only=True)
class Rules:
    """The settings that decide; what each means is said where they are set."""

    moderation: Moderation
    max_links: int
    blocked: tuple[Pattern, ...]
    blocked_as: Fate
    trusted: tuple[Pattern, ...]
    close_after: timedelta | None

    def judge(self, comment: Comment, entry: Card, now: datetime, sender: Sender) -> Judgement:
        """Return the verdict with every reason for it."""
        if self.is_closed(entry.published, now):
            reason = Reason(_("comments closed %(time)s after publication"), time=str(self.close_after))
            return Judgement(verdict=Verdict.REFUSE, reason=reason)
        traits = Traits.of(comment, email=sender.email, client=sender.client)
        blocked = [pattern.found for pattern in self.blocked if pattern.fits(traits)]
        is_trusted = any(pattern.fits(traits) for pattern in self.trusted)
        waits = [*self._moderation(comment, is_trusted=is_trusted), *([] if is_trusted else self._links(comment))]
        if blocked:
            return Judgement(verdict=_VERDICTS[self.blocked_as], reason=Reason.several([*waits, *blocked]))
        if waits:
            return Judgement(verdict=Verdict.HOLD, reason=Reason.several(waits))
        return Judgement(verdict=Verdict.ACCEPT, reason=Reason(_("no rule spoke against it")))

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

    def _moderation(self, comment: Comment, *, is_trusted: bool) -> list[Reason]:
        if self.moderation == "always":
            return [Reason(_("every comment is read first"))]
        is_known = is_trusted or comment.accepted_before or comment.reader is not None
        if self.moderation == "first-time" and not is_known:
            return [Reason(_("nothing by its sender has been accepted yet"))]
        return []

    def _links(self, comment: Comment) -> list[Reason]:
        links, most = count_links(comment.body), self.max_links
        return [Reason(_("it has more than %(most)s links: %(links)s"), most=most, links=links)] if links > most else []
