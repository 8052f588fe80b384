"""What moderators decide about comments, one or many: a form that is posted, and what is said of it afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import attrs

from pressframe.errors import StoreError
from pressframe.model import Host, Json, Live
from pressframe_admin import Account, Action, Done, Flash, Undo
from pressframe_comments import Act, CommentStore, ConflictError, Filed, State, Step
from pressframe_moderation import _cards as cards
from pressframe_moderation._desk import Desk, missing, page_of
from pressframe_moderation._wanted import LIST, Wanted
from pressframe_web import Request, Response

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer

ACT, DELETE, UNDO = f"{LIST}act", f"{LIST}delete", f"{LIST}undo"
ADDED = "+"
"""Stands before the id of a comment that was added: taking that back puts it into the trash."""
_ID = re.compile(r"[A-Za-z0-9-]{1,80}")
_VERSION = re.compile(r"[1-9][0-9]{0,8}")
_LONGEST_QUERY = 600
"""Of the list to go back to, that an undo takes along: it travels in a cookie."""


def _(text: str) -> str:
    return text  # marks what is translated when shown


@attrs.frozen
class _Kind:
    """A decision: what it makes of a comment, and how that is said of one and of many."""

    state: State | None
    one: str
    many: str


_KINDS: Mapping[str, _Kind] = {
    "approve": _Kind(State.APPROVED, _("%(num)s comment approved."), _("%(num)s comments approved.")),
    "hold": _Kind(State.PENDING, _("%(num)s comment waits again."), _("%(num)s comments wait again.")),
    "spam": _Kind(State.SPAM, _("%(num)s comment marked as spam."), _("%(num)s comments marked as spam.")),
    "trash": _Kind(State.TRASH, _("%(num)s comment moved to the trash."), _("%(num)s comments moved to the trash.")),
    "restore": _Kind(None, _("%(num)s comment restored."), _("%(num)s comments restored.")),
}


@attrs.frozen(kw_only=True)
class Asked:
    """What a form asks for.

    Attributes:
        what: A key of ``_KINDS``, or ``"delete"``; empty for nothing that there is.
        picks: The version in which each comment was seen, by ``id``.
        back: The list that the form stood in.
    """

    what: str
    picks: Mapping[str, int]
    back: Wanted

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Asked:
        """Return what *form* asks for: the button of one comment, ``approve c17 3``, or that of all that are chosen."""
        back = Wanted.read_text(form.get("query", ""))
        words = form.get("do", "").split(" ")
        if len(words) == 3:
            what, given = words[0], {words[1]: words[2]}
        else:
            what = form.get("bulk", "")
            given = {name.removeprefix("pick."): version for name, version in form.items() if name.startswith("pick.")}
        is_fit = all(_ID.fullmatch(id) and _VERSION.fullmatch(version) for id, version in given.items())
        picks = {id: int(version) for id, version in given.items()} if is_fit else {}
        return cls(what=what if what in (*_KINDS, "delete") else "", picks=picks, back=back)


@attrs.frozen
class Acts:
    """The routes by which comments are decided about."""

    _host: Host
    _store: CommentStore

    def actions(self) -> Iterable[Action]:
        """Return them."""
        posts: Mapping[str, Callable[[Request, Live, Account], Response | Done]] = {
            ACT: self.act, DELETE: self.delete, UNDO: self.undo,
        }  # fmt: skip
        for path, endpoint in posts.items():
            yield Action(methods=("POST",), path=path, endpoint=endpoint)

    def _desk(self, request: Request, site: Live, account: Account) -> Desk:
        return Desk(self._host, self._store, site, account, request.now)

    def act(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Do what is asked with all comments or none; ask once more before deleting."""
        desk, asked = self._desk(request, site, account), Asked.read(request.form)
        if not asked.what or not asked.picks:
            return _done(asked.back, Flash(text=_("Choose comments first, then what to do with them."), problem=True))
        found = _all_of(desk, asked)
        if found is None:
            return missing()
        if asked.what == "delete":
            return _confirm(desk, asked, found)
        try:
            act = self._move(desk, asked)
        except ConflictError as error:
            return conflict(desk, asked, error)
        except StoreError:
            if _all_of(desk, asked) is not None:
                raise
            return missing()  # somebody deleted one just now
        desk.tell(act)
        return _done(asked.back, told(_KINDS[asked.what], act, undo_of(desk, asked.back, act)))

    def _move(self, desk: Desk, asked: Asked) -> Act:
        by, state = desk.account.name, _KINDS[asked.what].state
        if state is None:
            return self._store.restore(list(asked.picks), by=by, at=desk.now, expected=asked.picks)
        return self._store.move(list(asked.picks), state, by=by, at=desk.now, expected=asked.picks)

    def delete(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Delete for ever what is in the trash, once that was confirmed."""
        desk, asked = self._desk(request, site, account), Asked.read({**request.form, "bulk": "delete", "do": ""})
        found = _all_of(desk, asked)
        if not asked.picks or found is None:
            return missing()
        if any(filed.state is not State.TRASH for filed in found):
            return _not_in_trash(asked.back)
        try:
            removed = self._store.delete(list(asked.picks), expected=asked.picks)
        except ConflictError as error:
            return conflict(desk, asked, error)
        except StoreError:
            if _all_of(desk, asked) is not None:
                raise
            return missing()  # somebody deleted one just now
        one, many = _("%(num)s comment deleted for ever."), _("%(num)s comments deleted for ever.")
        return _done(asked.back, Flash(text=one, plural=many, count=len(removed)))

    def undo(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Take back acts of this account, newest first; what was changed since stays as it is."""
        desk, back = self._desk(request, site, account), Wanted.read_text(request.form.get("query", ""))
        changed: list[Filed] = []
        again: list[str] = []
        for id in _read_acts(desk, request.form.get("acts", "")):
            try:
                act = self._take_back(desk, id)
            except ConflictError as error:
                text = _("Not taken back: %(who)s has changed the comment since.")
                who = error.steps[0].by if error.steps else ""
                return _done(back, Flash(text=text, values={"who": who or "pressframe"}, problem=True))
            except StoreError:
                return _done(back, Flash(text=_("This cannot be taken back any more."), problem=True))
            desk.tell(act)
            changed += act.changed
            again = [act.id, *again] if act.id else again
        if not changed:
            return _done(back, Flash(text=_("This cannot be taken back any more."), problem=True))
        one, many = _("%(num)s comment as before."), _("%(num)s comments as before.")
        if is_redone := bool(request.form.get("redone")):
            one, many = _("Done again: %(num)s comment."), _("Done again: %(num)s comments.")
        undo = undo_form(desk, back, again, takes_back_undoing=not is_redone)
        count = len({filed.comment.id for filed in changed})
        return _done(back, Flash(text=one, plural=many, count=count, undo=undo))

    def _take_back(self, desk: Desk, id: str) -> Act:
        if id.startswith(ADDED):
            return self._store.move([id.removeprefix(ADDED)], State.TRASH, by=desk.account.name, at=desk.now)
        return self._store.undo(id, by=desk.account.name, at=desk.now)


def _done(back: Wanted, flash: Flash) -> Done:
    return Done(location=back.location, flash=flash)


def _all_of(desk: Desk, asked: Asked) -> list[Filed] | None:
    """Return the comments that are asked for; None if one is not there, or not theirs."""
    found = desk.store.find(asked.picks)
    if any(id not in found or not desk.may_see(found[id]) for id in asked.picks):
        return None
    return [found[id] for id in asked.picks]


def told(kind: _Kind, act: Act, undo: Undo | None) -> Flash:
    """Return what is said of *act*."""
    if not act.changed:
        return Flash(text=_("Nothing had to be done: it was so already."))
    return Flash(text=kind.one, plural=kind.many, count=len(act.changed), undo=undo)


# ------------------------------------------------------------------------------------------------------- undoing


def undo_of(desk: Desk, back: Wanted, act: Act) -> Undo | None:
    """Return the button that takes *act* back; None if it changed nothing."""
    return undo_form(desk, back, [act.id]) if act.id else None


def undo_form(desk: Desk, back: Wanted, ids: list[str], *, takes_back_undoing: bool = False) -> Undo:
    """Return the button that takes back the acts called *ids*, in this order: "Undo", or "Redo" if they undid others.

    They are signed for this account, so that nobody can take back what others did.
    """
    query = back.query if len(back.query) <= _LONGEST_QUERY else ""
    fields = {"acts": _signer(desk).dumps(ids), "query": query}
    if takes_back_undoing:
        return Undo(action=UNDO, fields={**fields, "redone": "yes"}, label=_("Redo"))
    return Undo(action=UNDO, fields=fields)


def _read_acts(desk: Desk, signed: str) -> list[str]:
    from itsdangerous import BadData

    try:
        return [str(id) for id in _signer(desk).loads(signed)]
    except BadData:
        return []


def _signer(desk: Desk) -> URLSafeSerializer:
    from itsdangerous import URLSafeSerializer

    account = desk.account  # in its role of today: who is an author now takes back nothing that a moderator did
    salt = f"account {account.id} {account.role.value} {account.author}"
    return URLSafeSerializer(desk.host.secret("moderation undo"), salt=salt)


# --------------------------------------------------------------------------------------- asking and contradicting


def _confirm(desk: Desk, asked: Asked, found: list[Filed]) -> Response | Done:
    if any(filed.state is not State.TRASH for filed in found):
        return _not_in_trash(asked.back)
    data: dict[str, Json] = {
        "comments": cards.show(desk, found, asked.back),
        "query": asked.back.query,
        "back": asked.back.location,
        "picks": dict(asked.picks),
    }
    return page_of("delete", data)


def _not_in_trash(back: Wanted) -> Done:
    return _done(back, Flash(text=_("Only what is in the trash can be deleted for ever."), problem=True))


def conflict(desk: Desk, asked: Asked, error: ConflictError) -> Response:
    """Return what is said where somebody else was faster: who, when, what, and the comments as they are now.

    The form on it does what was asked after all, with the comments as they are shown there.
    """
    now = desk.store.find(asked.picks)
    changed = [filed for id, filed in now.items() if filed.version != asked.picks[id]]
    whose = {id: filed.comment.author for id, filed in now.items()}
    data: dict[str, Json] = {
        "what": asked.what,
        "steps": [{**step_of(step), "author": whose.get(step.comment, "")} for step in error.steps],
        "comments": cards.show(desk, changed, asked.back),
        "picks": {id: filed.version for id, filed in now.items()},
        "query": asked.back.query,
        "back": asked.back.location,
    }
    return page_of("conflict", data, status=409)


def step_of(step: Step) -> dict[str, Json]:
    """Return what a page tells of one change of a comment."""
    return {
        "comment": step.comment,
        "at": step.at.isoformat(),
        "by": step.by,
        "before": step.before.value,
        "after": step.after.value,
        "is_edit": step.texts is not None,
    }
