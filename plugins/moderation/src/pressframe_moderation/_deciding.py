"""Deciding by a mailed link: signed for one account and one comment as it was, good for one decision and a week.

The link lets whoever has it decide as that account does, so it opens no more than the mail said, and opening it changes
nothing. It needs no table to work once: what it was signed for is the comment's version, which every change ends.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import attrs

from pressframe.errors import StoreError
from pressframe.model import Host, Json, Live, Page
from pressframe_admin import Account, accounts
from pressframe_comments import CommentStore, ConflictError, Filed, State, comment_store
from pressframe_moderation._desk import Desk
from pressframe_moderation._wanted import LIST
from pressframe_web import Request, Response, Route
from pressframe_web.identity import Links, disguise

log = logging.getLogger("pressframe")

PATH = "/moderation/"
VALID = timedelta(days=7)
"""How long after the comment came into its state."""
_STATES = {"approve": State.APPROVED, "spam": State.SPAM, "trash": State.TRASH}
_SECRETIVE = {"Referrer-Policy": "no-referrer"}
"""The address is the secret."""


def link_of(host: Host, account: Account, filed: Filed) -> str:
    """Return the address by which *account* decides about a comment as it is now; the same each time it is asked."""
    expires = int((filed.changed + VALID).timestamp())
    said = f"{account.id}.{_mailbox(host, account)}.{filed.version}.{expires}.{filed.comment.id}"
    return f"{host.settings.url}{PATH}{quote(Links(host, 'moderation').sign(said), safe='')}"


def _mailbox(host: Host, account: Account) -> str:
    """Return what is another one once the account has another address: what was mailed to the old one ends."""
    return disguise(host.secret("moderation mailboxes"), account.address)[:16]


@attrs.frozen
class Deciding:
    """The routes that such links lead to."""

    _host: Host
    _store: CommentStore

    @classmethod
    def routes(cls, host: Host) -> Iterable[Route]:
        """Return them."""
        made = cls(host, comment_store(host))
        yield Route(methods=("GET",), path=f"{PATH}{{token}}", endpoint=made.show)
        yield Route(methods=("POST",), path=f"{PATH}{{token}}", endpoint=made.decide)

    def show(self, request: Request, site: Live) -> Response:
        """Show the comment with a button for each decision, first the one that was asked for. Changes nothing."""
        found = self._find(request, site)
        if isinstance(found, Response):
            return found
        desk, filed = found
        asked = request.query.get("do", "")
        possible = [what for what, state in _STATES.items() if state is not filed.state]
        comment, card = filed.comment, desk.public_card(filed.comment.entry)
        data: dict[str, Json] = {
            "author": comment.author,
            "title": card.title if card else "",
            "html": site.hooks.filter_comment(comment),
            "state": filed.state.value,
            "name": desk.account.name,
            "action": request.path,
            "possible": sorted(possible, key=lambda what: what != asked),
            "asked": asked if asked in possible else "",
        }
        return _page("ask", data)

    def decide(self, request: Request, site: Live) -> Response:
        """Do what the pressed button says; of two who press at once, the second is told."""
        found = self._find(request, site)
        if isinstance(found, Response):
            return found
        desk, filed = found
        state, id = _STATES.get(request.form.get("do", "")), filed.comment.id
        if state is None:
            return self.show(request, site)
        try:
            act = self._store.move([id], state, by=desk.account.name, at=desk.now, expected={id: filed.version})
        except ConflictError:
            return _spent(id)
        except StoreError as error:
            log.warning("a comment could not be decided about: %s", error)
            return _page("failed", {"action": request.path}, status=503)
        desk.tell(act)
        return _page("done", {"state": state.value, "list": f"{LIST}{id}"})

    def _find(self, request: Request, site: Live) -> tuple[Desk, Filed] | Response:
        """Return the comment and who decides about it; the answer to who may not, or cannot any more."""
        said = (Links(self._host, "moderation").read(request.parameters["token"]) or "").split(".", 4)
        if len(said) < 5:
            return _spent()
        number, mailbox, version, expires, id = said
        account = next((one for one in accounts(self._host) if str(one.id) == number), None)
        if account is None or _mailbox(self._host, account) != mailbox:
            return _spent()
        desk = Desk(self._host, self._store, site, account, request.now)
        filed, is_late = desk.find(id), request.now >= datetime.fromtimestamp(int(expires), UTC)
        if filed is None or is_late or str(filed.version) != version:
            return _spent(id)
        card = desk.public_card(filed.comment.entry)
        if card is None or card.gated:  # since the mail was sent, which would not have said what was written
            return Response(location=f"{LIST}{id}", headers=_SECRETIVE)
        return desk, filed


def _spent(id: str = "") -> Response:
    """Say that a link leads no further, be it used, too old, overtaken by a change, or never made here."""
    return _page("spent", {"list": f"{LIST}{id}"}, status=410)


def _page(step: str, data: Mapping[str, Json], *, status: int = 200) -> Response:
    page = Page(address=PATH, template="moderation/decide.html", data={"step": step, **data}, indexed=False)
    return Response(status=status, page=page, headers=_SECRETIVE)
