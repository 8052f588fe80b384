"""The account page: its own parts and those of other plugins, each with a form of its own."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from urllib.parse import quote

import attrs

from pressframe.errors import PluginError, PressframeError
from pressframe.model import Host, Json, Live
from pressframe_members._forms import show_form
from pressframe_members._pages import HINT, HOME, clear, hint, show, show_missing
from pressframe_members.model import AccountPart, Member, Outcome
from pressframe_members.store import Members
from pressframe_web import Request, Response, Route

log = logging.getLogger("pressframe")

_PART = "/members/account/{part}"


@attrs.frozen
class Account:
    """The account pages of one site."""

    _host: Host

    def routes(self) -> Iterable[Route]:
        """Return the routes.

        Raises:
            PluginError: Two parts have one name.
        """
        self._parts()
        yield Route(methods=("GET",), path=HOME, endpoint=self.show)
        yield Route(methods=("GET",), path=_PART, endpoint=self.lead)
        yield Route(methods=("POST",), path=_PART, endpoint=self.save)

    def show(self, request: Request, site: Live) -> Response:
        """Show the page to who is signed in, and the form that signs in to others."""
        member = self._member(request)
        if member is None:  # a stranger, or one who has just left, and whom the server still remembers
            return attrs.evolve(show_form("sign-in"), cookies=(clear(HINT),) if HINT in request.cookies else ())
        return attrs.evolve(self._page(member, request), cookies=() if HINT in request.cookies else (hint(),))

    def lead(self, request: Request, site: Live) -> Response:
        """Lead to a part of the page: its form's address, typed or reloaded."""
        return Response(location=f"{HOME}#{quote(request.parameters['part'])}")

    def save(self, request: Request, site: Live) -> Response:
        """Take the form of one part."""
        member = self._member(request)
        if member is None:
            return Response(location=HOME)
        found = [part for _, part in self._parts() if part.name == request.parameters["part"]]
        if not found:
            return show_missing(site)
        outcome = found[0].save(member, request)
        if outcome is not None and outcome.problem:
            return self._page(self._member(request) or member, request, {found[0].name: outcome})
        location = outcome.location if outcome is not None else None
        return Response(location=location or f"{HOME}?saved={found[0].name}#{found[0].name}")

    def _member(self, request: Request) -> Member | None:
        member = Members(self._host).find(request.reader.id) if request.reader else None
        return member if member is not None and member.confirmed is not None else None

    def _parts(self) -> tuple[tuple[str, AccountPart], ...]:
        parts: tuple[tuple[str, AccountPart], ...] = self._host.hooks.all("register_account", self._host)
        names = [part.name for _, part in parts]
        for plugin, part in parts:
            if names.count(part.name) > 1:
                raise PluginError(f'"{plugin}" and another plugin both bring a part of the account called {part.name}')
        return parts

    def _page(self, member: Member, request: Request, outcomes: Mapping[str, Outcome] | None = None) -> Response:
        shown = [
            part
            for plugin, one in self._parts()
            if (part := _shown(plugin, one, member, request, (outcomes or {}).get(one.name))) is not None
        ]
        data: dict[str, Json] = {
            "address": member.address,
            "name": member.name,
            "is_new": "new" in request.query,
            "parts": shown,
        }
        response = show("account", data, status=422 if outcomes else 200)
        return attrs.evolve(response, forms_lead_to=tuple(to for _, part in self._parts() for to in part.leads_to))


def _shown(
    plugin: str, part: AccountPart, member: Member, request: Request, outcome: Outcome | None
) -> dict[str, Json] | None:
    """Return what the page needs to show *part*, None to leave it out: it has nothing for this member, or it failed."""
    try:
        data = part.load(member, request)
    except PressframeError:
        raise
    except Exception as error:  # noqa: BLE001 - a plugin's fault must not keep members from the rest of their account
        log.error("%s cannot show the part %s of an account: %s", plugin, part.name, type(error).__name__)
        return None
    if data is None:
        return None
    return {
        "name": part.name,
        "template": part.template,
        "action": f"/members/account/{part.name}",
        "data": {**data, **(outcome.data if outcome else {})},
        "problem": outcome.problem if outcome else "",
        "is_saved": outcome is None and request.query.get("saved") == part.name,
    }
