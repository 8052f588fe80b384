"""The owner's screen: every gift and preview link, what has become of it, and forms that make one or end it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import attrs

from pressframe.model import Host, Json, Live, Page
from pressframe_admin import Account, Action, Done, Flash, Role, Screen
from pressframe_passes._drafts import entries, find_entry, is_draft, path_in
from pressframe_passes._make import make_gift, make_preview
from pressframe_passes._store import Link, LinkStore, UnfitError
from pressframe_web import Request, Response

if TYPE_CHECKING:
    from pressframe_passes._plugin import Passes

PATH = "/admin/passes/"
_DRAFTS = 100
_READERS = 10_000
_DAYS = 365
_LONGEST = 1000


def _(text: str) -> str:
    return text  # marks what is translated when shown


def make_screen(host: Host, passes: Passes) -> Screen:
    """Return the screen; only owners see it, as a preview link shows drafts of all authors."""
    desk = Desk(host, passes)
    routes = [
        Action(path=PATH, endpoint=desk.show),
        Action(methods=("POST",), path=f"{PATH}gift", endpoint=desk.give),
        Action(methods=("POST",), path=f"{PATH}preview", endpoint=desk.preview),
        Action(methods=("POST",), path=f"{PATH}revoke", endpoint=desk.revoke),
    ]
    return Screen(path=PATH, title=_("Gifts and previews"), roles={Role.OWNER}, routes=routes)


@attrs.frozen
class Desk:
    """What the screen answers."""

    _host: Host
    _passes: Passes

    def show(self, request: Request, site: Live, account: Account) -> Response:
        """Show all links, newest first."""
        return self._page(request)

    def _page(self, request: Request, problem: str = "") -> Response:
        """Return the screen; with a *problem*, what was typed stands in the form for gifts."""
        store = LinkStore(self._host)
        drafts = [one for one in entries(self._host) if is_draft(one, request.now)][:_DRAFTS]
        named: list[Json] = [{"title": one.title or one.id, "id": one.id} for one in drafts]
        links: list[Json] = [_shown(link, store, self._host, request) for link in store.all()]
        usual = {"entry": "", "readers": str(self._passes.gift_readers), "days": str(self._passes.gift_for.days or 1)}
        typed = {name: request.form.get(name, value)[:_LONGEST] if problem else value for name, value in usual.items()}
        data: dict[str, Json] = {"links": links, "drafts": named, "typed": typed, "problem": problem}
        page = Page(address=PATH, template="passes/screen.html", data=data, indexed=False)
        return Response(page=page, status=422 if problem else 200)

    def give(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Make a gift link."""
        readers, days = _number(request, "readers", _READERS), _number(request, "days", _DAYS)
        if readers is None or days is None:
            return self._page(request, "readers" if readers is None else "days")
        named = request.form.get("entry", "").strip()
        found = site.page(path_in(named)) if named else None
        entry = find_entry(self._host, (found.subject if found else None) or named) if named else None
        if entry is None:
            return self._page(request, "entry")
        try:
            make_gift(self._host, entry, request.now, readers=readers, lasting=timedelta(days=days))
        except UnfitError:
            return self._page(request, "unpublished")
        return _made()

    def preview(self, request: Request, site: Live, account: Account) -> Done:
        """Make a preview link."""
        named = request.form.get("entry", "").strip()
        entry = find_entry(self._host, named) if named else None
        if entry is None:
            return _problem(_("Nothing was made: there is no such entry. Give its address or its file."))
        try:
            make_preview(self._host, entry, request.now, lasting=self._passes.preview_for)
        except UnfitError:
            return _problem(_("Nothing was made: it is published already, or private."))
        return _made()

    def revoke(self, request: Request, site: Live, account: Account) -> Done:
        """End a link."""
        try:
            LinkStore(self._host).revoke(request.form.get("link", ""), request.now)
        except UnfitError:
            return _problem(_("There is no such link."))
        return Done(location=PATH, flash=Flash(text=_("The link opens nothing any more.")))


def _made() -> Done:
    return Done(location=PATH, flash=Flash(text=_("The link is made; it stands first in the list.")))


def _problem(text: str) -> Done:
    return Done(location=PATH, flash=Flash(text=text, problem=True))


def _number(request: Request, name: str, most: int) -> int | None:
    text = request.form.get(name, "").strip()
    return int(text) if text.isdecimal() and len(text) < 6 and 1 <= int(text) <= most else None


def _shown(link: Link, store: LinkStore, host: Host, request: Request) -> Json:
    state = link.state(request.now)
    return {
        "id": link.id, "kind": link.kind, "title": link.title or link.entry, "state": state,
        "by_reader": link.giver != "", "used": link.used, "most": link.most, "expires": link.expires.isoformat(),
        "address": f"{host.settings.url}{store.address(link)}" if state == "good" else "",
    }  # fmt: skip
