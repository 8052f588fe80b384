"""One comment on a page of its own: all that is known of it, its history, its editing, and the answer to it."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence

import attrs

from pressframe.errors import StoreError
from pressframe.model import Comment, Host, Json, Live
from pressframe_admin import Account, Action, Done, Flash
from pressframe_comments import (
    Act,
    CommentStore,
    ConflictError,
    Draft,
    Filed,
    State,
    Step,
    Texts,
    tell_new,
    website,
)  # fmt: skip
from pressframe_moderation import _cards as cards
from pressframe_moderation._acts import ADDED, step_of, undo_form, undo_of
from pressframe_moderation._desk import Desk, missing, page_of
from pressframe_moderation._wanted import LIST, Wanted
from pressframe_sql.texts import is_storable, storable
from pressframe_web import Request, Response

log = logging.getLogger("pressframe")

AUTHOR, URL, BODY = 245, 200, 65_525
"""The most characters of each, as in the readers' form."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ASKED = ("approve", "spam", "trash")


def _(text: str) -> str:
    return text  # marks what is translated when shown


@attrs.frozen
class Single:
    """The routes of one comment."""

    _host: Host
    _store: CommentStore

    def actions(self) -> Iterable[Action]:
        """Return them."""
        path = f"{LIST}{{id}}"
        yield Action(path=path, endpoint=self.show)
        yield Action(path=f"{path}/edit", endpoint=self.show_edit)
        yield Action(methods=("POST",), path=f"{path}/edit", endpoint=self.edit)
        yield Action(methods=("POST",), path=f"{path}/reply", endpoint=self.reply)

    def _desk(self, request: Request, site: Live, account: Account) -> Desk:
        return Desk(self._host, self._store, site, account, request.now)

    # ----------------------------------------------------------------------------------------------- showing

    def show(self, request: Request, site: Live, account: Account) -> Response:
        """Show a comment; where a mail leads to, with the button first that was asked for. Changes nothing."""
        desk = self._desk(request, site, account)
        filed = desk.find(request.parameters["id"])
        if filed is None:
            return missing()
        asked = request.query.get("do", "")
        return self._page(desk, filed, Wanted.read(request.query), asked=asked if asked in _ASKED else "")

    def _page(self, desk: Desk, filed: Filed, back: Wanted, *, status: int = 200, **more: Json) -> Response:
        (card,) = cards.show(desk, [filed], back)
        data: dict[str, Json] = {
            "comment": card,
            "agent": filed.agent,
            "referrer": filed.referrer,
            "history": _history(filed, self._store.history(filed.comment.id)),
            "query": back.query,
            "back": back.location,
            "key": secrets.token_urlsafe(12),
            "reply": "",
            "problem": "",
            "asked": "",
            "steps": [],
            "longest": BODY,
            **more,
        }
        return page_of("single", data, status=status)

    # ----------------------------------------------------------------------------------------------- editing

    def show_edit(self, request: Request, site: Live, account: Account) -> Response:
        """Show the form that changes a comment's texts."""
        desk = self._desk(request, site, account)
        filed = desk.find(request.parameters["id"])
        if filed is None:
            return missing()
        return _form(desk, filed, _Filling(typed=_typed(Texts.of(filed.comment)), back=Wanted.read(request.query)))

    def edit(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Take the texts as they are now; where somebody was faster, show both theirs and these."""
        desk, form = self._desk(request, site, account), request.form
        filed, back = desk.find(request.parameters["id"]), Wanted.read_text(form.get("query", ""))
        if filed is None:
            return missing()
        typed = _read(form)
        sent = _Filling(typed=typed, back=back, version=form.get("version", ""), problems=_problems(typed))
        if sent.problems:
            return _form(desk, filed, sent, status=422)
        texts = Texts(author=typed["author"], url=website(typed["url"]) if typed["url"] else None, body=typed["body"])
        id, expected = filed.comment.id, _number(sent.version)
        try:
            act = self._store.edit(id, texts, by=account.name, at=request.now, expected=expected)
        except ConflictError as error:
            now = desk.find(id)
            late = attrs.evolve(sent, version="", steps=error.steps)
            return _form(desk, now, late, status=409) if now else missing()
        except StoreError as error:
            log.warning("a comment could not be changed: %s", error)
            return _form(desk, filed, attrs.evolve(sent, problems=["store"]), status=503)
        desk.tell(act)
        flash = Flash(text=_("The comment is changed."), undo=undo_of(desk, back, act))
        return Done(
            location=back.location,
            flash=flash if act.changed else Flash(text=_("Nothing had to be done: it was so already.")),
        )

    # ---------------------------------------------------------------------------------------------- replying

    def reply(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Publish an answer as who is signed in; what it answers is approved with it, if it waited."""
        desk, form = self._desk(request, site, account), request.form
        filed, back = desk.find(request.parameters["id"]), Wanted.read_text(form.get("query", ""))
        if filed is None:
            return missing()
        body = _lines(form.get("comment", ""))
        problem, status = _reply_problem(desk, filed, body)
        steps: Sequence[Step] = ()
        if not problem:
            try:
                return self._answer(desk, filed, form, back)
            except ConflictError as error:
                problem, status, steps = "conflict", 409, error.steps
            except StoreError as error:
                log.warning("an answer could not be stored: %s", error)
                problem, status = "store", 503
        now = desk.find(filed.comment.id)
        if now is None:
            return missing()
        kept: dict[str, Json] = {
            "reply": storable(body),
            "problem": problem,
            "steps": [step_of(step) for step in steps],
        }
        return self._page(desk, now, back, status=status, **kept)

    def _answer(self, desk: Desk, filed: Filed, form: Mapping[str, str], back: Wanted) -> Done:
        approved = Act()
        if filed.state is State.PENDING:
            id, by = filed.comment.id, desk.account.name
            expected = {id: _number(form.get("version", ""))}
            approved = self._store.move([id], State.APPROVED, by=by, at=desk.now, expected=expected)
            desk.tell(approved)
        draft = _draft(desk, filed.comment, _lines(form.get("comment", "")), form.get("key", "")[:200])
        answer = self._store.find_repeat(draft)
        if answer is None:  # else the button was pressed twice
            answer = self._store.add(draft, State.APPROVED)
            tell_new(self._host, answer, desk.public_card(draft.entry), by=desk.account.name)
        desk.site.changed()
        text = _("Your reply is published.")
        if approved.id:
            text = _("Your reply is published, and the comment that it answers is approved.")
        undo = undo_form(desk, back, [f"{ADDED}{answer.comment.id}", *([approved.id] if approved.id else [])])
        return Done(location=back.location, flash=Flash(text=text, undo=undo))


def _reply_problem(desk: Desk, filed: Filed, body: str) -> tuple[str, int]:
    """Return what speaks against an answer, empty for nothing, and the status that says so."""
    if not cards.may_reply(desk, filed):
        return "state", 409
    if not body.strip():
        return "empty", 422
    return ("body", 422) if len(body) > BODY or not is_storable(body) else ("", 200)


def _draft(desk: Desk, answered: Comment, body: str, key: str) -> Draft:
    card = desk.site.card(answered.entry)
    return Draft(
        entry=answered.entry,
        author=desk.account.name[:AUTHOR],
        email=desk.account.address,
        url=None,
        body=body,
        received=desk.now,
        parent=answered.id,
        by_author=card is not None and desk.account.writes(card),
        key=key or None,
    )


# ------------------------------------------------------------------------------------------------------ editing


@attrs.frozen(kw_only=True)
class _Filling:
    """What the form that edits a comment is filled with.

    Attributes:
        version: That its sender has seen; empty for the one that there is now.
        problems: What is wrong, as ``<field>-<what>``.
        steps: What somebody else has done meanwhile.
    """

    typed: Mapping[str, str]
    back: Wanted
    version: str = ""
    problems: Sequence[str] = ()
    steps: Sequence[Step] = ()


def _form(desk: Desk, filed: Filed, filling: _Filling, *, status: int = 200) -> Response:
    """Return the form, beside the comment as it is now."""
    comment, html = filed.comment, desk.site.hooks.filter_comment
    data: dict[str, Json] = {
        "id": comment.id,
        "version": filling.version or str(filed.version),
        "now": {"author": comment.author, "url": comment.url or "", "body": comment.body, "html": html(comment)},
        "typed": {name: storable(text) for name, text in filling.typed.items()},
        "is_html": comment.format == "html",
        "problems": list(filling.problems),
        "steps": [step_of(step) for step in filling.steps],
        "limits": {"author": AUTHOR, "url": URL, "body": BODY},
        "query": filling.back.query,
        "back": filling.back.location,
    }
    return page_of("edit", data, status=status)


def _typed(texts: Texts) -> dict[str, str]:
    return {"author": texts.author, "url": texts.url or "", "body": texts.body}


def _read(form: Mapping[str, str]) -> dict[str, str]:
    author = " ".join(form.get("author", "").split())
    return {"author": author, "url": form.get("url", "").strip(), "body": _lines(form.get("comment", ""))}


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")


def _number(version: str) -> int:
    """Return the version that a form says was seen; 0, which no comment has, if it says none."""
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0


def _problems(typed: Mapping[str, str]) -> list[str]:
    """Return the fields that are wrong, each with what is, in the order of the form."""
    author, url, body = typed["author"], typed["url"], typed["body"]
    found = [
        "author-missing" if not author else "author-bad" if len(author) > AUTHOR or _CONTROL.search(author) else "",
        "url-bad" if url and (len(url) > URL or website(url) is None) else "",
        "body-missing" if not body.strip() else "body-bad" if len(body) > BODY or not is_storable(body) else "",
    ]
    return [problem for problem in found if problem]


# ------------------------------------------------------------------------------------------------------ history


def _history(filed: Filed, steps: Sequence[Step]) -> list[Json]:
    """Return what was done to a comment, newest first; of an edit the texts before and after that differ."""
    told: list[Json] = []
    after = Texts.of(filed.comment)
    for step in reversed(steps):
        changes: list[Json] = []
        if step.texts is not None:
            old, new = _typed(step.texts), _typed(after)
            changes = [{"field": name, "old": old[name], "new": new[name]} for name in old if old[name] != new[name]]
            after = step.texts
        told.append({**step_of(step), "changes": changes})
    return told
