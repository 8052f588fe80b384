"""The same promises on a PostgreSQL server, started for these tests."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from threading import Barrier

import pytest
import sqlalchemy as sa

from pressframe import Site, StoreError
from pressframe_sql import Job, Worker, _postgresql, database
from pressframe_sql.statements import Prepared

from .conftest import read_at_once

pytestmark = pytest.mark.postgresql
pytest.importorskip("psycopg", reason="PostgreSQL's driver is not installed: pip install 'pressframe-sql[postgresql]'")

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ONE = Prepared(sa.text("SELECT 1"))


@pytest.fixture
def make_site(make_site, postgresql):
    """Makes the site, or opens it again, on an empty database of a server."""

    def make(**options):
        return make_site(settings=f'[plugins.sql]\nurl = "{postgresql}"', **options)

    return make


def test_what_was_written_is_there_when_the_site_is_opened_again(notebook, make_site):
    notebook.add("a", "é 🙂")
    notebook.db.close()

    with database(make_site()).read() as connection:
        assert notebook.select(connection) == ["a", "é 🙂"]


def test_a_work_that_fails_leaves_nothing_and_raises_its_own_error(notebook):
    def fail(connection):
        notebook.insert(connection, "half")
        connection.execute(sa.text("SELECT 1 / 0"))

    with pytest.raises(sa.exc.DataError, match="division by zero"):
        notebook.db.write(fail)
    notebook.add("whole")

    assert notebook.all() == ["whole"]


def test_a_reader_sees_one_moment_and_cannot_write(notebook):
    notebook.add("a")

    with notebook.db.read() as connection:
        before = notebook.select(connection)
        notebook.add("b")
        assert notebook.select(connection) == before == ["a"]
        with pytest.raises(sa.exc.InternalError, match="read-only transaction"):
            notebook.insert(connection, "c")


def test_the_version_changes_with_a_commit_and_not_with_a_read(notebook):
    notebook.add("a")
    before = notebook.db.version()
    notebook.all()
    unchanged = notebook.db.version()
    notebook.add("b")

    assert unchanged == before
    assert notebook.db.version() != before


def test_jobs_are_run_once(site, db):
    payloads = []
    for _ in range(2):
        db.write(lambda connection: db.enqueue(connection, "mail", {"to": "é"}, key="k", due=NOW))

    assert Worker(site, [Job(name="mail", run=payloads.append)], lambda: NOW).run_due() == 1

    assert payloads == [{"to": "é"}]


def test_an_older_schema_is_upgraded_whole_or_not_at_all(notebook, make_site, tmp_path):
    notebook.add("a")
    second = (
        "import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = 'notes_0002', 'notes_0001'\n"
        "def upgrade():\n    op.add_column('note', sa.Column('colour', sa.Text, server_default='red'))\n"
    )
    (tmp_path / "revisions" / "m0002.py").write_text(second + "    raise LookupError('half way')\n", "utf-8")
    with pytest.raises(LookupError, match="half way"):
        database(make_site()).open()
    assert notebook.all() == ["a"]

    (tmp_path / "revisions" / "m0002.py").write_text(second, "utf-8")
    db = database(make_site())

    with db.read() as connection:
        assert connection.execute(sa.text("SELECT text, colour FROM note")).all() == [("a", "red")]
    assert db.check().revisions == {"sql": "sql_0001", "notes": "notes_0002"}


def test_processes_that_open_an_empty_database_at_once_wait_for_each_other(make_site):
    sites, ready = [make_site() for _ in range(6)], Barrier(6)

    def open(site):
        ready.wait()
        database(site).open()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(open, sites))

    with database(sites[0]).read() as connection:
        assert connection.scalars(sa.text("SELECT * FROM notes_version")).all() == ["notes_0001"]


def test_more_readers_than_there_are_connections_get_one_clear_error(db, monkeypatch):
    monkeypatch.setattr("pressframe_sql._postgresql.BUSY_SECONDS", 0.5)

    with ExitStack() as stack, pytest.raises(StoreError, match=r"^all connections to .* are in use"):
        read_at_once(db, 50, stack)

    assert db.fetch(ONE, {}) == [(1,)]


def test_a_job_that_fails_with_what_the_server_cannot_store_is_put_off_all_the_same(site, db):
    def fail(payload):
        raise ValueError("\0 \udc80")

    db.write(lambda connection: db.enqueue(connection, "mail", {}, due=NOW))

    assert Worker(site, [Job(name="mail", run=fail)], lambda: NOW).run_due() == 1

    with db.read() as connection:
        assert connection.scalars(sa.text("SELECT error FROM sql_job")).all() == ["ValueError: \\x00 \\udc80"]


def test_the_server_is_told_how_long_locks_and_rests_may_last(db):
    """F9: the network may lose who holds them."""
    names = ("lock_timeout", "idle_in_transaction_session_timeout")

    def ask(connection):
        return [connection.scalar(sa.text("SELECT current_setting(:name)"), {"name": name}) for name in names]

    assert db.write(ask) == ["5s", "10s"]
    with db.read() as connection:
        assert ask(connection) == ["5s", "5min"]


def test_who_rests_in_a_change_keeps_its_locks_for_no_longer_than_is_said(notebook, monkeypatch):
    """The network may have lost them."""
    monkeypatch.setitem(_postgresql._IDLE_SECONDS, True, 1)

    def rest(connection):
        notebook.insert(connection, "a")
        time.sleep(2)
        notebook.insert(connection, "b")

    with pytest.raises(StoreError, match="cannot be used"):
        notebook.db.write(rest)

    notebook.add("c")
    assert notebook.all() == ["c"]


def test_a_server_that_does_not_answer_is_one_clear_error_without_the_password(tmp_path):
    settings = 'plugins = ["sql"]\n[plugins.sql]\nurl = "postgresql://press:wonderful@127.0.0.1:1/site"\n'
    (tmp_path / "pressframe.toml").write_text('[site]\ntitle = "t"\n' + settings, "utf-8")

    with pytest.raises(StoreError) as caught:
        database(Site.open(tmp_path)).open()

    assert str(caught.value).startswith("the database postgresql+psycopg://press:***@127.0.0.1:1/site cannot be used: ")
    assert "wonderful" not in str(caught.value)


def test_a_backup_is_left_to_postgresqls_own_tools(db, tmp_path):
    with pytest.raises(StoreError, match="pg_dump --file="):
        db.backup(tmp_path / "copy")


@pytest.fixture
def restarted(tmp_path, own_postgresql):
    """Return the database of a site on a server that a test may stop and start."""
    settings = f'[site]\ntitle = "t"\nplugins = ["sql"]\n[plugins.sql]\nurl = "{own_postgresql.url}"\n'
    (tmp_path / "pressframe.toml").write_text(settings, "utf-8")
    db = database(Site.open(tmp_path))
    yield db
    db.close()


def test_after_a_restart_of_the_server_every_statement_works_at_once(restarted, own_postgresql):
    """F9: also on connections that are kept, of which there are several."""
    slow = Prepared(sa.text("SELECT 1, pg_sleep(0.2)"))
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: restarted.fetch(slow, {}), range(4)))
    own_postgresql.stop()
    with pytest.raises(StoreError, match="cannot be used"):
        restarted.fetch(slow, {})
    own_postgresql.start()

    assert [restarted.fetch(ONE, {}) for _ in range(5)] == [[(1,)]] * 5
    with restarted.read() as connection:
        assert connection.scalar(sa.text("SELECT 1")) == 1
    assert restarted.write(lambda connection: connection.scalar(sa.text("SELECT 2"))) == 2


def test_what_a_server_answered_before_it_went_away_is_an_answer(restarted, own_postgresql):
    """F9: the connection is given up, and nobody hears of it."""

    class Last(Prepared):
        def run(self, connection, values):
            rows = super().run(connection, values)
            own_postgresql.stop()
            return rows

    assert restarted.fetch(Last(sa.text("SELECT 7")), {}) == [(7,)]

    own_postgresql.start()
    assert restarted.fetch(ONE, {}) == [(1,)]
