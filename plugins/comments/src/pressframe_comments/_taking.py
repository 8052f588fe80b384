"""A comment that was sent, on its way into the store: looked up, judged, stored, told of, and its sender led to it."""

from __future__ import annotations

import functools
import ipaddress
import logging
from collections import deque
from concurrent.futures import Future
from datetime import timedelta
from typing import TYPE_CHECKING

import attrs

from pressframe.errors import StoreError
from pressframe.model import Host, Judgement, Sender, Verdict
from pressframe_comments._followers import Followers, Wish
from pressframe_comments._form import Typed
from pressframe_comments._live import Live
from pressframe_comments._reasons import Reason, reasons_of
from pressframe_comments._recent import Sent
from pressframe_comments._remember import make_details
from pressframe_comments._store import CommentStore, Draft, Filed, Seen, State
from pressframe_comments._telling import tell_new
from pressframe_comments._visit import COOKIE, Visit
from pressframe_web import Cookie, Later, Response

if TYPE_CHECKING:
    from pressframe_comments._plugin import Comments

log = logging.getLogger("pressframe")

_REMEMBERED = timedelta(days=365)
_LONGEST = 500
"""Characters kept of what a browser says of itself and where it came from."""
_STATES = {Verdict.ACCEPT: State.APPROVED, Verdict.HOLD: State.PENDING, Verdict.SPAM: State.SPAM}


def _(text: str) -> str:
    return text  # marks what is translated when shown


@attrs.frozen(kw_only=True)
class Taking:
    """One comment that has nothing wrong with it.

    Attributes:
        fresh: Cookie for a browser that comments for the first time; None for others.
    """

    settings: Comments
    host: Host
    store: CommentStore
    typed: Typed
    visit: Visit
    draft: Draft
    sent: Sent
    fresh: str | None

    @classmethod
    def of(cls, settings: Comments, host: Host, store: CommentStore, typed: Typed, visit: Visit) -> Taking:
        """Return what is to be taken: *typed*, by who makes the *visit*."""
        fresh = None if visit.sender else visit.signer.make_sender()
        draft = _draft(typed, visit, sender=visit.signer.read_sender(fresh) if fresh else visit.sender)
        return cls(
            settings=settings,
            host=host,
            store=store,
            typed=typed,
            visit=visit,
            draft=draft,
            sent=Sent.of(draft),
            fresh=fresh,
        )

    def take(self) -> Response | Later:
        """Judge and store it; the answer waits until it is stored.

        Raises:
            StoreError: The store could not be asked.
        """
        recent, client = self.settings.recent, self.draft.client
        others = recent.begin(client)
        try:
            taken = self._judge_and_store(others)
        except BaseException:
            recent.end(client)
            raise
        if isinstance(taken, Future):
            taken.add_done_callback(lambda _: recent.end(client))
            return Later(until=taken, then=functools.partial(self._answer, taken))
        recent.end(client)
        return taken

    def _judge_and_store(self, others: int) -> Response | Future[Filed]:
        """Return the answer, or what is to come of storing it.

        Args:
            others: How many more of the same client are on their way.
        """
        since = self.draft.received - self.settings.flood_window
        seen = self.store.look(self.draft, since, most=self.settings.flood_limit)
        if seen.repeat is not None:
            return self._lead_to(seen.repeat)
        early = self._early(seen, others)
        if early is not None:
            problem, wait = early
            return self.visit.show_form(Live(typed=self.typed), problem, status=429, retry_after=wait)
        draft = attrs.evolve(self.draft, accepted_before=seen.is_known)
        judgements = self._judge(draft)
        verdict = max(judgement.verdict for judgement in judgements)
        if verdict is Verdict.REFUSE:
            return self.visit.show_form(Live(typed=self.typed), "comment-refused", status=403)
        return self.store.submit(draft, _STATES[verdict], reasons_of(judgements))

    def _early(self, seen: Seen, others: int) -> tuple[str, timedelta] | None:
        """Return whose flood it is, and how long this client must wait before it may send more; None if it need not."""
        now, window, limit = self.draft.received, self.settings.flood_window, self.settings.flood_limit
        if not seen.is_known and self.draft.reader is None:
            most, find = self.settings.flood_limit_site, self.store.newest
            wait = self.settings.recent.wait(now, limit=most, window=window, find=find)
            if wait is not None:
                return "flood-all", wait
        if limit == 0 or seen.recent + others < limit:
            return None
        return "flood-early", (seen.first or now) + window - now

    def _judge(self, draft: Draft) -> list[Judgement]:
        comment, card, sender = draft.as_comment(), self.visit.public_card, sender_of(draft, self.visit)
        judgements = list(self.settings.judge(comment, card, draft.received, sender, self.host))
        is_known = comment.accepted_before or comment.reader is not None
        if not is_known and self.visit.age_of(self.typed) == "early":
            reason = Reason(_("it came within %(seconds)s seconds of its form"), seconds=2)
            judgements.append(Judgement(verdict=Verdict.HOLD, reason=reason))
        times = self.settings.recent.times_sent(self.sent, within=self.settings.same_text_within)
        if times and comment.reader is None:
            message = _("the same text came %(times)s times lately, under other names or to other entries")
            reason = Reason(message, times=times + 1)
            judgements.append(Judgement(verdict=Verdict.HOLD, reason=reason))
        return judgements

    # -------------------------------------------------------------------------------- once it is stored

    def _answer(self, stored: Future[Filed]) -> Response:
        try:
            filed = stored.result()
        except StoreError as error:
            return tell_of_failure(error, self.typed, self.visit)
        self.settings.recent.note(self.sent)
        try:
            tell_new(self.host, filed, self.visit.public_card)
            self._follow(filed)
            self._tell_name(filed)
        except StoreError as error:  # the comment is safe, and its sender must not be told otherwise
            log.warning("what follows from a comment could not be stored: %s", error)
        return self._lead_to(filed)

    def _lead_to(self, filed: Filed) -> Response:
        """Lead the sender to the comment, with the cookies that it gets."""
        if filed.state is State.APPROVED:
            self.visit.site.changed()
        own = f"/comments/pending/{self.visit.signer.make_token(filed.comment.id)}#comment-{filed.comment.id}"
        cookies = make_details(self.typed, self.visit.request.cookies)
        cookies += (Cookie(name=COOKIE, value=self.fresh, max_age=_REMEMBERED),) if self.fresh else ()
        return Response(status=303, location=own, cookies=cookies)

    def _tell_name(self, filed: Filed) -> None:
        """Let whoever knows the reader keep the name that they had to type; spam names nobody."""
        reader = self.visit.request.reader
        if reader is not None and not reader.name and filed.state is not State.SPAM:
            deque(self.host.hooks.ask("on_name", reader, self.typed.author, self.host), maxlen=0)

    def _follow(self, filed: Filed) -> None:
        """Note whether anything is to be mailed; nothing is in the name of who sends spam."""
        if self.settings.follow and self.typed.follows and filed.state is not State.SPAM:
            wish = Wish(
                filed=filed,
                card=self.visit.card,
                replies=self.typed.follow_answers,
                everything=self.typed.follow_all,
                sender=self.draft.sender,
                reader=self.draft.reader,
                client=self.draft.client,
            )
            Followers(self.host).ask(wish, self.visit.request.now)


def tell_of_failure(error: StoreError, typed: Typed, visit: Visit) -> Response:
    """Return the form with all that was typed, and say that it could not be stored."""
    log.warning("a comment could not be stored: %s", error)
    return visit.show_form(Live(typed=typed), "store-failed", status=503, retry_after=timedelta(seconds=10))


def _draft(typed: Typed, visit: Visit, *, sender: str | None) -> Draft:
    return Draft(
        entry=visit.card.id,
        author=typed.author,
        email=typed.email,
        url=typed.website,
        body=typed.body,
        received=visit.request.now,
        parent=typed.parent or None,
        reader=visit.request.reader.id if visit.request.reader else None,
        sender=sender,
        client=shorten(visit.request.client),
        agent=visit.request.headers.get("user-agent", "")[:_LONGEST],
        referrer=visit.request.headers.get("referer", "")[:_LONGEST],
        key=typed.stamp or typed.key or None,
    )


def sender_of(draft: Draft, visit: Visit) -> Sender:
    """Return what judges get to know of who sends *draft*."""
    known = {name: getattr(draft, name) for name in ("email", "client", "agent", "referrer")}
    return Sender(**known, fields=dict(visit.request.form))


@functools.lru_cache(maxsize=1024)
def shorten(client: str) -> str:
    """Return the neighbourhood of a network address, /24 or /48; empty if it is none."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))
