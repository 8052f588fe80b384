"""Rendered pages: what leaves, with which headers, for whom, under which spelling."""

import gzip

import brotli
import pytest

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
    ("accepted", "name", "decode"), [("gzip", "gzip", gzip.decompress), ("gzip, br", "br", brotli.decompress)]
)
def test_text_is_compressed_as_the_browser_asks(served, accepted, name, decode):
    plain = served.visitor.get(OPEN)

    reply = served.visitor.get(OPEN, headers={"accept-encoding": accepted})

    assert reply.headers["content-encoding"] == name
    assert decode(reply.body) == plain.body
    assert "accept-encoding" in reply.headers["vary"]


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
    assert "frame-ancestors 'none'" in policy
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


def test_the_tag_of_an_open_rendering_does_not_open_it(served, friend):
    """Threat 16."""
    tag = friend.get(CLOSED).headers["etag"]

    reply = served.visitor.get(CLOSED, headers={"if-none-match": tag})

    assert reply.status == 200
    assert "canari-serveur-1" not in reply.text


@pytest.mark.parametrize(
    "address",
    [
        f"{CLOSED}?preview=1", f"{CLOSED}?static=1&format=json", f"{CLOSED}?page=2", CLOSED.rstrip("/"), CLOSED.upper(),
        CLOSED.replace("/11/", "//11/"), CLOSED.replace("closed", "%63losed"), f"{CLOSED};x", f"{CLOSED}%0a",
        f"{CLOSED}..;/", f"{CLOSED}%2e/", f"{CLOSED}index.html", f"{CLOSED}%00", "/2026/11/x/../closed/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_spelling_of_the_address_opens_it(served, address, method):
    """Threat 6."""
    reply = served.visitor.get(address, method=method, headers={"range": "bytes=0-100000"})

    assert reply.status in (200, 308, 404)
    assert "canari-serveur-1" not in reply.text


def test_an_address_without_its_slash_leads_on(served):
    reply = served.visitor.get(OPEN.rstrip("/"))

    assert (reply.status, reply.headers["location"]) == (308, OPEN)


def test_what_is_not_there_gets_the_sites_own_page(served):
    reply = served.visitor.get("/nichts/")

    assert reply.status == 404
    assert "Essai" in reply.text


def test_a_new_release_is_served_after_an_edit(served):
    file = served.folder / "content" / "posts" / "2026" / "open.md"
    file.write_text(file.read_text().replace("pour tous", "pour toutes"))
    served.app.rebuilder.ask()

    assert served.rebuild()
    assert "pour toutes" in served.visitor.get(OPEN).text


def test_the_old_release_stays_while_the_new_one_cannot_be_built(served):
    (served.folder / "content" / "posts" / "2026" / "open.md").write_text("---\ntitel: x\n---\n")
    served.app.rebuilder.ask()

    assert served.rebuild()
    assert "titel" in str(served.app.rebuilder.error)
    assert served.visitor.get(OPEN).status == 200
