"""The server as a process of its own: what comes over the wire, how it starts, and how it ends."""

import concurrent.futures
import contextlib
import http.client
import re
import signal
import socket
import time
from pathlib import Path

import pytest

from pressframe_testing import Clock, Process, TestSite

from .conftest import SITE

HOST = b"Host: essai.example\r\n"
OPEN = "/2026/11/open/"
SLOW = """
== pressframe.toml ==
[site]
title = "Essai"
plugins = ["web", "slow"]

== plugins/slow.py ==
import time
import attrs
from pressframe import hookimpl
from pressframe_web import Response, Route

def answer(request, site):
    print("begun", flush=True)
    time.sleep(float(request.query["seconds"]))
    return Response(body=b"done")

@attrs.frozen(eq=False)
class Slow:
    @hookimpl
    def register_routes(self):
        return [Route(methods=("GET",), path="/slow", endpoint=answer)]
"""


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    """Return the site of the other tests, served by a process."""
    with contextlib.ExitStack() as closing:
        blog = TestSite.of_text(SITE, tmp_path_factory.mktemp("served") / "site", clock=Clock(), closing=closing)
        yield blog.start()


def answer(process: Process, *pieces: bytes, until: bytes | None = None) -> bytes:
    """Return everything that comes back until *until* has, or the server closes the connection."""
    received = b""
    with process.connect() as connection:
        for piece in pieces:
            connection.sendall(piece)
        connection.settimeout(20)
        while (until is None or until not in received) and (piece := _receive(connection)):
            received += piece
    return received


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65_536)
    except (TimeoutError, ConnectionResetError):
        return b""


@pytest.mark.parametrize(
    "request_",
    [
        b"POST /do/record HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\na=bc",
        b"POST /do/record HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /do/record HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        b"POST /do/record HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"POST /do/record HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"POST /do/record HTTP/1.1\r\n" + HOST + b"Content-Length: +3\r\n\r\na=b",
        b"POST /do/record HTTP/1.1\r\n" + HOST + b"Content-Length : 3\r\n\r\na=b",
        b"POST /do/record HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n3\na=b\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\nHost: essai.example\n\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X-A: b\nX-C: d\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X-A: b\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X-A: b\0c\r\n\r\n",
        b"GET /caf\xe9/ HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\nX-A: b\r\n\r\n",
        b"POST /do/record HTTP/1.1\r\n" + HOST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\na",
        b"POST /do/record HTTP/1.1\r\n" + HOST + b"Content-Length: 18446744073709551617\r\n\r\na",
        b"POST /do/record HTTP/1.1\r\n" + HOST + b"Content-Length: 3, 3\r\n\r\na=b",
    ],
)
def test_a_request_that_two_servers_could_read_differently_is_refused(process, request_):
    """Threat 61."""
    received = answer(process, request_ + b"GET /smuggled/ HTTP/1.1\r\n" + HOST + b"\r\n")

    assert received.startswith(b"HTTP/1.1 400 ")
    assert b"connection: close" in received
    assert received.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    "head", [b"X-A: " + b"a" * 1_000_000 + b"\r\n", b"X-A: b\r\n" * 100_000], ids=["one long header", "many headers"]
)
def test_a_head_that_does_not_end_is_cut_off(process, head):
    """Threat 66: in a tenth of a second, the best of three, and without taking memory."""
    before, taken = _memory(process), []

    for _ in range(3):
        start = time.perf_counter()
        received = answer(process, b"GET / HTTP/1.1\r\n" + HOST + head + b"Connection: close\r\n\r\n")
        taken.append(time.perf_counter() - start)
        assert received.startswith(b"HTTP/1.1 431 ") or received == b""  # reset before it was read

    assert min(taken) < 0.1
    assert _memory(process) - before < 20_000
    assert process.get("/-/health").status == 200


def test_a_form_that_is_too_long_is_refused_before_it_is_sent(process):
    """Threat 66, F13: by its own word, or as soon as it has become too long."""
    head = b"POST /do/record HTTP/1.1\r\n" + HOST + b"Content-Type: application/x-www-form-urlencoded\r\n"

    told = answer(process, head + b"Content-Length: 10000000\r\n\r\n", until=b" 413 ")
    pieces = (b"8000\r\n" + b"a" * 0x8000 + b"\r\n") * 33
    found = answer(process, head + b"Transfer-Encoding: chunked\r\n\r\n", pieces, until=b" 413 ")

    assert told.startswith(b"HTTP/1.1 413 ")
    assert b"HTTP/1.1 413 " in found


def test_ten_megabytes_eight_at_once_leave_the_memory_as_it_was(process):
    """F13: a thousand of them."""
    head = b"POST /do/record HTTP/1.1\r\n" + HOST + b"Content-Length: 10000000\r\nExpect: 100-continue\r\n\r\n"
    before = _memory(process)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        received = list(pool.map(lambda _: answer(process, head), range(1000)))

    assert all(one.startswith(b"HTTP/1.1 413 ") for one in received)
    assert _memory(process) - before < 20_000


def _memory(process: Process) -> int:
    """Return how many kilobytes of memory the process has."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.id}/status").read_text())[1])


@pytest.mark.parametrize(
    "target", [b"http://evil.example/2026/11/open/", b"//evil.example/", b"*", b"/2026/11/open/#x"]
)
def test_odd_request_targets_lead_nowhere_else(process, target):
    received = answer(process, b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")

    assert received.split(b" ")[1] in (b"200", b"400", b"404")
    assert b"location:" not in received


def test_an_upgrade_is_not_taken_up(process):
    upgrade = b"Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==\r\n\r\n"

    received = answer(process, b"GET /2026/11/open/ HTTP/1.1\r\n" + HOST + upgrade)

    assert b" 101 " not in received


def test_requests_in_one_piece_are_answered_in_order(process):
    get = b"GET /2026/11/open/ HTTP/1.1\r\n" + HOST + b"\r\n"

    received = answer(process, get * 3 + get.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

    assert received.count(b"HTTP/1.1 200 OK") == 4


def test_a_port_in_use_is_told_in_one_sentence(process, site):
    port = process.url.rpartition(":")[2]

    ran = site(SITE).run("serve", ".", "--port", port)

    assert ran.status == 1
    assert ran.errors.startswith(f"error: port {port} is in use\n")
    assert "--port" in ran.errors


@pytest.mark.parametrize(("address", "said"), [("nowhere.invalid", "cannot listen"), ("203.0.113.1", "cannot listen")])
def test_an_address_of_another_machine_is_told_in_one_sentence(site, address, said):
    ran = site(SITE).run("serve", ".", "--host", address, "--port", "0")

    assert (ran.status, said in ran.errors) == (1, True)


def test_a_site_that_cannot_be_built_is_not_served(site):
    blog = site(SITE)
    blog.edit("content/broken.md", "---\ntitel: x\n---\n")

    ran = blog.run("serve", ".", "--port", "0")

    assert ran.status == 1
    assert "content/broken.md:2" in ran.errors


def test_a_site_that_cannot_keep_what_readers_send_is_not_served(site):
    blog = site(SITE.replace('"web",', '"sql", "web",'))
    blog.edit("data", "a file, where a folder is wanted")

    ran = blog.run("serve", ".", "--port", "0")

    assert (ran.status, ran.errors.count("error: ")) == (1, 1)
    assert "data" in ran.errors
    assert "Traceback" not in ran.errors


def test_every_request_under_way_is_answered_when_the_server_ends(site):
    """F11."""
    process = site(SLOW).start()
    connections = [http.client.HTTPConnection(*process.address, timeout=60) for _ in range(15)]
    for connection in connections:
        connection.request("GET", "/slow?seconds=1")
    process.wait_for("(?s)(begun.*?){15}")

    assert process.stop(signal.SIGTERM) == 0
    assert [connection.getresponse().read() for connection in connections] == [b"done"] * 15
    assert "stopped." in process.log
    with pytest.raises(ConnectionRefusedError):
        process.connect()
    for connection in connections:
        connection.close()


def test_a_second_signal_ends_it_at_once_though_a_plugin_hangs(site):
    """F11."""
    process = site(SLOW).start()
    with process.connect() as connection:
        connection.sendall(b"GET /slow?seconds=600 HTTP/1.1\r\n" + HOST + b"\r\n")
        process.wait_for("begun")

        process.signal(signal.SIGINT)
        process.wait_for("once more")
        status = process.stop(signal.SIGINT)  # which waits for a minute at most, not for the ten that were asked for

    assert status == 128 + signal.SIGINT


def test_a_server_that_was_told_to_end_does_not_start_again_for_new_settings(site):
    blog = site(SLOW)
    process = blog.start()
    connection = http.client.HTTPConnection(*process.address, timeout=10)
    connection.request("GET", "/slow?seconds=2")
    process.wait_for("begun")

    process.signal(signal.SIGTERM)
    process.wait_for("once more")
    blog.edit("pressframe.toml", f"# changed\n{blog.read('pressframe.toml')}")
    process.wait_for(r"stopped\.|starting again")
    connection.close()

    assert "starting again" not in process.log


def test_the_site_is_built_again_while_it_is_served(site):
    """Edits are seen; what cannot be built leaves the old pages, and is said once; settings start it again."""
    blog = site(SITE.replace("https://essai.example", "http://localhost:8000"))
    process = blog.start()
    assert "Salut" not in process.get(OPEN).text

    blog.edit("content/posts/2026/open.md", "---\ntitle: Ouvert\ndate: 2026-11-20\n---\nSalut.\n")
    process.wait_for("built again")
    assert "Salut" in process.get(OPEN).text

    blog.edit("content/posts/2026/odd.md", "---\ntitel: x\n---\n")
    process.wait_for(r"odd\.md:2")
    assert "Salut" in process.get(OPEN).text
    assert "odd.md:2" in process.get("/-/changes").text
    blog.remove("content/posts/2026/odd.md")

    blog.edit("pressframe.toml", blog.read("pressframe.toml").replace('"Essai"', '"Autre titre"'))
    process.wait_for(r"starting again(?s:.*)serving Autre titre")
    assert "Autre titre" in process.get(OPEN).text


def test_a_folder_that_is_new_in_the_site_s_is_looked_at_from_then_on(site):
    blog = site(SITE.replace("https://essai.example", "http://localhost:8000"))
    process = blog.start()

    blog.edit("static/first.txt", "one")
    process.wait_for("built again")
    blog.edit("static/first.txt", "two")
    process.wait_for("(?s)built again.*built again")

    assert process.get("/first.txt").text == "two"


def test_nobody_looks_at_what_serving_a_site_writes(site):
    """The database, the output, the memory and the mails are not the site."""
    blog = site(SITE.replace('"web"', '"sql", "web"'))
    process = blog.start()
    process.wait_for("serving")
    for made in ("data", "public", ".pressframe"):
        assert (blog.folder / made).is_dir()

    watched = _watched(process)

    assert (blog.folder / "content" / "posts" / "2026").stat().st_ino in watched
    assert watched.isdisjoint((blog.folder / made).stat().st_ino for made in ("data", "public", ".pressframe"))


def _watched(process: Process) -> set[int]:
    """Return the numbers of the folders that Linux tells the process about, as soon as there are any."""
    told = Path(f"/proc/{process.id}/fdinfo")
    if not told.is_dir():
        pytest.skip("only Linux tells what a process watches")
    found: set[int] = set()
    end = time.monotonic() + 20
    while len(found) < 5 and time.monotonic() < end:
        for file in told.iterdir():
            with contextlib.suppress(FileNotFoundError):  # the process has closed it meanwhile
                numbers = re.findall(r"^inotify wd:\w+ ino:(\w+)", file.read_text(), re.MULTILINE)
                found |= {int(number, 16) for number in numbers}
    return found


@pytest.mark.parametrize("half", ["", "---\ntitle: Ouv"])
def test_a_file_that_was_half_written_leaves_no_error_behind(site, half):
    blog = site(SITE.replace("https://essai.example", "http://localhost:8000"))
    process = blog.start()

    blog.edit("content/posts/2026/open.md", half)
    process.wait_for("built again|not built again")
    blog.edit("content/posts/2026/open.md", "---\ntitle: Ouvert\ndate: 2026-11-20\n---\nSalut.\n")
    process.wait_for("(?s)built again.*built again")

    assert "Salut" in process.get(OPEN).text
    assert '"error": null' in process.get("/-/changes").text


def test_settings_that_open_but_cannot_be_built_leave_the_old_site_up_until_they_are_mended(site):
    """The folder that they name may come later than they do."""
    blog = site(SITE)
    process = blog.start()

    blog.edit("pressframe.toml", blog.read("pressframe.toml") + '\n[plugins.markdown]\nfolder = "texts"\n')
    process.wait_for(r"(?s)what was there is still served.*texts: cannot be read")
    assert "Ouvert" in process.get(OPEN).text
    assert "starting again" not in process.log

    blog.edit("texts/posts/open.md", "---\ntitle: Rouvert\ndate: 2026-11-20\n---\nSalut.\n")
    process.wait_for(r"starting again(?s:.*)serving Essai")
    assert "Rouvert" in process.get(OPEN).text


def test_a_plugin_of_the_site_that_cannot_be_loaded_leaves_the_old_site_up(site):
    blog = site(SITE)
    process = blog.start()

    blog.edit("plugins/answers.py", "raise SystemExit('no more')")
    process.wait_for("(?s)what was there is still served.*no more")

    assert "Ouvert" in process.get(OPEN).text


def test_a_site_with_an_address_of_its_own_says_where_its_links_lead_and_how_to_follow_them_here(process):
    said = f"links and mails lead to https://essai.example; to follow them here, add --url {process.url}\n"

    process.wait_for(re.escape(said))


def test_a_site_with_an_address_of_its_own_has_no_script_that_reloads(process):
    assert "/-/reload.js" not in process.get("/2026/11/open/").text
    assert process.get("/-/reload.js").status == 404


def test_nothing_is_served_with_a_secret_that_can_be_guessed(site, monkeypatch):
    """Threat 46: cookies and links are signed with it."""
    blog = site('== pressframe.toml ==\n[site]\ntitle = "Essai"\nplugins = ["sql", "web", "journal"]\n')
    monkeypatch.setenv("PRESSFRAME_SECRET", "changeme")

    with pytest.raises(RuntimeError, match="PRESSFRAME_SECRET: holds no secret worth the name"):
        blog.start()
