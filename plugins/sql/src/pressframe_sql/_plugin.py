"""The plugin: its setting, its place in the command line, and the one database of a site."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NoReturn

import attrs

from pressframe.hookspecs import hookimpl
from pressframe.model import Host, Json
from pressframe_sql._database import Database
from pressframe_sql.model import PersonalData

if TYPE_CHECKING:
    import click

_MIGRATIONS = Path(__file__).parent / "migrations"


def _check_url(_: object, field: attrs.Attribute[str], url: str) -> None:
    scheme, found, rest = url.partition("://")
    is_file = scheme == "sqlite" and rest.startswith("/") and rest.strip("/") and "?" not in rest
    if not (found and (is_file or scheme.partition("+")[0] == "postgresql")):
        raise ValueError(f"{field.name} must be sqlite:///folder/file or postgresql://user@host/name")


def _without_password(url: str) -> str:
    return re.sub(r"^([^:]+://[^:@]*:).*@", r"\1…@", url)


class _Held:
    """The database that one process has open for one site; a process forked from it opens its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._databases: dict[int, Database] = {}

    def get(self, url: str, host: Host) -> Database:
        """Return the database at *url*, the same object each time; nothing is opened or created yet."""
        process = os.getpid()
        with self._lock:
            if process not in self._databases:
                self._databases[process] = Database(url, host.folder, host.hooks.all("register_migrations"))
            return self._databases[process]

    def __reduce__(self) -> NoReturn:
        raise TypeError("an open database cannot be sent to another process: open the site there")


@attrs.frozen(eq=False)
class Sql:
    """Keep what plugins store in a database.

    Attributes:
        url: ``sqlite:///data/site.sqlite``, from the site's folder (four slashes: from the root), or
            ``postgresql://user:password@host/name``.
    """

    hookspecs: ClassVar[str] = "pressframe_sql.hookspecs"

    url: str = attrs.field(default="sqlite:///data/site.sqlite", validator=_check_url, repr=_without_password)
    _held: _Held = attrs.field(factory=_Held, init=False, repr=False)

    def database(self, host: Host) -> Database:
        """Return the site's database: one for each process, opened on first use."""
        return self._held.get(self.url, host)

    @hookimpl
    def register_migrations(self) -> Iterable[Path]:
        return [_MIGRATIONS]

    @hookimpl
    def register_personal_data(self) -> Iterable[PersonalData]:
        from pressframe_sql._personal import jobs_of_person

        return [jobs_of_person()]

    @hookimpl
    def register_commands(self, host: Host) -> Iterable[click.Command]:
        from pressframe_sql._commands import make_db_command

        return [make_db_command(host)]


def database(host: Host) -> Database:
    """Return the database of *host*'s site: one for each site and process, opened on first use.

    Raises:
        PluginError: The plugin ``sql`` is not enabled.
    """
    return host.plugin(Sql).database(host)


def find_personal_data(host: Host, address: str) -> Mapping[str, Sequence[Mapping[str, Json]]]:
    """Return what every plugin keeps of the mail address *address*, by what it is.

    Raises:
        StoreError: The database cannot be read.
    """
    from pressframe_sql._personal import find_personal_data

    return find_personal_data(host, address)


def erase_personal_data(host: Host, address: str) -> Mapping[str, int]:
    """Erase all of it in one transaction, and return how many things there were, by what they were.

    Raises:
        StoreError: The database cannot be written; nothing was erased.
    """
    from pressframe_sql._personal import erase_personal_data

    return erase_personal_data(host, address)
