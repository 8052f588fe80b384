"""What an owner does with newsletters, in the browser or on the command line: look, try, send, stop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import attrs

from pressframe.errors import BuildError, ConfigError, ContentError, did_you_mean
from pressframe.model import Host
from pressframe.press import Release
from pressframe_members.store import Members
from pressframe_newsletter._campaigns import Campaign, Campaigns, Draft
from pressframe_newsletter._mails import Mail, Mails, Subject
from pressframe_newsletter._publishing import Publishing
from pressframe_newsletter._settings import check_audience
from pressframe_web.letters import send

if TYPE_CHECKING:
    from pressframe_newsletter._plugin import Newsletters


@attrs.frozen
class Office:
    """One for each site."""

    _host: Host
    _plugin: Newsletters

    @property
    def release(self) -> Release:
        """What mails are rendered from.

        Raises:
            BuildError: The server has only just started.
        """
        if self._plugin.held.release is None:
            raise BuildError("the site is not built yet", fix="try again in a moment")
        return self._plugin.held.release

    def newsletter(self, name: str | None) -> str:
        """Return the name of a newsletter; the first one's for None.

        Raises:
            ConfigError: There is no such newsletter.
        """
        names = list(self._plugin.newsletters)
        if name in names or name is None:
            return name or names[0]
        fix = did_you_mean(name, names) or f"there are: {', '.join(names)}"
        raise ConfigError(f'there is no newsletter "{name}"', fix=fix)

    def entry(self, said: str) -> str:
        """Return the id of a post that is named by its id or its address.

        Raises:
            ContentError: There is none that is published.
        """
        site = self.release.view()
        if site.entry(said) is None:
            path = said.removeprefix(self._host.settings.url)
            page = site.page(path) if path.startswith("/") else None
            said = page.subject if page is not None and page.subject is not None else said
        Mails(self._host, self._plugin).cards([said], site)
        return said

    def audiences(self, newsletter: str, entry: str) -> tuple[frozenset[str], frozenset[str]]:
        """Return with which audiences members get a post: the fewest, and what opens it whole."""
        fewest = frozenset({self._plugin.newsletters[newsletter].audience})
        card = self.release.view().card(entry)
        return fewest, fewest | (self.release.gated.get(card.address, frozenset()) if card else frozenset())

    def preview(
        self, newsletter: str, entries: Sequence[str], audiences: frozenset[str], *, kind: str = "post"
    ) -> Mail:
        """Return the mail as members with *audiences* get it, with marks for each one's own links."""
        subject = Subject(newsletter=newsletter, kind="digest" if kind == "digest" else "post", entries=tuple(entries))
        return Mails(self._host, self._plugin).of(subject, audiences, self.release)

    def test(self, newsletter: str, entries: Sequence[str], audiences: frozenset[str], to: str) -> None:
        """Mail it to one address, at once.

        Raises:
            MailError: It was not taken.
        """
        subject = Subject(newsletter=newsletter, kind="post", entries=tuple(entries))
        send(self._host, Mails(self._host, self._plugin).test(subject, audiences, self.release, to))

    def plan(self, newsletter: str, entry: str, *, due: datetime, by: str, audience: str | None = None) -> Campaign:
        """Plan to mail a post, and return the campaign.

        Args:
            audience: Only members who have it get the mail; None for the newsletter's.

        Raises:
            ContentError: There is no such post.
            ConfigError: There is no such audience.
        """
        if audience is not None:
            check_audience(self._host, audience)
        (card,) = Mails(self._host, self._plugin).cards([entry], self.release.view())
        audience = audience or self._plugin.newsletters[newsletter].audience
        draft = Draft(
            newsletter=newsletter, kind="post", entries=(entry,), subject=card.title, audience=audience, due=due, by=by
        )
        return self._made(draft)

    def mailed(self, newsletter: str, entry: str) -> datetime | None:
        """Return when a newsletter last mailed a post, or is to; None if it never did."""
        return Publishing(self._host, self._plugin).sent([entry], newsletter).get(entry)

    def plan_digest(self, newsletter: str, *, due: datetime, by: str) -> Campaign:
        """Plan a digest of the last seven days, and return the campaign.

        Raises:
            ContentError: Nothing was published in that time.
        """
        return self._made(self._draft_digest(newsletter, due=due, by=by))

    def mailed_digest(self, newsletter: str) -> datetime | None:
        """Return when a newsletter last mailed a digest of what is in that of the last seven days, or is to.

        Raises:
            ContentError: Nothing was published in that time.
        """
        draft = self._draft_digest(newsletter, due=self._plugin.held.clock(), by="")
        return Publishing(self._host, self._plugin).sent_digest(draft)

    def preview_digest(self, newsletter: str) -> Mail:
        """Return the digest of the last seven days, as the members of a newsletter get it.

        Raises:
            ContentError: Nothing was published in that time.
        """
        draft = self._draft_digest(newsletter, due=self._plugin.held.clock(), by="")
        return self.preview(newsletter, draft.entries, frozenset({draft.audience}), kind="digest")

    def _draft_digest(self, newsletter: str, *, due: datetime, by: str) -> Draft:
        publishing, now = Publishing(self._host, self._plugin), self._plugin.held.clock()
        draft = publishing.draft_digest(newsletter, self.release.view(), now, by=by, due=due)
        if draft is None:
            raise ContentError("nothing was published in the last seven days", fix="there is no digest to send")
        return draft

    def _made(self, draft: Draft) -> Campaign:
        return Campaigns(self._host).make(draft, self._plugin.held.clock())

    def reach(self, audience: str) -> int:
        """Return how many members have an audience."""
        return Members(self._host).count(audience=audience, state="confirmed", now=self._plugin.held.clock())


def read_moment(typed: str, zone: ZoneInfo) -> datetime:
    """Return the moment in ``2026-11-27 08:00`` or ``2026-11-27T08:00``, in the site's time zone.

    Raises:
        ValueError: It is none.
    """
    moment = datetime.fromisoformat(typed.strip())
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError as error:  # in UTC it is before the year 1, or behind 9999
        raise ValueError("there is no such moment") from error
