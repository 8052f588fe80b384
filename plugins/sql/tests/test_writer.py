"""Works that wait share a transaction; each succeeds or fails for itself."""

import threading

import attrs
import pytest
import sqlalchemy as sa

from pressframe import StoreError
from pressframe_sql._backend import SQLite
from pressframe_sql._writer import Writer


@pytest.fixture
def engines(tmp_path):
    backend = SQLite(tmp_path / "w.sqlite", tmp_path)
    reading, writing = backend.engine(writes=False), backend.engine(writes=True)
    with writing.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE note (text TEXT)")
    yield reading, writing
    reading.dispose()
    writing.dispose()


@pytest.fixture
def writer(engines, tmp_path):
    writer = Writer(engines[1], SQLite(tmp_path / "w.sqlite", tmp_path).explain)
    yield writer
    writer.close()


@attrs.frozen
class Held:
    """A work that the writer is busy with until it is released, so that others have to wait."""

    began: threading.Event = attrs.field(factory=threading.Event)
    released: threading.Event = attrs.field(factory=threading.Event)

    def __call__(self, connection):
        self.began.set()
        assert self.released.wait(60)


@pytest.fixture
def held(writer):
    held = Held()
    writer.submit(held)
    assert held.began.wait(60)
    return held


def insert(text):
    return lambda connection: connection.execute(sa.text("INSERT INTO note VALUES (:text)"), {"text": text}) and text


def texts(engine):
    with engine.connect() as connection:
        return list(connection.scalars(sa.text("SELECT text FROM note ORDER BY text")))


def test_works_that_wait_share_a_transaction_and_one_that_fails_is_rolled_back_alone(writer, engines, held):
    seen = []

    def fail(connection):
        insert("b")(connection)
        raise LookupError("on purpose")

    def look(connection):
        seen.append((connection.scalar(sa.text("SELECT group_concat(text) FROM note")), texts(engines[0])))

    answers = [writer.submit(work) for work in (insert("a"), fail, insert("c"), look)]
    held.released.set()

    assert [answers[0].result(60), answers[2].result(60)] == ["a", "c"]
    assert isinstance(answers[1].exception(60), LookupError)
    assert answers[3].result(60) is None
    assert seen == [("a,c", [])]
    assert texts(engines[0]) == ["a", "c"]


def test_a_fault_of_the_database_is_told_to_all_that_wait_and_stores_nothing_of_any(writer, engines, held):
    def fill(connection):
        connection.exec_driver_sql("PRAGMA max_page_count = 3")
        insert("x" * 100_000)(connection)

    answers = [writer.submit(work) for work in (insert("a"), fill, insert("c"))]
    held.released.set()

    assert [type(answer.exception(60)) for answer in answers] == [StoreError] * 3
    assert texts(engines[0]) == []


def test_what_comes_while_the_database_is_at_fault_is_told_so_as_well(writer, engines):
    """They have waited for a lock long enough; none of them waits for it once more."""
    late = []

    def fill(connection):
        other = threading.Thread(target=lambda: late.append(writer.submit(insert("late"))))
        other.start()
        other.join()
        connection.exec_driver_sql("PRAGMA max_page_count = 3")
        insert("x" * 100_000)(connection)

    assert isinstance(writer.submit(fill).exception(60), StoreError)
    assert isinstance(late[0].exception(60), StoreError)
    assert texts(engines[0]) == []


def test_even_a_panic_ends_neither_the_writer_nor_the_work_of_others(writer, engines, held):
    class Panic(BaseException):
        pass

    def fail(connection):
        raise Panic

    answers = [writer.submit(work) for work in (insert("a"), fail, insert("b"))]
    held.released.set()

    assert [answers[0].result(60), answers[2].result(60)] == ["a", "b"]
    assert isinstance(answers[1].exception(60), Panic)
    assert writer.submit(insert("c")).result(60) == "c"
    assert texts(engines[0]) == ["a", "b", "c"]


def test_what_waits_is_written_before_the_end_and_nothing_after_it(writer, engines, held):
    answer = writer.submit(insert("a"))
    held.released.set()

    writer.close()

    assert answer.result(0) == "a"
    with pytest.raises(StoreError, match="was closed"):
        writer.submit(insert("b"))
    assert texts(engines[0]) == ["a"]


def test_a_piece_of_one_change_that_fails_takes_nothing_along(writer, engines, held):
    def fail(connection):
        connection.execute(sa.text("INSERT INTO nowhere VALUES (1)"))

    answers = [writer.submit(insert("a")), writer.submit(fail, is_one_change=True)]
    answers.append(writer.submit(insert("b"), is_one_change=True))
    held.released.set()

    assert [answers[0].result(60), answers[2].result(60)] == ["a", "b"]
    assert isinstance(answers[1].exception(60), sa.exc.OperationalError)
    assert texts(engines[0]) == ["a", "b"]


def test_pieces_that_come_one_by_one_under_load_share_transactions(writer, engines):
    commits = []
    sa.event.listen(engines[1], "commit", lambda connection: commits.append(1))

    def write(name):
        for number in range(20):
            writer.submit(insert(f"{name} {number}")).result(60)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(texts(engines[0])) == 160
    assert len(commits) < 100


def test_who_waits_for_an_answer_no_longer_keeps_nobody_from_writing(writer, held, engines):
    """A request that was given up, say: what it handed over is written, and the writer lives on."""
    given_up = writer.submit(insert("a"))
    given_up.cancel()
    held.released.set()

    assert writer.submit(insert("b")).result(60) == "b"
    assert texts(engines[0]) == ["a", "b"]
