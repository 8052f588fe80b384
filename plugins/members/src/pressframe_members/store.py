"""Members and what they may read, for plugins that give, take or mail something.

Every method that writes is one transaction, or part of the caller's if it gets its ``connection``.
``on_subscription`` is told after the commit: at once, or by a job where the transaction is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TypeVar

import attrs
import sqlalchemy as sa

from pressframe.errors import ConfigError, StoreError, did_you_mean
from pressframe.model import Host
from pressframe_members import _telling
from pressframe_members._audiences import known_audiences
from pressframe_members._rows import (
    WITH_MEMBER,
    cursor_of,
    fill,
    find_in,
    fold,
    has,
    insert_once,
    is_called,
    lasts,
    member_of,
    memberships_in,
    read_cursor,
)
from pressframe_members._tables import MEMBER, MEMBERSHIP
from pressframe_members._telling import Told
from pressframe_members.model import SUBSCRIBERS, Found, Member, Membership, State, read_name
from pressframe_sql import Database, database
from pressframe_sql.texts import is_storable
from pressframe_sql.types import Moment
from pressframe_web.addresses import read_address
from pressframe_web.identity import make_id

__all__ = ["Members"]

T = TypeVar("T")
_MOST = 1000


@attrs.frozen
class Members:
    """The members of one site."""

    _host: Host

    @property
    def _db(self) -> Database:
        return database(self._host)

    # -------------------------------------------------------------------------------------------- reading

    def find(self, id: str, *, connection: sa.Connection | None = None) -> Member | None:
        """Return the member whom the site knows as ``Reader.id`` *id*."""
        is_wanted = is_called(id)
        return self._find(is_wanted) if connection is None else find_in(connection, is_wanted)

    def find_by_address(self, address: str) -> Member | None:
        """Return the member with *address*, however its case is spelt."""
        read = read_address(address)
        return None if read is None else self._find(MEMBER.c.folded == read.folded)

    def memberships(
        self, id: str, *, now: datetime | None = None, connection: sa.Connection | None = None
    ) -> tuple[Membership, ...]:
        """Return what a member has, that of being confirmed first; what is over only if *now* is None."""
        if connection is not None:
            given = memberships_in(connection, id)
        elif self._db.exists():
            with self._db.read() as own:
                given = memberships_in(own, id)
        else:
            given = []
        return tuple(one for one in given if now is None or one.is_active(now))

    def audiences(self, ids: Collection[str], *, now: datetime) -> Mapping[str, frozenset[str]]:
        """Return what each of these members was given and has at *now*, by ``id``; nothing of being confirmed."""
        if not self._db.exists():
            return {id: frozenset() for id in ids}
        given = sa.select(MEMBER.c.reader, MEMBERSHIP.c.audience).join(MEMBERSHIP)
        found = dict[str, set[str]]()
        with self._db.read() as connection:
            for id, audience in connection.execute(given.where(MEMBER.c.reader.in_(ids), lasts(now))):
                found.setdefault(id, set()).add(audience)
        return {id: frozenset(found.get(id, ())) for id in ids}

    def search(  # noqa: PLR0913 - each of them may be left out
        self,
        text: str = "",
        *,
        audience: str | None = None,
        state: State | None = None,
        now: datetime,
        after: str | None = None,
        limit: int = 50,
        oldest_first: bool = False,
    ) -> Found:
        """Return members, newest first unless told otherwise, a page at a time.

        Args:
            text: Each word stands somewhere in the address or the name; case and accents don't count.
            audience: Only who has it at *now*.
            after: ``Found.more`` of the page before; None, or what is no such thing, for the first page.
            limit: From 1 to 1,000.
        """
        if not self._db.exists():
            return Found(members=(), more=None)
        limit = min(max(limit, 1), _MOST)
        found = WITH_MEMBER.where(*self._conditions(text, audience, state, now))
        if after is not None and (place := read_cursor(after)) is not None:
            here, there = sa.tuple_(MEMBER.c.since, MEMBER.c.id), sa.tuple_(sa.literal(place[0], Moment), place[1])
            found = found.where(here > there if oldest_first else here < there)
        order = (MEMBER.c.since, MEMBER.c.id)
        found = found.order_by(*(order if oldest_first else (column.desc() for column in order)))
        with self._db.read() as connection:
            rows = connection.execute(found.limit(limit + 1)).all()
        more = cursor_of(rows[limit - 1]) if len(rows) > limit else None
        return Found(members=tuple(member_of(row) for row in rows[:limit]), more=more)

    def count(self, text: str = "", *, audience: str | None = None, state: State | None = None, now: datetime) -> int:
        """Return how many ``search`` finds in all."""
        if not self._db.exists():
            return 0
        wanted = sa.select(sa.func.count()).select_from(MEMBER)
        with self._db.read() as connection:
            return connection.scalar(wanted.where(*self._conditions(text, audience, state, now))) or 0

    def having(self, audience: str, *, now: datetime, after: str = "", limit: int = _MOST) -> tuple[Member, ...]:
        """Return confirmed members who have *audience* at *now*, by id: for sendings, which go on where they ended.

        Args:
            after: ``id`` of the last one that was given; empty for the start.
        """
        if not self._db.exists():
            return ()
        wanted = WITH_MEMBER.where(MEMBER.c.confirmed.is_not(None), MEMBER.c.reader > after, has(audience, now))
        with self._db.read() as connection:
            rows = connection.execute(wanted.order_by(MEMBER.c.reader).limit(limit)).all()
        return tuple(member_of(row) for row in rows)

    # -------------------------------------------------------------------------------------------- writing

    def add(  # noqa: PLR0913 - each of them may be left out
        self,
        address: str,
        *,
        now: datetime,
        name: str | None = None,
        confirmed_at: datetime | None = None,
        source: str = "sign-up",
        language: str | None = None,
        connection: sa.Connection | None = None,
    ) -> Member:
        """Return the member with *address*, who is added if there is none.

        Of one who is there already only what nobody has said yet is set: the name, the language, that it is confirmed.

        Args:
            confirmed_at: When they proved that the address is theirs; None: they have not.
            source: Where they come from.

        Raises:
            StoreError: *address* is none that can be written to, or nothing could be stored.
            ValueError: As ``read_name``.
        """
        read, name = read_address(address), read_name(name or "")
        if read is None:
            raise StoreError("there is a mail address that nobody can be written to at", fix="correct it")

        def work(connection: sa.Connection) -> tuple[Member, list[Told]]:
            row = {"reader": make_id(), "address": read.shown, "folded": read.folded, "since": now, "source": source}
            row |= {"name": name, "language": language, "confirmed": confirmed_at, "sought": fold(read.folded, name)}
            is_added = insert_once(connection, row)
            before = find_in(connection, MEMBER.c.folded == read.folded)
            assert before is not None
            if not is_added:
                fill(connection, before, name=name, language=language, confirmed=confirmed_at)
            member = find_in(connection, MEMBER.c.folded == read.folded)
            assert member is not None
            told = [Told(member, SUBSCRIBERS, "joined", now)] if is_added else []
            if member.confirmed is not None and (is_added or before.confirmed is None):
                told.append(Told(member, SUBSCRIBERS, "confirmed", now))
            return member, told

        return self._write(work, connection)

    def name(self, id: str, name: str) -> None:
        """Have a member called *name* who has no name yet.

        Raises:
            ValueError: As ``read_name``.
        """
        wanted = read_name(name)

        def work(connection: sa.Connection) -> None:
            found = connection.execute(sa.select(MEMBER).where(is_called(id))).one_or_none()
            if found is not None:
                fill(connection, member_of(found), name=wanted, language=None, confirmed=None)

        self._db.write(work)

    def rename(self, id: str, name: str, *, connection: sa.Connection | None = None) -> Member | None:
        """Have a member called *name*, or nothing where that is empty; return them, None if there is no such member.

        Raises:
            ValueError: As ``read_name``.
        """
        wanted = read_name(name)

        def work(connection: sa.Connection) -> tuple[Member | None, list[Told]]:
            found = connection.scalar(sa.select(MEMBER.c.folded).where(is_called(id)))
            if found is not None:
                values = {"name": wanted, "sought": fold(found, wanted)}
                connection.execute(sa.update(MEMBER).where(is_called(id)).values(values))
            return find_in(connection, is_called(id)), []

        return self._write(work, connection)

    def grant(  # noqa: PLR0913 - each of them is a word of one sentence
        self,
        id: str,
        audience: str,
        *,
        source: str,
        now: datetime,
        until: datetime | None = None,
        connection: sa.Connection | None = None,
    ) -> bool:
        """Give a member *audience*; what the same source gave before is replaced, also by an earlier end.

        Returns:
            True if something changed; False also if there is no such member.

        Raises:
            ConfigError: The site knows no such audience, or every confirmed member has it.
        """
        self.check_audience(audience)

        def work(connection: sa.Connection) -> tuple[bool, list[Told]]:
            return self.granted(connection, id, Membership(audience=audience, source=source, since=now, until=until))

        return self._write(work, connection)

    def granted(self, connection: sa.Connection, id: str, given: Membership) -> tuple[bool, list[Told]]:
        """Give a member what *given* says from its ``since`` on, and return what is to be told; for this package."""
        now, until = given.since, given.until
        row = connection.execute(sa.select(MEMBER).where(is_called(id))).one_or_none()
        if row is None:
            return False, []
        mine = _given(row.id, given.audience, given.source)
        before = connection.execute(sa.select(MEMBERSHIP).where(mine)).one_or_none()
        if before is not None and before.until == until:
            return False, []
        if before is None:
            values = {"audience": given.audience, "source": given.source, "since": now, "until": until}
            connection.execute(sa.insert(MEMBERSHIP).values(member=row.id, **values))
        else:
            since = before.since if before.until is None or before.until > now else now
            connection.execute(sa.update(MEMBERSHIP).where(mine).values(until=until, since=since))
        if until is not None:
            _telling.plan_end(self._db, connection, id, given.audience, until)
        return True, [Told(member_of(row), given.audience, "granted", now)]

    def revoke(
        self, id: str, audience: str, *, source: str | None, now: datetime, connection: sa.Connection | None = None
    ) -> bool:
        """Take *audience* back that *source* gave, or whoever gave it if that is None; return whether they had it."""

        def work(connection: sa.Connection) -> tuple[bool, list[Told]]:
            row = connection.execute(sa.select(MEMBER).where(is_called(id))).one_or_none()
            if row is None:
                return False, []
            gone = connection.execute(sa.delete(MEMBERSHIP).where(_given(row.id, audience, source)))
            told = [Told(member_of(row), audience, "revoked", now)] if gone.rowcount else []
            return bool(gone.rowcount), told

        return self._write(work, connection)

    def remove(self, id: str, *, now: datetime, connection: sa.Connection | None = None) -> bool:
        """Forget a member, with their links, sessions and audiences; return False if there is none.

        What other plugins keep of them goes with ``pressframe_sql.erase_personal_data``.
        """
        if not self._db.exists():
            return False

        def work(connection: sa.Connection) -> tuple[bool, list[Told]]:
            member = find_in(connection, is_called(id))
            if member is None:
                return False, []
            connection.execute(sa.delete(MEMBER).where(is_called(id)))
            return True, [Told(member, SUBSCRIBERS, "left", now)]

        return self._write(work, connection)

    # ------------------------------------------------------------------------------------------ for these

    def _find(self, is_wanted: sa.ColumnElement[bool]) -> Member | None:
        if not self._db.exists():
            return None
        with self._db.read() as connection:
            return find_in(connection, is_wanted)

    def _conditions(
        self, text: str, audience: str | None, state: State | None, now: datetime
    ) -> list[sa.ColumnElement[bool]]:
        words = fold(text[:200]).split()
        found = [MEMBER.c.sought.contains(word, autoescape=True) for word in words if is_storable(word)]
        if len(found) < len(words):
            return [sa.false()]
        if state is not None:
            found.append(MEMBER.c.confirmed.is_not(None) if state == "confirmed" else MEMBER.c.confirmed.is_(None))
        return found if audience is None else [*found, has(audience, now)]

    def check_audience(self, audience: str) -> None:
        """Raise ConfigError where *audience* is none that may be given."""
        if audience == SUBSCRIBERS:
            raise ConfigError(
                f'"{audience}" is what every confirmed member has',
                fix="it is neither given nor taken; pressframe members remove ends it with the membership",
            )
        known = known_audiences(self._host)
        if audience not in known:
            raise ConfigError(
                f'"{audience}" is no audience of this site',
                fix=did_you_mean(audience, known - {SUBSCRIBERS})
                or f"add the table [plugins.gates.audiences.{audience}]",
            )

    def _write(self, work: Callable[[sa.Connection], tuple[T, list[Told]]], connection: sa.Connection | None) -> T:
        if connection is not None:
            answer, told = work(connection)
            _telling.leave(self._db, connection, told)
            return answer
        answer, told = self._db.write(work)
        _telling.tell(self._host, told)
        return answer


def _given(member: int, audience: str, source: str | None) -> sa.ColumnElement[bool]:
    if not is_storable(f"{audience}{source}"):
        return sa.false()
    is_so = (MEMBERSHIP.c.member == member) & (MEMBERSHIP.c.audience == audience)
    return is_so if source is None else is_so & (MEMBERSHIP.c.source == source)
