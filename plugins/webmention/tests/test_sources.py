"""Strangers' pages: what is taken from them, and what hostile ones cannot do."""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pressframe_web.fetching import Fetched
from pressframe_webmention._reading import Said, find_endpoint, read_source

from .conftest import TARGET

DATA = Path(__file__).parents[4] / "shared" / "data"
LINK = f'<a href="{TARGET}">ce billet</a>'


def page(html, *, url="https://source.example/a/b", **headers):
    lines = {"content-type": "text/html; charset=utf-8"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return Fetched(url=url, status=200, headers=lines, body=html.encode())


def read(html):
    return read_source(page(html), TARGET)


PLAIN = f"<title> Un\n titre </title><p>Avant {LINK} après.</p><p>Plus loin.</p>"
NAMED = f'<meta name="author" content="Léo"><div>x<br>{LINK}</div>'
ENTRY = f'<div class="h-entry"><p class="p-author">Ana</p><p>{LINK}</p></div>'
CARD = """<div class="h-entry"><p class="p-author h-card">Une <b class="p-name">Ana</b></p><i class="p-name">T</i>
<div class="e-content">C’est LINK<script>x</script><style>y</style></div></div>""".replace("LINK", LINK)
TWO = '<div class="h-entry"><p class="p-author">Autre</p></div>' + ENTRY


@pytest.mark.parametrize(("html", "said"), [
    (PLAIN, Said(is_linked=True, title="Un titre", text="Avant ce billet après.")),
    (NAMED, Said(is_linked=True, author="Léo", text="xce billet")),
    (ENTRY, Said(is_linked=True, author="Ana", text="ce billet")),
    (CARD, Said(is_linked=True, author="Ana", title="T", text="C’est ce billet")),
    (TWO, Said(is_linked=True, author="Ana", text="ce billet")),
])  # fmt: skip
def test_author_title_and_text_are_those_of_the_entry_around_the_link(html, said):
    assert read(html) == said


def test_a_long_text_is_cut_around_the_link():
    got = read(f"<p>{'mot ' * 100}{LINK}{' fin' * 200}</p>").text

    assert got.startswith("[…] mot")
    assert "ce billet" in got
    assert got.endswith("fin…")
    assert len(got) < 420


def test_what_cannot_be_seen_is_taken_out():
    """Threats 57 and 60."""
    got = read(
        f'<title>a\r\nBcc: x\x1b[31m\u202e\u2066b\x00</title><meta name="author" content="A\r\nB\u0000\u200b">{LINK}'
    )

    assert got.title.isprintable()
    assert got.author.isprintable()


HOSTILE = {
    "deep": "<div>" * 200_000,
    "reopened": "".join(f"<p><font x={n}>" for n in range(20_000)) + "</p>" + "<p>x" * 100_000,
    "links": "<a href=x><b>" * 80_000,
    "attributes": "<a " + "x=y " * 250_000 + ">",
    "comments": "<!--" * 250_000,
    "tables": "<table><td>" * 90_000,
    "templates": "<template>" * 100_000,
    "nul": "\x00" * 1_000_000,
}


MEASURED = """
import json, re, resource, sys, time
from pathlib import Path
from pressframe_web.fetching import Fetched, FetchError
from pressframe_webmention._reading import read_source

def peak():  # of this program alone: what the kernel counts for a process goes on from the program that started it
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

page = Fetched(url=sys.argv[1], status=200, headers={"content-type": "text/html"}, body=sys.stdin.buffer.read())
before, start = peak(), time.process_time()
try:
    said = type(read_source(page, sys.argv[2])).__name__
except FetchError as error:  # which says that it takes too much
    said = type(error).__name__
seconds, grown = time.process_time() - start, peak() - before
print(json.dumps([said, seconds, grown, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""
"""Reads a page in a process that has had no other child: its largest child is the one that reads."""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells what one program has taken")
@pytest.mark.parametrize("name", HOSTILE)
def test_no_page_takes_more_than_its_share(name):
    """Threat 66: a parser's worst cases end soon, and outside the process that asks."""
    html = HOSTILE[name][:1_048_576] + LINK

    ran = subprocess.run(
        [sys.executable, "-c", MEASURED, "https://source.example/a/b", TARGET],
        input=html.encode(),
        capture_output=True,
        check=True,
    )
    said, seconds, grown, largest_child = json.loads(ran.stdout)

    assert said in ("Said", "FetchError")
    assert seconds < 2
    assert grown < 60_000
    assert 5_000 < largest_child < 700_000


def test_the_process_that_reads_ends_itself():
    asked = json.dumps({"html": HOSTILE["deep"], "url": "https://a.example/", "target": TARGET})
    start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime

    ran = subprocess.run(
        [sys.executable, "-I", "-m", "pressframe_webmention._html"],
        input=asked.encode(),
        capture_output=True,
        check=False,
    )

    assert ran.returncode != 0
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start < 6


def _recorded():
    return sorted((DATA / "webmention").glob("test_*.json")) or [None]


@pytest.mark.parametrize("file", _recorded(), ids=lambda file: file.stem if file else "none")
def test_the_recorded_endpoints_are_found(file):
    if file is None:
        pytest.skip(f"needs the test data: {DATA / 'webmention'} is missing")
    number = int(file.stem.removeprefix("test_"))
    headers = {name.lower(): value for name, value in json.loads(file.read_text("utf-8")).items()}
    html, rocks = file.with_suffix(".html").read_bytes(), f"https://webmention.rocks/test/{number}"

    found = find_endpoint(Fetched(url=rocks, status=200, headers=headers, body=html))

    assert found is not None
    assert (found.kind, found.url.partition("?")[0]) == ("webmention", f"{rocks}/webmention")


@pytest.mark.parametrize(("html", "headers", "kind", "url"), [
    ('<link rel="webmention" href="/x?a=b&amp;c=d">', {}, "webmention", "https://source.example/x?a=b&c=d"),
    ('<link rel="webmention" href="">', {}, "webmention", "https://source.example/a/b"),
    ('<base href="/base/"><a rel="nofollow WebMention" href="x">', {}, "webmention", "https://source.example/base/x"),
    ("", {"link": "<x>; rel=other, <y,z>; title=\"a, b\"; rel='webmention'"}, None, None),
    ("", {"link": '<x>; rel="a", <y,z>; title="a, b"; rel="b webmention"'}, "webmention", "https://source.example/a/y,z"),
    ("", {"link": '<x?q=1>; rel="webmention"; type="x"'}, "webmention", "https://source.example/a/x?q=1"),
    ("", {"link": '<x>; rel="not-webmention"'}, None, None),
    ("", {"link": "<" * 50_000 + ">" * 5}, None, None),
    ('<link rel="pingback" href="/p">', {}, "pingback", "https://source.example/p"),
    ('<link rel="pingback" href="/p">', {"x-pingback": "/q"}, "pingback", "https://source.example/q"),
    ('<link rel="pingback" href="/p"><a rel="webmention" href="/w">', {"x-pingback": "/q"}, "webmention",
     "https://source.example/w"),
    ("<!-- <link rel='webmention' href='/x'> --><p>&lt;link rel=webmention href=/y&gt;</p>", {}, None, None),
    ('<link rel="webmention" href="http://[bad">', {}, None, None),
])  # fmt: skip
def test_endpoints_are_found_where_the_specifications_say(html, headers, kind, url):
    found = find_endpoint(page(html, **headers))

    assert (found.kind, found.url) == (kind, url) if kind else found is None


@pytest.mark.parametrize("unit", ["<", "<>;rel=", "<a>; rel", "<a>;", "; ", '<a>;rel="', ","])
def test_a_header_of_another_site_is_read_in_the_time_of_its_length(unit):
    """Threat 67: 100 kB of what a pattern may look at again and again."""
    hostile = page("<p>Nothing.</p>", link=f"{unit * (100_000 // len(unit))}, <https://b.example/>")
    fastest = 60.0
    for _ in range(3):
        begun = time.thread_time()
        assert find_endpoint(hostile) is None
        fastest = min(fastest, time.thread_time() - begun)

    assert fastest < 0.5
