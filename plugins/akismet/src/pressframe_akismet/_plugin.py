"""The plugin: its settings, the judge, the jobs and the command."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

import attrs
from attrs.validators import gt

from pressframe.hookspecs import hookimpl
from pressframe.model import Card, Comment, Host, Judgement, Sender
from pressframe_comments.hookspecs import Change
from pressframe_sql import Job
from pressframe_web.addresses import check_service

if TYPE_CHECKING:
    import click

    from pressframe_akismet._api import Api
    from pressframe_akismet._desk import Desk

Private: TypeAlias = Literal["email", "agent", "referrer", "website"]

_HERE = Path(__file__).parent
_NAMES: dict[Private, str] = {
    "email": "comment_author_email",
    "agent": "user_agent",
    "referrer": "referrer",
    "website": "comment_author_url",
}


def _check_key(_: object, field: attrs.Attribute[str], value: str) -> None:
    """Refuse what is no key; it stands in no message, for it may be one with a space behind it."""
    if not re.fullmatch(r"[\x21-\x7e]{1,100}", value):
        raise ValueError(f"{field.name} must be 1 to 100 letters, digits and signs in ASCII, with no space in it")


@attrs.frozen(eq=False)
class Akismet:
    """Ask Akismet, a service of Automattic, about each comment: it is sent the comment and what is known of its sender.

    Attributes:
        key: The site's key, best from the environment: ``{ env = "AKISMET_KEY" }``.
        known_too: False asks about strangers alone, not about who is signed in or had a comment accepted.
        leave_out: What is not sent: ``"email"``, ``"agent"``, ``"referrer"``, ``"website"``.
        refuse_blatant: True refuses what Akismet says may be thrown away unread; otherwise it is marked as spam.
        timeout: How long Akismet may take; less than the comments' ``judge_deadline``.
        is_test: True tells Akismet to learn nothing from this site.
        url: Where Akismet is.
    """

    needs: ClassVar[tuple[str, ...]] = ("sql", "web", "comments")

    key: str = attrs.field(repr=False, validator=_check_key)
    known_too: bool = True
    leave_out: tuple[Private, ...] = ()
    refuse_blatant: bool = False
    timeout: timedelta = attrs.field(default=timedelta(seconds=1), validator=gt(timedelta(0)))
    is_test: bool = False
    url: str = attrs.field(default="https://rest.akismet.com/1.1", validator=check_service)

    def api(self, host: Host) -> Api:
        """Return the service as *host*'s site asks it."""
        from pressframe_akismet._api import Api

        return Api(url=self.url, key=self.key, blog=host.settings.url, timeout=self.timeout, is_test=self.is_test)

    def desk(self, host: Host) -> Desk:
        """Return what asks and tells for *host*'s site."""
        from pressframe_akismet._desk import Desk

        return Desk(host, self.api(host), frozenset(_NAMES[name] for name in self.leave_out), self.refuse_blatant)

    @hookimpl
    def judge_comment(
        self, comment: Comment, entry: Card, now: datetime, sender: Sender, host: Host
    ) -> Judgement | None:
        is_known = comment.accepted_before or comment.reader is not None
        if is_known and not self.known_too:
            return None
        return self.desk(host).judge(comment, entry, sender, now)

    @hookimpl
    def on_comment(self, comment: Comment, change: Change, host: Host, by: str) -> None:
        self.desk(host).hear(comment, change, by)

    @hookimpl
    def register_jobs(self, host: Host) -> Iterable[Job]:
        from pressframe_akismet._desk import RECHECK, SUBMIT

        desk = self.desk(host)
        return [Job(name=SUBMIT, run=desk.submit), Job(name=RECHECK, run=desk.recheck)]

    @hookimpl
    def register_migrations(self) -> Iterable[Path]:
        return [_HERE / "migrations"]

    @hookimpl
    def register_translations(self) -> Iterable[Path]:
        return [_HERE / "locale"]

    @hookimpl
    def register_commands(self, host: Host) -> Iterable[click.Command]:
        from pressframe_akismet._commands import make_akismet_command

        return [make_akismet_command(self, host)]
