"""What is kept of a reader who gives and reads, told to them or erased: their gifts, and the posts of this month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import sqlalchemy as sa

from pressframe.model import Host, Json
from pressframe_passes._tables import LINK, READ
from pressframe_sql import PersonalData
from pressframe_web.identity import disguise


@attrs.frozen
class Kept:
    """What one site keeps of readers, by ``Reader.id``."""

    _host: Host

    def data(self) -> PersonalData:
        """Return what the database asks."""
        return PersonalData(name="passes", find=self.find, erase=self.erase)

    def find(self, connection: sa.Connection, reader: str) -> Sequence[Mapping[str, Json]]:
        """Return each gift, and how many posts were counted in each month."""
        given = connection.execute(sa.select(LINK).where(self._gave(reader)).order_by(LINK.c.made, LINK.c.id))
        counted = sa.select(READ.c.month, sa.func.count().label("posts")).where(READ.c.reader == self._named(reader))
        gifts: list[Mapping[str, Json]] = [
            {"gift": one.title or one.entry, "made": one.made.isoformat(), "until": one.expires.isoformat(),
             "taken": one.used, "revoked": one.revoked is not None}
            for one in given
        ]  # fmt: skip
        read = connection.execute(counted.group_by(READ.c.month).order_by(READ.c.month))
        return [*gifts, *({"month": one.month, "free_posts": one.posts} for one in read)]

    def erase(self, connection: sa.Connection, reader: str) -> int:
        """Delete them; their gifts open nothing any more."""
        gifts = connection.execute(sa.delete(LINK).where(self._gave(reader))).rowcount
        return gifts + connection.execute(sa.delete(READ).where(READ.c.reader == self._named(reader))).rowcount

    def _gave(self, reader: str) -> sa.ColumnElement[bool]:
        return LINK.c.giver == self._named(reader)

    def _named(self, reader: str) -> str:
        return disguise(self._host.secret("passes readers"), reader)
