"""Words planted in withheld text come out of no public door: of PRland, and of a WordPress export."""

import itertools
from pathlib import Path

import pytest

from pressframe import Site
from pressframe_testing import Served

from .conftest import CANARY, NOW
from .doors import answers, forms, told

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

MARKED = """

<!--more-->

<p>canary-wxr-1 <code>canary-code-2</code> <img alt="canary-alt-3" src="/canary-src-4.png" title="canary-title-5"></p>
<h2 id="canary-id-6">canary-heading-7</h2>
<table class="canary-class-8"><tr><th>canary-table-9</th></tr><tr><td>canary-cell-10</td></tr></table>
<pre data-x="canary-attribute-11">canary-block-12</pre>
[caption id="attachment_1" width="300" caption="canary-caption-13"]<img src="/canary-shown-14.png">[/caption]
[canary-shortcode-15 a="canary-argument-16"]canary-inside-17[/canary-shortcode-15] [1. canary-footnote-18]
<!-- wp:paragraph {"x":"canary-block-19"} --><p>canary-paragraph-20 <a href="/canary-link-21/">a</a></p>
<!-- /wp:paragraph -->
"""
WORDPRESS = """
[site]
title = "T"
plugins = ["wordpress", "sql", "web", "comments", "gates", "members", "archives", "feeds", "journal"]

[plugins.wordpress]
export = "site.xml"

[plugins.gates]
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
    """Threats 1-7, 15, 16: every address, whole, compressed, in part, and however it is spelt or asked for."""
    folder, closed = planted
    served = Served.of(folder, lambda: NOW)

    asked = dict(answers(served))

    assert [what for what, told in asked.items() if CANARY.search(told)] == []
    _check_that_the_search_finds(served, at_least=len(closed))
    assert len(asked) > 1900


def test_no_question_is_answered_otherwise_where_withheld_text_holds_the_word(planted):
    """Threat 15: searched, filtered, sorted or counted by it; status, headers, text and size."""
    folder, _ = planted
    served = Served.of(folder, lambda: NOW)
    release = served.app.served.release
    addresses = [*itertools.islice(release.gated, 3), "/", "/archives/", "/feed.xml", "/sitemap.xml", "/nowhere/"]
    addresses += ["/members/", "/members/sign-in", "/comments/page/1/posts/x", "/newsletter/post"]
    names = ("s", "q", "search", "filter", "tag", "category", "author", "order", "sort", "orderby", "count", "per_page",
             "page", "fields", "entry", "body", "title", "where", "include", "exclude", "after", "next")  # fmt: skip

    for address in addresses:
        for name in names:
            both = []
            for word in ("canari-body-1", "nulle-part-12"):
                reply = served.browser().get(f"{address}?{name}={word}")
                both.append((reply.status, repr(reply.headers).replace(word, ""), reply.text.replace(word, "")))
            assert both[0] == both[1], (address, name)


def test_no_answer_to_a_form_and_no_mail_holds_a_withheld_word(planted):
    """Threats 7, 14: a comment on what is closed, and mails to those who have not confirmed their address."""
    folder, closed = planted
    served = Served.of(folder, lambda: NOW)

    asked = dict(forms(served))

    assert [what for what, told in asked.items() if CANARY.search(told)] == []
    assert len([what for what in asked if what.startswith("mail")]) >= len(closed)


def _check_that_the_search_finds(served: Served, *, at_least: int) -> None:
    """Search what a subscriber gets in the same way: there the words are."""
    reader = served.sign_in("lectrice@example.org")
    for headers in ({}, {"accept-encoding": "gzip"}, {"accept-encoding": "br"}):
        replies = [told(reader.get(address, headers=headers)) for address in served.app.served.release.gated]
        assert len([reply for reply in replies if CANARY.search(reply)]) >= at_least


@pytest.fixture
def closed_export(export, tmp_path) -> Path:
    """Return a site of the theme test, its archive closed, with withheld words in all that is no page."""
    items = export.read_text("utf-8").split("<item>")
    marked = [
        item if "<wp:post_type><![CDATA[page]]>" in item or "<wp:post_type>page<" in item
        else item.replace("]]></content:encoded>", f"{MARKED}]]></content:encoded>")
        for item in items
    ]  # fmt: skip
    (tmp_path / "site.xml").write_text("<item>".join(marked), "utf-8")
    (tmp_path / "pressframe.toml").write_text(WORDPRESS, "utf-8")
    return tmp_path


def test_no_byte_of_a_closed_wordpress_site_holds_a_withheld_word(closed_export):
    """Threats 1-5, 7, 17: nor of what WordPress had not published."""
    release = Site.open(closed_export).build(now=NOW)

    public = [path for path in (closed_export / "public").rglob("*") if path.is_file()]
    assert [str(path) for path in public if CANARY.search(path.read_bytes())] == []
    assert {card.address for card in release.view().latest(count=1000)} == set(release.gated)
    assert len(release.gated) > 40


def test_no_public_answer_of_a_closed_wordpress_site_holds_a_withheld_word(closed_export):
    """Threats 1-7, 14-16."""
    served = Served.of(closed_export, lambda: NOW)

    asked = dict(answers(served)) | dict(forms(served))

    assert [what for what, told in asked.items() if CANARY.search(told)] == []
    _check_that_the_search_finds(served, at_least=40)
