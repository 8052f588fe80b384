"""What the members' pages have in common: a page made up on the spot, for the reader who asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from pressframe.model import Json, Live, Page
from pressframe_web import Cookie, Request, Response

HOME = "/members/"
SESSION = "session"
"""The cookie of who is signed in."""
ASKED = "asked"
"""The cookie of a browser that has asked for a mail: the code in it is worth nothing elsewhere."""
HINT = "signed-in"
"""The cookie by which a script puts offers to strangers away on pages that are one file for all. It opens nothing."""
SIGNED_IN_FOR = timedelta(days=90)

SECRETIVE = {"Referrer-Policy": "no-referrer"}


def show(
    name: str,
    data: Mapping[str, Json],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    cookies: tuple[Cookie, ...] = (),
) -> Response:
    """Return the page that ``members/<name>.html`` shows."""
    page = Page(address=f"/members/{name}", template=f"members/{name}.html", data=data, indexed=False)
    return Response(status=status, page=page, headers=headers or {}, cookies=cookies)


def show_spent(*, is_reader: bool, is_code: bool = False) -> Response:
    """Say that a link or a code cannot be followed: never made here, used, replaced or too old."""
    return show("spent", {"is_reader": is_reader, "is_code": is_code}, status=410, headers=SECRETIVE)


def show_missing(site: Live, headers: Mapping[str, str] | None = None) -> Response:
    """Say that there is nothing at an address, in the theme's words if it has some."""
    page = site.page("/404.html")
    return Response(status=404, page=page, body=b"" if page else b"Not found", headers=headers or {})


def signed_in(session: str) -> tuple[Cookie, ...]:
    """Return the cookies of who is signed in from now on."""
    return Cookie(name=SESSION, value=session, max_age=SIGNED_IN_FOR), hint()


def hint() -> Cookie:
    """Return what tells scripts that somebody is signed in here."""
    return Cookie(name=HINT, value="1", max_age=SIGNED_IN_FOR, is_hint=True)


def signed_out(request: Request) -> tuple[Cookie, ...]:
    """Return what takes from a browser all that it was signed in with."""
    return clear(SESSION), *(clear(name) for name in (HINT, ASKED) if name in request.cookies)


def clear(name: str) -> Cookie:
    """Return what deletes a cookie."""
    return Cookie(name=name, value="")
