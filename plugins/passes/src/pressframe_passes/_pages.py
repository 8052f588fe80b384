"""Pages of this plugin, in the site's look."""

from __future__ import annotations

from collections.abc import Mapping

from pressframe.model import Json, Page
from pressframe_web import Response

SECRETIVE = {"Referrer-Policy": "no-referrer"}
"""For pages whose address is a secret."""


def page(name: str, data: Mapping[str, Json] | None = None, *, status: int = 200) -> Response:
    """Return the page that the template ``passes/NAME.html`` makes."""
    made = Page(address=f"/passes/{name}", template=f"passes/{name}.html", data=data or {}, indexed=False)
    return Response(status=status, page=made, headers=SECRETIVE)


def spent() -> Response:
    """Say that a link opens nothing: never made here, over, taken by as many as may, or revoked."""
    return page("spent", status=410)
