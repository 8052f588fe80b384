"""The plugin: its settings, and what it does at each hook."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import attrs
from attrs.validators import and_, ge, gt, le

from pressframe.hookspecs import Sanitizer, hookimpl
from pressframe.model import Asset, Block, Card, Comment, Host, Judgement, Live, Page, Sender, View
from pressframe.model import Comments as Source
from pressframe_comments._judging import Case, Panel
from pressframe_comments._patterns import Lists, are_patterns
from pressframe_comments._recent import Recent
from pressframe_comments._rules import Fate, Moderation, Rules
from pressframe_comments._served import Served
from pressframe_comments._thread import Order, Paging
from pressframe_comments.hookspecs import Change
from pressframe_sql import Job, PersonalData
from pressframe_web import Route

if TYPE_CHECKING:
    import click

log = logging.getLogger("pressframe")

_HERE = Path(__file__).parent


@attrs.frozen(eq=False)
class Comments:
    """Let readers reply under entries.

    Attributes:
        moderation: Who waits to be approved: ``"first-time"`` whoever never was, ``"always"`` everybody, ``"never"``
            nobody. Signed-in readers are known; strangers are by a signed cookie, never by what they type.
        archive: Folder of the content, where ``<entry>.comments.toml`` holds archived comments of the entry beside it.
        depth: How deep answers are indented; deeper ones stand in order at that depth.
        per_page: Comments on one page; a longer conversation goes on at addresses of its own, ``/post/comments-2/``.
        order: What the entry's own page begins with: the ``"oldest"`` comments, or the ``"newest"``.
        closed: True closes comments on the whole site; what was said stays.
        edit_for: How long a sender may edit or delete a comment, from the same browser, as long as nobody has answered
            it; 0 for never.
        follow: True offers to mail new comments to who ticks a box; an address that is not proved is asked first.
        avatars: A picture ``"drawn"`` here from a keyed hash of the sender's address, or the ``"initial"`` of the name.
        max_links: A comment with more links waits.
        blocked: What becomes of a comment that bears one of these patterns says *blocked_as*, whoever sends it.
            ``"viagra"`` is a whole word, in any case, and ``*`` stands for any letters; ``"mail:*@spam.example"``,
            ``"name:Casino*"``, ``"site:casino.example"`` (also a link's, and what lies under it) and
            ``"network:203.0.113.0/24"`` are other kinds.
        blocked_as: What is blocked is put on ``"hold"``, marked as ``"spam"``, or ``"refuse"``d.
        blocked_file: A file beside the settings with more patterns, one a line; ``#`` begins a remark. It is read again
            whenever it has changed.
        trusted: A comment that bears one of these patterns waits neither as its sender's first nor for its links, if
            nothing in it is blocked. Names and addresses can be typed by anybody.
        trusted_file: As *blocked_file*.
        close_after: How long after publication comments close; never if left out.
        flood_limit: Most comments from one neighbourhood on the network within *flood_window*; 0 for no limit.
        flood_window: See *flood_limit*.
        flood_limit_site: Most comments from anywhere within *flood_window*; when there are more, strangers are asked to
            try later, and those accepted before are heard as ever; 0 for no limit.
        same_text_within: A text that was sent under another name or to another entry so short a time before waits,
            unless its sender is signed in; texts under 40 letters don't count, and ``"0 days"`` is never.
        judge_deadline: A judge that takes longer is not waited for, and the comment is held.
        trash_after: How long a comment stays in the trash before it is deleted for ever.
        forget_clients_after: How long network addresses, shortened as they are, and what browsers said of themselves
            are kept.
        lists: The patterns, once they were read.
        recent: What came lately.
        panel: Who judges new comments.
        served: What strangers see of the site while it is served.
    """

    needs: ClassVar[tuple[str, ...]] = ("sql", "web")
    hookspecs: ClassVar[str] = "pressframe_comments.hookspecs"

    moderation: Moderation = "first-time"
    archive: Path = Path("content")
    depth: int = attrs.field(default=5, validator=and_(ge(1), le(10)))
    per_page: int = attrs.field(default=50, validator=and_(ge(1), le(500)))
    order: Order = "oldest"
    closed: bool = False
    edit_for: timedelta = attrs.field(default=timedelta(minutes=10), validator=ge(timedelta(0)))
    follow: bool = True
    avatars: Literal["drawn", "initial"] = "drawn"
    max_links: int = attrs.field(default=2, validator=ge(0))
    blocked: tuple[str, ...] = attrs.field(default=(), validator=are_patterns)
    blocked_as: Fate = "hold"
    blocked_file: Path | None = None
    trusted: tuple[str, ...] = attrs.field(default=(), validator=are_patterns)
    trusted_file: Path | None = None
    close_after: timedelta | None = None
    flood_limit: int = attrs.field(default=10, validator=ge(0))
    flood_window: timedelta = attrs.field(default=timedelta(minutes=5), validator=ge(timedelta(0)))
    flood_limit_site: int = attrs.field(default=300, validator=ge(0))
    same_text_within: timedelta = attrs.field(default=timedelta(days=1), validator=ge(timedelta(0)))
    judge_deadline: timedelta = attrs.field(default=timedelta(seconds=2), validator=gt(timedelta(0)))
    trash_after: timedelta = attrs.field(default=timedelta(days=30), validator=ge(timedelta(0)))
    forget_clients_after: timedelta = attrs.field(default=timedelta(days=30), validator=ge(timedelta(0)))
    lists: Lists = attrs.field(factory=Lists, init=False, repr=False)
    recent: Recent = attrs.field(factory=Recent, init=False, repr=False)
    panel: Panel = attrs.field(factory=Panel, init=False, repr=False)
    served: Served = attrs.field(factory=Served, init=False, repr=False)

    @property
    def rules(self) -> Rules:
        """What decides about a new comment, but for the patterns in files."""
        return self._rules(blocked_file=None, trusted_file=None)

    def rules_in(self, folder: Path) -> Rules:
        """Return what decides about a new comment, with what the files in the site's *folder* say now.

        Raises:
            ConfigError: A file of patterns cannot be read, or has a line that is none.
        """
        blocked, trusted = self.blocked_file, self.trusted_file
        return self._rules(blocked_file=blocked and folder / blocked, trusted_file=trusted and folder / trusted)

    def _rules(self, *, blocked_file: Path | None, trusted_file: Path | None) -> Rules:
        return Rules(
            moderation=self.moderation,
            max_links=self.max_links,
            blocked=self.lists.of(self.blocked, blocked_file),
            blocked_as=self.blocked_as,
            trusted=self.lists.of(self.trusted, trusted_file),
            close_after=self.close_after,
        )

    @property
    def paging(self) -> Paging:
        """How a conversation is cut into pages."""
        return Paging(depth=self.depth, per_page=self.per_page, order=self.order)

    def judge(self, comment: Comment, entry: Card, now: datetime, sender: Sender, host: Host) -> tuple[Judgement, ...]:
        """Return what every plugin of *host*'s site says of a new comment, the strictest first.

        As ``host.hooks.judge_comment``, but no judge can keep its caller waiting:
        who takes longer than ``judge_deadline`` is taken to say "hold", and the log names it.
        """
        case = Case(comment=comment, entry=entry, now=now, sender=sender)
        return self.panel.judge(host, case, deadline=self.judge_deadline)

    # ------------------------------------------------------------------------------------------- comments

    @hookimpl
    def register_comments(self, host: Host) -> Iterable[Source]:
        from pressframe_comments._archive import Archive
        from pressframe_comments._sources import Approved

        self.rules_in(host.folder)  # a list that cannot be read is told now, not at the first comment
        archive = Archive(host.folder / self.archive, host.folder, host.settings.timezone)
        yield archive
        yield Approved(host, archive)

    @hookimpl
    def register_quick_judges(self) -> Iterable[str]:
        return ["it looks at the text, and at files that are read again when they change"]

    @hookimpl
    def judge_comment(self, comment: Comment, entry: Card, now: datetime, sender: Sender, host: Host) -> Judgement:
        return self.rules_in(host.folder).judge(comment, entry, now, sender)

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

        return conversation_blocks(slot, page, site, self)

    @hookimpl
    def register_pages(self, site: View) -> Iterable[Page]:
        from pressframe_comments._pages import plan

        return plan(site, self.paging)

    # -------------------------------------------------------------------------------------------- serving

    @hookimpl
    def register_routes(self, host: Host) -> Iterable[Route]:
        from pressframe_comments._endpoints import Endpoints

        return Endpoints.routes(self, host)

    @hookimpl
    def on_release(self, site: Live) -> None:
        self.served.site = site

    @hookimpl
    def on_comment(self, comment: Comment, entry: Card | None, change: Change, host: Host, by: str) -> None:
        """Leave a trail in the log, without readers' names or texts; have what is shown mailed to who asked for it."""
        log.info("comment %s was %s%s", comment.id, change.value, f" by {by!r}" if by else "")
        if not self.follow or change is not Change.ACCEPTED or comment.kind != "comment":
            return
        from pressframe_comments._followers import Followers
        from pressframe_comments._store import comment_store

        if not Followers(host).are_there(comment.entry):
            return
        filed = comment_store(host).get(comment.id)
        if filed is not None:  # of an entry that is not at hand the server knows, which writes the mail
            Followers(host).note(comment, filed, is_gated=entry is None or entry.gated, now=filed.changed)

    @hookimpl
    def register_migrations(self) -> Iterable[Path]:
        return [_HERE / "migrations"]

    @hookimpl
    def register_personal_data(self, host: Host) -> Iterable[PersonalData]:
        from pressframe_comments._followers import Followers
        from pressframe_comments._persons import CommentsOfPerson

        return [CommentsOfPerson(host).data(), Followers(host).data()]

    @hookimpl
    def register_jobs(self, host: Host) -> Iterable[Job]:
        from pressframe_comments._followers import CONFIRM, MAIL
        from pressframe_comments._mails import FollowMail
        from pressframe_comments._tidying import TIDY, Tidying

        tidying = Tidying(host, trash_after=self.trash_after, forget_clients_after=self.forget_clients_after)
        mail = FollowMail(host, self.served)
        jobs = {TIDY: tidying.run, CONFIRM: mail.confirm, MAIL: mail.tell}
        return [Job(name=name, run=run, soon=name == MAIL) for name, run in jobs.items()]

    @hookimpl
    def register_commands(self, host: Host) -> Iterable[click.Command]:
        from pressframe_comments._commands import make_comments_command

        return [make_comments_command(host)]
