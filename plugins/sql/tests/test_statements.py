"""Single statements, prepared once: they see what is committed, cost little, and bear what a database does."""

import sqlite3
import threading

import pytest
import sqlalchemy as sa

from pressframe import StoreError
from pressframe_sql.statements import Prepared

COUNT = Prepared(sa.text("SELECT count(*) FROM note WHERE text <> :but"))


def count(notebook, but="-"):
    return notebook.db.fetch(COUNT, {"but": but})


def test_a_fetch_sees_what_was_committed_just_before(notebook):
    notebook.add("a")
    first = count(notebook)
    notebook.add("b")

    assert (first, count(notebook), count(notebook, but="b")) == ([(1,)], [(2,)], [(1,)])


def test_a_fetch_leaves_no_transaction_open_that_would_keep_the_log_from_being_emptied(notebook, file):
    notebook.add("a")
    count(notebook)

    with sqlite3.connect(file) as other:
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    other.close()


def test_a_fetch_cannot_write(notebook):
    notebook.add("a")

    with pytest.raises(StoreError, match="read-only"):
        notebook.db.fetch(Prepared(sa.text("DELETE FROM note")), {})
    assert count(notebook) == [(1,)]


def test_a_fetch_that_fails_leaves_the_next_one_well(notebook):
    notebook.add("a")

    with pytest.raises(sa.exc.OperationalError, match="no such table"):
        notebook.db.fetch(Prepared(sa.text("SELECT 1 FROM nowhere")), {})
    assert count(notebook) == [(1,)]


def test_many_threads_may_fetch_at_once(notebook):
    notebook.add("a")
    found = []
    threads = [threading.Thread(target=lambda: found.extend(count(notebook) for _ in range(50))) for _ in range(12)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [[(1,)]] * 600


def test_a_statement_may_be_another_one_for_one_kind_of_database(notebook):
    notebook.add("a")
    both = Prepared(sa.text("SELECT 'any'"), sqlite=sa.text("SELECT 'this'"), postgresql=sa.text("SELECT 'that'"))

    assert notebook.db.fetch(both, {}) == [("this",)]
