"""The plugin: its settings, and what it does at each hook."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import attrs
from attrs.validators import and_, ge, le

from pressframe.hookspecs import Sanitizer, hookimpl
from pressframe.model import Asset, Block, Card, Comment, Host, Judgement, Page, View
from pressframe.model import Comments as Source
from pressframe_comments._rules import Moderation, Rules
from pressframe_sql import Job, PersonalData
from pressframe_web import Route

if TYPE_CHECKING:
    import click

_HERE = Path(__file__).parent


@attrs.frozen(eq=False)
class Comments:
    """Let readers reply under entries.

    Attributes:
        moderation: Who waits to be approved: ``"first-time"`` whoever never was, ``"always"`` everybody, ``"never"``
            nobody. Signed-in readers are known; strangers are by a signed cookie, never by what they type.
        archive: Folder of the content, where ``<entry>.comments.toml`` holds archived comments of the entry beside it.
        depth: How deep answers are indented; deeper ones stand in order at that depth.
        max_links: A comment with more links waits.
        blocked: A comment with one of these words waits, whoever sends it; whole words, in any case.
        close_after: How long after publication comments close; never if left out.
        flood_limit: Most comments from one neighbourhood on the network within *flood_window*; 0 for no limit.
        flood_window: See *flood_limit*.
        trash_after: How long a comment stays in the trash before it is deleted for ever.
        forget_clients_after: How long network addresses, shortened as they are, and what browsers said of themselves
            are kept.
    """

    needs: ClassVar[tuple[str, ...]] = ("sql", "web")
    hookspecs: ClassVar[str] = "pressframe_comments.hookspecs"

    moderation: Moderation = "first-time"
    archive: Path = Path("content")
    depth: int = attrs.field(default=5, validator=and_(ge(1), le(10)))
    max_links: int = attrs.field(default=2, validator=ge(0))
    blocked: tuple[str, ...] = ()
    close_after: timedelta | None = None
    flood_limit: int = attrs.field(default=10, validator=ge(0))
    flood_window: timedelta = attrs.field(default=timedelta(minutes=5), validator=ge(timedelta(0)))
    trash_after: timedelta = attrs.field(default=timedelta(days=30), validator=ge(timedelta(0)))
    forget_clients_after: timedelta = attrs.field(default=timedelta(days=30), validator=ge(timedelta(0)))

    @property
    def rules(self) -> Rules:
        """What decides about a new comment."""
        return Rules(
            moderation=self.moderation,
            max_links=self.max_links,
            blocked=self.blocked,
            close_after=self.close_after,
        )

    # ------------------------------------------------------------------------------------------- comments

    @hookimpl
    def register_comments(self, host: Host) -> Iterable[Source]:
        from pressframe_comments._archive import Archive
        from pressframe_comments._sources import Approved

        archive = Archive(host.folder / self.archive, host.folder, host.settings.timezone)
        yield archive
        yield Approved(host, archive)

    @hookimpl
    def judge_comment(self, comment: Comment, entry: Card, now: datetime) -> Judgement:
        return self.rules.judge(comment, entry, now)

    @hookimpl
    def filter_comment(self, html: str, comment: Comment) -> str:
        from pressframe_comments._markup import render
        from pressframe_comments._smileys import smile_html

        return render(comment.body) if comment.format == "text" else smile_html(html)

    @hookimpl
    def find_sanitizer(self) -> Sanitizer:
        from pressframe_comments._sanitize import sanitize

        return sanitize

    # ------------------------------------------------------------------------------------------ rendering

    @hookimpl
    def register_templates(self) -> Iterable[Path]:
        return [_HERE / "templates"]

    @hookimpl
    def register_translations(self) -> Iterable[Path]:
        return [_HERE / "locale"]

    @hookimpl
    def register_assets(self) -> Iterable[Asset]:
        return [Asset(address="/comments.js", file=_HERE / "static" / "comments.js")]

    @hookimpl
    def register_blocks(self, slot: str, page: Page, site: View) -> Iterable[Block]:
        from pressframe_comments._block import conversation_blocks

        return conversation_blocks(slot, page, site, rules=self.rules, depth=self.depth)

    # -------------------------------------------------------------------------------------------- serving

    @hookimpl
    def register_routes(self, host: Host) -> Iterable[Route]:
        from pressframe_comments._endpoints import Endpoints

        return Endpoints.routes(self, host)

    @hookimpl
    def register_migrations(self) -> Iterable[Path]:
        return [_HERE / "migrations"]

    @hookimpl
    def register_personal_data(self, host: Host) -> Iterable[PersonalData]:
        from pressframe_comments._persons import CommentsOfPerson

        return [CommentsOfPerson(host).data()]

    @hookimpl
    def register_jobs(self, host: Host) -> Iterable[Job]:
        from pressframe_comments._tidying import TIDY, Tidying

        tidying = Tidying(host, trash_after=self.trash_after, forget_clients_after=self.forget_clients_after)
        return [Job(name=TIDY, run=tidying.run)]

    @hookimpl
    def register_commands(self, host: Host) -> Iterable[click.Command]:
        from pressframe_comments._commands import make_comments_command

        return [make_comments_command(host)]
