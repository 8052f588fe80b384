"""The store in the site's database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TypeVar

import sqlalchemy as sa

from pressframe.errors import StoreError
from pressframe.model import Comment, Host
from pressframe_comments import _acts as acts
from pressframe_comments import _moving as moving
from pressframe_comments import _receiving as receiving
from pressframe_comments import _search
from pressframe_comments._acts import Aim, Hand
from pressframe_comments._avatars import make_finder
from pressframe_comments._persons import Suppression

# isort: off
# fmt: off
from pressframe_comments._store import (
    ALL, Act, Brought, Draft, Filed, Found, Record, Search, Seen, State, Step, Texts, Trait,
)
from pressframe_comments._tables import (
    COMMENT, HISTORY, REVISION, SHOWN, TALK, comment_of, count_up, filed_of, id_of, step_of, take_turn,
)
# fmt: on
# isort: on
from pressframe_comments._tidying import plan
from pressframe_sql import database

T = TypeVar("T")


class SqlCommentStore:
    """Comments in the database of *host*'s site; their ids are ``c1``, ``c2`` and so on."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._database = database(host)
        self._suppress = Suppression(host)
        self._tidied: date | None = None
        self._known: tuple[str, str] = ("", "none")  # a version of the database, and the revision that it has

    # ------------------------------------------------------------------------------------------ receiving

    def add(self, draft: Draft, state: State, reasons: Sequence[str] = ()) -> Filed:
        return self.submit(draft, state, reasons).result()

    def submit(self, draft: Draft, state: State, reasons: Sequence[str] = ()) -> Future[Filed]:
        row, today = receiving.row_of(draft, state, reasons), _day_of(draft.received)
        is_tidied = self._tidied == today

        def work(connection: sa.Connection) -> Filed:
            take_turn(connection)
            if not is_tidied:  # once a day and process is enough
                plan(self._database, connection, today)
            ordered = receiving.in_order(connection, draft)
            fresh = row if ordered is draft else receiving.row_of(ordered, state, reasons)
            number = receiving.insert_new(connection, ordered, fresh)
            if number is None:
                earlier = receiving.find_repeat(connection, ordered)
                assert earlier is not None  # nobody else has written since
                return earlier
            if state is State.APPROVED:
                count_up(connection, [draft.entry])
            return receiving.filed_new(ordered, state, reasons, number)

        stored = self._database.submit(work, is_one_change=state is not State.APPROVED and is_tidied)
        if not is_tidied:
            stored.add_done_callback(lambda stored: self._note_tidied(today, stored))
        return stored

    def look(self, draft: Draft, since: datetime, *, most: int | None = None) -> Seen:
        return receiving.look(self._database, draft, since, most) if self._database.exists() else Seen()

    def find_repeat(self, draft: Draft) -> Filed | None:
        with self._read() as connection:
            return None if connection is None else receiving.find_repeat(connection, draft)

    def was_accepted(self, *, sender: str | None, reader: str | None) -> bool:
        with self._read() as connection:
            return connection is not None and receiving.was_accepted(connection, sender, reader)

    def count_since(self, client: str, since: datetime) -> tuple[int, datetime | None]:
        with self._read() as connection:
            return (0, None) if connection is None else receiving.count_since(connection, client, since)

    def newest(self, since: datetime, most: int) -> Sequence[datetime]:
        return receiving.newest(self._database, since, most) if self._database.exists() else ()

    # -------------------------------------------------------------------------------------------- finding

    def get(self, id: str) -> Filed | None:
        with self._read() as connection:
            if connection is None:
                return None
            try:
                (row,) = acts.fetch(connection, [id])
            except StoreError:
                return None
        return filed_of(row)

    def search(self, search: Search, *, after: str | None = None, count: int = 50) -> Found:
        with self._read() as connection:
            if connection is None:
                return Found()
            return _search.search(connection, search, after=after, count=count)

    def find(self, ids: Collection[str]) -> Mapping[str, Filed]:
        with self._read() as connection:
            rows = {} if connection is None else acts.find(connection, ids)
        return {id: filed_of(row) for id, row in rows.items()}

    def counts(self, search: Search = ALL) -> Mapping[State, int]:
        with self._read() as connection:
            return dict.fromkeys(State, 0) if connection is None else _search.counts(connection, search)

    def tally(self, trait: Trait, values: Collection[str], search: Search = ALL) -> Mapping[str, Mapping[State, int]]:
        with self._read() as connection:
            if connection is None:
                return {value: dict.fromkeys(State, 0) for value in values}
            return _search.tally(connection, trait, values, search)

    def history(self, id: str) -> tuple[Step, ...]:
        with self._read() as connection:
            if connection is None:
                return ()
            try:
                (row,) = acts.fetch(connection, [id])
            except StoreError:
                return ()
            steps = sa.select(HISTORY).where(HISTORY.c.comment == row.id).order_by(HISTORY.c.id)
            return tuple(step_of(step, id_of(row.id, row.name)) for step in connection.execute(steps))

    def last_act(self, by: str) -> str | None:
        with self._read() as connection:
            if connection is None:
                return None
            last = sa.select(HISTORY.c.act).where(HISTORY.c.by == by).order_by(HISTORY.c.id.desc()).limit(1)
            return connection.scalar(last)

    # ----------------------------------------------------------------------------------------- moderating

    def move(
        self,
        ids: Collection[str],
        state: State,
        *,
        by: str = "",
        at: datetime | None = None,
        expected: Mapping[str, int] | None = None,
    ) -> Act:
        def work(connection: sa.Connection) -> Act:
            rows = acts.fetch(connection, ids)
            acts.check(connection, rows, expected or {})
            return self._act(connection, [Aim(row, state=state) for row in rows], by, at)

        return self._change(work, ids)

    def edit(
        self, id: str, texts: Texts, *, by: str = "", at: datetime | None = None, expected: int | None = None
    ) -> Act:
        def work(connection: sa.Connection) -> Act:
            rows = acts.fetch(connection, [id])
            acts.check(connection, rows, {} if expected is None else {id: expected})
            return self._act(connection, [Aim(row, texts=texts) for row in rows], by, at)

        return self._change(work, [id])

    def restore(
        self,
        ids: Collection[str],
        *,
        by: str = "",
        at: datetime | None = None,
        expected: Mapping[str, int] | None = None,
    ) -> Act:
        def work(connection: sa.Connection) -> Act:
            rows = acts.fetch(connection, ids)
            acts.check(connection, rows, expected or {})
            return self._act(connection, acts.restore(connection, rows), by, at)

        return self._change(work, ids)

    def undo(self, act: str, *, by: str = "", at: datetime | None = None) -> Act:
        def work(connection: sa.Connection) -> Act:
            return self._act(connection, acts.undo(connection, act), by, at)

        if not self._database.exists():
            raise StoreError(f"there is no act {act} to be undone")
        return self._write(work)

    def delete(self, ids: Collection[str], *, expected: Mapping[str, int] | None = None) -> tuple[Filed, ...]:
        def work(connection: sa.Connection) -> tuple[Filed, ...]:
            rows = acts.fetch(connection, ids)
            acts.check(connection, rows, expected or {})
            self._suppress.keep_known(connection, rows)
            return acts.delete(connection, rows)

        deleted = self._change(work, ids)
        self._database.shred()
        return deleted

    def empty_trash(self, before: datetime) -> tuple[Filed, ...]:
        def work(connection: sa.Connection) -> tuple[Filed, ...]:
            is_old = COMMENT.c.state == State.TRASH.value, COMMENT.c.changed < before
            return acts.delete(connection, connection.execute(sa.select(COMMENT).where(*is_old)).all())

        deleted = self._write(work) if self._database.exists() else ()
        if deleted:
            self._database.shred()
        return deleted

    def forget_clients(self, before: datetime) -> int:
        traces = {"client": "", "agent": "", "referrer": ""}
        is_traced = sa.or_(*(COMMENT.c[name] != value for name, value in traces.items()))
        forget = sa.update(COMMENT).where(COMMENT.c.received < before, is_traced).values(**traces)
        if not self._database.exists():
            return 0
        return self._database.write(lambda connection: connection.execute(forget).rowcount)

    # ------------------------------------------------------------------------------------------- moving house

    def bring(self, records: Sequence[Record]) -> tuple[Brought, ...]:
        return self._write(lambda connection: moving.bring(connection, records, self._suppress))

    def records(self, search: Search) -> Iterator[Record]:
        after: str | None = None
        while True:
            found = self.search(search, after=after, count=_FEW)
            with self._read() as connection:
                if connection is not None:
                    yield from moving.with_steps(connection, found.comments)
            if found.next is None:
                return
            after = found.next

    def mark(self, ids: Collection[str], *, is_archiving: bool) -> None:
        def work(connection: sa.Connection) -> None:
            acts.put(connection, [row.id for row in acts.fetch(connection, ids)], archiving=is_archiving or None)

        self._change(work, ids)

    def archiving(self) -> frozenset[str]:
        marked = sa.select(COMMENT.c.id, COMMENT.c.name).where(COMMENT.c.archiving.is_not(None))
        with self._read() as connection:
            rows = () if connection is None else connection.execute(marked).all()
        return frozenset(id_of(number, name) for number, name in rows)

    # -------------------------------------------------------------------------------------------- showing

    def approved(self, entries: frozenset[str]) -> dict[str, list[Comment]]:
        found: dict[str, list[Comment]] = defaultdict(list)
        for comment in self._approved(entries, lambda _: None):
            found[comment.entry].append(comment)
        return found

    def pictured(self, entries: frozenset[str]) -> dict[str, list[Comment]]:
        """Return the same, each comment with what tells its author's picture; the store itself keeps none."""
        found: dict[str, list[Comment]] = defaultdict(list)
        for comment in self._approved(entries, make_finder(self._host)):
            found[comment.entry].append(comment)
        return found

    def _approved(self, entries: frozenset[str], find_avatar: Callable[[str], str | None]) -> Iterator[Comment]:
        columns = [COMMENT.c[name] for name in ("entry", "id", "name", "email", *SHOWN)]
        shown = sa.select(*columns).where(COMMENT.c.state == State.APPROVED.value)
        if len(entries) < _FEW:
            shown = shown.where(COMMENT.c.entry.in_(entries))
        with self._read() as connection:
            if connection is not None:
                rows = connection.execute(shown.order_by(COMMENT.c.received, COMMENT.c.id))
                for entry, id, name, email, *values in rows:
                    if entry in entries:
                        yield comment_of(id_of(id, name), entry, values, avatar=find_avatar(email))

    def revision(self) -> str:
        version = self._database.version()
        if version == "none":
            return version
        if version != self._known[0]:
            with self._database.read() as connection:
                number = connection.scalar(sa.select(REVISION.c.number))
            self._known = (version, str(number))
        return self._known[1]

    def changed_since(self, revision: str) -> frozenset[str] | None:
        if not (revision.isascii() and revision.isdigit() and len(revision) < 18):
            return None
        with self._read() as connection:
            if connection is None:
                return None
            number = int(revision)
            is_known = sa.select(TALK.c.entry).where(sa.or_(TALK.c.number == number, TALK.c.previous == number))
            is_sure = number in (0, connection.scalar(sa.select(REVISION.c.number)))
            if not is_sure and connection.scalar(is_known.limit(1)) is None:
                return None  # too long ago, or of a copy that was put back or replaced since
            changed = sa.select(TALK.c.entry).where(TALK.c.number > number)
            return frozenset(connection.scalars(changed))

    # ---------------------------------------------------------------------------------------------- inside

    @contextmanager
    def _read(self) -> Iterator[sa.Connection | None]:
        """Give a connection; None where there is no database, which reading must not create."""
        if self._database.exists():
            with self._database.read() as connection, connection.begin():
                yield connection
        else:
            yield None

    def _note_tidied(self, day: date, stored: Future[Filed]) -> None:
        if stored.exception() is None:
            self._tidied = day

    def _act(self, connection: sa.Connection, aims: Sequence[Aim], by: str, at: datetime | None) -> Act:
        now = at or datetime.now(UTC)
        plan(self._database, connection, _day_of(now))
        return acts.act(connection, aims, Hand(by, now))

    def _change(self, work: Callable[[sa.Connection], T], ids: Collection[str]) -> T:
        if not self._database.exists():
            raise acts.unknown(list(ids))
        return self._write(work)

    def _write(self, work: Callable[[sa.Connection], T]) -> T:
        def alone(connection: sa.Connection) -> T:
            take_turn(connection)
            return work(connection)

        return self._database.write(alone)


def _day_of(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


_FEW = 500
"""Up to so many entries are named to the database; of more, it is asked for all comments."""
