"""The work that payments make: looking at a subscription, and giving its owner what it is worth.

Whatever an event says, the subscription is asked for as it is now. So it does not matter in which order events come, or
how often; one that comes late brings nothing old back.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import attrs
import sqlalchemy as sa

from pressframe.model import Host, Json
from pressframe_members import known_audiences
from pressframe_members.model import SUBSCRIBERS
from pressframe_members.store import Members
from pressframe_stripe._api import Api
from pressframe_stripe._books import Books, Left
from pressframe_stripe._events import Event
from pressframe_stripe._objects import LIVE, OVER, Payments, Subscription, until

log = logging.getLogger("pressframe")

SOURCE = "stripe"
EVENT, LOOK, END = "stripe.event", "stripe.look", "stripe.end"
"""The jobs: do something about an event; look at a subscription; end what is left of who has left."""

_AFTER_PERIOD = timedelta(hours=2)
"""So long after a period's end we look whether it was prolonged: Stripe draws the money up to an hour later."""


@attrs.frozen(kw_only=True)
class Desk:
    """What one site does about payments.

    Attributes:
        audiences: What each price gives.
        grace: How long somebody may go on reading after the end of what they paid for.
    """

    host: Host
    api: Api
    audiences: Mapping[str, str]
    grace: timedelta

    @property
    def books(self) -> Books:
        """What is remembered."""
        return Books(self.host)

    # ------------------------------------------------------------------------------------------ events

    def take(self, event: Event, now: datetime) -> bool:
        """Store an event, and have a job work on it; return False if it was stored before.

        Raises:
            StoreError: It was not stored.
        """

        def work(connection: sa.Connection) -> bool:
            is_new = self.books.note(connection, event, now)
            if is_new:
                payload: dict[str, Json] = {"event": event.id, "at": now.isoformat()}
                self.books.db.enqueue(connection, EVENT, payload, key=f"{EVENT}:{event.id}")
            return is_new

        return self.books.db.write(work)

    def work_on(self, payload: Mapping[str, Json]) -> None:
        """Do something about the event in *payload*; what a job runs.

        Raises:
            StripeError: Stripe could not be asked.
        """
        self.finish(str(payload["event"]), datetime.fromisoformat(str(payload["at"])))

    def finish(self, id: str, now: datetime) -> None:
        """Do what is to be done about an event, unless that was done.

        Raises:
            StripeError: Stripe could not be asked.
        """
        event = self.books.find_event(id)
        if event is None:
            return
        for subscription in self._subscriptions_of(event):
            self.look(subscription, now)
        self.books.finish(id, now)

    def _subscriptions_of(self, event: Event) -> Iterable[str]:
        if event.subscription:
            return [event.subscription]
        if event.charge:
            found = self.api.subscription_of_charge(event.charge)
            return [found] if found else []
        return [held.id for held in self.books.known(customer=event.customer)] if event.customer else []

    # ----------------------------------------------------------------------------------- subscriptions

    def look_later(self, payload: Mapping[str, Json]) -> None:
        """Look at the subscription in *payload*; what a job runs."""
        self.look(str(payload["subscription"]), datetime.fromisoformat(str(payload["at"])))

    def look(self, id: str, now: datetime) -> None:
        """Ask Stripe for a subscription as it is now, and give or take what it is worth.

        Raises:
            StripeError: Stripe could not be asked.
        """
        look = self.books.begin_look(id, now)
        seen = self.api.subscription(id)
        if seen is None:
            self.books.db.write(lambda connection: self._settle(connection, self.books.lose(connection, id, look), now))
        elif not seen.member or Members(self.host).find(seen.member) is None:
            self._turn_away(seen, now)
        else:
            payments = self.api.payments(id) if seen.status in LIVE else Payments()
            self.books.db.write(lambda connection: self._note(connection, look, seen, payments, now))

    def _turn_away(self, seen: Subscription, now: datetime) -> None:
        """See to it that who has left pays nothing more; what others sell is none of our business."""
        self.books.db.write(lambda connection: self.books.drop(connection, seen.id))
        if self.books.held(seen.member):  # nobody could tell us that they left
            self.books.db.write(lambda connection: self.leave(connection, seen.member, now))
            return
        if seen.member and seen.status not in OVER and self.books.has_left(seen.member):
            log.info("somebody who has left had begun to pay; the subscription %s ends", seen.id)
            self.api.cancel(seen.id)
            self.api.forget(seen.customer)

    def _note(  # the parts of one sentence
        self, connection: sa.Connection, look: int, seen: Subscription, payments: Payments, now: datetime
    ) -> None:
        if Members(self.host).find(seen.member, connection=connection) is None:  # has left while Stripe was asked
            again: dict[str, Json] = {"subscription": seen.id, "at": now.isoformat()}
            self.books.db.enqueue(connection, LOOK, again)
            return
        end = until(seen, payments, self.grace)
        if seen.status in LIVE and seen.price not in self.audiences:
            log.warning("%s is paid for, but is the price of none of [plugins.stripe.plans]", seen.price)
        is_news = self.books.end_look(connection, look, seen, until=end, is_taken_back=payments.are_taken_back)
        if not is_news:
            return
        if seen.status in LIVE:
            due = max(seen.period_end, now) + _AFTER_PERIOD
            payload: dict[str, Json] = {"subscription": seen.id, "at": due.isoformat()}
            key = f"{LOOK}:{seen.id}:{seen.period_end.isoformat()}"
            self.books.db.enqueue(connection, LOOK, payload, key=key, due=due)
        self._settle(connection, seen.member, now)

    def _settle(self, connection: sa.Connection, member: str, now: datetime) -> None:
        """Give a member what all their subscriptions are worth together, and take what none is worth any more."""
        if not member:
            return
        ends: dict[str, datetime] = {}
        for held in self.books.held_in(connection, member=member):
            audience = self.audiences.get(held.price)
            if audience and held.until is not None and held.until > now:
                ends[audience] = max(held.until, ends.get(audience, held.until))
        members = Members(self.host)
        for audience in sorted(known_audiences(self.host) - {SUBSCRIBERS}):
            if audience in ends:
                members.grant(member, audience, source=SOURCE, until=ends[audience], now=now, connection=connection)
            else:
                members.revoke(member, audience, source=SOURCE, now=now, connection=connection)

    # ----------------------------------------------------------------------------------------- leaving

    def leave(self, connection: sa.Connection, member: str, now: datetime) -> int:
        """Forget a member, and have a job end what they pay for; return how much there was of them."""
        left = self.books.forget(connection, member, now)
        if left.customers or left.sessions:
            payload: dict[str, Json] = {"customers": list(left.customers), "sessions": list(left.sessions)}
            self.books.db.enqueue(connection, END, payload)
        return len(left.customers) + len(left.sessions)

    def end(self, payload: Mapping[str, Json]) -> None:
        """Delete the customers in *payload* at Stripe, which ends what they pay for; what a job runs.

        Raises:
            StripeError: Stripe could not be asked; what was done already may be done again.
        """
        match payload:
            case {"customers": list(customers), "sessions": list(sessions)}:
                self.end_all(Left(customers=tuple(map(str, customers)), sessions=tuple(map(str, sessions))))

    def end_all(self, left: Left) -> None:
        """Delete customers at Stripe, and end visits to the checkout page.

        Raises:
            StripeError: Stripe could not be asked.
        """
        for session in left.sessions:
            self.api.expire(session)
        for customer in left.customers:
            self.api.forget(customer)
