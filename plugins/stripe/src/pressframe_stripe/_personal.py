"""What is kept of who pays, told to them; that it is erased, and ended at Stripe, ``Desk.leave`` sees to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from pressframe.model import Json
from pressframe_stripe._desk import Desk


def find(desk: Desk, connection: sa.Connection, member: str) -> Sequence[Mapping[str, Json]]:
    """Return what *member*, a ``Member.id``, pays for, and under which name Stripe knows them."""
    return [
        {
            "subscription": held.id,
            "customer": held.customer,
            "price": held.price,
            "status": held.status,
            "since": held.since.isoformat(),
            "period_end": held.period_end.isoformat(),
            "until": held.until.isoformat() if held.until else None,
        }
        for held in (desk.books.held_in(connection, member=member) if member else ())
    ]
