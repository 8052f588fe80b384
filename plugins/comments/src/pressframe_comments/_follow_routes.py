"""The pages that mails to followers lead to: a GET shows a button, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial

import attrs

from pressframe.model import Host, Json, Page
from pressframe.model import Live as Site
from pressframe_comments._followers import Followers, asked_for
from pressframe_comments._signing import Signer
from pressframe_comments._visit import COOKIE
from pressframe_web import Cookie, Request, Response, Route
from pressframe_web.leaving import WayOut

_SECRETIVE = {"Referrer-Policy": "no-referrer"}
_REMEMBERED = timedelta(days=365)


@attrs.frozen
class FollowPages:
    """Their endpoints."""

    _host: Host
    _signer: Signer

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        yield Route(methods=("GET",), path="/comments/follow/{token}", endpoint=self.show_confirm)
        yield Route(methods=("POST",), path="/comments/follow/{token}", endpoint=self.confirm)
        yield from way_out(self._host, self._signer).routes(self.show_leave, self.leave)

    def _read(self, request: Request, purpose: str) -> int | None:
        id = self._signer.read_mark(purpose, request.parameters["token"])
        return int(id) if id else None

    def show_confirm(self, request: Request, site: Site) -> Response:
        """Show what is to be mailed, and the button."""
        follower = self._read(request, "follow")
        found = Followers(self._host).find(follower, confirmed=False) if follower else None
        if found is None:
            return _page("follow", {"state": "spent"}, status=410)
        data: dict[str, Json] = {"state": "asked", "address": found[0], "wanted": asked_for(found[1])}
        return _page("follow", {**data, "action": request.path})

    def confirm(self, request: Request, site: Site) -> Response:
        """Let it count, and take this browser for one of the address's owner."""
        follower = self._read(request, "follow")
        cookie = request.cookies.get(COOKIE, "")
        fresh = None if self._signer.read_sender(cookie) else self._signer.make_sender()
        sender, reader = self._signer.read_sender(fresh or cookie), request.reader.id if request.reader else None
        if not follower or not Followers(self._host).confirm(follower, request.now, sender=sender, reader=reader):
            return _page("follow", {"state": "spent"}, status=410)
        cookies = (Cookie(name=COOKIE, value=fresh, max_age=_REMEMBERED),) if fresh else ()
        return _page("follow", {"state": "done"}, cookies=cookies)

    def show_leave(self, follow: str | None, request: Request, site: Site) -> Page:
        """Show what is mailed, and the buttons that end it."""
        found = Followers(self._host).find_one(int(follow)) if follow else None
        if found is None:
            return _made("leave", {"state": "done"})
        return _made("leave", {"state": "asked", "title": found.title, "action": request.path})

    def leave(self, follow: str | None, request: Request, site: Site) -> Page:
        """End it: with the button, or with what mail programs send for one click (RFC 8058), without a cookie."""
        if follow:
            Followers(self._host).leave(int(follow), everything=bool(request.form.get("everything")))
        return _made("leave", {"state": "done"})


def way_out(host: Host, signer: Signer) -> WayOut:
    """Return what makes the links that end mails of one conversation, and answers at them."""
    sign, read = partial(signer.make_mark, "leave"), partial(signer.read_mark, "leave")
    return WayOut(url=host.settings.url, path="/comments/leave/", sign=sign, read=read)


def _page(name: str, data: Mapping[str, Json], *, status: int = 200, cookies: tuple[Cookie, ...] = ()) -> Response:
    return Response(status=status, page=_made(name, data), headers=_SECRETIVE, cookies=cookies)


def _made(name: str, data: Mapping[str, Json]) -> Page:
    return Page(address=f"/comments/{name}", template=f"comments/{name}.html", data=data, indexed=False)
