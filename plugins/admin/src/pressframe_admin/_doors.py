"""The ways in: by password, or by a mailed link. A GET changes nothing, and nobody learns who has an account."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import timedelta

import attrs

from pressframe.model import Host, Json, Live
from pressframe_admin._passwords import LONGEST, Passwords
from pressframe_admin._sessions import COOKIE, SessionStore
from pressframe_admin._shell import HOME, SIGN_IN, Shell, page_of
from pressframe_web import Cookie, Request, Response, Route
from pressframe_web.addresses import own_path, read_address

_LONGEST_TYPED = 254
_SECRETIVE = {"Referrer-Policy": "no-referrer"}
_STATUS = {"": 200, "address": 422, "wrong": 422, "wait": 429}


@attrs.frozen(kw_only=True)
class _Filled:
    """What stands in the form.

    Attributes:
        back: Where to go on once signed in; empty for the dashboard.
        problem: Why it is shown again: "wrong", "wait", "address"; empty at first.
        is_out: True if they have just signed out.
    """

    back: str
    typed: str = ""
    problem: str = ""
    wait: timedelta = timedelta(0)
    is_out: bool = False


@attrs.frozen
class Doors:
    """The endpoints for who is not signed in yet.

    Attributes:
        last: How long a session lasts.
    """

    _host: Host
    _shell: Shell
    _passwords: Passwords
    _last: timedelta

    def routes(self) -> Iterable[Route]:
        yield Route(methods=("GET",), path="/admin", endpoint=lambda request, site: Response(location=HOME))
        yield Route(methods=("GET",), path=SIGN_IN, endpoint=self.show)
        yield Route(methods=("POST",), path=SIGN_IN, endpoint=self.take)
        yield Route(methods=("POST",), path=f"{SIGN_IN}/link", endpoint=self.mail_link)
        yield Route(methods=("GET",), path="/admin/link/{token}", endpoint=self.show_link)
        yield Route(methods=("POST",), path="/admin/link/{token}", endpoint=self.follow_link)

    # ------------------------------------------------------------------------------------- by password

    def show(self, request: Request, site: Live) -> Response:
        back = own_path(request.query.get("next", ""), under=HOME)
        if SessionStore(self._host).find(request) is not None:
            return Response(location=back or HOME)
        return self._form(site, _Filled(back=back, is_out="out" in request.query))

    def take(self, request: Request, site: Live) -> Response:
        typed, password = request.form.get("address", ""), request.form.get("password", "")
        back = own_path(request.form.get("next", ""), under=HOME)
        if not password or len(password) > LONGEST:
            return self._form(site, _Filled(back=back, typed=typed, problem="wrong"))
        address = read_address(typed)
        folded = address.folded if address else typed[:_LONGEST_TYPED].lower()
        wait = self._wait(folded, request)
        if wait > timedelta(0):
            return self._form(site, _Filled(back=back, typed=typed, problem="wait", wait=wait))
        session = self._session(folded, password, request)
        if session is None:
            return self._form(site, _Filled(back=back, typed=typed, problem="wrong"))
        return Response(location=back or HOME, cookies=(self._cookie(session),))

    def _wait(self, folded: str, request: Request) -> timedelta:
        """Note an attempt, and return how long to wait before it may be made."""
        import sqlalchemy as sa

        from pressframe_admin._limits import Limits
        from pressframe_sql import database

        def work(connection: sa.Connection) -> timedelta:
            return Limits(self._host).may_try(connection, folded, request.client, request.now)

        return database(self._host).write(work)

    def _session(self, folded: str, password: str, request: Request) -> str | None:
        """Return a new session's id if the password is right; the work is the same for all that is wrong."""
        import sqlalchemy as sa

        from pressframe_admin._accounts import AccountStore
        from pressframe_admin._limits import Limits
        from pressframe_admin._tables import ACCOUNT
        from pressframe_sql import database

        accounts = AccountStore(self._host)
        filed = accounts.find(folded)
        hash = filed.hash if filed is not None and filed.disabled is None else None
        if not self._passwords.verify(password, hash) or filed is None or hash is None:
            return None
        id = filed.account.id

        def work(connection: sa.Connection) -> str | None:
            still = sa.select(ACCOUNT.c.id).where(ACCOUNT.c.id == id, ACCOUNT.c.hash == hash)
            if connection.scalar(still.where(ACCOUNT.c.disabled.is_(None))) is None:
                return None  # changed or disabled while the password was looked at
            Limits(self._host).succeeded(connection, folded, request.client)
            return SessionStore(self._host).begin(connection, id, "password", request, last=self._last)

        session = database(self._host).write(work)
        if self._passwords.is_outdated(hash):
            accounts.set_hash(id, self._passwords.hash(password), instead_of=hash)
        return session

    # ------------------------------------------------------------------------------------------ by mail

    def mail_link(self, request: Request, site: Live) -> Response:
        from pressframe_admin._links import LinkStore

        typed, back = request.form.get("address", ""), own_path(request.form.get("next", ""), under=HOME)
        address = read_address(typed)
        if address is None:
            return self._form(site, _Filled(back=back, typed=typed, problem="address"))
        LinkStore(self._host).ask(address, back, request)
        return self._shell.bare(site, Response(page=page_of("sent", address=address.shown)))

    def show_link(self, request: Request, site: Live) -> Response:
        """Show the button that follows a mailed link: programs that open every link press none."""
        from pressframe_admin._links import LinkStore

        id = self._link_id(request)
        link = LinkStore(self._host).find(id, request.now) if id else None
        if link is None:
            return self._spent(site)
        page = page_of("link", purpose=link.purpose, address=link.address, action=request.path)
        return self._shell.bare(site, Response(page=page, headers=_SECRETIVE))

    def follow_link(self, request: Request, site: Live) -> Response:
        from pressframe_admin._links import LinkStore

        id = self._link_id(request)
        done = LinkStore(self._host).follow(id, request, last=self._last) if id else None
        if done is None:
            return self._spent(site)
        return Response(
            location=own_path(done.back, under=HOME) or HOME, cookies=(self._cookie(done.session),), headers=_SECRETIVE
        )

    def _link_id(self, request: Request) -> str | None:
        from pressframe_web.identity import Links

        return Links(self._host, "admin").read(request.parameters.get("token", ""))

    # ----------------------------------------------------------------------------------------- answers

    def _cookie(self, session: str) -> Cookie:
        return Cookie(name=COOKIE, value=session, max_age=self._last)

    def _spent(self, site: Live) -> Response:
        """Say that a link cannot be followed: never made here, used, replaced or too old."""
        return self._shell.bare(site, Response(status=410, page=page_of("spent"), headers=_SECRETIVE))

    def _form(self, site: Live, filled: _Filled) -> Response:
        """Show the form; with a problem, the address that was typed stands in it."""
        seconds = math.ceil(filled.wait.total_seconds())
        data: dict[str, Json] = {
            "next": filled.back,
            "typed": filled.typed[:_LONGEST_TYPED],
            "problem": filled.problem,
            "wait": seconds,
            "is_out": filled.is_out,
        }
        headers = {"Retry-After": str(seconds)} if filled.problem == "wait" else {}
        response = Response(status=_STATUS[filled.problem], page=page_of("sign-in", **data), headers=headers)
        return self._shell.bare(site, response)
