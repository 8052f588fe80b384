"""The plugin: its settings and its hooks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import attrs
from attrs.validators import and_, ge, le

from pressframe.hookspecs import hookimpl
from pressframe.model import Asset, Card, Comment, Host
from pressframe_admin import Role, Screen
from pressframe_comments import Change
from pressframe_sql import Job

if TYPE_CHECKING:
    from pressframe_moderation._mailing import Mailing
    from pressframe_web import Route

_HERE = Path(__file__).parent
_LANE = "moderation"


def _are_recipients(_: object, field: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    roles = [role.value for role in Role]
    wrong = [one for one in value if one not in roles and "@" not in one]
    if wrong:
        said = f'{field.name}: "{wrong[0]}" is neither one of {", ".join(roles)} nor the address of an account'
        raise ValueError(said)


@attrs.frozen(eq=False)
class Moderation:
    """Moderate comments in the browser, at ``/admin/comments/``, and be mailed when new ones come.

    Attributes:
        per_page: Comments on one page of the list.
        mail: Mail new comments that are ``"waiting"``, ``"all"`` but spam, or ``"never"`` any.
        mail_to: Who gets these mails: everybody with a role, ``"owner"``, ``"moderator"``, or ``"author"`` for comments
            on one's own posts; or the address of an account. Nobody else is written to.
        mail_every: Comments that come within this time after a mail wait for the next one: a flood is one mail.
        mail_links: Mails have links by which who has the mail decides about the comment, once, without signing in.
    """

    needs: ClassVar[tuple[str, ...]] = ("sql", "web", "admin", "comments")

    per_page: int = attrs.field(default=25, validator=and_(ge(1), le(100)))
    mail: Literal["waiting", "all", "never"] = "waiting"
    mail_to: tuple[str, ...] = attrs.field(default=("owner",), validator=_are_recipients)
    mail_every: timedelta = attrs.field(default=timedelta(minutes=10), validator=ge(timedelta(0)))
    mail_links: bool = True

    @hookimpl
    def register_admin(self, host: Host) -> Iterable[Screen]:
        from pressframe_moderation._screen import make_screen

        return [make_screen(host, self.per_page)]

    @hookimpl
    def on_comment(self, comment: Comment, entry: Card | None, change: Change, host: Host, by: str) -> None:
        """Have what readers send mailed; what moderators do themselves needs no mail."""
        wanted = {"waiting": (Change.HELD,), "all": (Change.HELD, Change.ACCEPTED), "never": ()}
        if not by and change in wanted[self.mail]:
            self._mailing(host).note(comment, entry)

    @hookimpl
    def register_routes(self, host: Host) -> Iterable[Route]:
        from pressframe_moderation._deciding import Deciding

        return list(Deciding.routes(host)) if self.mail_links else []

    def _mailing(self, host: Host) -> Mailing:
        from pressframe_moderation._mailing import Mailing, Wishes

        wishes = Wishes(to=self.mail_to, every=self.mail_every, everything=self.mail == "all")
        return Mailing(host, wishes)

    @hookimpl
    def register_jobs(self, host: Host) -> Iterable[Job]:
        from pressframe_moderation._mail import NewsMail
        from pressframe_moderation._mailing import GATHER, SEND

        is_soon = self.mail_every <= timedelta(days=1)
        gather = Job(name=GATHER, run=self._mailing(host).gather, lane=_LANE, soon=is_soon)
        return [gather, Job(name=SEND, run=NewsMail(host, self.mail_links).send, lane=_LANE)]

    @hookimpl
    def register_migrations(self) -> Iterable[Path]:
        return [_HERE / "migrations"]

    @hookimpl
    def register_templates(self) -> Iterable[Path]:
        return [_HERE / "templates"]

    @hookimpl
    def register_translations(self) -> Iterable[Path]:
        return [_HERE / "locale"]

    @hookimpl
    def register_assets(self) -> Iterable[Asset]:
        names = ("moderation.css", "moderation.js")
        return [Asset(address=f"/{name}", file=_HERE / "static" / name) for name in names]
