"""Moments come back as the moments that they were."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from pressframe_sql.types import Moment


@pytest.fixture
def keep(db):
    """Stores a moment in a table of its own and reads it back."""
    table = sa.Table("moments", sa.MetaData(), sa.Column("at", Moment))

    def keep(moment):
        def work(connection):
            table.create(connection, checkfirst=True)
            connection.execute(sa.insert(table).values(at=moment))
            return connection.scalars(sa.select(table.c.at)).all()[-1]

        return db.write(work)

    return keep


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 5, 1, 12, 30, 15, 123_456, tzinfo=timezone(timedelta(hours=2))),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
def test_a_moment_is_kept_to_the_microsecond_and_read_in_utc(keep, moment):
    kept = keep(moment)

    assert kept == moment
    assert kept.tzinfo is UTC


def test_no_moment_stays_none(keep):
    assert keep(None) is None


def test_a_time_without_a_zone_is_refused(keep):
    with pytest.raises(sa.exc.StatementError, match="has no time zone"):
        keep(datetime(2026, 5, 1))  # noqa: DTZ001 - that is the point
