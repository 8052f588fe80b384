"""Rendered pages: what leaves, with which headers, for whom, under which spelling."""

import gzip
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import brotli
import pytest

from pressframe_testing import Ask, ask

OPEN, CLOSED = "/2026/11/open/", "/2026/11/closed/"


def test_an_open_page_may_be_kept_and_sets_no_cookie(served):
    """Threat 9."""
    reply = served.visitor.get(OPEN)

    assert reply.status == 200
    assert reply.headers["cache-control"].startswith("public")
    assert reply.cookies == ()


def test_a_page_that_has_not_changed_is_not_sent_again(served):
    tag = served.visitor.get(OPEN).headers["etag"]

    reply = served.visitor.get(OPEN, headers={"if-none-match": tag})

    assert (reply.status, reply.body) == (304, b"")
    assert reply.headers["etag"] == tag


@pytest.mark.parametrize(
    ("accepted", "name", "decode"),
    [
        ("gzip", "gzip", gzip.decompress), ("gzip, br", "br", brotli.decompress),
        ("BR ; Q=1.0", "br", brotli.decompress), ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
    ],
)  # fmt: skip
def test_text_is_compressed_as_the_browser_asks(served, accepted, name, decode):
    plain = served.visitor.get(OPEN)

    reply = served.visitor.get(OPEN, headers={"accept-encoding": accepted})

    assert reply.headers["content-encoding"] == name
    assert decode(reply.body) == plain.body
    assert "accept-encoding" in reply.headers["vary"]


@pytest.mark.parametrize("accepted", ["", "identity", "br;q=0, gzip;q=0.0", "brotli, xgzip", "*"])
def test_a_browser_that_takes_nothing_compressed_gets_it_plain(served, accepted):
    reply = served.visitor.get(OPEN, headers={"accept-encoding": accepted})

    assert "content-encoding" not in reply.headers
    assert reply.text.startswith("<!doctype html>")


def test_head_gives_the_headers_of_get_without_the_body(served):
    got, head = served.visitor.get(OPEN), served.visitor.get(OPEN, method="HEAD")

    assert head.headers == got.headers
    assert head.body == b""


def test_a_file_with_its_version_is_kept_for_ever(served):
    tag = served.visitor.get("/journal.css").headers["etag"].strip('W/"')

    assert "immutable" in served.visitor.get(f"/journal.css?v={tag[:8]}").headers["cache-control"]
    assert "immutable" not in served.visitor.get("/journal.css?v=00000000").headers["cache-control"]
    assert "immutable" not in served.visitor.get("/journal.css").headers["cache-control"]


def test_every_page_has_a_policy_that_allows_no_inline_script(served):
    """Threat 31."""
    policy = served.visitor.get(OPEN).headers["content-security-policy"]

    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy


def test_a_gated_page_is_whole_for_who_may_read_it_and_never_kept(served, friend):
    """Threats 1, 9."""
    stranger, reader = served.visitor.get(CLOSED), friend.get(CLOSED)

    assert "canari-serveur-1" not in stranger.text
    assert "canari-serveur-1" in reader.text
    assert reader.headers["cache-control"] == "private, no-store"
    assert stranger.headers["cache-control"].startswith("private")
    assert "cookie" in stranger.headers["vary"]


@pytest.mark.parametrize("value", ["", "friend2", "FRIEND", "broken", "friend; __Host-session=friend"])
def test_any_other_cookie_is_a_strangers(served, value):
    """Threats 11, 13, 37: edited, failing in the plugin, or sent twice."""
    visitor = served.browser()
    visitor.cookies["__Host-session"] = value

    assert "canari-serveur-1" not in visitor.get(CLOSED).text


@pytest.mark.parametrize("who", ["visitor", "friend"])
def test_a_gated_page_that_is_asked_for_with_its_version_is_not_kept_either(served, friend, who):
    """Threats 6, 9: nor when it is named as what may be kept for ever."""
    browser = friend if who == "friend" else served.visitor
    tag = browser.get(CLOSED).headers["etag"].strip('W/"')

    reply = browser.get(f"{CLOSED}?v={tag[:8]}")

    assert reply.headers["cache-control"] == ("private, no-store" if who == "friend" else "private, no-cache")


def test_the_tag_of_an_open_rendering_does_not_open_it(served, friend):
    """Threat 16."""
    tag = friend.get(CLOSED).headers["etag"]

    reply = served.visitor.get(CLOSED, headers={"if-none-match": tag})

    assert reply.status == 200
    assert "canari-serveur-1" not in reply.text


SPELLINGS = (
    f"{CLOSED}?preview=1", f"{CLOSED}?static=1&format=json", f"{CLOSED}?page=2", CLOSED.rstrip("/"), CLOSED.upper(),
    CLOSED.replace("/11/", "//11/"), CLOSED.replace("closed", "%63losed"), f"{CLOSED};x", f"{CLOSED}%0a",
    f"{CLOSED}..;/", f"{CLOSED}%2e/", f"{CLOSED}index.html", f"{CLOSED}%00", "/2026/11/x/../closed/",
)  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_spelling_of_the_address_opens_it(served, subtests, method):
    """Threat 6."""
    for address in SPELLINGS:
        with subtests.test(address=address):
            reply = served.visitor.get(address, method=method, headers={"range": "bytes=0-100000"})

            assert reply.status in (200, 308, 404)
            assert "canari-serveur-1" not in reply.text


@pytest.mark.parametrize(
    ("address", "target"),
    [
        (OPEN.rstrip("/"), OPEN), (f"{OPEN}index.html", OPEN), ("/index.html", "/"), (CLOSED.rstrip("/"), CLOSED),
        (f"{OPEN.rstrip('/')}?from=mail", f"{OPEN}?from=mail"),
    ],
)  # fmt: skip
def test_an_address_without_its_slash_leads_on(served, address, target):
    reply = served.visitor.get(address)

    assert (reply.status, reply.headers["location"]) == (308, target)


def test_what_is_not_there_gets_the_sites_own_page(served):
    reply = served.visitor.get("/nichts/")

    assert reply.status == 404
    assert "Essai" in reply.text


def test_the_page_for_what_is_not_there_is_no_page_itself(served):
    assert served.visitor.get("/404.html").status == 404


@pytest.mark.parametrize(
    ("wanted", "status", "bounds"),
    [
        ("", 200, slice(None)), ("bytes=0-0", 206, slice(0, 1)), ("bytes=10-", 206, slice(10, None)),
        ("bytes=-5", 206, slice(-5, None)), ("bytes=0-99999999", 206, slice(None)), ("bytes=-0", 416, None),
        ("bytes=9999999-", 416, None), ("bytes=5-2", 416, None), ("bytes=0-1,5-6", 200, slice(None)),
        ("bytes=a-b", 200, slice(None)), ("lines=1-2", 200, slice(None)),
    ],
)  # fmt: skip
def test_a_film_is_sent_from_where_the_player_wants_to_go_on(served, wanted, status, bounds):
    film = (served.folder / "static" / "film.mp4").read_bytes()

    reply = served.visitor.get("/film.mp4", headers={"range": wanted})

    assert reply.status == status
    if bounds is not None:
        assert reply.body == film[bounds]
        assert reply.headers["content-length"] == str(len(film[bounds]))
        assert reply.headers["accept-ranges"] == "bytes"
    else:
        assert reply.headers["content-range"] == f"bytes */{len(film)}"


def test_a_film_that_has_not_changed_is_not_sent_again_and_one_that_has_is_sent_whole(served):
    tag = served.visitor.get("/film.mp4", method="HEAD").headers["etag"]

    assert served.visitor.get("/film.mp4", headers={"if-none-match": tag}).status == 304
    assert served.visitor.get("/film.mp4", headers={"range": "bytes=0-1", "if-range": tag}).status == 206
    assert served.visitor.get("/film.mp4", headers={"range": "bytes=0-1", "if-range": '"old"'}).status == 200


def test_a_film_that_is_just_being_replaced_is_asked_for_again(served):
    (served.folder / "public" / "film.mp4").write_bytes(b"half of it")
    assert served.visitor.get("/film.mp4").status == 503

    (served.folder / "public" / "film.mp4").unlink()
    reply = served.visitor.get("/film.mp4")

    assert (reply.status, reply.headers["retry-after"]) == (503, "1")


def test_pages_are_served_though_their_files_are_gone(served):
    shutil.rmtree(served.folder / "public")

    assert served.visitor.get(OPEN).status == 200


def test_a_reader_is_asked_for_once_in_half_a_minute_and_again_after_a_form(served, friend):
    """Threat 10: ``find_reader`` is what says that a session has ended."""
    for _ in range(3):
        friend.get(CLOSED)
    assert friend.get("/do/asked").text == "1"

    friend.post("/do/record", {})

    friend.get(CLOSED)
    assert friend.get("/do/asked").text == "2"


def test_a_reader_is_forgotten_after_half_a_minute(served, friend, monkeypatch):
    """Threat 10."""
    friend.get(CLOSED)
    now = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: now() + 31)

    friend.get(CLOSED)

    assert friend.get("/do/asked").text == "2"


def test_while_plugins_hang_that_know_readers_nothing_opens_and_strangers_are_served(served):
    """Threat 13: all threads that ask for readers wait."""
    hanging = [served.browser() for _ in range(6)]
    for browser in hanging:
        browser.cookies["__Host-session"] = "hangs"

    with ThreadPoolExecutor(len(hanging)) as threads:
        answers = [threads.submit(browser.get, CLOSED) for browser in hanging]
        for address in (CLOSED, "/", OPEN):
            assert served.browser().get(address).status == 200
        assert not any(answer.done() for answer in answers)
        served.browser().get("/do/free")

    assert [answer.result().status for answer in answers] == [200] * len(hanging)
    assert not any("canari-serveur-1" in answer.result().text for answer in answers)


def test_a_reader_who_could_not_be_found_is_looked_for_again_soon(served, friend, monkeypatch):
    """F9: the database may have been away just then, and whoever is signed in reads on once it is back."""
    friend.cookies["__Host-session"] = "unknown"
    friend.get(CLOSED)
    friend.get(CLOSED)
    assert friend.get("/do/asked").text == "1"
    now = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: now() + 2.1)

    friend.get(CLOSED)

    assert friend.get("/do/asked").text == "2"


def test_cookies_too_long_to_be_remembered_are_asked_for_each_time(served, friend):
    friend.cookies["other"] = "x" * 3000

    assert "canari-serveur-1" in friend.get(CLOSED).text
    friend.get(CLOSED)

    assert int(friend.get("/do/asked").text) > 2


def test_a_session_in_two_cookie_headers_is_a_strangers(served):
    """Threat 37."""
    lines = [("cookie", "__Host-session=friend"), ("cookie", "__Host-session=friend")]

    assert "canari-serveur-1" not in ask(served.app, Ask(address=CLOSED, more=lines)).text


def test_health_and_readiness_can_be_asked_for(served):
    assert served.visitor.get("/-/health").text == "ok\n"
    assert served.visitor.get("/-/ready").status == 200

    served.app.is_ending = True

    assert served.visitor.get("/-/health").status == 200
    assert served.visitor.get("/-/ready").status == 503
