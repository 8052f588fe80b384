"""What members have mailed of conversations, if the site has any: a part of the account page.

It stands here and not with the comments, which know readers but no members: a site may have either without the other.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from pressframe.model import Host, Json
from pressframe_members.model import AccountPart, Member, Outcome
from pressframe_web import Request


@attrs.frozen
class CommentMails:
    """Which conversations are mailed to a member; each can be stopped, and all at once."""

    _host: Host

    def part(self) -> AccountPart | None:
        """Return the part; None where nothing is ever mailed."""
        if "comments" not in self._host.settings.plugins:
            return None
        from pressframe_comments.following import is_offered

        if not is_offered(self._host):
            return None
        template = "members/parts/comment-mails.html"
        return AccountPart(name="comment-mails", template=template, load=self.load, save=self.save)

    def load(self, member: Member, request: Request) -> Mapping[str, Json]:
        from pressframe_comments.following import followed_by

        followed = followed_by(self._host, address=member.address, reader=member.id)
        told: list[Json] = [
            {"entry": one.entry, "title": one.title, "answers_only": one.answers_only} for one in followed
        ]
        return {"followed": told}

    def save(self, member: Member, request: Request) -> Outcome | None:
        from pressframe_comments.following import stop_following

        entry = request.form.get("stop")
        if entry is not None:
            stop_following(self._host, entry or None, address=member.address, reader=member.id)
        return None
