"""Members from a file and into one: lists of Substack, Mailchimp and Ghost, a plain one, and pressframe's own.

Nobody is mailed unless that is asked for. Who unsubscribed there, or whose mail came back, is not taken in.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import BinaryIO, TypeAlias, TypeVar

import attrs
import sqlalchemy as sa

from pressframe.errors import ConfigError, ContentError, Place, PluginError, PressframeError
from pressframe.model import Host
from pressframe_members import _asking, _telling
from pressframe_members._audiences import known_audiences
from pressframe_members._cells import guard
from pressframe_members._links import Wanted
from pressframe_members._lists import (
    Format,
    LeftOut,
    Person,
    Right,
    Why,
    address_column,
    audiences_in,
    format_of,
    read_person,
)  # fmt: skip
from pressframe_members._rows import fill, fold, member_of, membership_of
from pressframe_members._table_file import Table
from pressframe_members._tables import MEMBER, MEMBERSHIP
from pressframe_members._telling import Told
from pressframe_members.model import SUBSCRIBERS, Column, Membership
from pressframe_members.store import Members
from pressframe_sql import Database, database
from pressframe_sql.statements import insert_into
from pressframe_web.identity import make_id

__all__ = ["COLUMNS", "Format", "LeftOut", "Report", "Terms", "Why", "export_members", "import_members"]

COLUMNS = ("address", "name", "state", "since", "confirmed", "language", "source", "audiences")
"""Of pressframe's own lists."""

_AT_ONCE = 500
_PAGE = 1000
_MOST_TOLD = 1000

T = TypeVar("T")
_Tell: TypeAlias = Callable[[LeftOut], None]


@attrs.frozen(kw_only=True)
class Terms:
    """On what terms people are taken in.

    Attributes:
        confirmed: The owner says that each of them agreed, also who did not confirm there or in a list that does not
            tell.
        ask: Take in who did not confirm, and mail each of them the question, once.
        paid_as: The audience of paying and complimentary members of other programs; None: ``paid``, if there is one.
        until: Its end, where the list tells none.
        dry: Change nothing; say what would be done.
    """

    confirmed: bool = False
    ask: bool = False
    paid_as: str | None = None
    until: datetime | None = None
    dry: bool = False


@attrs.define(kw_only=True)
class Report:
    """What came of a list.

    Attributes:
        new: How many were added.
        known: How many were there before; only what was not known of them is set.
        asked: How many are mailed the question.
        granted: How many audiences were given.
        without: How many pay there, or were given it, and get nothing here: no audience to give, or no end to it.
        left_out: How many are not taken in, by why.
        lines: The first thousand of these.
    """

    format: Format
    new: int = 0
    known: int = 0
    asked: int = 0
    granted: int = 0
    without: int = 0
    left_out: dict[Why, int] = attrs.field(factory=dict)
    lines: list[LeftOut] = attrs.field(factory=list)

    def leave_out(self, one: LeftOut) -> None:
        """Count one who is not taken in."""
        self.left_out[one.why] = self.left_out.get(one.why, 0) + 1
        if len(self.lines) < _MOST_TOLD:
            self.lines.append(one)


def import_members(  # noqa: PLR0913 - each of them is a word of one sentence
    host: Host, file: BinaryIO, name: str, *, terms: Terms, now: datetime, told: _Tell | None = None
) -> Report:
    """Take in the people in *file*, and report; the same file once more changes nothing.

    All of the file is read before anybody is taken in. They are stored by five hundred; after a crash, begin again.

    Args:
        file: One that can be wound back.
        name: Of the file, for messages.
        told: Called for each who is left out, in the file's order.

    Raises:
        ContentError: It cannot be read; nobody was taken in.
        ConfigError: *terms* name an audience that there is not.
        StoreError: Not all could be stored.
    """
    table = Table.of(file, name)
    kind, column = format_of(table.header), address_column(table.header)
    if column is None:
        at = Place(name, table.header_line)
        raise ContentError("no column is called email or address", at=at, fix="name one so, in the first line")
    if kind == "plain" and not (terms.confirmed or terms.ask):
        fix = "say that each of them did (--confirmed), or have them asked by mail (--ask)"
        raise ContentError("this list does not tell who agreed to be written to", at=Place(name), fix=fix)
    carrier = _Carrier(host, terms, now)
    for row in table.rows():
        for audience in audiences_in(row, kind):
            carrier.check(audience, Place(name, row.line))
    report = Report(format=kind)

    def leave_out(one: LeftOut) -> None:
        report.leave_out(one)
        if told is not None:
            told(one)

    people = carrier.fit((read_person(row, kind, column) for row in table.rows()), leave_out)
    while batch := list(islice(people, _AT_ONCE)):
        carrier.take(batch, report)
    return report


@attrs.frozen
class _Carrier:
    """Takes people in, on the owner's terms."""

    _host: Host
    _terms: Terms
    _now: datetime

    @property
    def _db(self) -> Database:
        return database(self._host)

    @property
    def _paid(self) -> str | None:
        if self._terms.paid_as is not None:
            Members(self._host).check_audience(self._terms.paid_as)
            return self._terms.paid_as
        return "paid" if "paid" in known_audiences(self._host) else None

    def check(self, audience: str, at: Place) -> None:
        """Raise ContentError where somebody had an audience by name that this site has not."""
        try:
            Members(self._host).check_audience(audience)
        except ConfigError as error:
            raise ContentError(error.message, at=at, fix=error.fix) from error

    def fit(self, read: Iterator[Person | LeftOut], leave_out: _Tell) -> Iterator[Person]:
        """Yield who may be taken in, each address once; who confirmed nothing only where the terms say so."""
        seen = set[int]()
        for one in read:
            if isinstance(one, LeftOut):
                leave_out(one)
                continue
            mark = hash(one.address.folded)
            if mark in seen:
                leave_out(LeftOut(one.line, "twice"))
            elif not (one.is_confirmed or self._terms.confirmed or self._terms.ask):
                leave_out(LeftOut(one.line, "unconfirmed"))
            else:
                seen.add(mark)
                yield attrs.evolve(one, is_confirmed=one.is_confirmed or self._terms.confirmed)

    def take(self, people: Sequence[Person], report: Report) -> None:
        """Store some of them in one transaction, then tell plugins; or only count them."""
        if self._terms.dry:
            self._count(people, report)
            return
        counted, told = self._db.write(lambda connection: self._store(connection, people))
        for name, number in counted.items():
            setattr(report, name, getattr(report, name) + number)
        _telling.tell(self._host, told)

    def _count(self, people: Sequence[Person], report: Report) -> None:
        known: Mapping[str, sa.Row[*tuple[object, ...]]] = {}
        held: Collection[tuple[object, ...]] = ()
        if self._db.exists():
            with self._db.read() as connection:
                known = _rows_of(connection, people)
                held = _held_by(connection, [row.id for row in known.values()])
        for one in people:
            row = known.get(one.address.folded)
            report.new += row is None
            report.known += row is not None
            report.asked += not one.is_confirmed and (row is None or row.confirmed is None)
            given, without = self._rights(one)
            report.granted += sum(
                row is None or (row.id, right.audience, right.source, right.until) not in held for right in given
            )
            report.without += without

    def _store(self, connection: sa.Connection, people: Sequence[Person]) -> tuple[Mapping[str, int], list[Told]]:
        before, told, columns = _rows_of(connection, people), list[Told](), _columns(self._host)
        added = {one.address.folded: self._row(one) for one in people if one.address.folded not in before}
        if added:
            once = insert_into(connection, MEMBER).on_conflict_do_nothing(index_elements=["folded"])
            connection.execute(once, list(added.values()))
        after = _rows_of(connection, people)
        counted = {"new": 0, "known": 0, "asked": 0, "granted": 0, "without": 0}
        for one in people:
            row = after[one.address.folded]
            member, is_new = member_of(row), row.reader == added.get(one.address.folded, {}).get("reader")
            counted["new" if is_new else "known"] += 1
            confirmed = self._confirmed(one)
            is_now = confirmed is not None and (is_new or member.confirmed is None)
            if is_new:
                told.append(Told(member, SUBSCRIBERS, "joined", self._now))
                for plugin, column in columns:
                    if cell := one.cells.get(column.name):
                        _safely(plugin, column, column.take, connection, member, cell, self._now)
            elif fill(connection, member, name=one.name, language=one.language, confirmed=confirmed):
                member = attrs.evolve(member, confirmed=member.confirmed or confirmed, name=member.name or one.name)
            if is_now:
                told.append(Told(member, SUBSCRIBERS, "confirmed", self._now))
            if not one.is_confirmed and member.confirmed is None:
                wanted = Wanted(purpose="confirm", back="/")
                counted["asked"] += _asking.mail_link(self._db, connection, row.id, wanted, self._now) is not None
            given, without = self._rights(one)
            counted["without"] += without
            for right in given:
                is_changed, heard = Members(self._host).granted(connection, row.reader, right)
                counted["granted"] += is_changed
                told += heard
        return counted, told

    def _row(self, one: Person) -> dict[str, object]:
        # Whoever is only asked begins now: addresses that nobody confirms are forgotten after a week.
        since = min(one.since or self._now, self._now) if one.is_confirmed else self._now
        return {
            "reader": make_id(), "address": one.address.shown, "folded": one.address.folded, "since": since,
            "source": one.source, "name": one.name, "language": one.language, "confirmed": self._confirmed(one),
            "sought": fold(one.address.folded, one.name),
        }  # fmt: skip

    def _confirmed(self, one: Person) -> datetime | None:
        return min(one.confirmed or one.since or self._now, self._now) if one.is_confirmed else None

    def _rights(self, one: Person) -> tuple[list[Membership], bool]:
        """Return what somebody is given, and whether they had something that cannot be given."""
        given, without = list[Membership](), False
        for right in one.rights:
            if right.until is not None and right.until <= self._now:
                continue
            audience, until = right.audience or self._paid, right.until or self._end(right)
            if audience is None or (until is None and not right.has_end):
                without = True
                continue
            given.append(Membership(audience=audience, source=right.source, since=self._now, until=until))
        return given, without

    def _end(self, right: Right) -> datetime | None:
        return None if right.has_end else self._terms.until


def _rows_of(connection: sa.Connection, people: Sequence[Person]) -> Mapping[str, sa.Row[*tuple[object, ...]]]:
    """Return the rows of those of *people* who are members, by their folded address."""
    wanted = sa.select(MEMBER).where(MEMBER.c.folded.in_([one.address.folded for one in people]))
    return {row.folded: row for row in connection.execute(wanted)}


def _held_by(connection: sa.Connection, members: Sequence[object]) -> Collection[tuple[object, ...]]:
    """Return what *members*, by the ids of their rows, were given: row, audience, source and end."""
    columns = (MEMBERSHIP.c.member, MEMBERSHIP.c.audience, MEMBERSHIP.c.source, MEMBERSHIP.c.until)
    return {tuple(row) for row in connection.execute(sa.select(*columns).where(MEMBERSHIP.c.member.in_(members)))}


def export_members(host: Host) -> Iterator[str]:
    """Yield a CSV list of all members, oldest first, in pieces: with a mark for UTF-8, and safe in spreadsheets.

    Cells that a spreadsheet would take for a formula begin with an apostrophe; ``import_members`` takes it off again.

    Raises:
        StoreError: The database cannot be read.
    """
    further = _columns(host)
    yield "\ufeff" + _line((*COLUMNS, *(column.name for _, column in further)))
    last = 0
    while database(host).exists():
        wanted = sa.select(MEMBER).where(MEMBER.c.id > last).order_by(MEMBER.c.id).limit(_PAGE)
        with database(host).read() as connection:
            rows = connection.execute(wanted).all()
            if not rows:
                return
            first, last = rows[0].id, rows[-1].id
            found = sa.select(MEMBERSHIP).where(MEMBERSHIP.c.member.between(first, last)).order_by(MEMBERSHIP.c.id)
            rights = dict[int, list[str]]()
            for one in connection.execute(found):
                rights.setdefault(one.member, []).append(_told(membership_of(one)))
            members = [member_of(row) for row in rows]
            told = [_safely(plugin, column, column.tell, connection, members) for plugin, column in further]
        yield "".join(
            _line((*_cells(row, rights.get(row.id, [])), *(_text(cells.get(row.reader)) for cells in told)))
            for row in rows
        )


def _columns(host: Host) -> Sequence[tuple[str, Column]]:
    """Return the columns of plugins, each with its plugin.

    Raises:
        PluginError: Two are called the same.
    """
    owners = dict.fromkeys(COLUMNS, "members")
    found: Sequence[tuple[str, Column]] = host.hooks.all("register_columns", host)
    for plugin, column in found:
        if column.name in owners:
            raise PluginError(f'"{plugin}" and "{owners[column.name]}" both bring a column called {column.name}')
        owners[column.name] = plugin
    return found


def _safely(plugin: str, column: Column, do: Callable[..., T], *given: object) -> T:
    """Return what a plugin does with its column.

    Raises:
        PluginError: It failed.
    """
    try:
        return do(*given)
    except PressframeError:
        raise
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise PluginError(f'"{plugin}" failed with its column {column.name}: {what}') from error


def _cells(row: sa.Row[*tuple[object, ...]], rights: Sequence[str]) -> tuple[str, ...]:
    state = "pending" if row.confirmed is None else "confirmed"
    texts = (row.address, row.name, state, row.since, row.confirmed, row.language, row.source, "; ".join(rights))
    return tuple(_text(one) for one in texts)


def _told(one: Membership) -> str:
    return " ".join([one.audience, one.source, *([one.until.isoformat()] if one.until else [])])


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat()
    return "" if cell is None else guard(str(cell))


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
