"""A feed of one's own: a private address at which feed readers, which sign in nowhere, get whole texts."""

from __future__ import annotations

from datetime import datetime

import attrs
import sqlalchemy as sa

from pressframe.model import Host, Live, Page, Reader
from pressframe_members._pages import show_missing
from pressframe_members._sessions import audiences_of
from pressframe_members._tables import MEMBER
from pressframe_sql import Database, database
from pressframe_web import Request, Response
from pressframe_web.identity import Links, make_id

PUBLIC = ("/feed.xml", "/rss.xml", "/feed.json")
"""Where the site's own feed may be; the first that there is becomes the members'."""

_HEADERS = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


@attrs.frozen
class Feeds:
    """The private feeds of one site."""

    _host: Host

    @property
    def _db(self) -> Database:
        return database(self._host)

    def address(self, reader: str) -> str | None:
        """Return the whole private address of a member's feed, None if they have none."""
        with self._db.read() as connection:
            id = connection.scalar(sa.select(MEMBER.c.feed).where(MEMBER.c.reader == reader))
        return None if id is None else f"{self._host.settings.url}/members/feed/{self._links.sign(id)}"

    def renew(self, reader: str) -> None:
        """Give a member a new address; the one they had leads nowhere any more."""
        self._set(reader, make_id())

    def revoke(self, reader: str) -> None:
        """Take a member's address away."""
        self._set(reader, None)

    def _set(self, reader: str, id: str | None) -> None:
        changed = sa.update(MEMBER).where(MEMBER.c.reader == reader).values(feed=id)
        self._db.write(lambda connection: connection.execute(changed))

    def find_owner(self, token: str, now: datetime) -> Reader | None:
        """Return whose feed has the address that ends with *token*, with what they may read at this moment."""
        id = self._links.read(token)
        if id is None or not self._db.exists():
            return None
        found = sa.select(MEMBER.c.id, MEMBER.c.reader).where(MEMBER.c.feed == id, MEMBER.c.confirmed.is_not(None))
        with self._db.read() as connection:
            row = connection.execute(found).one_or_none()
            return Reader(id=row.reader, audiences=audiences_of(connection, row.id, now)) if row else None

    def show(self, request: Request, site: Live) -> Response:
        """Answer with the site's feed as its owner may read it; with what is missing to anybody else."""
        owner = self.find_owner(request.parameters["token"], request.now)
        page = find_public(site)
        is_elses = owner is not None and request.reader is not None and request.reader.id != owner.id
        if owner is None or page is None or is_elses:
            return show_missing(site, _HEADERS)
        own = attrs.evolve(page, address=request.path, data={**page.data, "full": True})
        return Response(page=own, reader=owner, headers=_HEADERS)

    @property
    def _links(self) -> Links:
        return Links(self._host, "members.feed")


def find_public(site: Live) -> Page | None:
    """Return the site's own feed, None if it has none."""
    return next((page for address in PUBLIC if (page := site.page(address)) is not None), None)
