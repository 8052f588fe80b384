"""Words planted in withheld text come out of no public door: of PRland, and of a WordPress export."""

import gzip
import re
from pathlib import Path

import pytest

from pressframe import Site
from pressframe_testing import Served

from .conftest import CANARY, NOW

WITHHELD = """

Texte canari-body-1 et `canari-code-2`, ![canari-alt-3](/images/canari-src-4.png "canari-title-5").[^canari-note-6]

## Titre canari-heading-7

| canari-table-8 | b |
|---|---|
| canari-cell-9 | d |

```
canari-block-10
```

<p data-x="canari-attribute-11">canari-html-12</p> <!-- canari-comment-13 -->

[lien](/canari-link-14/ "canari-linktitle-15")

[^canari-note-6]: canari-footnote-16
"""

MARKED = '\n\n<!--more-->\n\n<p>canary-wxr-{} <img alt="canary-alt-1" src="/canary-src-1.png"></p>'
WORDPRESS = """
[site]
title = "T"
plugins = ["wordpress", "sql", "web", "comments", "members", "archives", "feeds", "journal"]

[plugins.wordpress]
export = "site.xml"

[plugins.members]
archive_after = "1 day"
"""


@pytest.fixture
def planted(prland: Path) -> tuple[Path, list[str]]:
    """Return PRland with withheld words in each post that the archive closes, and those posts' titles."""
    closed = []
    for file in sorted((prland / "content" / "posts").rglob("*.md")):
        text = file.read_text("utf-8")
        year = int(file.parent.name)
        if year < 2026 and "<!--more-->" in text:
            file.write_text(text + WITHHELD, "utf-8")
            closed.append(file.stem)
    return prland, closed


def test_no_byte_of_the_public_folder_holds_a_withheld_word(planted):
    """Threats 1-5, 7, 17."""
    folder, closed = planted

    release = Site.open(folder).build(now=NOW)

    files = [path for path in (folder / "public").rglob("*") if path.is_file()]
    leaks = {str(path.relative_to(folder)) for path in files if CANARY.search(path.read_bytes())}
    assert len(closed) >= 10
    assert leaks == set()
    assert len(release.gated) >= len(closed)


def test_the_withheld_words_are_there_for_subscribers(planted):
    folder, closed = planted
    release = Site.open(folder).build(now=NOW)

    whole = [release.find(address, frozenset({"subscribers"})).file.read_bytes() for address in release.gated]

    found = [text for text in whole if b"canari-body-1" in text]
    assert len(found) == len(closed)
    assert all(b"canari-footnote-16" in text and b"canari-html-12" in text for text in found)


def test_no_view_of_a_stranger_holds_a_withheld_word(planted):
    """Threats 2, 4: whatever a theme or plugin may ask."""
    folder, _ = planted
    site = Site.open(folder).build(now=NOW).view()

    everything = [repr(site.latest(count=1000))]
    for card in site.latest(count=1000):
        everything += [repr(site.entry(card.id)), repr(site.card(card.id)), repr(site.neighbours(card.id))]
        everything += [repr(site.comments(card.id))]
    assert CANARY.search("\n".join(everything).encode()) is None


def test_no_public_answer_of_the_server_holds_a_withheld_word(planted):
    """Threats 1-7, 15, 16: every address, whole, compressed, in part, and asked for with odd parameters."""
    folder, _ = planted
    served = Served.of(folder, lambda: NOW)
    release = served.app.served.release
    odd = [{"range": "bytes=0-"}, {"accept-encoding": "gzip"}, {"if-none-match": "*"}]

    leaks = set()
    for address in [*release.files, *release.gated, "/members/", "/members/sign-in", "/comments/pending/x"]:
        replies = [served.visitor.get(f"{address}{query}") for query in ("", "?preview=1&format=json")]
        replies += [served.visitor.get(address, headers=headers) for headers in odd]
        replies += [served.visitor.get(address, method="HEAD")]
        if any(CANARY.search(_unpacked(reply)) for reply in replies):
            leaks.add(address)
    assert leaks == set()


def _unpacked(reply) -> bytes:
    headers = repr(reply.headers).encode()
    return headers + (gzip.decompress(reply.body) if reply.headers.get("content-encoding") == "gzip" else reply.body)


def test_no_byte_of_a_closed_wordpress_site_holds_a_withheld_word(export, tmp_path):
    """Threats 1-5, 7: every word of a closed entry beyond its teaser, asked of the export itself."""
    text = export.read_text("utf-8")
    numbers = iter(range(1, 10_000))
    marked = re.sub(
        r"(<content:encoded><!\[CDATA\[)(.*?)(\]\]></content:encoded>)",
        lambda found: f"{found[1]}{found[2]}{MARKED.format(next(numbers))}{found[3]}",
        text,
        flags=re.DOTALL,
    )
    (tmp_path / "site.xml").write_text(marked, "utf-8")
    (tmp_path / "pressframe.toml").write_text(WORDPRESS, "utf-8")

    release = Site.open(tmp_path).build(now=NOW)

    posts = {card.address for card in release.view().latest(count=1000) if card.gated}
    leaks = {
        address for address, stored in release.files.items()
        if CANARY.search(stored.file.read_bytes()) and not _is_open_page(release, address)
    }  # fmt: skip
    assert len(posts) > 20
    assert leaks == set()


def _is_open_page(release, address: str) -> bool:
    """Say whether *address* belongs to an entry that nothing closes: WordPress pages are never in the archive."""
    page = release.view().page(address)
    entry = release.view().entry(page.subject) if page and page.subject else None
    return entry is not None and entry.kind == "page"
