"""What members choose: behind the links in their mails, without signing in, and on their account page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, cast, get_args

import attrs

from pressframe.model import Host, Json, Live, Page
from pressframe_members.model import KNOWN, AccountPart, Member, Outcome
from pressframe_members.store import Members
from pressframe_newsletter._leaving import PREFERENCES, make_id, read_id, way_out
from pressframe_newsletter._people import People
from pressframe_newsletter._settings import Wants
from pressframe_web import Request, Response, Route
from pressframe_web.identity import Links

if TYPE_CHECKING:
    from pressframe_newsletter._plugin import Newsletters

PART = "newsletters"
_FIELD = "wants."
_SECRETIVE = {"Referrer-Policy": "no-referrer"}


@attrs.frozen
class Preferences:
    """The pages and the part of one site."""

    _host: Host
    _plugin: Newsletters

    def routes(self) -> Iterable[Route]:
        """Return the routes behind mailed links; a GET changes nothing."""
        yield from way_out(self._host).routes(self.show_leave, self.leave)
        path = f"{PREFERENCES}{{token}}"
        yield Route(methods=("GET",), path=path, endpoint=self.show)
        yield Route(methods=("POST",), path=path, endpoint=self.save)

    def part(self) -> AccountPart:
        """Return the part of the account page."""
        return AccountPart(name=PART, template="newsletter/account.html", load=self.load, save=self.save_part)

    # ------------------------------------------------------------------------------------------- unsubscribing

    def show_leave(self, id: str | None, request: Request, site: Live) -> Page:
        """Show the button that ends one newsletter."""
        found = read_id(id)
        if found is None:
            return _page("leave", {"state": "unknown"})
        return _page("leave", {"state": "asked", **self._about(found, request)})

    def leave(self, id: str | None, request: Request, site: Live) -> Page:
        """End it."""
        found = read_id(id)
        if found is None:
            return _page("leave", {"state": "unknown"})
        member = Members(self._host).find(found[0])
        if member is not None:
            People(self._host).choose(member, {found[1]: "never"}, request.now, lifts=False)
        return _page("leave", {"state": "done", **self._about(found, request)})

    def _about(self, found: tuple[str, str], request: Request) -> dict[str, Json]:
        token = Links(self._host, "newsletter").sign(make_id(*found))
        title = self._plugin.title_of(found[1], self._host)
        return {"title": title, "action": request.path, "preferences": f"{PREFERENCES}{token}"}

    # -------------------------------------------------------------------------------------------- choosing

    def show(self, request: Request, site: Live) -> Response:
        """Show a member's choices."""
        member = self._member(request)
        return self._answer(request, member, is_saved=False)

    def save(self, request: Request, site: Live) -> Response:
        """Store them."""
        member = self._member(request)
        if member is not None:
            self._store(member, request)
        return self._answer(request, member, is_saved=True)

    def _member(self, request: Request) -> Member | None:
        found = read_id(Links(self._host, "newsletter").read(request.parameters["token"]))
        return Members(self._host).find(found[0]) if found is not None else None

    def _answer(self, request: Request, member: Member | None, *, is_saved: bool) -> Response:
        if member is None:
            return Response(status=404, page=_page("preferences", {"state": "unknown"}), headers=_SECRETIVE)
        data: dict[str, Json] = {
            "state": "saved" if is_saved else "asked",
            "action": request.path,
            "address": _veiled(member.address),
            "choices": self._choices(member, request.now),
        }
        return Response(page=_page("preferences", data), headers=_SECRETIVE)

    def load(self, member: Member, request: Request) -> Mapping[str, Json]:
        """Return what the part of the account page shows."""
        stopped = People(self._host).why_stopped(member.address)
        return {"choices": self._choices(member, request.now), "stopped": stopped, "says_itself": False}

    def save_part(self, member: Member, request: Request) -> Outcome | None:
        """Store what was chosen on the account page."""
        self._store(member, request)
        return None

    def _choices(self, member: Member, now: datetime) -> list[Json]:
        chosen = People(self._host).wishes(member.id)
        audiences = {one.audience for one in Members(self._host).memberships(member.id, now=now)}
        return [
            {
                "name": f"{_FIELD}{name}",
                "title": self._plugin.title_of(name, self._host),
                "wants": chosen.get(name, newsletter.frequency),
            }
            for name, newsletter in self._plugin.newsletters.items()
            if newsletter.audience in audiences
        ]

    def _store(self, member: Member, request: Request) -> None:
        given = {name: request.form.get(f"{_FIELD}{name}", "") for name in self._plugin.newsletters}
        wants = {name: cast(Wants, value) for name, value in given.items() if value in get_args(Wants)}
        if wants:
            People(self._host).choose(member, wants, request.now, lifts=True)


def _veiled(address: str) -> str:
    """Return enough of an address for its owner: a mail with the link may have been passed on."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"


def _page(name: str, data: Mapping[str, Json]) -> Page:
    if data["state"] != "unknown":
        data = {**data, KNOWN: True}
    return Page(address=f"/newsletter/{name}", template=f"newsletter/{name}.html", data=data, indexed=False)
