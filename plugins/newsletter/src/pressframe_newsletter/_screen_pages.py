"""The pages of the owner's screen."""

from __future__ import annotations

from collections.abc import Mapping

from pressframe.model import Json, Page
from pressframe_web import Response


def page_of(name: str, data: Mapping[str, Json], *, status: int = 200) -> Response:
    """Return a page of this plugin's own."""
    page = Page(address="/admin/newsletter/", template=f"newsletter/admin/{name}.html", data=data, indexed=False)
    return Response(status=status, page=page)


def missing() -> Response:
    """Return what is said of a campaign or a post that is not there."""
    return page_of("missing", {}, status=404)
