"""The members' pages: mailed links, signing out, leaving, and what puts the reminder away. A GET changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import attrs

from pressframe.model import Host, Json, Live
from pressframe_members._account import Account
from pressframe_members._forms import Code, Form
from pressframe_members._pages import ASKED, SECRETIVE, SESSION, clear, show, show_spent, signed_in, signed_out
from pressframe_members.model import SUBSCRIBERS
from pressframe_web import Cookie, Request, Response, Route
from pressframe_web.addresses import own_path
from pressframe_web.identity import browser_of

REMINDER = "reminder"

_PUT_AWAY = "away"
_PUT_AWAY_FOR = timedelta(days=180)
_HIDDEN = ".reminder { display: none !important }\n:root { --reminder-room: 0px }\n"
_LIVE = ".reminder-close { display: none !important }\n.reminder-away { display: block !important }\n"
"""What the server can do better than the page alone: a way out that is remembered."""


@attrs.frozen
class Pages:
    """The endpoints of one site."""

    _host: Host

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        yield from Account(self._host).routes()
        yield from Form(self._host, "subscribe").routes()
        yield from Form(self._host, "sign-in").routes()
        yield from Code(self._host).routes()
        yield Route(methods=("GET",), path="/members/confirm/{token}", endpoint=self.show_link)
        yield Route(methods=("POST",), path="/members/confirm/{token}", endpoint=self.follow_link)
        yield Route(methods=("POST",), path="/members/sign-out", endpoint=self.sign_out)
        yield Route(methods=("GET",), path="/members/export", endpoint=self.export)
        yield Route(methods=("GET",), path="/members/feed/{token}", endpoint=self.show_feed)
        yield Route(methods=("GET",), path="/members/leave", endpoint=self.ask_to_leave)
        yield Route(methods=("POST",), path="/members/leave", endpoint=self.leave)
        yield Route(methods=("GET",), path="/members/left", endpoint=say_farewell)
        yield Route(methods=("POST",), path="/members/reminder", endpoint=put_reminder_away)
        yield Route(methods=("GET",), path="/members/reminder.css", endpoint=style_reminder)

    # ---------------------------------------------------------------------------------- mailed links

    def show_link(self, request: Request, site: Live) -> Response:
        """Show the button that follows a mailed link: programs that open every link press none."""
        from pressframe_members._links import Links

        id = self._link_id(request)
        link = Links(self._host).find(id, request.now) if id else None
        if link is None:
            return show_spent(is_reader=request.reader is not None)
        data: dict[str, Json] = {"purpose": link.purpose, "address": link.address, "action": request.path}
        return show("confirm", data, headers=SECRETIVE)

    def follow_link(self, request: Request, site: Live) -> Response:
        from pressframe_members._links import Device, Links

        id = self._link_id(request)
        device = Device(session=request.cookies.get(SESSION, ""), name=browser_of(request))
        done = Links(self._host).follow(id, request.now, device) if id else None
        if done is None:
            return show_spent(is_reader=request.reader is not None)
        if done.session is None:
            return show("changed", {}, headers=SECRETIVE)
        asked = (clear(ASKED),) if ASKED in request.cookies else ()
        return Response(location=done.back, cookies=(*signed_in(done.session), *asked), headers=SECRETIVE)

    def _link_id(self, request: Request) -> str | None:
        from pressframe_web.identity import Links

        return Links(self._host, "members").read(request.parameters.get("token", ""))

    # ---------------------------------------------------------------------------- what one takes away

    def show_feed(self, request: Request, site: Live) -> Response:
        from pressframe_members._feeds import Feeds

        return Feeds(self._host).show(request, site)

    def export(self, request: Request, site: Live) -> Response:
        from pressframe_members._export import export
        from pressframe_members.store import Members

        member = Members(self._host).find(request.reader.id) if request.reader else None
        return export(self._host, member) if member else Response(location="/members/sign-in?next=/members/")

    # ------------------------------------------------------------------------------------ going away

    def sign_out(self, request: Request, site: Live) -> Response:
        from pressframe_members._sessions import Sessions

        session = request.cookies.get(SESSION)
        if session:
            Sessions(self._host).end(session)
        return Response(location="/", cookies=signed_out(request))

    def ask_to_leave(self, request: Request, site: Live) -> Response:
        return show("leave", {"is_done": False}) if request.reader else Response(location="/members/sign-in")

    def leave(self, request: Request, site: Live) -> Response:
        """Erase everything that the site keeps of a member's address, whichever plugin keeps it."""
        from pressframe_members._leaving import leave

        if request.reader is None:
            return Response(location="/members/sign-in")
        if leave(self._host, request.reader.id, request.now):
            site.changed()
        return Response(location="/members/left", cookies=signed_out(request))


def say_farewell(request: Request, site: Live) -> Response:
    """Say that all is deleted, to somebody who is a stranger by now."""
    return show("leave", {"is_done": True})


def put_reminder_away(request: Request, site: Live) -> Response:
    """Remember that this browser has seen enough of the reminder."""
    cookie = Cookie(name=REMINDER, value=_PUT_AWAY, max_age=_PUT_AWAY_FOR)
    return Response(location=own_path(request.form.get("next", "")) or "/", cookies=(cookie,))


def style_reminder(request: Request, site: Live) -> Response:
    """Hide the reminder from subscribers and from who put it away: the page itself is the same for everybody."""
    is_subscriber = request.reader is not None and SUBSCRIBERS in request.reader.audiences
    is_away = request.cookies.get(REMINDER) == _PUT_AWAY
    return Response(body=(_HIDDEN if is_subscriber or is_away else _LIVE).encode(), media_type="text/css")
