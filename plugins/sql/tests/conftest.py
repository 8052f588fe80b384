"""Sites with the plugin sql, opened as a program would open them."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import attrs
import pytest
import sqlalchemy as sa

from pressframe import Site
from pressframe_sql import Database, Job, Worker, database

NOTES_PLUGIN = '''
"""Keeps notes."""
from pathlib import Path
import attrs
from pressframe import hookimpl

@attrs.frozen(eq=False)
class Notes:
    @hookimpl
    def register_migrations(self):
        return [Path(__file__).parents[1] / "revisions"]
'''
FIRST_REVISION = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "notes_0001", None

def upgrade():
    op.create_table("note", sa.Column("text", sa.Text))
"""
START = datetime(2026, 5, 1, 12, tzinfo=UTC)
"""The time of workers' clocks at first."""
NOTE = sa.table("note", sa.column("text"))


@attrs.frozen
class Notebook:
    """The database of a site whose own plugin ``notes`` has a table, used as that plugin would."""

    db: Database

    def add(self, *texts: str) -> None:
        self.db.write(lambda connection: self.insert(connection, *texts))

    def insert(self, connection: sa.Connection, *texts: str) -> None:
        for text in texts:
            connection.execute(sa.insert(NOTE).values(text=text))

    def all(self) -> list[str]:
        with self.db.read() as connection:
            return self.select(connection)

    def select(self, connection: sa.Connection) -> list[str]:
        return list(connection.scalars(sa.select(NOTE.c.text).order_by(NOTE.c.text)))


@pytest.fixture
def make_site(tmp_path):
    """Makes the site, or opens it again; every database is closed at the end."""
    opened = []

    def make(*, settings: str = "", plugins: str = '["sql", "notes"]') -> Site:
        (tmp_path / "pressframe.toml").write_text(f'[site]\ntitle = "t"\nplugins = {plugins}\n{settings}', "utf-8")
        for name, text in {"plugins/notes.py": NOTES_PLUGIN, "revisions/m0001.py": FIRST_REVISION}.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, "utf-8")
        opened.append(Site.open(tmp_path))
        return opened[-1]

    yield make
    for site in opened:
        database(site).close()


@pytest.fixture
def site(make_site):
    return make_site()


@pytest.fixture
def db(site):
    return database(site)


@pytest.fixture
def notebook(db):
    return Notebook(db)


@pytest.fixture
def file(tmp_path):
    """Where the site's database is."""
    return tmp_path / "data" / "site.sqlite"


@pytest.fixture
def another_process():
    """Runs Python code that prints a line when it is ready and ends when its input is closed."""

    @contextlib.contextmanager
    def run(script: str, *arguments: object) -> Iterator[None]:
        command = [sys.executable, "-c", script, *map(str, arguments)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline() == "ready\n"
            yield
            process.stdin.close()

    return run


def read_at_once(db, count, stack):
    """Have so many read at the same time, until *stack* ends."""
    for _ in range(count):
        stack.enter_context(db.read())


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


class Done:
    """A job's work, which notes its payloads and raises what it is told to."""

    def __init__(self):
        self.payloads, self.errors, self.happened = [], [], threading.Event()

    def __call__(self, payload):
        self.payloads.append(dict(payload))
        self.happened.set()
        if self.errors:
            raise self.errors.pop(0)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def done():
    return Done()


@pytest.fixture
def worker(site, done, clock):
    worker = Worker(site, [Job(name="mail", run=done)], clock)
    yield worker
    worker.stop()


@pytest.fixture
def enqueue(db):
    def enqueue(name="mail", *, due=START, **options):
        return db.write(lambda connection: db.enqueue(connection, name, {"to": "é 🙂"}, due=due, **options))

    return enqueue


def jobs(db):
    with db.read() as connection:
        return [tuple(row) for row in connection.execute(sa.text("SELECT state, attempts, error FROM sql_job"))]
