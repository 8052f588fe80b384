"""What the live server answers: a comment sent, a form for an answer, a comment that waits."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

import attrs

from pressframe.errors import StoreError
from pressframe.model import Comment, Host, Judgement, Reply, Sender, Verdict
from pressframe.model import Live as Site
from pressframe_comments._form import Typed
from pressframe_comments._live import Live
from pressframe_comments._signing import Signer
from pressframe_comments._store import CommentStore, Draft, Seen, State, comment_store
from pressframe_comments._telling import tell_new
from pressframe_comments._visit import Visit, missing
from pressframe_web import Cookie, Request, Response, Route

if TYPE_CHECKING:
    from pressframe_comments._plugin import Comments

log = logging.getLogger("pressframe")

COOKIE = "commenter"
_REMEMBERED = timedelta(days=365)
_SHOWN_FOR = timedelta(days=30)
"""How long the private address of a comment works."""

_LONGEST = 500
"""Characters kept of what a browser says of itself and where it came from."""

_STATES = {Verdict.ACCEPT: State.APPROVED, Verdict.HOLD: State.PENDING, Verdict.SPAM: State.SPAM}


@attrs.frozen
class Endpoints:
    """The routes of one site."""

    settings: Comments
    host: Host
    store: CommentStore
    signer: Signer

    @classmethod
    def routes(cls, settings: Comments, host: Host) -> Iterable[Route]:
        """Return every route of the plugin."""
        made = cls(settings, host, comment_store(host), Signer(host))
        yield Route(methods=("POST",), path="/comments/{entry:path}", endpoint=made.receive)
        yield Route(methods=("GET",), path="/comments/reply/{entry:path}", endpoint=made.show_reply)
        yield Route(methods=("GET",), path="/comments/pending/{token}", endpoint=made.show_own)

    def receive(self, request: Request, site: Site) -> Response:
        """Take a comment that was sent, or say why not, with all that was typed."""
        visit = self._visit(request, site, request.parameters["entry"])
        if visit is None:
            return missing(site)
        if visit.is_gated:
            return visit.show(Live(), status=403)
        typed = Typed.read(request.form)
        if self._is_closed(visit):
            return visit.show(Live(typed=typed.printable(), is_closed=True), status=403)
        try:
            problems = self._problems(typed, visit)
            return visit.show_form(typed, *problems) if problems else self._take(typed, visit)
        except StoreError as error:
            log.warning("a comment could not be stored: %s", error)
            return visit.show_form(typed, "store-failed", status=503, retry_after=timedelta(seconds=10))

    def show_reply(self, request: Request, site: Site) -> Response:
        """Show the entry with its form under the comment to be answered: the way without a script."""
        visit = self._visit(request, site, request.parameters["entry"])
        if visit is None:
            return missing(site)
        parent = request.query.get("to", "")
        if visit.is_gated or parent not in visit.shown:
            return Response(status=303, location=visit.card.address)
        if self._is_closed(visit):
            return visit.show(Live(is_closed=True))
        return visit.show_form(Typed(parent=parent), status=200)

    def show_own(self, request: Request, site: Site) -> Response:
        """Show a comment to its sender; who lost the address, or comes too late, finds nothing."""
        id = self.signer.read_token(request.parameters["token"])
        filed = self.store.get(id) if id else None
        visit = self._visit(request, site, filed.comment.entry) if filed else None
        if filed is None or visit is None or request.now - filed.comment.received > _SHOWN_FOR:
            return missing(site)
        if filed.comment.id in visit.shown:
            return Response(status=303, location=f"{visit.card.address}#comment-{filed.comment.id}")
        own = Reply(comment=filed.comment, html=site.hooks.filter_comment(filed.comment))
        page = visit.show(Live(own=own, awaits=filed.state is not State.APPROVED))
        return attrs.evolve(page, headers={"Referrer-Policy": "no-referrer"})  # the address is the secret

    def _visit(self, request: Request, site: Site, entry: str) -> Visit | None:
        """Return the visit to *entry*; None if there is no such entry."""
        card = site.card(entry)
        return None if card is None else Visit(request=request, site=site, card=card, signer=self.signer)

    # ------------------------------------------------------------------------------------------- receiving

    def _is_closed(self, visit: Visit) -> bool:
        entry = visit.site.entry(visit.card.id)
        is_too_old = self.settings.rules.is_closed(visit.card.published, visit.request.now)
        return is_too_old or entry is None or not entry.open_to_comments

    def _problems(self, typed: Typed, visit: Visit) -> list[str]:
        problems = typed.problems(is_signed_in=visit.request.reader is not None)
        if typed.parent and not self._is_answerable(typed.parent, visit):
            problems.append("parent-missing")
        age = visit.age_of(typed)
        return [*problems, f"stamp-{age}"] if age in ("wrong", "old") else problems

    def _is_answerable(self, id: str, visit: Visit) -> bool:
        """Tell whether *id* is an accepted comment of this entry, be it shown already or just approved."""
        if id in visit.shown:
            return True
        filed = self.store.get(id) if id.startswith("c") else None
        return filed is not None and filed.state is State.APPROVED and filed.comment.entry == visit.card.id

    def _take(self, typed: Typed, visit: Visit) -> Response:
        """Judge and store a comment that has nothing wrong with it."""
        cookie = visit.request.cookies.get(COOKIE, "")
        fresh = None if self.signer.read_sender(cookie) else self.signer.make_sender()
        draft = _draft(typed, visit, sender=self.signer.read_sender(fresh or cookie))
        seen = self.store.look(draft, draft.received - self.settings.flood_window)
        filed = seen.repeat
        if filed is None:
            wait = self._wait(draft, seen)
            if wait is not None:
                return visit.show_form(typed, "flood-early", status=429, retry_after=wait)
            draft = attrs.evolve(draft, accepted_before=seen.is_known)
            judgements = self._judge(draft, typed, visit)
            verdict = max(judgement.verdict for judgement in judgements)
            if verdict is Verdict.REFUSE:
                return visit.show_form(typed, "comment-refused", status=403)
            reasons = [judgement.reason for judgement in judgements if judgement.verdict is not Verdict.ACCEPT]
            filed = self.store.add(draft, _STATES[verdict], reasons)
            tell_new(self.host, filed, visit.card)
        if filed.state is State.APPROVED:
            visit.site.changed()
        own = f"/comments/pending/{self.signer.make_token(filed.comment.id)}#comment-{filed.comment.id}"
        cookies = (Cookie(name=COOKIE, value=fresh, max_age=_REMEMBERED),) if fresh else ()
        return Response(status=303, location=own, cookies=cookies)

    def _wait(self, draft: Draft, seen: Seen) -> timedelta | None:
        """Return how long this client must wait before it may send more; None if it need not."""
        if self.settings.flood_limit == 0 or seen.recent < self.settings.flood_limit or seen.first is None:
            return None
        return seen.first + self.settings.flood_window - draft.received

    def _judge(self, draft: Draft, typed: Typed, visit: Visit) -> list[Judgement]:
        comment = Comment(
            id="new",
            entry=draft.entry,
            author=draft.author,
            url=draft.url,
            body=draft.body,
            received=draft.received,
            parent=draft.parent,
            reader=draft.reader,
            accepted_before=draft.accepted_before,
        )
        judgements = list(visit.site.hooks.judge_comment(comment, visit.card, draft.received, _sender(draft, visit)))
        is_known = comment.accepted_before or comment.reader is not None
        if not is_known and visit.age_of(typed) == "early":
            judgements.append(Judgement(verdict=Verdict.HOLD, reason="it came within 2 seconds of its form"))
        return judgements


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


def _sender(draft: Draft, visit: Visit) -> Sender:
    known = {name: getattr(draft, name) for name in ("email", "client", "agent", "referrer")}
    return Sender(**known, fields=dict(visit.request.form))


def shorten(client: str) -> str:
    """Return the neighbourhood of a network address, /24 or /48; empty if it is none."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))
