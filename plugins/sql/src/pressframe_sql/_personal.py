"""Everything that plugins keep of one mail address: told, or erased in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from pressframe.errors import PluginError
from pressframe.model import Host, Json
from pressframe_sql._jobs import AT_ONCE, DONE, JOB
from pressframe_sql._plugin import database
from pressframe_sql.model import PersonalData


def find_personal_data(host: Host, address: str) -> Mapping[str, Sequence[Mapping[str, Json]]]:
    """Return what every plugin keeps of *address*, by what it is; nothing is kept where there is no database."""
    keepers = _keepers(host)
    if not database(host).exists():
        return {keeper.name: () for keeper in keepers}
    with database(host).read() as connection:
        names = _names_of(connection, keepers, address)
        return {keeper.name: _found(connection, keeper, names) for keeper in keepers}


def erase_personal_data(host: Host, address: str) -> Mapping[str, int]:
    """Erase what every plugin keeps of *address*, all or nothing; return how many things, by what they were."""
    keepers = _keepers(host)
    if not database(host).exists():
        return {keeper.name: 0 for keeper in keepers}

    def work(connection: sa.Connection) -> Mapping[str, int]:
        names = _names_of(connection, keepers, address)
        return {keeper.name: sum(keeper.erase(connection, name) for name in names) for keeper in keepers}

    erased = database(host).write(work)
    database(host).shred()
    return erased


def jobs_of_person() -> PersonalData:
    """Return what waits to be done for somebody: mail to their address."""
    return PersonalData(name="jobs", find=_find_jobs, erase=_erase_jobs)


def _keepers(host: Host) -> tuple[PersonalData, ...]:
    found = host.hooks.all("register_personal_data", host)
    names = [keeper.name for _, keeper in found]
    for plugin, keeper in found:
        if names.count(keeper.name) > 1:
            raise PluginError(f'"{plugin}" and another plugin both bring personal data called {keeper.name}')
    return tuple(keeper for _, keeper in found)


def _names_of(connection: sa.Connection, keepers: Sequence[PersonalData], address: str) -> Sequence[str]:
    """Return all that plugins know a person by: the address, and the reader who signs in by it."""
    return [address, *(reader for keeper in keepers for reader in keeper.readers(connection, address))]


def _found(connection: sa.Connection, keeper: PersonalData, names: Sequence[str]) -> Sequence[Mapping[str, Json]]:
    found: list[Mapping[str, Json]] = []
    for name in names:
        found += [one for one in keeper.find(connection, name) if one not in found]
    return found


def _find_jobs(connection: sa.Connection, address: str) -> Sequence[Mapping[str, Json]]:
    wanted = connection.execute(sa.select(JOB.c.id, JOB.c.name, JOB.c.payload, JOB.c.due).where(_names(address)))
    return [
        {
            "job": row.name,
            "due": None if row.due == AT_ONCE else row.due.isoformat(),
            "payload": json.loads(row.payload),
        }
        for row in wanted
    ]


def _erase_jobs(connection: sa.Connection, address: str) -> int:
    return connection.execute(sa.delete(JOB).where(_names(address))).rowcount


def _names(address: str) -> sa.ColumnElement[bool]:
    """Return what is true of jobs that name *address* as a whole, in whatever case."""
    as_json = json.dumps(address.strip(), ensure_ascii=False)
    return sa.and_(JOB.c.payload.icontains(as_json, autoescape=True), JOB.c.state != DONE)
