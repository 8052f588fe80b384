"""The screens that everybody has: the dashboard, and one's own account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import attrs

from pressframe.model import Host, Json, Live
from pressframe_admin._accounts import AccountStore
from pressframe_admin._passwords import LONGEST, SHORTEST, Passwords, flaw
from pressframe_admin._sessions import COOKIE, SessionStore, Signed
from pressframe_admin._shell import FLASH, HOME, SIGN_IN, Shell, page_of
from pressframe_admin.model import Account, Action, Done, Flash, Role, Screen, Tile
from pressframe_sql import database
from pressframe_web import Cookie, Request, Response

ACCOUNT = "/admin/account/"


def _(text: str) -> str:
    return text  # marks what is translated when shown


@attrs.frozen
class Home:
    """The dashboard."""

    _shell: Callable[[], Shell]

    def screen(self) -> Screen:
        routes = (
            Action(path=HOME, endpoint=self.show),
            Action(path=f"{HOME}{{rest:path}}", endpoint=self.lead_back),
        )
        return Screen(path=HOME, title=_("Dashboard"), roles=frozenset(Role), routes=routes, tile=count_posts)

    def show(self, request: Request, site: Live, account: Account) -> Response:
        tiles: list[Json] = [
            {**attrs.asdict(tile, recurse=False), "values": dict(tile.values)}
            for tile in self._shell().tiles(account, site)
        ]
        return Response(page=page_of("home", tiles=tiles))

    def lead_back(self, request: Request, site: Live, account: Account) -> Response | Done:
        """Say that there is nothing, with a way back; the address of a screen without its last slash leads there."""
        wanted = f"{request.path}/"
        if any(one.screen.path == wanted for one in self._shell().brought):
            return Done(location=wanted)
        return Response(status=404, page=page_of("missing"))


def count_posts(account: Account, site: Live) -> Tile:
    """Return how many posts there are: of an author, their own."""
    within = ("author", account.author) if account.role is Role.AUTHOR else None
    newest = site.latest(within=within, count=1)
    title = _("Your posts") if within else _("Posts")
    if not newest:
        return Tile(title=title, value=0, text=_("Nothing is published yet."))
    return Tile(
        title=title,
        value=site.size(within=within),
        text=_("The newest: %(title)s"),
        values={"title": newest[0].title or "…"},
        location="/",
    )


@attrs.frozen
class OwnAccount:
    """Who one is, where one is signed in, and one's password.

    Attributes:
        last: How long a session lasts.
    """

    _host: Host
    _shell: Callable[[], Shell]
    _passwords: Passwords
    _last: timedelta

    def screen(self) -> Screen:
        routes = (
            Action(path=ACCOUNT, endpoint=self.show),
            Action(methods=("POST",), path=f"{ACCOUNT}password", endpoint=self.change_password),
            Action(methods=("POST",), path=f"{ACCOUNT}sessions", endpoint=self.end_sessions),
            Action(methods=("POST",), path=f"{ACCOUNT}sign-out", endpoint=self.sign_out),
        )
        return Screen(path=ACCOUNT, title=_("Your account"), roles=frozenset(Role), routes=routes, listed=False)

    def show(self, request: Request, site: Live, account: Account) -> Response:
        return self._page(request, site, self._signed(request))

    def sign_out(self, request: Request, site: Live, account: Account) -> Response:
        SessionStore(self._host).end(account.id, only=self._signed(request).id)
        gone = (Cookie(name=COOKIE, value=""), Cookie(name=FLASH, value=""))
        return Response(location=f"{SIGN_IN}?out=1", cookies=gone)

    def end_sessions(self, request: Request, site: Live, account: Account) -> Done:
        """End one other session, or all others."""
        wanted, mine = request.form.get("session", ""), self._signed(request).id
        store = SessionStore(self._host)
        if wanted == "others":
            count = store.end(account.id, but=mine)
        elif wanted.isascii() and wanted.isdigit() and len(wanted) < 16 and int(wanted) != mine:
            count = store.end(account.id, only=int(wanted))
        else:
            count = 0
        if count == 0:
            return Done(location=ACCOUNT, flash=Flash(text=_("That session had ended already."), problem=True))
        flash = Flash(text=_("%(num)s session ended."), plural=_("%(num)s sessions ended."), count=count)
        return Done(location=ACCOUNT, flash=flash)

    def change_password(self, request: Request, site: Live, account: Account) -> Response:
        """Store a new password: every session ends, and this browser gets a new one."""
        signed, form = self._signed(request), request.form
        new = form.get("new", "")
        problem = self._problem(request, signed)
        if problem:
            return self._page(request, site, signed, problem=problem)
        AccountStore(self._host).change_password(account.id, self._passwords.hash(new), request.now)
        session = database(self._host).write(
            lambda connection: SessionStore(self._host).begin(
                connection, account.id, "password", request, last=self._last
            )
        )
        flash = Flash(text=_("Your password is changed; all other sessions have ended."))
        cookies = (
            Cookie(name=COOKIE, value=session, max_age=self._last),
            self._shell().flash_cookie(account, flash),
        )
        return Response(location=ACCOUNT, cookies=cookies)

    def _problem(self, request: Request, signed: Signed) -> str:
        """Return what speaks against the new password; the current one is asked for no more often than at sign-in."""
        from pressframe_admin._limits import Limits

        form, address = request.form, signed.account.address
        if self._wants_current(request, signed):
            client, folded = request.client, address.lower()
            limits, db = Limits(self._host), database(self._host)
            if db.write(lambda connection: limits.may_try(connection, folded, client, request.now)) > timedelta(0):
                return "wait"
            filed = AccountStore(self._host).find(folded)
            if not self._passwords.verify(form.get("current", ""), filed.hash if filed else None):
                return "wrong"
            db.write(lambda connection: limits.succeeded(connection, folded, client))
        if form.get("new", "") != form.get("again", ""):
            return "differs"
        return flaw(form.get("new", ""), address)

    def _wants_current(self, request: Request, signed: Signed) -> bool:
        """Say whether the current password must be given: not if there is none, or a mailed link has just proved it."""
        if signed.has_just_come_by_link(request.now):
            return False
        filed = AccountStore(self._host).find(signed.account.address.lower())
        return filed is not None and filed.hash is not None

    def _signed(self, request: Request) -> Signed:
        signed = SessionStore(self._host).find(request)
        if signed is None:  # ended since the guard looked
            raise LookupError("the session has just ended")
        return signed

    def _page(self, request: Request, site: Live, signed: Signed, *, problem: str = "") -> Response:
        account = signed.account
        sessions: list[Json] = [
            {
                **attrs.asdict(one),
                "made": one.made.isoformat(),
                "seen": one.seen.isoformat(),
                "mine": one.id == signed.id,
            }
            for one in SessionStore(self._host).open(account.id, request.now)
        ]
        group = next((one for one in site.groups("author") if one.slug == account.author), None)
        page = page_of(
            "account",
            sessions=sessions,
            problem=problem,
            wants_current=self._wants_current(request, signed),
            author={"slug": account.author, "name": group.name if group else ""} if account.author else None,
            shortest=SHORTEST,
            longest=LONGEST,
        )
        return Response(status=422 if problem else 200, page=page)
