"""One request for an entry's page, and the answers that it can get."""

from __future__ import annotations

from datetime import timedelta

import attrs

from pressframe.model import Card
from pressframe.model import Live as Site
from pressframe_comments._form import Typed
from pressframe_comments._live import Live
from pressframe_comments._signing import Age, Signer
from pressframe_web import Request, Response


@attrs.frozen(kw_only=True)
class Visit:
    """Who asks, what the site looks like to them, and the entry that it is about."""

    request: Request
    site: Site
    card: Card
    signer: Signer

    @property
    def is_gated(self) -> bool:
        """True if this reader may not read the entry, and so may not comment on it."""
        return self.site.gate(self.card.id) is not None

    @property
    def shown(self) -> frozenset[str]:
        """``id`` of every comment that stands under the entry, and can be answered."""
        return frozenset(
            reply.comment.id for reply in self.site.comments(self.card.id) if reply.comment.kind == "comment"
        )

    def age_of(self, typed: Typed) -> Age:
        """Tell how old the form is that *typed* was typed into."""
        return self.signer.age_of(typed.stamp, self.card.id, self.request.now)

    def show(self, live: Live, *, status: int = 200, retry_after: timedelta | None = None) -> Response:
        """Return the entry's page as this reader sees it, with what is for this reader alone."""
        page = self.site.page(self.card.address)
        if page is None:
            return missing(self.site)
        headers = {} if retry_after is None else {"Retry-After": str(max(round(retry_after.total_seconds()), 1))}
        return Response(status=status, page=live.put_into(page), headers=headers)

    def show_form(
        self, typed: Typed, *problems: str, status: int = 422, retry_after: timedelta | None = None
    ) -> Response:
        """Return the page with the form in its place, filled with what was typed."""
        stamp = self.signer.make_stamp(self.card.id, self.request.now)
        parent = typed.parent if typed.parent in self.shown else ""
        refilled = attrs.evolve(typed.printable(), parent=parent, stamp=stamp, trap="")
        return self.show(Live(typed=refilled, problems=problems), status=status, retry_after=retry_after)


def missing(site: Site) -> Response:
    """Return the theme's page for what is not there."""
    page = site.page("/404.html")
    return Response(status=404, page=page) if page else Response(status=404, body=b"Not found")
