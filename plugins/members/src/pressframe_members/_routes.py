"""The members' pages: subscribe, sign in, confirm, the account, and what puts the reminder away.

A GET changes nothing. Whoever asks for a mail gets one answer, whether the address is known or not.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Literal, TypeAlias

import attrs

from pressframe.errors import StoreError
from pressframe.model import Host, Json, Live, Page
from pressframe_members._gate import SUBSCRIBERS
from pressframe_web import Cookie, Request, Response, Route
from pressframe_web.addresses import own_path, read_address

log = logging.getLogger("pressframe")

Door: TypeAlias = Literal["subscribe", "sign-in"]

HOME = "/members/"
SESSION = "session"
REMINDER = "reminder"
TRAP = "website"
"""A field that no human sees."""

_PUT_AWAY = "away"
_PUT_AWAY_FOR = timedelta(days=180)
_HIDDEN = ".reminder { display: none !important }\n:root { --reminder-room: 0px }\n"
_LIVE = ".reminder-close { display: none !important }\n.reminder-away { display: block !important }\n"
"""What the server can do better than the page alone: a way out that is remembered."""
_LONGEST_TYPED = 1000
_SECRETIVE = {"Referrer-Policy": "no-referrer"}


@attrs.frozen
class Pages:
    """The endpoints of one site."""

    _host: Host

    def routes(self) -> Iterable[Route]:
        yield Route(methods=("GET",), path=HOME, endpoint=self.show_account)
        yield from _Form(self._host, "subscribe").routes()
        yield from _Form(self._host, "sign-in").routes()
        yield Route(methods=("GET",), path="/members/confirm/{token}", endpoint=self.show_link)
        yield Route(methods=("POST",), path="/members/confirm/{token}", endpoint=self.follow_link)
        yield Route(methods=("POST",), path="/members/sign-out", endpoint=self.sign_out)
        yield Route(methods=("GET",), path="/members/leave", endpoint=self.ask_to_leave)
        yield Route(methods=("POST",), path="/members/leave", endpoint=self.leave)
        yield Route(methods=("POST",), path="/members/reminder", endpoint=put_reminder_away)
        yield Route(methods=("GET",), path="/members/reminder.css", endpoint=style_reminder)

    # ---------------------------------------------------------------------------------- mailed links

    def show_link(self, request: Request, site: Live) -> Response:
        """Show the button that follows a mailed link: programs that open every link press none."""
        from pressframe_members._store import MemberStore

        id = self._link_id(request)
        link = MemberStore(self._host).find_link(id, request.now) if id else None
        if link is None:
            return _spent(request)
        data: dict[str, Json] = {"purpose": link.purpose, "address": link.address, "action": request.path}
        return _page("confirm", data, headers=_SECRETIVE)

    def follow_link(self, request: Request, site: Live) -> Response:
        from pressframe_members._store import SIGNED_IN_FOR, MemberStore

        id = self._link_id(request)
        store = MemberStore(self._host)
        done = store.follow(id, request.now, instead_of=request.cookies.get(SESSION, "")) if id else None
        if done is None:
            return _spent(request)
        cookie = Cookie(name=SESSION, value=done.session, max_age=SIGNED_IN_FOR)
        return Response(location=done.back, cookies=(cookie,), headers=_SECRETIVE)

    def _link_id(self, request: Request) -> str | None:
        from pressframe_web.identity import Links

        return Links(self._host, "members").read(request.parameters.get("token", ""))

    # ------------------------------------------------------------------------------------ the account

    def show_account(self, request: Request, site: Live) -> Response:
        from pressframe_members._store import MemberStore

        member = MemberStore(self._host).find_member(request.reader.id) if request.reader else None
        if member is None:  # a stranger, or one who has just left, and whom the server still remembers
            return _form("sign-in")
        return _page("account", {"address": member.address, "is_new": "new" in request.query})

    def sign_out(self, request: Request, site: Live) -> Response:
        from pressframe_members._store import MemberStore

        session = request.cookies.get(SESSION)
        if session:
            MemberStore(self._host).end_session(session)
        return Response(location="/", cookies=(Cookie(name=SESSION, value=""),))

    def ask_to_leave(self, request: Request, site: Live) -> Response:
        return _page("leave", {"is_done": False}) if request.reader else Response(location="/members/sign-in")

    def leave(self, request: Request, site: Live) -> Response:
        from pressframe_members._store import MemberStore

        if request.reader is None:
            return Response(location="/members/sign-in")
        MemberStore(self._host).remove(reader=request.reader.id)
        return _page("leave", {"is_done": True}, cookies=(Cookie(name=SESSION, value=""),))


@attrs.frozen
class _Form:
    """A form that asks for an address and has a link mailed to it."""

    _host: Host
    _door: Door

    def routes(self) -> Iterable[Route]:
        yield Route(methods=("GET",), path=f"/members/{self._door}", endpoint=self.show)
        yield Route(methods=("POST",), path=f"/members/{self._door}", endpoint=self.take)

    def show(self, request: Request, site: Live) -> Response:
        back = own_path(request.query.get("next", ""))
        return Response(location=back or HOME) if request.reader else _form(self._door, back=back)

    def take(self, request: Request, site: Live) -> Response:
        from pressframe_members._store import Asked, MemberStore

        typed = request.form.get("email", "")
        back = own_path(request.form.get("next", ""))
        address = read_address(typed)
        if address is None:
            return _form(self._door, back=back, typed=typed, problem="address")
        asked = Asked(
            address=address.shown,
            door=self._door,
            back=back or (f"{HOME}?new=1" if self._door == "subscribe" else HOME),
            client=request.client,
            is_trap=bool(request.form.get(TRAP)),
        )
        try:
            MemberStore(self._host).ask(asked, request.now)
        except StoreError as error:
            log.warning("a subscription could not be stored: %s", error)
            return _form(self._door, back=back, typed=typed, problem="later")
        return _page("sent", {"door": self._door, "address": address.shown, "back": back})


def put_reminder_away(request: Request, site: Live) -> Response:
    """Remember that this browser has seen enough of the reminder."""
    cookie = Cookie(name=REMINDER, value=_PUT_AWAY, max_age=_PUT_AWAY_FOR)
    return Response(location=own_path(request.form.get("next", "")) or "/", cookies=(cookie,))


def style_reminder(request: Request, site: Live) -> Response:
    """Hide the reminder from subscribers and from who put it away: the page itself is the same for everybody."""
    is_subscriber = request.reader is not None and SUBSCRIBERS in request.reader.audiences
    is_away = request.cookies.get(REMINDER) == _PUT_AWAY
    return Response(body=(_HIDDEN if is_subscriber or is_away else _LIVE).encode(), media_type="text/css")


def _spent(request: Request) -> Response:
    """Say that a link cannot be followed: never made here, used, replaced or too old."""
    return _page("spent", {"is_reader": request.reader is not None}, status=410, headers=_SECRETIVE)


def _form(door: Door, *, back: str = "", typed: str = "", problem: str = "") -> Response:
    """Show a form; with a *problem*, what was typed stands in it."""
    status = {"": 200, "address": 422, "later": 503}[problem]
    data: dict[str, Json] = {"next": back, "typed": typed[:_LONGEST_TYPED], "problem": problem}
    return _page(door, data, status=status, headers={"Retry-After": "5"} if status == 503 else {})


def _page(
    name: str,
    data: Mapping[str, Json],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    cookies: tuple[Cookie, ...] = (),
) -> Response:
    page = Page(address=f"/members/{name}", template=f"members/{name}.html", data=data, indexed=False)
    return Response(status=status, page=page, headers=headers or {}, cookies=cookies)
