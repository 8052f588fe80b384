"""The plugin: its settings and its hooks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import attrs
from attrs.validators import and_, ge, gt, le

from pressframe.errors import Place
from pressframe.hookspecs import hookimpl
from pressframe.model import Asset, Entry, Host, Live, Page, View
from pressframe_admin import Screen
from pressframe_members.model import AccountPart, Change, Column, Member
from pressframe_newsletter._held import Held
from pressframe_newsletter._settings import (
    Day,
    Newsletter,
    are_names,
    check_audience,
    find_empty,
    is_colour,
    wants_mails,
)
from pressframe_sql import Job, PersonalData
from pressframe_web import Route

if TYPE_CHECKING:
    import click

    from pressframe.press import Release

log = logging.getLogger("pressframe")

_HERE = Path(__file__).parent
DEFAULT = "posts"
"""What the newsletter of a site that names none is called."""


@attrs.frozen(eq=False)
class Newsletters:
    """Mail posts to members: each as it is published, or a digest a week.

    An entry's front matter may say ``newsletter: false``: it is then mailed by hand alone.

    Attributes:
        newsletters: A table for each, under a name of its own; one for all posts, called `posts`, if left out.
        automatic: True mails each new post by itself; False, by hand alone, on the screen or the command line.
        delay: How long after a post was seen first it is mailed: time to correct it, or to cancel.
        digest_day: The day on which weekly digests leave.
        digest_at: The time of that day, in the site's time zone.
        accent: Colour of links and buttons in the mails; white must be readable on it.
        imprint: A line at the end of each mail: who sends it, and from what address, as the law of many countries asks.
        connections: How many connections to the mail server are used at once, from 1 to 8.
        per_minute: Most mails a minute, as many mail servers set a limit; 0 for no limit.
        late_after: A sending that could not begin or go on for so long waits for the owner's word: after a day's
            standstill, or from a copy that was put back, it might surprise.
    """

    needs: ClassVar[tuple[str, ...]] = ("sql", "web", "admin", "members")

    newsletters: Mapping[str, Newsletter] = attrs.field(factory=lambda: {DEFAULT: Newsletter()}, validator=are_names)
    automatic: bool = True
    delay: timedelta = attrs.field(default=timedelta(minutes=10), validator=ge(timedelta(0)))
    digest_day: Day = "monday"
    digest_at: time = time(8)
    accent: str = attrs.field(default="#1f5a96", validator=is_colour)
    imprint: str = ""
    connections: int = attrs.field(default=4, validator=and_(ge(1), le(8)))
    per_minute: int = attrs.field(default=0, validator=ge(0))
    late_after: timedelta = attrs.field(default=timedelta(hours=6), validator=gt(timedelta(0)))
    held: Held = attrs.field(factory=Held, init=False, repr=False)

    def title_of(self, newsletter: str, host: Host) -> str:
        """Return what a newsletter is called."""
        found = self.newsletters.get(newsletter)
        return (found.title if found else "") or host.settings.title

    @hookimpl
    def filter_entry(self, entry: Entry) -> Entry | None:
        """Stop the build where an entry does not say clearly whether it is to be mailed."""
        wants_mails(entry)
        return None

    # --------------------------------------------------------------------------------------- rendering

    @hookimpl
    def register_pages(self, site: View) -> Iterable[Page]:
        """Plan none; but look whether what newsletters are about is there."""
        for sentence in find_empty(self.newsletters, site):
            log.warning("%s", sentence)
        return []

    @hookimpl
    def register_templates(self) -> Iterable[Path]:
        return [_HERE / "templates"]

    @hookimpl
    def register_translations(self) -> Iterable[Path]:
        return [_HERE / "locale"]

    @hookimpl
    def register_filters(self) -> Mapping[str, Callable[..., object]]:
        return {"for_mail": _for_mail}

    @hookimpl
    def register_assets(self) -> Iterable[Asset]:
        return [Asset(address=f"/{name}", file=_HERE / "static" / name) for name in ("newsletter.css", "newsletter.js")]

    # ----------------------------------------------------------------------------------------- serving

    @hookimpl
    def register_routes(self, host: Host) -> Iterable[Route]:
        from pressframe_newsletter._preferences import Preferences

        for name, newsletter in self.newsletters.items():
            key = f"plugins.newsletter.newsletters.{name}.audience"
            check_audience(host, newsletter.audience, at=Place("pressframe.toml", key=key))
        return Preferences(host, self).routes()

    @hookimpl
    def register_account(self, host: Host) -> Iterable[AccountPart]:
        from pressframe_newsletter._preferences import Preferences

        return [Preferences(host, self).part()]

    @hookimpl
    def register_columns(self, host: Host) -> Iterable[Column]:
        from pressframe_newsletter._moving import Moving

        return [Moving(host, self.newsletters).column()]

    @hookimpl
    def register_admin(self, host: Host) -> Iterable[Screen]:
        from pressframe_newsletter._screen import make_screen

        return [make_screen(host, self)]

    @hookimpl
    def on_release(self, site: Live, changed: Sequence[str], now: datetime, release: Release) -> None:
        from pressframe_newsletter._publishing import Publishing

        Publishing(site, self).hear(release, now)

    @hookimpl
    def on_subscription(self, member: Member, audience: str, change: Change, now: datetime, host: Host) -> None:
        from pressframe_newsletter._people import People

        if change == "left":
            People(host).forget(member.id)
        elif change in ("revoked", "lapsed"):
            People(host).revoke(member.id, audience, now)

    @hookimpl
    def register_jobs(self, host: Host) -> Iterable[Job]:
        from pressframe_newsletter._planning import SEND
        from pressframe_newsletter._sending import Sending

        return [Job(name=SEND, run=Sending(host, self).run, lane="newsletter", soon=True)]

    @hookimpl
    def register_migrations(self) -> Iterable[Path]:
        return [_HERE / "migrations"]

    @hookimpl
    def register_personal_data(self, host: Host) -> Iterable[PersonalData]:
        from pressframe_newsletter._people import People

        return [People(host).data()]

    @hookimpl
    def register_commands(self, host: Host) -> Iterable[click.Command]:
        from pressframe_newsletter._commands import make_newsletter_command

        return [make_newsletter_command(host)]


def _for_mail(html: str, page: str, play: str) -> str:
    from markupsafe import Markup

    from pressframe_newsletter._html import for_mail

    return Markup(for_mail(html, page, play))
