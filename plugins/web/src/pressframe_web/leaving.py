"""The link in a mail that ends such mails: for people in its text, for mail programs in its headers (RFC 8058)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import attrs

from pressframe.model import Live, Page
from pressframe_web.model import Request, Response, Route

Endpoint = Callable[[str | None, Request, Live], Page]
"""Gets the id in a link, None if the site never signed it; gives the page to show."""


@attrs.frozen(kw_only=True)
class WayOut:
    """Makes these links for one kind of mail, and answers at them: a GET shows a button, a POST ends the mails.

    A POST comes from that button, or from a mail program in one click, without a cookie and with a form that says
    nothing else; both do the same.

    Attributes:
        url: The site's.
        path: ``/comments/leave/``; the signed id follows.
        sign: Returns the token of an id.
        read: Returns the id of a token; None for one that the site never signed.
    """

    url: str
    path: str
    sign: Callable[[str], str]
    read: Callable[[str], str | None]

    def link(self, id: str) -> str:
        """Return the link to stand in the text of a mail."""
        return f"{self.url}{self.path}{self.sign(id)}"

    def headers(self, id: str) -> Mapping[str, str]:
        """Return the headers of the same mail."""
        return {"List-Unsubscribe": f"<{self.link(id)}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}

    def routes(self, show: Endpoint, leave: Endpoint) -> Iterable[Route]:
        """Return the routes: *show* changes nothing, *leave* does it, and does no harm if it is done twice."""
        path = f"{self.path}{{token}}"
        yield Route(methods=("GET",), path=path, endpoint=self._answer(show))
        yield Route(
            methods=("POST",), path=path, endpoint=self._answer(leave), media_types=("multipart/form-data",)
        )  # some mail programs send it so

    def _answer(self, endpoint: Endpoint) -> Callable[[Request, Live], Response]:
        def answer(request: Request, site: Live) -> Response:
            id = self.read(request.parameters["token"])
            page = endpoint(id, request, site)
            return Response(
                status=200 if id is not None else 404, page=page, headers={"Referrer-Policy": "no-referrer"}
            )

        return answer
