"""What plugins grant: for closed entries alone, added to what a reader is, and shut whenever something fails."""

from urllib.parse import quote

import pytest

from .conftest import CLOSED_POST

CLOSED, OPEN, PICTURE = "/2026/11/closed/", "/2026/11/open/", "/2026/11/closed/photo.png"
GRANTER = """
import attrs
from datetime import timedelta
from pathlib import Path
from pressframe import Block, Gate, Reader, hookimpl
from pressframe_web import Cookie, Grant


@attrs.frozen(eq=False)
class Granter:
    what: str = ""
    log: str = ""

    @hookimpl
    def judge_gate(self, entry):
        if "closed" in entry.id:
            requires = {"club", "board"} if self.what.endswith("half") else {"club"}
            return Gate(requires=frozenset(requires), reason="a test")

    @hookimpl
    def find_reader(self, request):
        if request.cookies.get("session") == "board":
            return Reader(id="b", audiences=frozenset({"board"}))

    @hookimpl
    def register_grants(self, entry, requires, request):
        reader, now = request.reader, request.now
        with Path(self.log).open("a") as file:
            print("asked", entry.id, entry.gated, sorted(requires), reader and reader.id, request.client, file=file)
        what = self.what
        if what == "fails":
            1 / 0
        if what == "odd":
            return ["club"]
        if what == "other":
            return [Grant(audience="clubs", reason="x")]
        if what == "over":
            return [Grant(audience="club", until=now, reason="x")]
        if what == "nobody":
            return [Grant(audience=name, reason="x") for name in ("nobody", "club")]
        if request.cookies.get("pass") == "yes":
            counted = what.startswith("counted")
            return [Grant(audience="club", until=now + timedelta(hours=1), counted=counted, reason="x")]
        return []

    @hookimpl
    def register_blocks(self, slot, page):
        return [Block(template="guest.html")] if slot == "after_body" and "granted" in page.data else []
"""
LISTENING = """
    @hookimpl
    def on_reading(self, entry, grants):
        with Path(self.log).open("a") as file:
            print("told", entry.id, [grant.audience for grant in grants], file=file)
        if self.what == "counted fails":
            raise OSError("no room")
        if self.what == "counted odd":
            return ["reads=1"]
        if self.what == "counted late":
            return (1 / 0 for _ in "x")
        if self.what == "counted spoilt":
            return [Cookie(name="reads", value="a b;c")]
        return [Cookie(name="reads", value="1")]
"""
SITE = """
== pressframe.toml ==
[site]
title = "Essai"
url = "https://essai.example"
plugins = ["markdown", "web", "granter", {more}"archives", "journal"]
[plugins.granter]
what = "{what}"
log = "{log}"
== templates/guest.html ==
Bonjour, invité.
== content/open.md ==
---
title: Ouvert
date: 2026-11-20
slug: open
---
Un texte.
"""


@pytest.fixture
def serve(site, tmp_path):
    """Return a function that serves a site whose plugin grants in one way or another."""

    def make(what="", *, listening=LISTENING, more="", text=""):
        log = tmp_path / "log.txt"
        log.write_text("")
        code = f"== plugins/granter.py =={GRANTER}{listening}"
        made = site(SITE.format(what=what, log=log, more=more) + CLOSED_POST + code + text)
        (made.folder / "content" / "closed" / "photo.png").write_bytes(b"\x89PNG canari-image")
        served = made.serve()
        return served, lambda: log.read_text().splitlines()

    return make


def bearer(served, value="yes", **more):
    browser = served.browser()
    browser.cookies = {"__Host-pass": value, **{f"__Host-{name}": text for name, text in more.items()}}
    return browser


def test_a_grant_opens_a_closed_entry_for_whom_it_is_given(serve):
    served, _ = serve()

    answer = bearer(served).get(CLOSED)

    assert "canari-octroi" in answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    assert "canari-octroi" not in bearer(served, "no").get(CLOSED).text
    assert "canari-octroi" not in served.browser().get(CLOSED).text


def test_a_counted_grant_of_a_part_of_what_is_asked_for_opens_nothing_and_is_not_counted(serve):
    """Threat 13: who lacks two audiences is let in by grants of both."""
    served, log = serve("counted half")

    assert "canari-octroi" not in bearer(served).get(CLOSED).text
    assert [line for line in log() if line.startswith("told")] == []
    assert "canari-octroi" in bearer(served, session="board").get(CLOSED).text
    assert [line for line in log() if line.startswith("told")] == ["told closed/index ['club']"]


@pytest.mark.parametrize("address", [CLOSED, "/été/"])
def test_a_page_knows_that_it_is_made_for_whom_a_grant_let_in(serve, address):
    """Also where the release writes its address percent-encoded."""
    further = "\n== content/closed-too.md ==\n---\ntitle: Été\ndate: 2026-11-18\naddress: /été/\n---\nUn.\n\nDeux.\n"
    served, _ = serve("half", text=further)

    assert "Bonjour, invité." in bearer(served, session="board").get(quote(address)).text
    assert "Bonjour, invité." not in served.browser().get(quote(address)).text


@pytest.mark.parametrize("what", ["fails", "odd", "other", "over"])
def test_what_fails_or_grants_something_else_opens_nothing(serve, what):
    """Threat 13."""
    served, _ = serve(what)

    answer = bearer(served).get(CLOSED)

    assert answer.status == 200
    assert "canari-octroi" not in answer.text


def test_grants_are_added_to_what_a_reader_is(serve):
    served, _ = serve("half")

    assert "canari-octroi" not in bearer(served).get(CLOSED).text
    assert "canari-octroi" not in bearer(served, "no", session="board").get(CLOSED).text
    assert "canari-octroi" in bearer(served, session="board").get(CLOSED).text


def test_nobody_is_let_in_where_a_gate_failed(serve):
    """Threat 13: not even by a plugin that grants an audience of that name."""
    broken = """
== plugins/broken.py ==
import attrs
from pressframe import hookimpl

@attrs.frozen(eq=False)
class Broken:
    @hookimpl
    def judge_gate(self, entry):
        if "closed" in entry.id:
            1 / 0
"""
    served, asked = serve("nobody", more='"broken", ', text=broken)

    assert "canari-octroi" not in bearer(served).get(CLOSED).text
    assert asked() == []


def test_plugins_are_asked_for_closed_entries_alone(serve):
    """So that the rest stays as fast as it is."""
    served, asked = serve()
    browser = bearer(served)

    for address in (OPEN, "/", "/nowhere/", "/feed.xml", "/journal.css", f"{CLOSED}index.html", CLOSED.upper()):
        browser.get(address)
    served.browser().get(CLOSED)  # without a cookie
    assert asked() == []
    browser.get(CLOSED)

    assert asked() == ["asked closed/index True ['club'] None 192.0.2.1"]


def test_the_same_is_decided_for_head_for_a_part_and_for_the_files_of_the_entry(serve):
    """Threats 6, 8."""
    served, _ = serve()
    browser, stranger = bearer(served), served.browser()
    whole = browser.get(CLOSED)

    head = browser.get(CLOSED, method="HEAD")
    part = browser.get(CLOSED, headers={"range": "bytes=0-9"})

    assert (head.headers, head.body) == (whole.headers, b"")
    assert (part.status, part.body) == (200, whole.body)
    assert b"canari-image" in browser.get(PICTURE).body
    assert stranger.get(PICTURE).status == 404
    closed = stranger.get(CLOSED)
    assert closed.headers["etag"] != whole.headers["etag"]
    assert stranger.get(CLOSED, method="HEAD").headers == closed.headers


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_counted_grant_is_told_of_before_it_opens_and_brings_its_cookies(serve, method):
    served, log = serve("counted")

    answer = bearer(served).get(CLOSED, method=method)

    assert log()[1:] == ["told closed/index ['club']"]
    assert answer.cookies == ("__Host-reads=1; Path=/; HttpOnly; SameSite=Lax; Secure",)
    assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("what", ["counted fails", "counted odd", "counted late", "counted spoilt"])
def test_what_cannot_be_counted_stays_shut(serve, what):
    """Threat 13."""
    served, _ = serve(what)

    answer = bearer(served).get(CLOSED)

    assert (answer.status, answer.cookies) == (200, ())
    assert "canari-octroi" not in answer.text


def test_a_counted_grant_that_nobody_counts_stays_shut(serve):
    served, _ = serve("counted", listening="")

    assert "canari-octroi" not in bearer(served).get(CLOSED).text


SECTIONS = """
== plugins/parts.py ==
import attrs
from pressframe import Section, hookimpl
from pressframe_web import Grant

@attrs.frozen(eq=False)
class Parts:
    counted: bool = False

    @hookimpl
    def register_sections(self, entry):
        at = entry.body.html.find("<p>Secret")
        if at < 0:
            return []
        return [Section(start=at, end=entry.body.html.index("</p>", at) + 4, requires=frozenset({"inner"}))]

    @hookimpl
    def register_grants(self, sections, request):
        if request.cookies.get("part") == "yes":
            return [Grant(audience=name, counted=self.counted, reason="part") for name in sections]
        return []
== content/parts.md ==
---
title: Parties
date: 2026-11-21
slug: parts
---
Le début.

Secret canari-part.
"""
PARTS = "/2026/11/parts/"


def test_a_grant_for_a_section_opens_it_in_an_open_entry(serve):
    served, _ = serve(more='"parts", ', text=SECTIONS)
    browser = served.browser()
    browser.cookies = {"__Host-part": "yes"}

    answer = browser.get(PARTS)

    assert "canari-part" in answer.text
    assert "Bonjour, invité." not in answer.text  # everybody reads the entry: nobody was let in
    assert answer.headers["cache-control"] == "private, no-store"
    assert "canari-part" not in served.browser().get(PARTS).text + bearer(served).get(PARTS).text


def test_a_counted_grant_opens_no_section(serve):
    text = SECTIONS.replace("counted: bool = False", "counted: bool = True")
    served, log = serve(more='"parts", ', text=text)
    browser = served.browser()
    browser.cookies = {"__Host-part": "yes"}

    assert "canari-part" not in browser.get(PARTS).text
    assert not [line for line in log() if line.startswith("told")]


def test_a_section_of_a_closed_entry_opens_with_its_gate_alone(serve):
    """Threat 2."""
    text = SECTIONS.replace("slug: parts", "slug: closed-parts").replace("parts.md", "closed-parts.md")
    address = "/2026/11/closed-parts/"
    served, _ = serve(
        more='"parts", ', text=text.replace("Le début.", "Le début.\n\n<!--more-->\n\nSuite canari-rest.")
    )
    part, both = served.browser(), bearer(served, part="yes")
    part.cookies = {"__Host-part": "yes"}

    found = [[word in one.get(address).text for word in ("canari-rest", "canari-part")] for one in
             (part, bearer(served), both)]  # fmt: skip

    assert found == [[False, False], [True, False], [True, True]]


def test_what_another_grant_opens_is_not_counted(serve):
    free = """
== plugins/free.py ==
import attrs
from pressframe import hookimpl
from pressframe_web import Grant

@attrs.frozen(eq=False)
class Free:
    @hookimpl
    def register_grants(self):
        return [Grant(audience="club", reason="free")]
"""
    served, log = serve("counted", more='"free", ', text=free)

    answer = bearer(served).get(CLOSED)

    assert "canari-octroi" in answer.text
    assert answer.cookies == ()
    assert not [line for line in log() if line.startswith("told")]
