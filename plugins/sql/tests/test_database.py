"""Reading and writing: who sees what, and what happens when something goes wrong."""

import gc
import os
import resource
import sqlite3
import stat
import threading
import time
import weakref
from contextlib import ExitStack

import pytest
import sqlalchemy as sa

from pressframe import ConfigError, Site, StoreError
from pressframe_sql import Database, database

from .conftest import read_at_once

HOLD_A_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("ready", flush=True)
sys.stdin.read()
"""
ADD_A_NOTE = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as connection:
    connection.execute("INSERT INTO note VALUES ('from elsewhere')")
connection.close()
print("ready", flush=True)
"""


def test_asking_whether_there_is_a_database_creates_none(db, file):
    assert not db.exists()
    assert db.version() == "none"
    assert db.check() is None
    assert not file.parent.exists()


def test_the_first_write_creates_the_database_for_its_owner_alone(notebook, file):
    notebook.add("a")

    assert notebook.db.exists()
    assert {stat.S_IMODE(one.stat().st_mode) for one in file.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_what_was_written_is_there_when_the_site_is_opened_again(notebook, make_site):
    notebook.add("a", "b")
    notebook.db.close()

    with database(make_site()).read() as connection:
        assert notebook.select(connection) == ["a", "b"]


def test_one_site_has_one_database_and_two_sites_have_two(site, db, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "pressframe.toml").write_text('[site]\ntitle = "o"\nplugins = ["sql"]\n', "utf-8")

    assert database(site) is db
    assert database(Site.open(tmp_path / "other")) is not db


def test_a_reader_cannot_write(notebook):
    with (
        pytest.raises(StoreError, match=r"a plugin must write through Database\.write\(\)"),
        notebook.db.read() as connection,
    ):
        notebook.insert(connection, "a")


def test_a_reader_sees_one_moment(notebook):
    notebook.add("a")

    with notebook.db.read() as connection:
        before = notebook.select(connection)
        notebook.add("b")

        assert notebook.select(connection) == before == ["a"]
    assert notebook.all() == ["a", "b"]


def test_write_returns_what_the_work_returns(db):
    assert db.write(lambda connection: connection.scalar(sa.text("SELECT 7"))) == 7


def test_a_work_that_fails_leaves_nothing_and_raises_its_own_error_here(notebook):
    def fail(connection):
        notebook.insert(connection, "half")
        raise LookupError("on purpose")

    with pytest.raises(LookupError, match="on purpose"):
        notebook.db.write(fail)

    assert notebook.all() == []


def test_a_work_cannot_write_by_the_way(notebook):
    with pytest.raises(RuntimeError, match="use the connection"):
        notebook.db.write(lambda connection: notebook.add("a"))


def test_many_threads_lose_nothing(notebook):
    def add(thread):
        for number in range(25):
            notebook.add(f"{thread:02} {number:02}")

    threads = [threading.Thread(target=add, args=[thread]) for thread in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert notebook.all() == [f"{thread:02} {number:02}" for thread in range(12) for number in range(25)]


def test_a_database_outlives_the_site_that_it_was_asked_of(make_site, tmp_path):
    make_site()
    db = database(Site.open(tmp_path))

    gc.collect()

    assert db.write(lambda connection: connection.scalar(sa.text("SELECT 7"))) == 7


def test_a_database_that_nobody_has_any_more_lets_go_of_its_thread(make_site, tmp_path):
    make_site()
    threads = threading.active_count()
    database(Site.open(tmp_path)).write(lambda connection: None)

    gc.collect()

    assert threading.active_count() == threads


def test_what_was_written_last_keeps_no_site_and_no_file_open(make_site, tmp_path):
    """Many an erasure and import has the whole site at hand while it writes."""
    make_site()
    site = Site.open(tmp_path)
    database(site).write(lambda connection, site=site: str(site.folder))
    threads = threading.active_count()
    there = weakref.ref(site)
    del site

    gc.collect()

    assert there() is None
    assert threading.active_count() == threads - 1


# ------------------------------------------------------------------------------------------------ version


def test_the_version_changes_with_a_commit_of_this_process_and_only_then(notebook):
    notebook.add("a")
    before = notebook.db.version()
    notebook.all()
    unchanged = notebook.db.version()
    notebook.add("b")

    assert unchanged == before
    assert notebook.db.version() != before


def test_the_version_changes_with_a_commit_of_another_process(notebook, file, another_process):
    notebook.add("a")
    before = notebook.db.version()

    with another_process(ADD_A_NOTE, file):
        assert notebook.db.version() != before


# ------------------------------------------------------------------------------------------------- faults


def test_a_lock_that_lasts_is_one_clear_error_and_reading_goes_on(notebook, file, another_process, monkeypatch):
    monkeypatch.setattr("pressframe_sql._backend.BUSY_SECONDS", 0.01)
    notebook.add("a")

    with another_process(HOLD_A_LOCK, file):
        with pytest.raises(StoreError) as caught:
            notebook.add("b")
        assert str(caught.value).startswith("data/site.sqlite: the database is locked by another process\n  wait")
        assert notebook.all() == ["a"]

    notebook.add("c")
    assert notebook.all() == ["a", "c"]


def test_a_full_disk_stores_nothing_and_writing_recovers_by_itself(notebook):
    """Threat 76: full disk, as SQLite reports it."""
    notebook.add("a")

    def fill(connection):
        connection.exec_driver_sql("PRAGMA max_page_count = 20")
        notebook.insert(connection, "b" * 500_000)

    with pytest.raises(StoreError, match=r"data/site\.sqlite: the disk is full; nothing was stored"):
        notebook.db.write(fill)
    notebook.db.write(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 1000000") and None)
    notebook.add("c")

    assert notebook.all() == ["a", "c"]


def test_what_is_written_is_on_disk_when_it_is_answered(db):
    """A test cannot pull the plug: SQLite does not answer before the disk has it where it is told so."""

    def ask(connection):
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]

    assert db.write(ask) == ["wal", 2]


def test_more_readers_than_there_are_connections_get_one_clear_error(db, monkeypatch):
    monkeypatch.setattr("pressframe_sql._backend.BUSY_SECONDS", 0.01)

    with ExitStack() as stack, pytest.raises(StoreError, match=r"^data/site\.sqlite: all connections .* are in use"):
        read_at_once(db, 50, stack)

    with db.read() as connection:
        assert connection.scalar(sa.text("SELECT 7")) == 7


@pytest.mark.parametrize("name", ["50%", "a?b", "c#d", "%3F"])
def test_a_glance_looks_into_the_file_of_that_very_name(tmp_path, name):
    (tmp_path / name).mkdir()
    made = Database("sqlite:///site.sqlite", tmp_path / name, [])
    made.write(lambda connection: connection.exec_driver_sql("CREATE TABLE a AS SELECT 7 AS b") and None)
    made.close()

    assert Database("sqlite:///site.sqlite", tmp_path / name, []).glance("SELECT b FROM a") == (7,)


def test_a_glance_at_what_cannot_be_opened_sees_nothing(db, file):
    (file / "inside").mkdir(parents=True)

    assert db.glance("SELECT 1") is None


def test_a_file_that_is_no_database_is_left_alone(db, file):
    file.parent.mkdir()
    file.write_text("Dear diary, " * 100)

    with pytest.raises(StoreError, match=r"^data/site\.sqlite: this file is not a database\n  name another"):
        db.open()

    assert file.read_text() == "Dear diary, " * 100


def test_a_missing_folder_is_named(make_site):
    db = database(make_site(settings='[plugins.sql]\nurl = "sqlite:///a/b/site.sqlite"'))

    with pytest.raises(StoreError, match=r"^a/b/site\.sqlite: the database's folder .*/a/b is missing\n  create it"):
        db.open()


def test_a_folder_that_is_a_file_is_one_clear_error(db, file):
    file.parent.write_text("in the way")

    with pytest.raises(StoreError, match=r"^data/site\.sqlite: the database cannot be opened for writing: "):
        db.open()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_one_clear_error(db, file):
    file.parent.mkdir(mode=0o500)

    with pytest.raises(StoreError, match=r"^data/site\.sqlite: the database cannot be opened for writing: "):
        db.open()


def test_a_damaged_database_is_said_to_be_damaged(notebook, file):
    notebook.add(*(f"{number:05} " + "x" * 2000 for number in range(50)))
    notebook.db.close()
    with file.open("r+b") as opened:
        opened.seek(8192)
        opened.write(b"\xff" * 40_000)

    with pytest.raises(StoreError, match=r"^data/site\.sqlite: the database is damaged\n  restore a backup"):
        notebook.all()


def test_two_threads_may_open_it_at_once(notebook):
    threads = [threading.Thread(target=notebook.add, args=["a"]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert notebook.all() == ["a"] * 8


def test_sql_in_a_text_is_a_text(notebook):
    """Threat 47."""
    payloads = ["'; DROP TABLE note; --", '" OR 1=1', "%s :text ? {0}", "a\\' b"]

    notebook.add(*payloads)

    assert notebook.all() == sorted(payloads)


@pytest.mark.parametrize("url", ["data/site.sqlite", "mysql://a/b", "sqlite://", "sqlite:///a?mode=ro", "sqlite:////"])
def test_an_address_of_another_kind_is_refused_with_its_line(make_site, url):
    with pytest.raises(
        ConfigError, match=r"^pressframe\.toml:5: plugins\.sql\.url: url must be sqlite:///folder/file or"
    ):
        make_site(settings=f'[plugins.sql]\nurl = "{url}"')


# ------------------------------------------------------------------------------------------------ backups


def test_a_backup_is_whole_and_private_while_others_write(notebook, file, tmp_path):
    """Threat 77."""
    notebook.add("a")

    target = notebook.db.backup()

    notebook.add("b")
    assert target.parent == file.parent
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    copy = sqlite3.connect(target)
    assert copy.execute("SELECT text FROM note").fetchall() == [("a",)]
    copy.close()


def test_a_backup_overwrites_nothing(notebook, tmp_path):
    notebook.add("a")
    (tmp_path / "mine").write_text("mine")

    with pytest.raises(StoreError, match="mine exists already"):
        notebook.db.backup(tmp_path / "mine")

    assert (tmp_path / "mine").read_text() == "mine"


def test_a_backup_that_finds_no_room_is_one_clear_error_and_leaves_nothing(notebook, file):
    """Threats 76, 77."""
    notebook.add("a" * 200_000)
    before, there = resource.getrlimit(resource.RLIMIT_FSIZE), sorted(file.parent.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(StoreError, match=r"^data/site\.sqlite: the disk reports an error"):
            notebook.db.backup()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert sorted(file.parent.iterdir()) == there
    assert notebook.db.backup().stat().st_size > 200_000


def test_a_backup_that_cannot_be_put_where_it_should_be_says_so(notebook, tmp_path):
    notebook.add("a")

    with pytest.raises(StoreError, match=r"^the copy .*/nowhere/copy cannot be written: No such file"):
        notebook.db.backup(tmp_path / "nowhere" / "copy")


def test_what_a_backup_that_was_cut_off_left_is_in_nobody_s_way(notebook, tmp_path):
    notebook.add("a")
    (tmp_path / ".mine.unfinished").write_text("half of a copy")

    notebook.db.backup(tmp_path / "mine")

    assert sorted(one.name for one in tmp_path.iterdir() if "mine" in one.name) == ["mine"]


def test_half_copies_under_other_names_go_but_for_those_that_somebody_may_be_making(notebook, file):
    """Threat 79: each upgrade that is cut off would leave one, with all that is kept of people."""
    notebook.add("a")
    left, made = (
        file.with_name(f".site.before-upgrade-2026050{day}T120000000000Z.sqlite.unfinished") for day in (1, 2)
    )
    for one in (left, made):
        one.write_text("half of a copy")
    os.utime(left, (time.time() - 7200,) * 2)

    copy = notebook.db.backup()

    assert sorted(file.parent.glob(".site.*")) == [made]
    assert copy.is_file()


def test_without_a_database_there_is_nothing_to_back_up(db):
    with pytest.raises(StoreError, match="no database to copy"):
        db.backup()
