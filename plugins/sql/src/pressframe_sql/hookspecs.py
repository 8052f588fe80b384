"""The hooks that the database asks: for migrations, and for what does the work that waits."""

from collections.abc import Iterable
from pathlib import Path

from pressframe.hookspecs import hookspec
from pressframe.model import Host
from pressframe_sql.model import Job, PersonalData


@hookspec("start", answer=Job)
def register_jobs(host: Host) -> Iterable[Job]:
    """Bring work that is done after an answer was given.

    Called once when the server starts. All are kept; two of one name are an error.
    """


@hookspec("start", answer=Path)
def register_migrations() -> Iterable[Path]:
    """Bring a folder of Alembic revisions, one chain for each plugin.

    Called when the database is opened. All are kept, and run in the order of the plugins; each chain has a version
    table of its own, so that plugins may come and go.
    """


@hookspec("start", answer=PersonalData)
def register_personal_data(host: Host) -> Iterable[PersonalData]:
    """Say what is kept of people, so that it can be told to them or erased.

    Called once, when one of both is asked for. All are kept, and asked in one transaction; if one fails, nothing is
    erased.
    """
