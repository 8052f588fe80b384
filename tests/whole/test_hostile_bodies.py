"""Requests that are too large, over a real connection: each door refuses them early, and the server stays as it was."""

import contextlib
import gzip
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pressframe_testing import Clock, Process, TestSite

from .test_every_door import SITE

DOORS = (
    "/comments/billet", "/comment/c1/edit", "/comment/c1/delete", "/comments/follow/x", "/comments/leave/x",
    "/webmention", "/pingback", "/members/subscribe", "/members/sign-in", "/members/confirm/x", "/members/reminder",
    "/admin/sign-in", "/admin/sign-in/link", "/admin/link/x", "/admin/comments/act", "/admin/comments/undo",
    "/admin/comments/c1/edit", "/admin/comments/c1/reply", "/admin/account/password",
)  # fmt: skip
FORM = "application/x-www-form-urlencoded"
PART = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.html"\r\n\r\n<script>\r\n'
BODIES = {
    "10 MB, told": (FORM, b"Content-Length: 10485760", b"comment=" + b"x" * 60_000),
    "10 MB, in chunks": (FORM, b"Transfer-Encoding: chunked", (b"10000\r\n" + b"x" * 0x10000 + b"\r\n") * 160),
    "100,000 fields": (FORM, b"", b"&".join(b"f%d=" % number for number in range(100_000))),
    "a million ampersands": (FORM, b"", b"&" * 1_000_000),
    "10,000 parts": ("multipart/form-data; boundary=x", b"", PART * 10_000 + b"--x--\r\n"),
    "JSON 100,000 deep": ("application/json", b"", b"[" * 100_000),
    "XML 100,000 deep": ("application/xml", b"", b"<a>" * 100_000),
    "a gzip bomb": (FORM, b"Content-Encoding: gzip", gzip.compress(bytes(50_000_000))),
    "a gzip bomb as a file": ("application/gzip", b"", gzip.compress(bytes(50_000_000))),
}
REFUSED = (b"400", b"413", b"415", b"431")


@pytest.fixture(scope="module")
def process(tmp_path_factory) -> Iterator[Process]:
    """Return the site of every plugin, served by a process."""
    with contextlib.ExitStack() as closing:
        blog = TestSite.of_text(SITE, tmp_path_factory.mktemp("bodies") / "site", clock=Clock(), closing=closing)
        yield blog.start()


def send(process: Process, head: bytes, body: bytes) -> tuple[bytes, float]:
    """Return the status of the answer, and after how many seconds it came; what is not taken is not sent."""
    with process.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        start = time.perf_counter()
        connection.sendall(head)
        try:
            connection.settimeout(10)
            for at in range(0, len(body), 65_536):
                connection.sendall(body[at : at + 65_536])
        except OSError:
            pass  # it has refused, and gone
        try:
            answer = connection.recv(65_536)
        except OSError:
            answer = b""
        return answer.partition(b" ")[2][:3], time.perf_counter() - start


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_too_much_is_refused_at_every_door_in_no_time(process, name):
    """Threats 30 and 66, fault F13: under 100 ms, the best of three, and 20 MB for all doors together."""
    kind, more, body = BODIES[name]
    length = [more] if b"-Length" in more or b"Transfer" in more else [b"Content-Length: %d" % len(body), more]
    lines = [b"Host: essai.example", b"Content-Type: " + kind.encode(), *filter(None, length)]
    before = memory(process)

    for door in DOORS:
        if door == "/pingback" and kind == "application/xml":
            continue  # which it takes, and answers with a fault
        head = b"\r\n".join([b"POST %s HTTP/1.1" % door.encode(), *lines, b"", b""])
        tries = [send(process, head, body) for _ in range(3)]
        unread = {b"404"} if door == "/comments/leave/x" else set()  # takes parts (RFC 8058), and looks into none
        assert {status for status, _ in tries} <= {*REFUSED, b""} | unread, door
        assert any(status for status, _ in tries) or "10 MB" in name, door
        assert min(seconds for _, seconds in tries) < 0.1, (door, tries)

    assert memory(process) - before < 20_000
    assert process.get("/2026/11/billet/").status == 200


def memory(process: Process) -> int:
    """Return how many kilobytes of memory the process has."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.id}/status").read_text("ascii"))
    assert found is not None
    return int(found[1])
