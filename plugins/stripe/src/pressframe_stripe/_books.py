"""What the site remembers of its dealings with Stripe. No card, no amount, no address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import attrs
import sqlalchemy as sa

from pressframe.model import Host
from pressframe_sql import Database, database
from pressframe_sql.statements import insert_into
from pressframe_stripe._events import Event
from pressframe_stripe._objects import OVER, Subscription
from pressframe_stripe._tables import EVENT, LEFT, SESSION, SUBSCRIPTION
from pressframe_web.identity import disguise

_KEPT = timedelta(days=90)
"""Events that were worked on, and visits to the checkout page, are remembered for so long."""


@attrs.frozen(kw_only=True)
class Held:
    """A subscription as it was last seen.

    Attributes:
        until: Lets its owner read; None: not at all.
        is_taken_back: True if a payment was refunded or is disputed.
    """

    id: str
    member: str
    customer: str
    price: str
    status: str
    since: datetime
    period_end: datetime
    ends: datetime | None
    until: datetime | None
    is_taken_back: bool

    @property
    def is_over(self) -> bool:
        """True if it never comes back, and another one may be bought."""
        return self.status in OVER


@attrs.frozen(kw_only=True)
class Visit:
    """A visit to the checkout page that somebody began here."""

    id: str
    member: str
    back: str


@attrs.frozen(kw_only=True)
class Left:
    """What there is to end at Stripe of who has left."""

    customers: tuple[str, ...]
    sessions: tuple[str, ...]


@attrs.frozen
class Books:
    """The tables of one site; every method may raise StoreError."""

    _host: Host

    @property
    def db(self) -> Database:
        """The site's database."""
        return database(self._host)

    # ------------------------------------------------------------------------------------------ events

    def note(self, connection: sa.Connection, event: Event, now: datetime) -> bool:
        """Remember an event; return False if it was remembered before."""
        is_old = EVENT.c.received < now - _KEPT
        connection.execute(sa.delete(EVENT).where(is_old, EVENT.c.worked.is_not(None)))
        row = {
            "id": event.id, "kind": event.kind, "subscription": event.subscription, "customer": event.customer,
            "charge": event.charge, "made": event.made, "received": now, "worked": None,
        }  # fmt: skip
        return _insert_once(connection, EVENT, row)

    def find_event(self, id: str) -> Event | None:
        """Return an event that nothing was done about yet."""
        with self.db.read() as connection:
            row = connection.execute(sa.select(EVENT).where(EVENT.c.id == id, EVENT.c.worked.is_(None))).one_or_none()
        if row is None:
            return None
        return Event(
            id=row.id, kind=row.kind, made=row.made, is_live=True, subscription=row.subscription,
            customer=row.customer, charge=row.charge,
        )  # fmt: skip

    def finish(self, id: str, now: datetime) -> None:
        """Remember that something was done about an event."""
        self.db.write(
            lambda connection: connection.execute(sa.update(EVENT).where(EVENT.c.id == id).values(worked=now))
        )

    def waiting(self) -> Sequence[str]:
        """Return the ids of events that nothing was done about yet, oldest first."""
        if not self.db.exists():
            return ()
        with self.db.read() as connection:
            waiting = sa.select(EVENT.c.id).where(EVENT.c.worked.is_(None)).order_by(EVENT.c.received)
            return connection.scalars(waiting).all()

    def last_event(self) -> datetime | None:
        """Return when the last event came."""
        if not self.db.exists():
            return None
        with self.db.read() as connection:
            newest = sa.select(EVENT.c.received).order_by(EVENT.c.received.desc()).limit(1)
            last: datetime | None = connection.scalar(newest)
        return last

    # ----------------------------------------------------------------------------------- subscriptions

    def begin_look(self, id: str, now: datetime) -> int:
        """Return the number of a look at a subscription that begins now: what an earlier one saw is older."""

        def work(connection: sa.Connection) -> int:
            row = {
                "id": id, "member": "", "customer": "", "price": "", "status": "", "since": now, "period_end": now,
                "ends": None, "until": None, "taken_back": False, "asked": 0, "known": 0,
            }  # fmt: skip
            _insert_once(connection, SUBSCRIPTION, row)
            asked = sa.update(SUBSCRIPTION).where(SUBSCRIPTION.c.id == id).values(asked=SUBSCRIPTION.c.asked + 1)
            number: int = connection.execute(asked.returning(SUBSCRIPTION.c.asked)).scalar_one()
            return number

        return self.db.write(work)

    def end_look(
        self, connection: sa.Connection, look: int, seen: Subscription, *, until: datetime | None, is_taken_back: bool
    ) -> bool:
        """Write down what look number *look* saw; return False if one that began later has written already."""
        values = {
            "member": seen.member, "customer": seen.customer, "price": seen.price, "status": seen.status,
            "since": seen.since, "period_end": seen.period_end, "ends": seen.ends, "until": until,
            "taken_back": is_taken_back, "known": look,
        }  # fmt: skip
        mine = (SUBSCRIPTION.c.id == seen.id) & (SUBSCRIPTION.c.known < look)
        return bool(connection.execute(sa.update(SUBSCRIPTION).where(mine).values(values)).rowcount)

    def lose(self, connection: sa.Connection, id: str, look: int) -> str:
        """Write down that Stripe has no such subscription (any more); return whose it was."""
        mine = (SUBSCRIPTION.c.id == id) & (SUBSCRIPTION.c.known < look)
        lost = sa.update(SUBSCRIPTION).where(mine, SUBSCRIPTION.c.member != "")
        gone = lost.values(status="gone", until=None, known=look).returning(SUBSCRIPTION.c.member)
        member = connection.execute(gone).scalar_one_or_none()
        self.drop(connection, id)
        return member or ""

    def drop(self, connection: sa.Connection, id: str) -> None:
        """Forget a subscription that belongs to no member."""
        connection.execute(sa.delete(SUBSCRIPTION).where(SUBSCRIPTION.c.id == id, SUBSCRIPTION.c.member == ""))

    def held_in(self, connection: sa.Connection, *, member: str) -> tuple[Held, ...]:
        """Return a member's subscriptions, the newest first."""
        newest = SUBSCRIPTION.c.since.desc(), SUBSCRIPTION.c.id
        mine = sa.select(SUBSCRIPTION).where(SUBSCRIPTION.c.member == member).order_by(*newest)
        return tuple(_held(row) for row in connection.execute(mine))

    def held(self, member: str) -> tuple[Held, ...]:
        """Return a member's subscriptions, the newest first."""
        if not self.db.exists() or not member:
            return ()
        with self.db.read() as connection:
            return self.held_in(connection, member=member)

    def known(self, *, customer: str | None = None) -> tuple[Held, ...]:
        """Return all subscriptions of members that are not over, or those of one customer."""
        if not self.db.exists():
            return ()
        wanted = [SUBSCRIPTION.c.member != "", SUBSCRIPTION.c.status.not_in(OVER)]
        wanted += [] if customer is None else [SUBSCRIPTION.c.customer == customer]
        with self.db.read() as connection:
            found = connection.execute(sa.select(SUBSCRIPTION).where(*wanted).order_by(SUBSCRIPTION.c.id))
            return tuple(_held(row) for row in found)

    # ------------------------------------------------------------------------------------------ visits

    def begin_visit(self, visit: Visit, now: datetime) -> None:
        """Remember a visit to the checkout page."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(SESSION).where(SESSION.c.at < now - _KEPT))
            if not _insert_once(connection, SESSION, {**attrs.asdict(visit), "times": 1, "at": now}):
                again = sa.update(SESSION).where(SESSION.c.id == visit.id)
                connection.execute(again.values(back=visit.back, times=SESSION.c.times + 1))

        self.db.write(work)

    def visit(self, id: str) -> Visit | None:
        """Return a visit to the checkout page."""
        if not self.db.exists():
            return None
        with self.db.read() as connection:
            row = connection.execute(sa.select(SESSION).where(SESSION.c.id == id)).one_or_none()
        return None if row is None else Visit(id=row.id, member=row.member, back=row.back)

    def visits_since(self, member: str, since: datetime) -> int:
        """Return how often a member was led to one that began after *since*."""
        if not self.db.exists():
            return 0
        counted = sa.select(sa.func.sum(SESSION.c.times)).where(SESSION.c.member == member, SESSION.c.at > since)
        with self.db.read() as connection:
            return connection.scalar(counted) or 0

    # ----------------------------------------------------------------------------------------- leaving

    def forget(self, connection: sa.Connection, member: str, now: datetime) -> Left:
        """Forget a member, but for a keyed hash; return what there is to end at Stripe."""
        mine = (SUBSCRIPTION.c.member == member) & (SUBSCRIPTION.c.member != "")
        customers = connection.scalars(sa.delete(SUBSCRIPTION).where(mine).returning(SUBSCRIPTION.c.customer)).all()
        sessions = connection.scalars(
            sa.delete(SESSION).where(SESSION.c.member == member).returning(SESSION.c.id)
        ).all()
        if customers or sessions:
            _insert_once(connection, LEFT, {"digest": self._digest(member), "at": now})
        return Left(customers=tuple(sorted({*customers} - {""})), sessions=tuple(sessions))

    def has_left(self, member: str) -> bool:
        """Say whether *member* was one of ours once, and began to pay."""
        with self.db.read() as connection:
            found = connection.scalar(sa.select(LEFT.c.at).where(LEFT.c.digest == self._digest(member)))
        return found is not None

    def _digest(self, member: str) -> str:
        return disguise(self._host.secret("stripe left"), member)


def _held(row: sa.Row[Any]) -> Held:
    return Held(
        id=row.id, member=row.member, customer=row.customer, price=row.price, status=row.status, since=row.since,
        period_end=row.period_end, ends=row.ends, until=row.until, is_taken_back=row.taken_back,
    )  # fmt: skip


def _insert_once(connection: sa.Connection, table: sa.Table, row: dict[str, object]) -> bool:
    """Insert a row; return False if one with its key is there."""
    once = insert_into(connection, table).values(row).on_conflict_do_nothing()
    return connection.execute(once.returning(*table.primary_key)).first() is not None  # not all drivers count rows
