"""Sends what is due, for a moment at a time, over a few connections; whoever is cut off leaves rows that say where."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import attrs
import sqlalchemy as sa

from pressframe.errors import ContentError, PluginError, PressframeError, StoreError, TemplateError
from pressframe.model import Host, Json
from pressframe_newsletter._campaigns import Campaign, Campaigns, campaign_of
from pressframe_newsletter._guard import Guard
from pressframe_newsletter._mails import Mails, Subject
from pressframe_newsletter._people import Returned
from pressframe_newsletter._planning import hold_late, is_resting, plan_job, plan_next
from pressframe_newsletter._publishing import Publishing
from pressframe_newsletter._readers import Readers
from pressframe_newsletter._recipients import ATTEMPTS, Recipients, Result, Row, key_of
from pressframe_newsletter._tables import CAMPAIGN, MARK
from pressframe_sql import Database, database
from pressframe_sql.pauses import pause_after
from pressframe_web import Mailer, MailError
from pressframe_web.letters import sending

if TYPE_CHECKING:
    from pressframe.press import Release
    from pressframe_newsletter._plugin import Newsletters

log = logging.getLogger("pressframe")

MOST_IN_FLIGHT = 8
"""Messages that are being handed over at one moment, by all connections together: so many may come twice if the
program is cut off."""
SLICE = 0.8
"""Seconds for which a job sends, so that the server can end soon."""
_SOON, _DOUBT = timedelta(seconds=5), timedelta(minutes=1)
_MINUTE = timedelta(minutes=1)
_HARD = ("5.2.1", "5.4.1", "5.4.4")
"""And all that begin with 5.1."""
_BARE = ("550", "551", "553")
"""What servers without status codes say of an address that is none."""


class Sending:
    """Sends for one site."""

    def __init__(self, host: Host, plugin: Newsletters) -> None:
        self._host, self._plugin, self._held = host, plugin, plugin.held
        self._recipients = Recipients(host, plugin, Guard(host))
        self._mails = Mails(host, plugin)
        self._readers = Readers(host)
        self._rest = threading.Event()
        self._owed: list[Result] = []

    @property
    def _db(self) -> Database:
        return database(self._host)

    # ---------------------------------------------------------------------------------------------- a slice

    def run(self, payload: Mapping[str, Json]) -> None:
        """Do what is due for a moment, and plan the next job; what a job runs."""
        self.work(SLICE)

    def work(self, seconds: float) -> datetime | None:
        """Do what is due for so long; return when there is more to do, None if there is nothing."""
        if self._held.release is None:
            return self._put_off()
        with self._recipients.guard.alone() as is_alone:
            if not is_alone:
                return self._put_off()
            next = self._work(self._held.release, time.monotonic() + seconds)
        return self._plan(next)

    def is_alone(self) -> bool:
        """Tell whether no other process sends for this site at the moment."""
        with self._recipients.guard.alone() as is_alone:
            return is_alone

    def _plan(self, at: datetime | None) -> datetime | None:
        now = self._held.clock()
        self._db.write(lambda connection: plan_next(self._db, connection, at, now=now))
        return at

    def _put_off(self) -> datetime:
        """Look soon, as nothing was looked at: what is under way was to go on when it was said, see ``hold_late``."""
        now = self._held.clock()
        self._db.write(lambda connection: plan_job(self._db, connection, now + _SOON, now=now))
        return now + _SOON

    def _work(self, release: Release, until: float) -> datetime | None:
        now, recipients = self._held.clock(), self._recipients
        recipients.guard.check(now)
        self._hold_what_is_late(now)
        self._pay(now)
        again = recipients.reclaim(now)
        if again:
            log.warning("%d newsletter mails were being handed over when the program was cut off: sent again", again)
        publishing = Publishing(self._host, self._plugin)
        digest = now + _SOON if publishing.digests(release, now) else publishing.next_digest(now)
        for campaign in self._due(now):
            recipients.begin(campaign, now)
        is_more = self._add_rows(now, until)
        resting = self._resting(now)
        if resting is None:
            self._hand_over(release, until)
        for campaign in recipients.sending():
            if recipients.end(campaign, self._held.clock()):
                log.info("newsletter campaign %s is done", campaign.id)
        if is_more:
            return now
        return self._next(digest)

    def _pay(self, now: datetime) -> None:
        """Write down what became of messages when the database was away: what was taken must not be sent again."""
        owed = list(self._owed)
        if owed:
            self._recipients.exchange(owed, 0, now)
            del self._owed[: len(owed)]

    def _hold_what_is_late(self, now: datetime) -> None:
        """Let what should have been sent long ago wait for the owner: nobody was there to do it then."""
        early = now - self._plugin.late_after

        with self._db.read() as connection:
            is_open = CAMPAIGN.c.state.in_(("planned", "sending")) & (CAMPAIGN.c.due <= early)
            if not connection.scalar(sa.select(sa.exists().where(is_open))):
                return
        self._db.write(lambda connection: hold_late(connection, early))

    def _due(self, now: datetime) -> Sequence[Campaign]:
        wanted = sa.select(CAMPAIGN).where(CAMPAIGN.c.state == "planned", CAMPAIGN.c.due <= now)
        with self._db.read() as connection:
            return [campaign_of(row) for row in connection.execute(wanted.order_by(CAMPAIGN.c.due))]

    def _add_rows(self, now: datetime, until: float) -> bool:
        """Give members their rows; return True if time was up before all had one."""
        for campaign in self._recipients.sending():
            while campaign.reached is not None:
                campaign = attrs.evolve(campaign, reached=self._recipients.add_more(campaign, now))
                if campaign.reached is not None and time.monotonic() >= until:
                    return True
        return False

    def _resting(self, now: datetime) -> datetime | None:
        with self._db.read() as connection:
            resting = connection.scalar(sa.select(MARK.c.resting))
        return resting if is_resting(resting, now) else None

    def _next(self, digest: datetime | None) -> datetime | None:
        now = self._held.clock()
        number, due = self._recipients.waiting(now)
        planned = sa.select(sa.func.min(CAMPAIGN.c.due)).where(CAMPAIGN.c.state == "planned")
        with self._db.read() as connection:
            begins = connection.scalar(planned)
        mails = now if number else due
        if mails is not None:
            mails = max(mails, self._resting(now) or now, self._allowed(now)[1])
        times = [one for one in (mails, begins, digest) if one is not None]
        return min(times) if times else None

    def _allowed(self, now: datetime) -> tuple[int, datetime]:
        """Return how many messages may leave now, and when the next one may if that is none."""
        limit = self._plugin.per_minute
        if not limit:
            return 1_000_000_000, now
        number, first = self._recipients.handed_between(now - _MINUTE, now)
        return max(limit - number, 0), now if number < limit or first is None else first + _MINUTE

    # -------------------------------------------------------------------------------------------- handing over

    def _hand_over(self, release: Release, until: float) -> None:
        now = self._held.clock()
        number, _ = self._recipients.waiting(now)
        allowance = _Allowance(min(number, self._allowed(now)[0]))
        if allowance.left <= 0:
            return
        self._rest.clear()
        lines = self._plugin.connections
        size = MOST_IN_FLIGHT // lines
        lines = min(lines, -(-allowance.left // size))
        campaigns = {one.id: one for one in self._recipients.sending()}
        desk = _Desk(release=release, campaigns=campaigns, until=until, size=size, allowance=allowance)
        if lines == 1:
            self._serve(desk)
            return
        with ThreadPoolExecutor(lines, thread_name_prefix="pressframe-newsletter") as threads:
            for done in [threads.submit(self._serve, desk) for _ in range(lines)]:
                done.result()

    def _serve(self, desk: _Desk) -> None:
        """Hand over a few messages at a time on one connection, until time is up or nothing is due."""
        results: list[Result] = []
        with ExitStack() as stack:
            mailer = stack.enter_context(sending(self._host))
            while True:
                is_over = self._rest.is_set() or time.monotonic() >= desk.until
                count = 0 if is_over else desk.allowance.take(desk.size)
                if not results and not count:
                    return
                try:
                    rows = self._recipients.exchange(results, count, self._held.clock())
                    results = []
                    for row in rows:
                        results.append(self._hand(row, mailer, desk))
                except BaseException:  # whatever it is, what has left must not leave again
                    try:
                        self._recipients.exchange(results, 0, self._held.clock())
                    except StoreError:
                        self._owed += results
                    raise

    def _hand(self, row: Row, mailer: Mailer, desk: _Desk) -> Result:
        now, campaign = self._held.clock(), desk.campaigns.get(row.campaign)
        if campaign is None or self._rest.is_set():
            return Result(row=row, state="planned", due=now, doubts=row.doubts, is_try=False)
        try:
            found = self._readers.find(row.member, now)
            if found is None or campaign.audience not in found[1]:
                return Result(row=row, state="left")
            member, audiences = found
            subject = Subject(newsletter=campaign.newsletter, kind=campaign.kind, entries=campaign.entries)
            mail = self._mails.of(subject, audiences, desk.release)
        except (ContentError, TemplateError, PluginError) as error:
            if Campaigns(self._host).hold(campaign.id, "gone" if isinstance(error, ContentError) else "broken"):
                log.error("newsletter campaign %s waits for its owner: %s", campaign.id, error)
            desk.campaigns.pop(campaign.id, None)
            return Result(row=row, state="planned", due=now, doubts=row.doubts, is_try=False)
        key = key_of(campaign.id, row.member)
        message = self._mails.message(
            mail, key=key, member=member.id, newsletter=campaign.newsletter, to=member.address
        )
        if not self._recipients.is_wanted(row):
            return Result(row=row, state="left")
        try:
            mailer.send(message)
        except MailError as error:
            return self._failed(row, error)
        return Result(row=row, state="sent", doubts=row.doubts)

    def _failed(self, row: Row, error: MailError) -> Result:
        """Return what becomes of a message that was not taken, or perhaps was."""
        now, said = self._held.clock(), error.code or error.about
        if error.about == "unknown":
            self._leave_alone(error, now)
            doubts = row.doubts + 1
            return Result(
                row=row, state="unknown", due=now + _DOUBT if doubts == 1 else None, error=said, doubts=doubts
            )
        if error.permanent:
            is_refused = bool(error.code)
            blame: Returned = "hard" if _is_hard(error) else "soft"
            kind = blame if is_refused else None
            return Result(
                row=row, state="bounced" if is_refused else "failed", error=said, doubts=row.doubts, returned=kind
            )
        if error.about == "server":
            self._leave_alone(error, now)
        if row.attempts >= ATTEMPTS:
            return Result(row=row, state="failed", error=said, doubts=row.doubts)
        return Result(row=row, state="planned", due=now + pause_after(row.attempts), error=said, doubts=row.doubts)

    def _leave_alone(self, error: PressframeError, now: datetime) -> None:
        """Leave the mail server alone for a while, longer each time that it cannot be used."""
        if self._rest.is_set():
            return
        self._rest.set()
        log.warning("newsletters have to wait: %s", error)

        def work(connection: sa.Connection) -> None:
            failures = (connection.scalar(sa.select(MARK.c.failures)) or 0) + 1
            until = now + pause_after(failures)
            said = {"failures": failures, "resting": until, "trouble": str(error)[:300]}
            connection.execute(sa.update(MARK).values(said))

        with suppress(StoreError):  # what became of the message is written down after it, or fails as this did
            self._db.write(work)


def _is_hard(error: MailError) -> bool:
    """Tell whether the server says that there is no such address, rather than that it takes no such mail for it."""
    code, _, status = error.code.partition(" ")
    is_none = status.startswith("5.1.") or status in _HARD if status else code in _BARE
    return error.about == "address" and is_none


class _Allowance:
    """How many messages may still leave in a slice."""

    def __init__(self, left: int) -> None:
        self.left = left
        self._lock = threading.Lock()

    def take(self, count: int) -> int:
        with self._lock:
            taken = max(min(count, self.left), 0)
            self.left -= taken
            return taken


@attrs.frozen(kw_only=True)
class _Desk:
    """What the connections of one slice have in common."""

    release: Release
    campaigns: dict[str, Campaign]
    until: float
    size: int
    allowance: _Allowance
