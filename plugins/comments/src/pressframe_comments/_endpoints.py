"""What the live server answers: a comment sent, a form for an answer, a comment that waits."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

import attrs

from pressframe.errors import StoreError
from pressframe.model import Comment, Host, Judgement, Reply
from pressframe.model import Live as Site
from pressframe_comments._avatars import make_finder
from pressframe_comments._changes import Changing, may_change
from pressframe_comments._follow_routes import FollowPages
from pressframe_comments._form import AUTHOR, Typed
from pressframe_comments._live import Live
from pressframe_comments._remember import read_details
from pressframe_comments._signing import Signer
from pressframe_comments._store import CommentStore, Draft, Filed, State, comment_store
from pressframe_comments._taking import Taking, sender_of, shorten, tell_of_failure
from pressframe_comments._visit import Visit, missing
from pressframe_web import Later, Request, Response, Route

if TYPE_CHECKING:
    from pressframe_comments._plugin import Comments

_SHOWN_FOR = timedelta(days=30)
"""How long the private address of a comment works."""


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

    def receive(self, request: Request, site: Site) -> Response | Later:
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
            if problems:
                return visit.show_form(Live(typed=typed), *problems)
            return Taking.of(self.settings, self.host, self.store, typed, visit).take()
        except StoreError as error:
            return tell_of_failure(error, typed, visit)

    def _preview(self, typed: Typed, visit: Visit) -> tuple[Live, *tuple[str, ...]]:
        """Return the form with what its text would look like, and what is wrong with the text."""
        problems = typed.body_problems()
        html = None if problems else preview(typed, visit)
        return Live(typed=typed, preview=html), *problems

    def show_reply(self, request: Request, site: Site) -> Response:
        """Show the entry with its form, filled with what is known of the reader: the way without a script.

        It stands under the comment to be answered, where one is named.
        """
        visit = self.visit(request, site, request.parameters["entry"])
        if visit is None:
            return missing(site)
        parent = request.query.get("to")
        if visit.is_gated or (parent is not None and parent not in visit.answerable):
            return Response(status=303, location=visit.card.address)
        if self.is_closed(visit):
            return visit.show(Live(is_closed=True))
        return visit.show_form(Live(typed=visit.remembered(parent=parent or "")), status=200)

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
            if visit and visit.holds(request.parameters["id"]):
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
        sender = sender_of(draft, visit)
        return list(self.settings.judge(comment, visit.public_card, draft.received, sender, self.host))


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
