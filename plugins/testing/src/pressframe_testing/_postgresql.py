"""A PostgreSQL server of the tests' own, started when the first of them asks for a database."""

import atexit
import functools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from pressframe_testing._everything import wants_everything

_POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)
EVERY_DATABASE = pytest.mark.parametrize(
    "sql_table", ["sqlite", *([_POSTGRESQL] if wants_everything() else [])], indirect=True
)
"""Marks tests, or with ``pytestmark`` all of a module, that are run with SQLite, and once more with PostgreSQL where
everything is wanted."""


@pytest.fixture
def sql_table(request: pytest.FixtureRequest) -> str:
    """Return what is added to a site's settings so that its database is the one of this run of the test."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return ""
    return f'\n[plugins.sql]\nurl = "{request.getfixturevalue("postgresql")}"\n'


def _programs() -> Path:
    """Return the folder of the server's programs, or skip."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        pytest.skip("no PostgreSQL server is installed")
    return folders[-1]


def _folder(user: str | None) -> Path:
    """Return a new folder that belongs to *user*."""
    folder = Path(tempfile.mkdtemp(prefix="pressframe-"))
    if user:
        shutil.chown(folder, user)
    return folder


@functools.cache
def _nothing(programs: Path, user: str | None) -> Path:
    """Return the data of a server that has served nobody, for others to copy: making it takes ten times as long."""
    folder = _folder(user)
    atexit.register(_remove, folder, by=os.getpid())
    options = ["--auth=trust", "--username=press", "--no-sync", "--encoding=UTF8"]
    make = [str(programs / "initdb"), *options, str(folder / "data")]
    subprocess.run(make, check=True, capture_output=True, cwd=folder, user=user)
    return folder / "data"


def _remove(folder: Path, *, by: int) -> None:
    if os.getpid() == by:  # a process that was forked ends before this one
        shutil.rmtree(folder)


@attrs.define
class PostgreSQLServer:
    """A server that listens on a socket in *folder*, and can be stopped and started again.

    Attributes:
        url: Of its empty database, for ``[plugins.sql] url``.
    """

    folder: Path
    _programs: Path
    _user: str | None
    _process: subprocess.Popen[bytes] | None = None

    @classmethod
    def make(cls, followed: "PostgreSQLServer | None" = None) -> "PostgreSQLServer":
        """Return one that is not yet started; the test is skipped where none is installed.

        Args:
            followed: Whose data it has, and goes on to copy.
        """
        pytest.importorskip("psycopg", reason="needs PostgreSQL's driver: pip install 'pressframe-sql[postgresql]'")
        user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
        programs, folder = _programs(), _folder(user)
        if followed is None:
            make = ["cp", "-a", str(_nothing(programs, user)), str(folder / "data")]
        else:
            options = ["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--username=press"]
            options += ["--host", str(followed.folder), "--pgdata", str(folder / "data")]
            make = [str(programs / "pg_basebackup"), *options]
        subprocess.run(make, check=True, capture_output=True, cwd=folder, user=user)
        return cls(folder, programs, user)

    @property
    def url(self) -> str:
        return f"postgresql://press@/postgres?host={self.folder}"

    def start(self) -> None:
        """Return when it listens."""
        options = ["-D", str(self.folder / "data"), "-k", str(self.folder), "-h", "", "-F"]
        serve = [str(self._programs / "postgres"), *options]
        self._process = subprocess.Popen(serve, cwd=self.folder, stderr=subprocess.DEVNULL, user=self._user)
        ready = [str(self._programs / "pg_isready"), "--quiet", "--host", str(self.folder)]
        while subprocess.run(ready).returncode != 0:
            assert self._process.poll() is None, "the server did not start"
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: by default without waiting for those who are connected; with SIGQUIT as if it had crashed."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    @property
    def socket(self) -> Path:
        """Return where it listens."""
        return self.folder / ".s.PGSQL.5432"

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement by a connection of its own, committed at once; return its rows."""
        import sqlalchemy

        url = self.url.replace("postgresql:", "postgresql+psycopg:")
        engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
        with engine.connect() as connection:
            found = connection.exec_driver_sql(statement)
            return [tuple(row) for row in found] if found.returns_rows else []

    def follow(self) -> "PostgreSQLServer":
        """Return another server, started, that has all that this one has committed before anybody is told so.

        It takes no changes before ``promote``.
        """
        follower = PostgreSQLServer.make(self)
        follower.start()
        self.run("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.run("SELECT pg_reload_conf()")
        while self.run("SELECT sync_state FROM pg_stat_replication") != [("sync",)]:
            assert self._process is not None, "the server has ended"
        return follower

    def promote(self) -> None:
        """Let it take changes from now on, as the one that it followed is gone."""
        assert self.run("SELECT pg_promote(true, 60)") == [(True,)]

    def remove(self) -> None:
        """End it, and delete all that it had."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Path]:
    """Return the folder in which a server listens on a socket; the test is skipped where none is installed."""
    server = PostgreSQLServer.make()
    try:
        server.start()
        yield server.folder
    finally:
        server.remove()


@pytest.fixture
def own_postgresql() -> Iterator[PostgreSQLServer]:
    """Return a server of this test's own, started, which it may stop and start again."""
    server = PostgreSQLServer.make()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def postgresql(postgresql_server: Path) -> str:
    """Return the address of an empty database, for ``[plugins.sql] url``."""
    import sqlalchemy

    there = f"postgresql+psycopg://press@/postgres?host={postgresql_server}"
    admin = sqlalchemy.create_engine(there, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE IF EXISTS site WITH (FORCE)")
        connection.exec_driver_sql("CREATE DATABASE site")
    admin.dispose()
    return f"postgresql://press@/site?host={postgresql_server}"
