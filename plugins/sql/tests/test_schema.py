"""The schema: older ones are brought up to date, newer ones refused, half ones never seen."""

import os
import sqlite3
import subprocess
import sys

import pytest

from pressframe import PluginError, StoreError
from pressframe_sql import _schema, database

SECOND_REVISION = """
import os
import sqlalchemy as sa
from alembic import op
revision, down_revision = "notes_0002", "notes_0001"

def die_at(step):
    if os.environ.get("DIE_AT") == step:
        os.kill(os.getpid(), 9)

def upgrade():
    die_at("start")
    op.add_column("note", sa.Column("colour", sa.Text))
    die_at("column")
    with op.batch_alter_table("note") as table:
        table.alter_column("text", nullable=False)
    die_at("table")
    op.execute("UPDATE note SET colour = 'red'")
    die_at("rows")
"""
OPEN_IT = """
import sys
from pathlib import Path
from pressframe import Site
from pressframe_sql import database
database(Site.open(Path(sys.argv[1]))).open()
"""


@pytest.fixture
def release_second_revision(tmp_path):
    """Brings the plugin's next version."""

    def release(text=SECOND_REVISION):
        (tmp_path / "revisions" / "m0002.py").write_text(text, "utf-8")

    return release


def rows(file, query):
    connection = sqlite3.connect(file)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def backups(file):
    return sorted(file.parent.glob("site.before-upgrade-*.sqlite"))


def test_an_older_schema_is_upgraded_after_a_backup(notebook, make_site, release_second_revision, file):
    notebook.add("a")
    notebook.db.close()
    release_second_revision()

    database(make_site()).open()

    assert rows(file, "SELECT text, colour FROM note") == [("a", "red")]
    assert [rows(backup, "SELECT * FROM note") for backup in backups(file)] == [[("a",)]]


def test_a_schema_up_to_date_is_neither_changed_nor_copied(notebook, make_site, file):
    notebook.add("a")
    before = notebook.db.version()

    database(make_site()).open()

    assert notebook.db.version() == before
    assert backups(file) == []


def test_a_plugin_enabled_later_gets_its_tables_and_one_disabled_keeps_them(make_site, file):
    plain = '["sql"]'
    database(make_site(plugins=plain)).open()

    database(make_site()).open()
    assert rows(file, "SELECT count(*) FROM note") == [(0,)]
    database(make_site(plugins=plain)).open()

    assert rows(file, "SELECT count(*) FROM note") == [(0,)]
    assert backups(file) == []


@pytest.mark.parametrize("step", ["start", "column", "table", "rows"])
def test_an_upgrade_killed_at_any_step_leaves_the_old_schema_whole(
    notebook, make_site, release_second_revision, file, tmp_path, step
):
    """Threat 78: killed at every step."""
    notebook.add("a")
    notebook.db.close()
    release_second_revision()

    killed = subprocess.run([sys.executable, "-c", OPEN_IT, tmp_path], env={**os.environ, "DIE_AT": step})

    assert killed.returncode == -9
    assert rows(file, "SELECT * FROM note") == [("a",)]
    assert rows(file, "SELECT * FROM notes_version") == [("notes_0001",)]
    database(make_site()).open()
    assert rows(file, "SELECT * FROM note") == [("a", "red")]


def test_an_upgrade_that_fails_changes_nothing_and_says_why(notebook, make_site, release_second_revision, file):
    notebook.add("a")
    notebook.db.close()
    release_second_revision(SECOND_REVISION + "    raise LookupError('on purpose')\n")

    with pytest.raises(LookupError, match="on purpose"):
        database(make_site()).open()

    assert rows(file, "SELECT * FROM note") == [("a",)]


def test_an_upgrade_that_loosens_rows_from_each_other_is_refused(notebook, make_site, release_second_revision, file):
    notebook.add("a")
    notebook.db.close()
    release_second_revision(
        SECOND_REVISION
        + "    op.execute('CREATE TABLE parent (id INTEGER PRIMARY KEY)')\n"
        + "    op.execute('CREATE TABLE child (of INTEGER REFERENCES parent (id))')\n"
        + "    op.execute('INSERT INTO child VALUES (7)')\n"
    )

    with pytest.raises(StoreError, match="would leave rows that refer to nothing; nothing was changed"):
        database(make_site()).open()

    assert rows(file, "SELECT * FROM note") == [("a",)]


def test_a_newer_schema_is_refused_and_left_alone(notebook, make_site, file):
    """Threat 78: newer database, older program."""
    notebook.add("a")
    notebook.db.close()
    connection = sqlite3.connect(file)
    with connection:
        connection.execute("UPDATE notes_version SET version_num = 'notes_0009'")
    connection.close()

    with pytest.raises(StoreError) as caught:
        database(make_site()).read().__enter__()

    assert str(caught.value) == (
        "the database is newer than this program: it has notes's revision notes_0009\n"
        "  update pressframe and its plugins, or restore an older backup"
    )
    assert rows(file, "SELECT * FROM note") == [("a",)]


def test_revisions_that_are_no_chain_are_the_plugins_fault(make_site, release_second_revision):
    site = make_site()
    release_second_revision(SECOND_REVISION.replace('"notes_0001"', "None"))

    with pytest.raises(PluginError, match=r"the revisions of notes in .*revisions are no chain"):
        database(site).open()


def test_what_another_process_did_after_the_first_look_is_not_done_again(make_site, file, monkeypatch):
    first, second, connected = make_site(), make_site(), _schema.connected

    def connect(backend, *, writes):
        if writes:
            monkeypatch.setattr(_schema, "connected", connected)
            database(second).open()
        return connected(backend, writes=writes)

    monkeypatch.setattr(_schema, "connected", connect)
    database(first).open()

    assert rows(file, "SELECT * FROM notes_version") == [("notes_0001",)]


def test_two_processes_that_open_it_at_once_wait_for_each_other(make_site, tmp_path, file):
    make_site()

    processes = [subprocess.Popen([sys.executable, "-c", OPEN_IT, tmp_path]) for _ in range(4)]

    assert [process.wait(60) for process in processes] == [0] * 4
    assert rows(file, "SELECT * FROM notes_version") == [("notes_0001",)]
