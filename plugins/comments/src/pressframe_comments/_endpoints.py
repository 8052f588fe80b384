"""What the live server answers: a comment sent, a form for an answer, a comment that waits."""

from __future__ import annotations

import ipaddress
import json
import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

import attrs

from pressframe.errors import StoreError
from pressframe.model import Comment, Host, Judgement, Reply, Sender, Verdict
from pressframe.model import Live as Site
from pressframe_comments._avatars import make_finder
from pressframe_comments._changes import Changing, may_change
from pressframe_comments._follow_routes import FollowPages
from pressframe_comments._followers import Followers, Wish
from pressframe_comments._form import AUTHOR, Typed
from pressframe_comments._live import Live
from pressframe_comments._recent import Sent
from pressframe_comments._remember import make_details, read_details
from pressframe_comments._signing import Signer
from pressframe_comments._store import CommentStore, Draft, Filed, Seen, State, comment_store
from pressframe_comments._telling import tell_new
from pressframe_comments._visit import COOKIE, Visit, missing
from pressframe_web import Cookie, Request, Response, Route

if TYPE_CHECKING:
    from pressframe_comments._plugin import Comments

log = logging.getLogger("pressframe")

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
        yield Route(methods=("GET",), path="/comment/{id}", endpoint=made.find)
        yield from Changing(made).routes()
        yield from FollowPages(host, made.signer).routes()
        yield Route(methods=("GET",), path="/comments/me", endpoint=made.tell_details)
        yield Route(methods=("GET",), path="/comments/page/{number}/{entry:path}", endpoint=made.show_page)
        yield Route(methods=("POST",), path="/comments/{entry:path}", endpoint=made.receive)
        yield Route(methods=("GET",), path="/comments/reply/{entry:path}", endpoint=made.show_reply)
        yield Route(methods=("GET",), path="/comments/pending/{token}", endpoint=made.show_own)

    def receive(self, request: Request, site: Site) -> Response:
        """Take a comment that was sent, or say why not, with all that was typed."""
        visit = self.visit(request, site, request.parameters["entry"])
        if visit is None:
            return missing(site)
        typed = Typed.read(request.form)
        if visit.name:
            typed = attrs.evolve(typed, author=visit.name)
        if visit.is_gated:
            return visit.show(Live(typed=typed.printable()), status=403)
        if self.is_closed(visit):
            return visit.show(Live(typed=typed.printable(), is_closed=True), status=403)
        if request.form.get("preview"):
            return visit.show_form(*self._preview(typed, visit), status=200)
        try:
            problems = self._problems(typed, visit)
            return visit.show_form(Live(typed=typed), *problems) if problems else self._take(typed, visit)
        except StoreError as error:
            log.warning("a comment could not be stored: %s", error)
            return visit.show_form(Live(typed=typed), "store-failed", status=503, retry_after=timedelta(seconds=10))

    def _preview(self, typed: Typed, visit: Visit) -> tuple[Live, *tuple[str, ...]]:
        """Return the form with what its text would look like, and what is wrong with the text."""
        problems = typed.body_problems()
        html = None if problems else preview(typed, visit)
        return Live(typed=typed, preview=html), *problems

    def show_reply(self, request: Request, site: Site) -> Response:
        """Show the entry with its form under the comment to be answered: the way without a script."""
        visit = self.visit(request, site, request.parameters["entry"])
        if visit is None:
            return missing(site)
        parent = request.query.get("to", "")
        if visit.is_gated or parent not in visit.shown:
            return Response(status=303, location=visit.card.address)
        if self.is_closed(visit):
            return visit.show(Live(is_closed=True))
        return visit.show_form(Live(typed=visit.remembered(parent=parent)), status=200)

    def show_own(self, request: Request, site: Site) -> Response:
        """Show a comment to its sender; who lost the address, or comes too late, finds nothing."""
        id = self.signer.read_token(request.parameters["token"])
        filed = self.store.get(id) if id else None
        visit = self.visit(request, site, filed.comment.entry) if filed else None
        if filed is None or visit is None or request.now - filed.comment.received > _SHOWN_FOR:
            return missing(site)
        is_changeable = may_change(filed, visit, self.settings)
        if filed.comment.id in visit.shown and not is_changeable:
            return Response(status=303, location=visit.address_of(filed.comment.id))
        comment = attrs.evolve(filed.comment, avatar=make_finder(self.host)(filed.email))
        own = Reply(comment=comment, html=site.hooks.filter_comment(comment))
        awaits = filed.state is not State.APPROVED
        page = visit.show(Live(own=own, awaits=awaits, is_changeable=is_changeable, typed=visit.remembered()))
        return attrs.evolve(page, headers={"Referrer-Policy": "no-referrer"})  # the address is the secret

    def show_page(self, request: Request, site: Site) -> Response:
        """Show a page of a long conversation to a reader who sees more than strangers do."""
        visit = self.visit(request, site, request.parameters["entry"])
        number = request.parameters["number"]
        is_number = number.isascii() and number.isdigit() and len(number) < 7
        page = visit.page(int(number)) if visit and is_number else None
        return Response(page=attrs.evolve(page, indexed=False)) if page else missing(site)

    def find(self, request: Request, site: Site) -> Response:
        """Lead to a comment, on whichever page of its conversation it is."""
        for entry in filter(None, (self._entry_of(request.parameters["id"]), request.query.get("on"))):
            visit = self.visit(request, site, entry)
            if visit and request.parameters["id"] in visit.shown:
                return Response(status=303, location=visit.address_of(request.parameters["id"]))
        return missing(site)

    def _entry_of(self, id: str) -> str | None:
        filed = self.store.get(id) if id.startswith("c") else None
        return filed.comment.entry if filed else None

    def tell_details(self, request: Request, site: Site) -> Response:
        """Tell the script what the form may be filled with, and who is signed in: to whom it is, and nobody else."""
        known = read_details(request.cookies)
        told = {
            "author": known.author,
            "email": known.email,
            "url": known.url,
            "remember": known.remember,
            "reader": None if request.reader is None else request.reader.name or "",
        }
        return Response(body=json.dumps(told).encode(), media_type="application/json")

    def visit(self, request: Request, site: Site, entry: str) -> Visit | None:
        """Return the visit to *entry*; None if there is no such entry."""
        card = site.card(entry)
        if card is None:
            return None
        return Visit(request=request, site=site, card=card, signer=self.signer, paging=self.settings.paging)

    def is_closed(self, visit: Visit) -> bool:
        """Tell whether nobody may comment any more."""
        entry = visit.site.entry(visit.card.id)
        is_too_old = self.settings.rules.is_closed(visit.card.published, visit.request.now)
        return self.settings.closed or is_too_old or entry is None or not entry.open_to_comments

    # ------------------------------------------------------------------------------------------- receiving

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
        fresh = None if visit.sender else self.signer.make_sender()
        draft = _draft(typed, visit, sender=self.signer.read_sender(fresh) if fresh else visit.sender)
        seen = self.store.look(draft, draft.received - self.settings.flood_window)
        filed = seen.repeat
        if filed is None:
            wait = self._wait(draft, seen)
            if wait is not None:
                return visit.show_form(Live(typed=typed), "flood-early", status=429, retry_after=wait)
            draft = attrs.evolve(draft, accepted_before=seen.is_known)
            judgements = self._judge(draft, typed, visit)
            verdict = max(judgement.verdict for judgement in judgements)
            if verdict is Verdict.REFUSE:
                return visit.show_form(Live(typed=typed), "comment-refused", status=403)
            reasons = [judgement.reason for judgement in judgements if judgement.verdict is not Verdict.ACCEPT]
            filed = self.store.add(draft, _STATES[verdict], reasons)
            self.settings.recent.note(Sent(draft.author, draft.entry, draft.received), draft.body)
            tell_new(self.host, filed, visit.public_card)
            self._follow(filed, typed, draft, visit)
        if filed.state is State.APPROVED:
            visit.site.changed()
        own = f"/comments/pending/{self.signer.make_token(filed.comment.id)}#comment-{filed.comment.id}"
        cookies = make_details(typed, visit.request.cookies)
        cookies += (Cookie(name=COOKIE, value=fresh, max_age=_REMEMBERED),) if fresh else ()
        return Response(status=303, location=own, cookies=cookies)

    def _follow(self, filed: Filed, typed: Typed, draft: Draft, visit: Visit) -> None:
        """Note whether anything is to be mailed; nothing is in the name of who sends spam."""
        if self.settings.follow and typed.follows and filed.state is not State.SPAM:
            wish = Wish(
                filed=filed,
                card=visit.card,
                replies=typed.follow_answers,
                everything=typed.follow_all,
                sender=draft.sender,
                reader=draft.reader,
            )
            try:
                Followers(self.host).ask(wish, visit.request.now)
            except StoreError as error:  # the comment is safe, and its sender must not be told otherwise
                log.warning("what a reader wants mailed could not be stored: %s", error)

    def _wait(self, draft: Draft, seen: Seen) -> timedelta | None:
        """Return how long this client must wait before it may send more; None if it need not."""
        if not seen.is_known and draft.reader is None:
            limit, window = self.settings.flood_limit_site, self.settings.flood_window
            wait = self.settings.recent.wait(draft.received, limit=limit, window=window)
            if wait is not None:
                return wait
        if self.settings.flood_limit == 0 or seen.recent < self.settings.flood_limit or seen.first is None:
            return None
        return seen.first + self.settings.flood_window - draft.received

    def judge_again(self, filed: Filed, typed: Typed, visit: Visit) -> list[Judgement]:
        """Return what is thought of a comment whose text is now as *typed*."""
        comment = filed.comment
        draft = Draft(
            entry=comment.entry,
            author=comment.author,
            email=filed.email,
            url=comment.url,
            body=typed.body,
            received=visit.request.now,
            parent=comment.parent,
            reader=comment.reader,
            client=shorten(visit.request.client),
            accepted_before=comment.accepted_before or filed.state is State.APPROVED,
        )
        comment = attrs.evolve(comment, body=typed.body, accepted_before=draft.accepted_before)
        sender = _sender(draft, visit)
        return list(self.settings.judge(comment, visit.public_card, draft.received, sender, self.host))

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
        card, sender = visit.public_card, _sender(draft, visit)
        judgements = list(self.settings.judge(comment, card, draft.received, sender, self.host))
        is_known = comment.accepted_before or comment.reader is not None
        if not is_known and visit.age_of(typed) == "early":
            judgements.append(Judgement(verdict=Verdict.HOLD, reason="it came within 2 seconds of its form"))
        sent = Sent(draft.author, draft.entry, draft.received)
        times = self.settings.recent.times_sent(sent, draft.body, within=self.settings.same_text_within)
        if times and comment.reader is None:
            reason = f"the same text came {times + 1} times lately, under other names or to other entries"
            judgements.append(Judgement(verdict=Verdict.HOLD, reason=reason))
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


def preview(typed: Typed, visit: Visit) -> str:
    """Return the HTML of what was typed, made and sanitised as if it had been sent."""
    comment = Comment(
        id="new",
        entry=visit.card.id,
        author=typed.printable().author[:AUTHOR] or "?",
        body=typed.printable().body,
        received=visit.request.now,
        reader=visit.request.reader.id if visit.request.reader else None,
    )
    return visit.site.hooks.filter_comment(comment)


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
