"""The forms that ask for an address and have a link mailed to it, and the one that takes the code from the mail.

Whoever asks gets one answer, whether the address is known or not; and a code can be tried in either case.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Literal, TypeAlias

import attrs

from pressframe.errors import StoreError
from pressframe.model import Host, Json, Live
from pressframe_members._pages import ASKED, HOME, SESSION, clear, show, show_spent, signed_in
from pressframe_web import Cookie, Request, Response, Route
from pressframe_web.addresses import own_path, read_address
from pressframe_web.identity import browser_of

log = logging.getLogger("pressframe")

Door: TypeAlias = Literal["subscribe", "sign-in"]

TRAP = "website"
"""A field that no human sees."""

_LONGEST_TYPED = 1000
_LONGEST_CODE = 100


@attrs.frozen
class Form:
    """A form that asks for an address and has a link mailed to it."""

    _host: Host
    _door: Door

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        yield Route(methods=("GET",), path=f"/members/{self._door}", endpoint=self.show)
        yield Route(methods=("POST",), path=f"/members/{self._door}", endpoint=self.take)

    def show(self, request: Request, site: Live) -> Response:
        back = own_path(request.query.get("next", ""))
        return Response(location=back or HOME) if request.reader else show_form(self._door, back=back)

    def take(self, request: Request, site: Live) -> Response:
        from pressframe_members._asking import CODE_VALID, Asked, Asking

        typed = request.form.get("email", "")
        back = own_path(request.form.get("next", ""))
        address = read_address(typed)
        if address is None:
            return show_form(self._door, back=back, typed=typed, problem="address")
        asked = Asked(
            address=address.shown,
            door=self._door,
            back=back or (f"{HOME}?new=1" if self._door == "subscribe" else HOME),
            client=request.client,
            browser=request.cookies.get(ASKED, ""),
            is_trap=bool(request.form.get(TRAP)),
        )
        try:
            browser = Asking(self._host).ask(asked, request.now)
        except StoreError as error:
            log.warning("a subscription could not be stored: %s", error)
            return show_form(self._door, back=back, typed=typed, problem="later")
        cookie = Cookie(name=ASKED, value=browser, max_age=CODE_VALID)
        data: dict[str, Json] = {"door": self._door, "address": address.shown, "back": back}
        return show("sent", data, cookies=(cookie,))


@attrs.frozen
class Code:
    """The form for the code in the mail: for who reads mail on another device than the one that asked."""

    _host: Host

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        yield Route(methods=("GET",), path="/members/code", endpoint=self.show)
        yield Route(methods=("POST",), path="/members/code", endpoint=self.take)

    def show(self, request: Request, site: Live) -> Response:
        return Response(location=HOME) if request.reader else show("code", {"problem": ""})

    def take(self, request: Request, site: Live) -> Response:
        from pressframe_members._links import Device, Links

        browser = request.cookies.get(ASKED, "")
        device = Device(session=request.cookies.get(SESSION, ""), name=browser_of(request))
        outcome = Links(self._host).try_code(browser, request.form.get("code", "")[:_LONGEST_CODE], request.now, device)
        if outcome == "wrong":
            return show("code", {"problem": "wrong"}, status=422)
        if outcome == "over" or outcome.session is None:
            return show_spent(is_reader=request.reader is not None, is_code=True)
        return Response(location=outcome.back, cookies=(*signed_in(outcome.session), clear(ASKED)))


def show_form(door: Door, *, back: str = "", typed: str = "", problem: str = "") -> Response:
    """Show a form; with a *problem*, what was typed stands in it."""
    status = {"": 200, "address": 422, "later": 503}[problem]
    data: dict[str, Json] = {"next": back, "typed": typed[:_LONGEST_TYPED], "problem": problem}
    return show(door, data, status=status, headers={"Retry-After": "5"} if status == 503 else {})
