"""PostgreSQL: how to connect to a server that may be restarted, replaced or out of reach."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import event, exc

from pressframe.errors import StoreError
from pressframe_sql._backend import BUSY_SECONDS

if TYPE_CHECKING:
    from pressframe_sql._reach import Patient, Reach

_DRIVER = "postgresql+psycopg"
_READ_ONLY = "25006"
"""What a server says that takes no changes (its name: read_only_sql_transaction)."""
_RESTED = "25P03"
"""What it says that has ended a connection which rested in a transaction (idle_in_transaction_session_timeout)."""
_UPGRADE = 7_233_200
"""Names the lock for who brings tables up to date."""
_IDLE_SECONDS = {True: 10, False: 300}
"""How long a transaction that writes, or only reads, may rest before the server ends it: a client that the network has
lost keeps its locks no longer. Who sends newsletters rests for as long as a mail server takes."""
_KEEPALIVE = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "3", "tcp_keepalives_count": "3"}
"""By these the server finds out within 20 seconds that a client is out of reach."""


class PostgreSQL:
    """A database on a server; its own tools make backups of it."""

    def __init__(self, url: str) -> None:
        self._url = sqlalchemy.make_url(url)
        if self._url.drivername == "postgresql":
            self._url = self._url.set(drivername=_DRIVER)
        self._shown = self._url.render_as_string(hide_password=True)

    def prepare(self) -> None:
        """Do nothing: the server keeps the database."""

    def engine(self, *, writes: bool, hurries: bool = True) -> sqlalchemy.Engine:
        options: dict[str, Any] = {} if writes else {"postgresql_readonly": True}  # SQLAlchemy's own type
        try:
            engine = sqlalchemy.create_engine(
                self._url,
                pool_size=1 if writes else 8,
                pool_pre_ping=True,
                pool_timeout=BUSY_SECONDS,
                connect_args={"connect_timeout": BUSY_SECONDS},
            )
        except ModuleNotFoundError as error:
            raise StoreError(
                f"PostgreSQL needs the package {error.name}", fix='pip install "pressframe-sql[postgresql]"'
            ) from error
        if self._url.drivername == _DRIVER:
            self._guard(engine, writes=writes, hurries=hurries)
        return engine.execution_options(isolation_level="READ COMMITTED" if writes else "REPEATABLE READ", **options)

    def _guard(self, engine: sqlalchemy.Engine, *, writes: bool, hurries: bool) -> None:
        """See to it that neither side waits for ever for the other, or for a lock."""
        given = {"idle_in_transaction_session_timeout": f"{_IDLE_SECONDS[writes]}s", **_KEEPALIVE}
        if hurries:
            given["lock_timeout"] = f"{BUSY_SECONDS}s"

        @event.listens_for(engine, "do_connect")
        def connect(_: object, __: object, arguments: tuple[Any, ...], parameters: dict[str, Any]) -> Patient:
            return self._reach.connect(arguments, parameters, hurries=hurries)

        @event.listens_for(engine, "connect")
        def configure(connection: Patient, _: object) -> None:
            for pair in given.items():
                connection.execute("SELECT set_config(%s, %s, false)", pair)
            connection.commit()

    @functools.cached_property
    def _reach(self) -> Reach:
        from pressframe_sql._reach import Reach

        return Reach()

    def keep_others_out(self, connection: sqlalchemy.Connection) -> None:
        connection.execute(sqlalchemy.select(sqlalchemy.func.pg_advisory_xact_lock(_UPGRADE)))

    def explain(self, error: BaseException) -> StoreError | None:
        if isinstance(error, exc.TimeoutError):
            return StoreError(f"all connections to {self._shown} are in use", fix="look whether its server is slow")
        cause = error.orig if isinstance(error, exc.DBAPIError) else error
        if getattr(cause, "sqlstate", None) == _READ_ONLY:
            return StoreError(
                f"the database {self._shown} is read-only here",
                fix="name the server that takes changes; a plugin must write through Database.write()",
            )
        is_lost = getattr(error, "connection_invalidated", False) or getattr(cause, "sqlstate", None) == _RESTED
        if isinstance(error, exc.OperationalError | exc.InterfaceError) or is_lost:
            reason = (str(cause).strip().splitlines() or [""])[0]
            return StoreError(
                f"the database {self._shown} cannot be used: {reason}", fix="look whether its server runs"
            )
        return None

    def version(self, engine: sqlalchemy.Engine) -> str:
        with engine.connect() as connection:
            # Names the transactions that are finished: no write is committed without changing it.
            return str(connection.scalar(sqlalchemy.text("SELECT pg_current_snapshot()::text")))

    def backup(self, target: Path | None, *, label: str = "backup") -> Path:
        raise StoreError("only SQLite databases are copied by pressframe", fix=f"pg_dump --file={target or label}")

    def close(self) -> None:
        """Do nothing: nothing is kept open beside the engines."""
