"""What a preview link shows: a draft as its page will be, made anew for each request and kept nowhere."""

from __future__ import annotations

import logging
import mimetypes
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import attrs

from pressframe.errors import PressframeError
from pressframe.model import Card, Entry, Gate, Host, Live, Neighbours, Page, Reply
from pressframe_passes._drafts import is_draft, read_draft, with_files_at
from pressframe_passes._pages import SECRETIVE, spent
from pressframe_passes._store import Link, LinkStore
from pressframe_web import Request, Response, Route

log = logging.getLogger("pressframe")

_UNSEEN = {**SECRETIVE, "X-Robots-Tag": "noindex, nofollow"}


class DraftView:
    """The site as a stranger sees it, and one draft in it."""

    def __init__(self, site: Live, entry: Entry) -> None:
        self._site, self._entry = site, entry
        self.audiences = frozenset[str]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._site, name)

    def entry(self, id: str) -> Entry | None:
        """Return the draft, or what there is."""
        return self._entry if id == self._entry.id else self._site.entry(id)

    def card(self, id: str) -> Card | None:
        """Return the draft's card, or what there is."""
        entry = self._entry
        if id != entry.id:
            return self._site.card(id)
        return Card(
            id=id, kind=entry.kind, address=entry.address, title=entry.title, excerpt=entry.summary or "",
            published=entry.published, updated=entry.updated, terms=entry.terms, authors=entry.authors,
            image=entry.image, comments=0, gated=False,
        )  # fmt: skip

    def gate(self, id: str) -> Gate | None:
        """Return nothing for the draft: who has its link sees it whole."""
        return None if id == self._entry.id else self._site.gate(id)

    def neighbours(self, id: str) -> Neighbours:
        """Return none of the draft's: it stands in no order yet."""
        return Neighbours() if id == self._entry.id else self._site.neighbours(id)

    def comments(self, id: str) -> tuple[Reply, ...]:
        """Return none under the draft."""
        return () if id == self._entry.id else self._site.comments(id)

    def comment_count(self, id: str) -> int:
        """Return 0 for the draft."""
        return 0 if id == self._entry.id else self._site.comment_count(id)


@attrs.frozen
class Previews:
    """The endpoints of preview links. Nothing is counted, so that opening one changes nothing."""

    _host: Host

    def routes(self) -> Iterable[Route]:
        yield Route(methods=("GET",), path="/passes/preview/{token}", endpoint=self.show)
        yield Route(methods=("GET",), path="/passes/preview/{token}/{number}", endpoint=self.send_file)

    def show(self, request: Request, site: Live) -> Response:
        """Show the draft; once it is published, lead to it."""
        link, entry = self._draft(request)
        if link is None or entry is None:
            return spent()
        if not is_draft(entry, request.now):
            card = site.card(entry.id) if entry.status == "published" else None
            return Response(location=card.address, headers=_UNSEEN) if card else spent()
        seen = with_files_at(attrs.evolve(entry, open_to_comments=False), f"{request.path.rstrip('/')}/")
        try:
            body = _render(self._host, DraftView(site, seen), seen, link.expires)
        except PressframeError as error:
            log.error("a draft cannot be previewed: %s", error)
            return spent()
        return Response(body=body, media_type="text/html", headers=_UNSEEN)

    def send_file(self, request: Request, site: Live) -> Response:
        """Send a file that belongs to the draft."""
        link, entry = self._draft(request)
        number = request.parameters.get("number", "")
        if link is None or entry is None or not is_draft(entry, request.now) or not number.isdecimal():
            return spent()
        asset = next((one for place, one in enumerate(entry.assets) if str(place) == number), None)
        if asset is None or not asset.file.is_file():
            return spent()
        media_type = mimetypes.guess_type(asset.file.name)[0] or "application/octet-stream"
        return Response(body=asset.file.read_bytes(), media_type=media_type, headers=_UNSEEN)

    def _draft(self, request: Request) -> tuple[Link | None, Entry | None]:
        link = LinkStore(self._host).read(request.parameters.get("token", ""), "preview", request.now)
        if link is None:
            return None, None
        try:
            return link, read_draft(self._host, link.source)
        except PressframeError as error:
            log.error("a draft cannot be previewed: %s", error)
            return link, None


def _render(host: Host, view: DraftView, entry: Entry, until: datetime) -> bytes:
    from pressframe.templates import Templates

    # The templates of the release note what each page asked for; a draft's page is none that is ever made again.
    templates = Templates(host, host.folder / ".pressframe", asset=lambda address: address)
    data = {"preview_until": until.isoformat()}
    page = Page(
        address=entry.address, template=f"{entry.kind}.html", title=entry.title, subject=entry.id, data=data,
        indexed=False,
    )  # fmt: skip
    return templates.render(page, view).encode(errors="replace")
