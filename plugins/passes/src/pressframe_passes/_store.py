"""Gift links and preview links in the database: made, taken, listed, revoked. A row says all; a token only names it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import attrs
import sqlalchemy as sa

from pressframe.errors import PressframeError
from pressframe.model import Host
from pressframe_passes._tables import LINK
from pressframe_sql import Database, database
from pressframe_sql.limits import SET_BACK, is_long_over, is_valid
from pressframe_sql.texts import is_storable
from pressframe_web.identity import Links, disguise, make_id

Kind: TypeAlias = Literal["gift", "preview"]
State: TypeAlias = Literal["good", "taken", "over", "revoked"]
"""It opens something; as many have taken it as may; its time is over; somebody took it back."""

_KEPT = timedelta(days=60)
"""How long links are listed that are over."""
_LISTED = 500


class UnfitError(PressframeError):
    """A link that is wanted cannot be made of this entry, or is not there."""


@attrs.frozen(kw_only=True)
class Link:
    """One that was made.

    Attributes:
        giver: A reader, disguised; empty for the owner.
        reader: The same, as ``Reader.id``; None for the owner, and where an older version made the link.
        most: How many browsers may take it; 0 of a preview, as nobody counts.
        source: Of a preview: the loader's name and the key of the draft in it.
    """

    id: str
    kind: Kind
    entry: str
    title: str
    source: tuple[str, str] = ("", "")
    giver: str = ""
    made: datetime
    expires: datetime
    most: int = 0
    used: int = 0
    revoked: datetime | None = None
    reader: str | None = None

    def is_alive(self, now: datetime) -> bool:
        """Say whether it opens anything; not if a clock that was far ahead made it last longer than it should."""
        return self.revoked is None and self.made <= now + SET_BACK and now < self.expires

    @property
    def is_taken(self) -> bool:
        """Say whether as many have taken it as may."""
        return self.kind == "gift" and self.used >= self.most

    def state(self, now: datetime) -> State:
        """Return what has become of it."""
        if self.revoked is not None:
            return "revoked"
        return "over" if not self.is_alive(now) else "taken" if self.is_taken else "good"


@attrs.frozen(kw_only=True)
class Wanted:
    """A link to be made."""

    kind: Kind
    entry: str
    title: str
    source: tuple[str, str] = ("", "")
    expires: datetime
    most: int = 0


@attrs.frozen
class LinkStore:
    """All that is written and read about the links of one site."""

    _host: Host

    @property
    def _db(self) -> Database:
        return database(self._host)

    def address(self, link: Link) -> str:
        """Return the path of a link, signed: who reads the database cannot write it."""
        return f"/passes/{link.kind}/{Links(self._host, 'passes').sign(link.id)}"

    def read(self, token: str, kind: Kind, now: datetime) -> Link | None:
        """Return the link that a token names, None if this site made none such, or it opens nothing any more."""
        id = Links(self._host, "passes").read(token)
        found = self._find(LINK.c.id == id) if id else ()
        return next((link for link in found if link.kind == kind and link.is_alive(now)), None)

    def alive(self, ids: Collection[str], entry: str, now: datetime) -> Sequence[Link]:
        """Return those of *ids* that are gifts of *entry* and still good."""
        found = self._find(LINK.c.id.in_([*ids]), LINK.c.entry == entry, LINK.c.kind == "gift") if ids else ()
        return [link for link in found if link.is_alive(now)]

    def _find(self, *conditions: sa.ColumnElement[bool], most: int | None = None) -> Sequence[Link]:
        if not self._db.exists():
            return ()
        with self._db.read() as connection:
            found = sa.select(LINK).where(*conditions).order_by(LINK.c.made.desc(), LINK.c.id).limit(most)
            rows = connection.execute(found).all()
        return [_link(row) for row in rows]

    def make(self, wanted: Wanted, now: datetime) -> Link:
        """Return a new link of the owner's."""
        return self._db.write(lambda connection: _insert(connection, wanted, now))

    def give(self, wanted: Wanted, reader: str, now: datetime, *, most: int) -> Link | None:
        """Return a reader's link to an entry: the one that they made before, while it is good, or a new one.

        Args:
            most: How many they may make a month of 30 days; None comes back where they have made so many.
        """
        giver = disguise(self._host.secret("passes readers"), reader)

        def work(connection: sa.Connection) -> Link | None:
            lately = (LINK.c.made > now - timedelta(days=30)) & (LINK.c.made <= now + SET_BACK)
            mine = sa.select(LINK).where(LINK.c.giver == giver, lately)
            links = [_link(row) for row in connection.execute(mine)]
            same = (one for one in links if one.entry == wanted.entry and one.is_alive(now) and not one.is_taken)
            before = next(same, None)
            if before is not None or len(links) >= most:
                return before
            return _insert(connection, wanted, now, giver=giver, reader=reader)

        return self._db.write(work)

    def take(self, link: Link, now: datetime) -> bool:
        """Count one more browser that takes a gift; of many that try at once, no more get it than may."""
        is_good = is_valid(LINK.c.made, LINK.c.expires, now) & LINK.c.revoked.is_(None)
        is_free = is_good & (LINK.c.used < LINK.c.most)
        taking = sa.update(LINK).where(LINK.c.id == link.id, is_free).values(used=LINK.c.used + 1)
        return self._db.write(lambda connection: connection.execute(taking).rowcount) == 1

    def all(self) -> Sequence[Link]:
        """Return the links, newest first, 500 at most."""
        return self._find(most=_LISTED)

    def revoke(self, id: str, now: datetime) -> Link:
        """End a link: from the next request on it opens nothing, for nobody.

        Raises:
            UnfitError: There is no such link.
        """
        if not is_storable(id):
            raise UnfitError("there is no such link", fix="see pressframe passes list")
        ending = sa.update(LINK).where(LINK.c.id == id, LINK.c.revoked.is_(None)).values(revoked=now)
        self._db.write(lambda connection: connection.execute(ending).rowcount)
        found = self._find(LINK.c.id == id)
        if not found:
            raise UnfitError("there is no such link", fix="see pressframe passes list")
        return found[0]


def _insert(
    connection: sa.Connection, wanted: Wanted, now: datetime, *, giver: str = "", reader: str | None = None
) -> Link:
    connection.execute(sa.delete(LINK).where(is_long_over(LINK.c.expires, now - _KEPT)))
    link = Link(
        id=make_id(), kind=wanted.kind, entry=wanted.entry, title=wanted.title, source=wanted.source, giver=giver,
        made=now, expires=wanted.expires, most=wanted.most, reader=reader,
    )  # fmt: skip
    row = attrs.asdict(link, recurse=False)
    row["loader"], row["source"] = link.source
    connection.execute(sa.insert(LINK).values(row))
    return link


def _link(row: sa.Row[tuple[object, ...]]) -> Link:
    values = dict(row._mapping)
    source = values.pop("loader"), values.pop("source")
    return Link(**values, source=source)
