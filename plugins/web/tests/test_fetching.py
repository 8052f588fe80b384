"""Threat 54: whatever address a stranger gives, the fetcher asks only the public internet, and never for long."""

import gzip
import ssl
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest

from pressframe_testing import Elsewhere, Given
from pressframe_web._public import is_public
from pressframe_web.fetching import Fetcher, FetchError, normalize_url

HERE = Path(__file__).parent


@pytest.fixture
def elsewhere():
    """A server on 127.0.0.2, which tests allow; 127.0.0.1 stays forbidden."""
    server = Elsewhere()
    yield server
    server.close()


@pytest.fixture
def fetch(elsewhere):
    """Fetches from the server, with the rules as they are but for its address and port."""

    def get(path, **options):
        return fetcher(elsewhere, **options).get(elsewhere.url + path)

    return get


def fetcher(elsewhere, **options):
    given = {"user_agent": "test", "ports": frozenset({elsewhere.port}), "allow": frozenset({"127.0.0.2/32"})}
    return Fetcher(**given | options)


def refusal(url, **options):
    with pytest.raises(FetchError) as caught:
        Fetcher(user_agent="test", **options).get(url)
    return caught.value


INWARD = [
    "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://0/", "http://2130706433/", "http://0x7f.1/",
    "http://0x7f000001/", "http://017700000001/", "http://127.1/", "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/", "http://0.0.0.0/",
    "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::10.0.0.1]/", "http://[64:ff9b:1::1]/", "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/", "http://[fe80::1]/", "http://[fe80::1%25eth0]/", "http://[fc00::1]/",
    "http://[ff02::1]/", "http://[2001:db8::1]/", "http://[3fff::1]/", "http://[2a00:1::5efe:127.0.0.1]/",
    "http://[2a00:1::200:5efe:10.0.0.1]/", "http://224.0.0.1/", "http://240.0.0.1/", "http://255.255.255.255/",
    "http://192.0.2.1/", "http://192.88.99.1/", "http://198.18.0.1/", "http://１２７.０.０.１/", "http://①②⑦.0.0.1/",
    "http://127。0。0。1/", "http://127.0.0.1./", "http://[::ffff:0:127.0.0.1]/",
]  # fmt: skip
ODD = [
    "file:///etc/passwd", "gopher://127.0.0.1:70/_x", "ftp://example.org/", "dict://example.org/", "//example.org/",
    "javascript:alert(1)", "data:text/html,x", "http://", "http:///x", "http://user@example.org/",
    "http://user:pass@example.org/", "http://example.org\\@127.0.0.1/", "http://example.org/\r\nHost: evil/",
    "http://example.org/a b", "http://exa\x00mple.org/", "http://example.org:99999/", "http://example.org:x/",
    "http://16843009/", "http://0x01010101/", "http://0x1.1/", "http://1.257/", "http://0100.1.1.1/",
    "http://[::1/", "http://a..b/", "http://-/", "http://" + "a" * 300 + "/", "http://example.org/" + "a" * 3000, "",
]  # fmt: skip


@pytest.mark.parametrize("url", INWARD)
def test_addresses_of_ones_own_network_are_refused_however_they_are_written(url):
    """Threat 54."""
    assert refusal(url).permanent


@pytest.mark.parametrize("url", ODD)
def test_what_is_no_plain_web_address_is_refused(url):
    """Threats 54 and 58: by its address alone; a name that has no address would be no reason for good."""
    error = refusal(url, resolve=lambda host: [])

    assert error.permanent


@pytest.mark.parametrize("port", [1, 22, 25, 6379, 8080])
def test_other_ports_are_refused(port):
    """Threat 54."""
    assert f"port {port} is not asked" in str(refusal(f"http://example.org:{port}/", resolve=lambda host: ["1.1.1.1"]))


@pytest.mark.parametrize(
    "answers",
    [["127.0.0.1"], ["1.1.1.1", "127.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["2606:4700::1", "::1"], ["fe80::1%eth0"],
     ["64:ff9b::a00:1"], ["no address"]],
)  # fmt: skip
def test_a_name_is_refused_if_any_of_its_addresses_is_not_public(answers):
    """Threat 54: a name with two answers."""
    error = refusal("http://example.org/", resolve=lambda host: answers)

    assert error.permanent
    assert "not public" in str(error)


def test_a_name_is_resolved_once_and_the_connection_goes_to_what_was_checked(elsewhere):
    """Threat 54: a name that means something else a moment later."""
    inner = Elsewhere("127.0.0.1")
    answers = iter([["127.0.0.2"], ["127.0.0.1"]])
    elsewhere.put("/", "public")
    inner.put("/", "secret")

    got = fetcher(elsewhere, resolve=lambda host: next(answers)).get(f"http://rebinding.example:{elsewhere.port}/")
    inner.close()

    assert got.body == b"public"
    assert next(answers) == ["127.0.0.1"]
    assert inner.asked == []
    assert elsewhere.asked[0].headers["host"] == f"rebinding.example:{elsewhere.port}"


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"])
def test_addresses_of_the_public_internet_are_asked(address):
    assert is_public(address)
    assert not is_public(f"{address}%eth0")


def test_only_the_networks_that_are_allowed_are():
    assert is_public("10.1.2.3", ["10.1.0.0/16", "fd00::/8"])
    assert is_public("::ffff:10.1.2.3", ["10.1.0.0/16"])
    assert not is_public("10.2.0.1", ["10.1.0.0/16", "fd00::/8"])


@pytest.mark.parametrize("to", [
    "http://127.0.0.1/", "http://[::1]/", "http://localhost/", "file:///etc/passwd", "gopher://127.0.0.2/",
    "//127.0.0.1/", "http://2130706433/", "http://[", "/ok\\x",
])  # fmt: skip
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_each_redirect_is_checked_anew(elsewhere, fetch, to, status):
    """Threat 54: a redirect inwards."""
    elsewhere.put("/", "", status=status, location=to)

    with pytest.raises(FetchError) as caught:
        fetch("/")

    assert caught.value.permanent
    assert len(elsewhere.asked) == 1


def test_three_redirects_are_followed_and_not_a_fourth(elsewhere, fetch):
    """Threat 54: at most 3 redirects."""
    for number in range(9):
        elsewhere.put(f"/{number}", "", status=302, location=f"/{number + 1}")
    elsewhere.put("/9", "there")

    assert fetch("/6").text == "there"
    assert fetch("/6").url == f"{elsewhere.url}/9"
    with pytest.raises(FetchError, match="more than 3 times"):
        fetch("/5")


def test_a_redirect_to_itself_ends(elsewhere, fetch):
    """Threat 54."""
    elsewhere.put("/loop", "", status=302, location="/loop")

    with pytest.raises(FetchError, match="more than 3 times"):
        fetch("/loop")

    assert len(elsewhere.asked) == 4


def drip(what, *, head=b""):
    def answer(handler):
        handler.wfile.write(head)
        for _ in range(200):
            handler.wfile.write(what)
            handler.wfile.flush()
            time.sleep(0.02)

    return answer


@pytest.mark.parametrize("answer", [
    drip(b"H"),
    drip(b"X-More: yes\r\n", head=b"HTTP/1.1 200 OK\r\n"),
    drip(b"x", head=b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
    drip(b"1\r\nx\r\n", head=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    drip(b"HTTP/1.1 100 Continue\r\n\r\n"),
    lambda handler: time.sleep(4),
], ids=["line", "headers", "body", "chunks", "interim", "silence"])  # fmt: skip
def test_a_server_that_drips_is_left_when_the_time_is_over(elsewhere, fetch, answer):
    """Threat 54: 5 s for all, here 0.3."""
    elsewhere.pages["/"] = answer
    start = time.monotonic()

    with pytest.raises(FetchError) as caught:
        fetch("/", seconds=0.3)

    assert not caught.value.permanent
    assert time.monotonic() - start < 2


def test_a_name_server_that_does_not_answer_is_left_when_the_time_is_over():
    start = time.monotonic()

    error = refusal("http://example.org/", resolve=lambda host: time.sleep(3), seconds=0.2)

    assert not error.permanent
    assert time.monotonic() - start < 2


def test_a_handshake_that_never_comes_is_left_when_the_time_is_over(elsewhere):
    with pytest.raises(FetchError):
        fetcher(elsewhere, seconds=0.3).get(elsewhere.url.replace("http:", "https:"))


def test_a_megabyte_is_read_and_no_more(elsewhere, fetch):
    """Threat 54: 1 MB."""
    sent = []

    def answer(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n")
        for _ in range(100):
            handler.wfile.write(b"x" * 100_000)
            sent.append(1)

    elsewhere.pages["/"] = answer

    got = fetch("/")

    assert (len(got.body), got.is_cut) == (1_048_576, True)


def test_a_bomb_is_unpacked_to_a_megabyte_and_no_further(elsewhere, fetch):
    """Threats 54 and 66: 100 MB in 100 kB; never is more of it in memory."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()
    elsewhere.pages["/"] = Given(bomb, headers={"Content-Encoding": "gzip"})

    tracemalloc.start()
    try:
        got = fetch("/")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (len(got.body), got.is_cut) == (1_048_576, True)
    assert most < 16_000_000


def test_gzip_is_unpacked_and_nothing_else(elsewhere, fetch):
    elsewhere.pages["/gzip"] = Given("été".encode(), headers={"Content-Encoding": "identity"})
    elsewhere.pages["/packed"] = Given(gzip.compress("été".encode()), headers={"Content-Encoding": "gzip"})
    elsewhere.pages["/br"] = Given(b"\x0b\x01\x80hi\x03", headers={"Content-Encoding": "br"})
    elsewhere.pages["/wrong"] = Given(b"no gzip", headers={"Content-Encoding": "gzip"})

    assert fetch("/gzip").text == fetch("/packed").text == "été"
    for path in ("/br", "/wrong"):
        with pytest.raises(FetchError):
            fetch(path)


@pytest.mark.parametrize("answer", [
    b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000,
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 20 X\r\n\r\n",
])  # fmt: skip
def test_what_is_no_answer_is_an_error_of_ours_and_no_traceback(elsewhere, fetch, answer):
    elsewhere.pages["/"] = lambda handler: handler.wfile.write(answer)

    with pytest.raises(FetchError, match="it does not answer"):
        fetch("/")


@pytest.mark.parametrize(("body", "told", "read"), [
    ("été".encode(), "text/html; charset=utf-8", "été"),
    ("été".encode("latin-1"), "text/html; charset=ISO-8859-1", "été"),
    ("été".encode("latin-1"), "text/html; charset=utf-8", "\ufffdt\ufffd"),
    ("été".encode(), "text/html; charset=nonsense", "été"),
    ("été".encode(), "text/html; charset=punycode", "été"),
    ("\ufeffété".encode("utf-16"), "text/html", "\ufeffété"),
    (b'<meta charset="windows-1252">\x80', "text/html", '<meta charset="windows-1252">€'),
])  # fmt: skip
def test_text_is_read_by_what_is_told_and_what_is_wrong_is_replaced(elsewhere, fetch, body, told, read):
    elsewhere.pages["/"] = Given(body, headers={"Content-Type": told})

    assert fetch("/").text == read


def test_no_cookie_proxy_or_credential_goes_along(elsewhere, monkeypatch, tmp_path):
    """Threat 54."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    (tmp_path / ".netrc").write_text("machine 127.0.0.2 login a password b", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    elsewhere.put("/", "", status=302, location="/next", set_cookie="a=b")
    elsewhere.put("/next", "there")

    assert fetcher(elsewhere).get(elsewhere.url).text == "there"

    sent = elsewhere.asked[1].headers
    assert sorted(sent) == ["accept", "accept-encoding", "connection", "host", "user-agent"]


def test_a_form_is_posted_and_a_post_is_repeated_only_where_the_server_says_so(elsewhere):
    elsewhere.put("/kept", "", status=307, location="/end")
    elsewhere.put("/changed", "", status=302, location="/end")
    elsewhere.put("/end", "thanks", status=202)
    form = {"media_type": "application/x-www-form-urlencoded"}

    kept = fetcher(elsewhere).post(f"{elsewhere.url}/kept", b"a=1", **form)
    changed = fetcher(elsewhere).post(f"{elsewhere.url}/changed", b"a=1", **form)

    assert (kept.status, kept.text, changed.status) == (202, "thanks", 302)
    assert [(asked.method, asked.path, asked.body) for asked in elsewhere.asked] == [
        ("POST", "/kept", b"a=1"), ("POST", "/end", b"a=1"), ("POST", "/changed", b"a=1"),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "is_right"), [("named.example", True), ("other.example", False)])
def test_tls_is_verified_by_the_name_though_the_connection_goes_to_the_address(name, is_right):
    """Threat 54: pinned, and still verified."""
    mine = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    mine.load_cert_chain(HERE / "named.pem")
    secure = Elsewhere(ssl_context=mine)
    secure.put("/", "there")
    trusting = ssl.create_default_context(cafile=str(HERE / "named.pem"))

    def get():
        answers = {"resolve": lambda host: ["127.0.0.2"], "ssl_context": trusting}
        return fetcher(secure, **answers).get(f"https://{name}:{secure.port}/").text

    if is_right:
        assert get() == "there"
    else:
        with pytest.raises(FetchError, match="TLS fails"):
            get()
    secure.close()


@pytest.mark.parametrize(("url", "same"), [
    ("HTTP://Example.ORG:80", "http://example.org/"),
    ("https://example.org:443/a?b=c#d", "https://example.org/a?b=c"),
    ("https://example.org/été", "https://example.org/%C3%A9t%C3%A9"),
    ("https://example.org/%C3%A9", "https://example.org/%C3%A9"),
    ("http://[2606:4700::1]:8080", "http://[2606:4700::1]:8080/"),
])  # fmt: skip
def test_addresses_that_mean_the_same_are_alike(url, same):
    assert normalize_url(url) == same
