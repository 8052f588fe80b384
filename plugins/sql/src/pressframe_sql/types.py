"""Column types that mean the same in every database. Import this only where sqlalchemy is wanted anyway."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy
from sqlalchemy.types import TypeDecorator

__all__ = ["Moment"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds since 1970 (BigInteger): exact, sortable, and of no zone; read in UTC."""

    impl = sqlalchemy.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sqlalchemy.Dialect) -> int | None:
        """Return what is stored for *value*.

        Raises:
            ValueError: It has no time zone.
        """
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value!r} has no time zone")
        return (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: sqlalchemy.Dialect) -> datetime | None:
        """Return what was stored as *value*."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)
