"""Connections that are slow, by the hundred: they keep nobody else out, and are ended. Fault F12."""

import contextlib
import os
import time
from pathlib import Path

import pytest

from pressframe_testing import Clock, Process, TestSite

from .conftest import SITE
from .test_server import HOST, OPEN, _memory


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    """Return the site of the other tests, with a large file, served by a process."""
    with contextlib.ExitStack() as closing:
        blog = TestSite.of_text(SITE, tmp_path_factory.mktemp("slow") / "site", clock=Clock(), closing=closing)
        (blog.folder / "static").mkdir(exist_ok=True)
        (blog.folder / "static" / "long.mp4").write_bytes(os.urandom(1_000_000) * 40)
        yield blog.start()


def files_of(process: Process) -> int:
    """Return how many files and connections the process has open."""
    return len(list(Path(f"/proc/{process.id}/fd").iterdir()))


@pytest.mark.parametrize("sent", [b"", b"POST /do/record HTTP/1.1\r\nX-A: ", b"POST", b"GET / HTTP/1.1\r\n"])
def test_five_hundred_that_hang_keep_nobody_from_reading_or_writing(process, sent):
    """F12: bodies that do not come, and heads that do not end; more than are answered at once."""
    head = b"POST /do/record HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\na="
    hanging = [process.connect() for _ in range(500)]
    for connection in hanging:
        connection.sendall(sent or head)

    assert process.get(OPEN).status == 200
    assert process.get("/do/record").status == 200
    assert process.ask("POST", "/do/record", {"a": "b"}).status == 200
    for connection in hanging:
        connection.close()


def test_what_comes_too_slowly_is_cut_off(process):
    """F12: a byte a second of a head and of a body; all of a request has to come within 20 seconds."""
    head = b"POST /do/record HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\n"
    slow = [process.connect() for _ in range(2)]
    for connection, begun in zip(slow, (head, b"GET / HTTP/1.1\r\nX-A: "), strict=True):
        connection.sendall(begun)
    start = time.monotonic()

    open_since = {}
    while slow and time.monotonic() - start < 40:
        for connection in list(slow):
            connection.settimeout(0.5)
            try:
                connection.sendall(b"a")
                is_closed = connection.recv(4096) == b""
            except TimeoutError:
                continue
            except OSError:
                is_closed = True
            if is_closed:
                open_since[connection] = time.monotonic() - start
                slow.remove(connection)
                connection.close()

    assert not slow
    assert all(15 < seconds < 30 for seconds in open_since.values())


def test_long_bodies_that_hang_leave_room_for_short_ones(process):
    """F12, F13: a hundred that have sent nearly all of a megabyte; the memory that they take is bounded."""
    head = b"POST /do/record HTTP/1.1\r\n" + HOST + b"Content-Length: 1000000\r\n\r\n"
    before, hanging = _memory(process), [process.connect() for _ in range(100)]
    for connection in hanging:
        with contextlib.suppress(OSError):
            connection.sendall(head + b"a" * 999_000)

    assert process.ask("POST", "/do/record", {"a": "b" * 30_000}).status == 200
    assert _memory(process) - before < 120_000
    for connection in hanging:
        connection.close()


def test_who_takes_nothing_of_an_answer_is_cut_off_and_who_takes_it_slowly_is_not(process):
    """F12: sixty ask for a large file and read nothing of it; each would hold a connection and a file for ever."""
    before, get = files_of(process), b"GET /long.mp4 HTTP/1.1\r\n" + HOST + b"\r\n"
    idle, patient = [process.connect() for _ in range(60)], process.connect()
    for connection in (*idle, patient):
        connection.sendall(get)
    start, taken = time.monotonic(), 0
    assert process.get(OPEN).status == 200

    while files_of(process) > before + 2 and time.monotonic() - start < 40:
        time.sleep(0.2)
        taken += len(patient.recv(65_536))

    assert files_of(process) <= before + 2  # the patient one, and its file
    assert 15 < time.monotonic() - start < 32
    assert taken > 1_000_000
    assert patient.recv(65_536)
    for connection in (*idle, patient):
        connection.close()
