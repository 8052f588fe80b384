"""What the site mails by itself: new posts, and a digest a week."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import attrs
import sqlalchemy as sa

from pressframe.model import Card, Entry, Host, View
from pressframe_newsletter._campaigns import Draft, State, add_campaign, row_of
from pressframe_newsletter._planning import ensure_mark, hold_late, plan_job
from pressframe_newsletter._settings import Newsletter, last_digest, next_digest, wants_mails
from pressframe_newsletter._tables import CAMPAIGN, MARK, WISH
from pressframe_sql import Database, database

if TYPE_CHECKING:
    from pressframe.press import Release
    from pressframe_newsletter._plugin import Newsletters

_NEW = timedelta(days=2)
"""So long after its date a post is news: one that was dated this morning, or yesterday evening, and put up today."""
_WEEK = timedelta(days=7)
_MOST = 50
_PATIENCE = timedelta(minutes=5)
"""So long a digest waits for the release of its moment; the site may be one that cannot be built."""


@attrs.frozen
class Publishing:
    """Makes campaigns of one site."""

    _host: Host
    _plugin: Newsletters

    @property
    def _db(self) -> Database:
        return database(self._host)

    def hear(self, release: Release, now: datetime) -> None:
        """Take *release* for what mails are made from, and plan to mail its new posts."""
        held = self._plugin.held
        is_start = not held.has_begun
        held.release = release
        drafts = list(self._new_posts(release, now)) if self._plugin.automatic else []
        if not is_start and not drafts:
            return
        site = release.view()

        def work(connection: sa.Connection) -> None:
            ensure_mark(connection)
            mark = connection.execute(sa.select(MARK.c.since, MARK.c.restored)).one()
            for draft, published in drafts:
                state: State = "planned"
                reason = ""
                if mark.since is None:
                    state, reason = "cancelled", "old"
                elif _has_moved(connection, draft, site, now):
                    state, reason = "cancelled", "moved"
                elif mark.restored is not None and published <= mark.restored:
                    state, reason = "held", "restored"
                add_campaign(self._db, connection, row_of(draft, now, state=state, reason=reason), now)
            if mark.since is None:
                connection.execute(sa.update(MARK).values(since=now))
            if is_start:  # a job that was planned may have been cut off with the process that ran it
                hold_late(connection, now - self._plugin.late_after)  # as long as it says when that was to be
                connection.execute(sa.update(MARK).values(next=None))
                plan_job(self._db, connection, now, now=now)

        self._db.write(work)
        held.has_begun = True
        held.known.update(draft.key for draft, _ in drafts if draft.key)

    def _new_posts(self, release: Release, now: datetime) -> Sequence[tuple[Draft, datetime]]:
        found = []
        site = release.view()
        for name, newsletter in self._plugin.newsletters.items():
            for card in _published(site, newsletter, after=now - _NEW, until=now):
                key = f"post:{name}:{card.id}"
                if key not in self._plugin.held.known:
                    draft = Draft(
                        newsletter=name, kind="post", entries=(card.id,), subject=card.title,
                        audience=newsletter.audience, due=now + self._plugin.delay, key=key,
                    )  # fmt: skip
                    found.append((draft, card.published))
        return found

    # -------------------------------------------------------------------------------------------- digests

    def digests(self, release: Release, now: datetime) -> bool:
        """Make the digest of each newsletter whose moment has come, if there are new posts and somebody wants it.

        Return True if one waits for a release that has the posts which appear at that moment.
        """
        moment, site, waits = self._last(now), release.view(), False
        is_behind = release.until is not None and release.until <= moment and now < moment + _PATIENCE
        for name, newsletter in self._plugin.newsletters.items():
            key = f"digest:{name}:{moment.date().isoformat()}"
            if key in self._plugin.held.known or not self._is_wanted(name, newsletter):
                continue
            if is_behind:
                waits = True
                continue
            cards = _published(site, newsletter, after=moment - _WEEK, until=moment)
            if cards:
                self._make_digest(name, newsletter, key, cards, now)
            self._plugin.held.known.add(key)
        return waits

    def draft_digest(self, name: str, site: View, now: datetime, *, by: str, due: datetime) -> Draft | None:
        """Return a digest of the last seven days, made by hand; None if nothing was published."""
        newsletter = self._plugin.newsletters[name]
        cards = _published(site, newsletter, after=now - _WEEK, until=now)
        return _digest(name, newsletter, cards, due=due, by=by) if cards else None

    def _make_digest(self, name: str, newsletter: Newsletter, key: str, cards: Sequence[Card], now: datetime) -> None:
        moment = self._last(now)
        draft = attrs.evolve(_digest(name, newsletter, cards, due=moment), key=key)

        def work(connection: sa.Connection) -> None:
            mark = connection.execute(sa.select(MARK.c.since, MARK.c.restored)).one()
            if mark.since is None or moment <= mark.since:
                return
            state: State = "planned"
            reason = ""
            if mark.restored is not None and moment <= mark.restored:
                state, reason = "held", "restored"
            elif moment <= now - self._plugin.late_after:
                state, reason = "held", "late"
            add_campaign(self._db, connection, row_of(draft, now, state=state, reason=reason), now)

        self._db.write(work)

    def _is_wanted(self, name: str, newsletter: Newsletter) -> bool:
        if newsletter.frequency == "weekly":
            return True
        with self._db.read() as connection:
            weekly = sa.exists().where(WISH.c.newsletter == name, WISH.c.wants == "weekly")
            return bool(connection.scalar(sa.select(weekly)))

    def _last(self, now: datetime) -> datetime:
        return last_digest(now, self._plugin.digest_day, self._plugin.digest_at, self._host.settings.timezone)

    def next_digest(self, now: datetime) -> datetime | None:
        """Return when the next digest leaves; None if nobody wants any."""
        if not any(self._is_wanted(name, one) for name, one in self._plugin.newsletters.items()):
            return None
        return next_digest(now, self._plugin.digest_day, self._plugin.digest_at, self._host.settings.timezone)

    def sent(self, entries: Sequence[str], newsletter: str | None = None) -> Mapping[str, datetime]:
        """Return when each of some posts was last mailed by itself, or is to be; by one newsletter, or by any."""
        found = sa.select(CAMPAIGN.c.entries, sa.func.max(CAMPAIGN.c.due)).group_by(CAMPAIGN.c.entries)
        keys = {json.dumps([id]): id for id in entries}
        mailed = found.where(CAMPAIGN.c.entries.in_(keys), CAMPAIGN.c.state != "cancelled")
        if newsletter is not None:
            mailed = mailed.where(CAMPAIGN.c.newsletter == newsletter)
        with self._db.read() as connection:
            return {keys[row[0]]: row[1] for row in connection.execute(mailed)}

    def sent_digest(self, draft: Draft) -> datetime | None:
        """Return when a digest of these very posts was last mailed, or is to be; None if it never was."""
        same = (CAMPAIGN.c.newsletter == draft.newsletter) & (CAMPAIGN.c.kind == "digest")
        same &= (CAMPAIGN.c.entries == json.dumps(draft.entries)) & (CAMPAIGN.c.state != "cancelled")
        with self._db.read() as connection:
            found: datetime | None = connection.scalar(sa.select(sa.func.max(CAMPAIGN.c.due)).where(same))
        return found


def _has_moved(connection: sa.Connection, draft: Draft, site: View, now: datetime) -> bool:
    """Tell whether a post of this title was mailed that is there no more: its file has another place now, or name."""
    mailed = sa.select(CAMPAIGN.c.entries).where(
        CAMPAIGN.c.newsletter == draft.newsletter, CAMPAIGN.c.kind == "post", CAMPAIGN.c.subject == draft.subject,
        CAMPAIGN.c.state.in_(("sending", "done")), CAMPAIGN.c.made > now - 2 * _NEW,
    )  # fmt: skip
    return any(site.card(id) is None for entries in connection.scalars(mailed) for id in json.loads(entries))


def _digest(name: str, newsletter: Newsletter, cards: Sequence[Card], *, due: datetime, by: str = "") -> Draft:
    return Draft(
        newsletter=name, kind="digest", entries=tuple(card.id for card in cards), subject=cards[0].title,
        audience=newsletter.audience, due=due, by=by,
    )  # fmt: skip


def _published(site: View, newsletter: Newsletter, *, after: datetime, until: datetime) -> Sequence[Card]:
    """Return posts published in a time, newest first, but those that their authors keep out of newsletters."""
    cards = site.latest(kind="post", within=newsletter.group, count=_MOST)
    found = [card for card in cards if after < card.published <= until]
    return [card for card in found if (entry := site.entry(card.id)) is not None and _may_be_mailed(entry)]


def _may_be_mailed(entry: Entry) -> bool:
    return entry.status == "published" and wants_mails(entry)
