"""What members want, and which of them take no mail, in the list of all members: it moves with them to another site."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import get_args

import attrs
import sqlalchemy as sa

from pressframe.model import Host
from pressframe_members.model import Column, Member
from pressframe_newsletter._people import People
from pressframe_newsletter._settings import Wants
from pressframe_newsletter._tables import STOP, WISH
from pressframe_sql.statements import insert_into

_STOPPED = ("bounced", "complained")


@attrs.frozen
class Moving:
    """The column ``newsletters`` of the list: ``posts never; studies weekly; * complained``."""

    _host: Host
    _newsletters: Collection[str]

    def column(self) -> Column:
        """Return it."""
        return Column(name="newsletters", tell=self.tell, take=self.take)

    def tell(self, connection: sa.Connection, members: Sequence[Member]) -> Mapping[str, str]:
        """Return what each chose, and why nothing is sent to whom."""
        told: dict[str, list[str]] = {}
        mine = sa.select(WISH).where(WISH.c.member.in_([one.id for one in members])).order_by(WISH.c.newsletter)
        for row in connection.execute(mine):
            told.setdefault(row.member, []).append(f"{row.newsletter} {row.wants}")
        persons = dict(zip(People(self._host).persons(members), members, strict=True))
        for person, why in connection.execute(sa.select(STOP.c.person, STOP.c.why).where(STOP.c.person.in_(persons))):
            told.setdefault(persons[person].id, []).append(f"* {why}")
        return {id: "; ".join(texts) for id, texts in told.items()}

    def take(self, connection: sa.Connection, member: Member, cell: str, now: datetime) -> None:
        """Note it of who is new here; of newsletters that there are here, too."""
        [person] = People(self._host).persons([member])
        for text in cell.split(";"):
            name, _, said = text.strip().partition(" ")
            if name == "*" and said in _STOPPED:
                stopped = insert_into(connection, STOP).values(person=person, why=said, at=now)
                connection.execute(stopped.on_conflict_do_nothing(index_elements=["person"]))
            elif name in self._newsletters and said in get_args(Wants):
                row = {"member": member.id, "newsletter": name, "person": person, "wants": said, "at": now}
                wish = insert_into(connection, WISH).values(row)
                connection.execute(wish.on_conflict_do_nothing(index_elements=["member", "newsletter"]))
