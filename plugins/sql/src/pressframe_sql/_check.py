"""What can be wrong with a database, found without changing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
import sqlalchemy as sa

from pressframe_sql._backend import Backend
from pressframe_sql._jobs import ASIDE, JOB, WAITING
from pressframe_sql._schema import connected, read_chains


@attrs.frozen(kw_only=True)
class Findings:
    """The state of a database.

    Attributes:
        revisions: Of each plugin's tables, with how far behind they are.
        problems: Sentences; empty if all is well.
        waiting: How many jobs are to be run.
        aside: Jobs that failed too often, each with its last error.
    """

    revisions: Mapping[str, str]
    problems: tuple[str, ...]
    waiting: int
    aside: tuple[str, ...]


def check(backend: Backend, folders: Sequence[tuple[str, Path]]) -> Findings:
    """Return what is the matter with an existing database.

    Raises:
        StoreError: It cannot even be opened, or is newer than this program.
    """
    with connected(backend, writes=False) as connection:
        chains = read_chains(connection, folders)
        has_jobs = sa.inspect(connection).has_table(JOB.name)
        return Findings(
            revisions={
                chain.plugin: f"{chain.now or 'no tables yet'}, {len(chain.missing)} to run"
                if chain.missing
                else chain.newest
                for chain in chains
            },
            problems=_faults(connection) if connection.dialect.name == "sqlite" else (),
            waiting=_count_waiting(connection) if has_jobs else 0,
            aside=_set_aside(connection) if has_jobs else (),
        )


def _faults(connection: sa.Connection) -> tuple[str, ...]:
    damage = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
    loose = [
        f"a row of {table} (rowid {row}) refers to a missing one of {parent}"
        for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check")
    ]
    return (*damage, *loose)


def _count_waiting(connection: sa.Connection) -> int:
    return connection.scalar(sa.select(sa.func.count()).where(JOB.c.state == WAITING)) or 0


def _set_aside(connection: sa.Connection) -> tuple[str, ...]:
    rows = connection.execute(sa.select(JOB).where(JOB.c.state == ASIDE).order_by(JOB.c.id))
    return tuple(f"job {row.id} ({row.name}), tried {row.attempts} times: {row.error}" for row in rows)
