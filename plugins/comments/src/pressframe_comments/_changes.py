"""Who sent a comment edits or deletes it, from the browser that sent it and for a while."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

import attrs

from pressframe.errors import StoreError
from pressframe.model import Live as Site
from pressframe.model import Reply, Verdict
from pressframe_comments._avatars import make_finder
from pressframe_comments._form import Typed
from pressframe_comments._live import Live
from pressframe_comments._reasons import reasons_of
from pressframe_comments._store import Act, CommentStore, Filed, State, Texts
from pressframe_comments._telling import tell_act
from pressframe_comments._visit import Visit, missing
from pressframe_web import Request, Response, Route

if TYPE_CHECKING:
    from pressframe_comments._endpoints import Endpoints
    from pressframe_comments._plugin import Comments

log = logging.getLogger("pressframe")

_STRICTER = {Verdict.HOLD: State.PENDING, Verdict.SPAM: State.SPAM}


def may_change(filed: Filed, visit: Visit, settings: Comments) -> bool:
    """Tell whether who asks sent *filed*, lately enough, and nobody has answered it.

    A browser proves it by its signed cookie, a signed-in reader by who they are.
    """
    comment = filed.comment
    is_young = visit.request.now - comment.received < settings.edit_for
    is_there = filed.state in (State.APPROVED, State.PENDING) and not visit.is_gated
    is_answered = any(one.comment.parent == comment.id for one in visit.replies)
    return _is_own(filed, visit) and is_young and is_there and not is_answered


def _is_own(filed: Filed, visit: Visit) -> bool:
    reader = visit.request.reader
    is_browsers = bool(filed.sender) and filed.sender == visit.sender
    return is_browsers or (reader is not None and reader.id == filed.comment.reader)


@attrs.frozen
class Changing:
    """The routes by which senders change what they sent."""

    desk: Endpoints

    def routes(self) -> Iterable[Route]:
        """Return them."""
        yield Route(methods=("GET",), path="/comment/{id}/edit", endpoint=self.show_edit)
        yield Route(methods=("POST",), path="/comment/{id}/edit", endpoint=self.edit)
        yield Route(methods=("GET",), path="/comment/{id}/delete", endpoint=self.show_delete)
        yield Route(methods=("POST",), path="/comment/{id}/delete", endpoint=self.delete)

    @property
    def _store(self) -> CommentStore:
        return self.desk.store

    def _find(self, request: Request, site: Site) -> tuple[Filed, Visit] | Response:
        """Return the comment that may be changed; the answer to who may not."""
        id = request.parameters["id"]
        filed = self._store.get(id) if id.startswith("c") else None
        visit = self.desk.visit(request, site, filed.comment.entry) if filed else None
        if filed is None or visit is None:
            return missing(site)
        if may_change(filed, visit, self.desk.settings):
            return filed, visit
        if visit.is_gated and _is_own(filed, visit):  # the entry was gated since: what was typed is given back there
            return visit.show(Live(), status=403)
        if filed.state is State.APPROVED and not visit.is_gated:
            return visit.show(Live(notice="over"), status=403)
        if filed.state is State.PENDING and not visit.is_gated and _is_own(filed, visit):
            comment = attrs.evolve(filed.comment, avatar=make_finder(self.desk.host)(filed.email))
            own = Reply(comment=comment, html=site.hooks.filter_comment(comment))
            return visit.show(Live(notice="over", own=own, awaits=True), status=403)
        return missing(site)

    # ---------------------------------------------------------------------------------------------- editing

    def show_edit(self, request: Request, site: Site) -> Response:
        """Show the form in the place of the comment, filled with its text."""
        found = self._find(request, site)
        if isinstance(found, Response):
            return found
        filed, visit = found
        return _form(filed, visit, Typed(body=filed.comment.body), status=200)

    def edit(self, request: Request, site: Site) -> Response:
        """Take the text as it is now; it is judged like a new one, and may be held."""
        typed = Typed.read(request.form)
        found = self._find(request, site)
        if isinstance(found, Response):
            return _with_text(found, typed)
        filed, visit = found
        problems = typed.body_problems()
        if problems or request.form.get("preview"):
            return _form(filed, visit, typed, *problems, status=200 if request.form.get("preview") else 422)
        if typed.body == filed.comment.body:
            return self._lead_to(filed)
        try:
            return self._change(filed, typed, visit)
        except StoreError as error:
            log.warning("a comment could not be changed: %s", error)
            return _form(filed, visit, typed, "store-failed", status=503)

    def _change(self, filed: Filed, typed: Typed, visit: Visit) -> Response:
        judgements = self.desk.judge_again(filed, typed, visit)
        verdict = max(judgement.verdict for judgement in judgements)
        if verdict is Verdict.REFUSE:
            return _form(filed, visit, typed, "comment-refused", status=403)
        id, expected, state = filed.comment.id, filed.version, _STRICTER.get(verdict)
        if state and state is not filed.state and filed.state is State.APPROVED:
            # First out of sight, then changed: at no moment a text is shown that nobody has passed.
            log.info("%s was edited and waits", id)  # not why: that may hold words and addresses of who wrote it
            moved = self._store.move([id], state, at=visit.request.now, expected={id: expected})
            self._tell(moved, visit)
            expected = moved.changed[0].version if moved.changed else expected
        reasons = tuple(reasons_of(judgements)) if state else None
        texts = attrs.evolve(Texts.of(filed.comment), body=typed.body, reasons=reasons)
        self._tell(self._store.edit(id, texts, at=visit.request.now, expected=expected), visit)
        visit.site.changed()
        return self._lead_to(filed)

    def _tell(self, act: Act, visit: Visit) -> None:
        tell_act(self.desk.host, act, card=lambda entry: visit.public_card)

    def _lead_to(self, filed: Filed) -> Response:
        id = filed.comment.id
        return Response(location=f"/comments/pending/{self.desk.signer.make_token(id)}#comment-{id}", status=303)

    # --------------------------------------------------------------------------------------------- deleting

    def show_delete(self, request: Request, site: Site) -> Response:
        """Ask whether the comment is to go."""
        found = self._find(request, site)
        if isinstance(found, Response):
            return found
        return found[1].ask("delete", found[0].comment)

    def delete(self, request: Request, site: Site) -> Response:
        """Put the comment where the owner alone finds it."""
        found = self._find(request, site)
        if isinstance(found, Response):
            return found
        filed, visit = found
        id = filed.comment.id
        act = self._store.move([id], State.TRASH, at=visit.request.now, expected={id: filed.version})
        self._tell(act, visit)
        visit.site.changed()
        return visit.show(Live(notice="deleted", typed=visit.remembered()))


def _form(filed: Filed, visit: Visit, typed: Typed, *problems: str, status: int) -> Response:
    from pressframe_comments._endpoints import preview

    is_preview = status == 200 and bool(visit.request.form.get("preview")) and not problems
    own = Reply(comment=filed.comment, html=visit.site.hooks.filter_comment(filed.comment))
    live = Live(
        own=own,
        typed=attrs.evolve(typed.printable(), parent="", trap=""),
        problems=problems,
        awaits=filed.state is not State.APPROVED,
        is_changeable=True,
        is_edited=True,
        preview=preview(typed, visit) if is_preview else None,
    )
    return visit.show(live, status=status)


def _with_text(response: Response, typed: Typed) -> Response:
    """Return an answer that gives back what was typed, where there is a page to give it back on."""
    live = Live.of(response.page) if response.page else None
    if response.page is None or live is None:
        return response
    kept = attrs.evolve(live, typed=attrs.evolve(typed.printable(), parent=""))
    return attrs.evolve(response, page=kept.put_into(response.page))
