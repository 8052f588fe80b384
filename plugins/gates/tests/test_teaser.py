"""The public part of a closed entry."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressframe import Body, Entry, Gate, Source
from pressframe_gates import Gates

GATE = Gate(requires=frozenset({"subscribers"}), reason="a test")


def teaser(html: str, *, more: int | None = None, paragraphs: int | None = None, words: int | None = None) -> str:
    entry = Entry(
        id="1",
        source=Source(loader="test", key="1", fingerprint=""),
        title="T",
        body=Body(html=html, more=more),
        published=datetime(2012, 1, 1, tzinfo=UTC),
        address="/t/",
    )
    plugin = Gates(teaser_paragraphs=paragraphs, teaser_words=words, tell_rest=False)
    return plugin.find_teaser(entry, GATE).html


def test_it_ends_at_the_authors_mark():
    html = '<p>Un.</p>\n<img src="a.png" alt="">\n<h2 id="s">Suite</h2>\n<p>Deux.</p>'

    assert teaser(html, more=html.index("<h2")) == '<p>Un.</p>\n<img src="a.png" alt="">\n'


def test_a_mark_at_the_start_makes_nothing_public():
    assert teaser("<p>Un.</p><p>Deux.</p>", more=0) == ""


@pytest.mark.parametrize("rest", ["", "\n", "<hr>", '<p><img src="x.png" alt=""></p>'])
def test_a_mark_that_nothing_follows_is_no_mark(rest):
    html = f"<p>Un.</p><p>Deux.</p>{rest}"

    assert teaser(html, more=len("<p>Un.</p><p>Deux.</p>")) == "<p>Un.</p>"


@pytest.mark.parametrize(
    ("paragraphs", "public"),
    [(0, ""), (1, "<p>Un.</p>"), (2, "<p>Un.</p>\n<p>Deux.</p>"), (9, "<p>Un.</p>\n<p>Deux.</p>")],
)
def test_without_a_mark_it_is_the_first_paragraphs_but_never_all(paragraphs, public):
    assert teaser("<p>Un.</p>\n<p>Deux.</p>\n<p>Trois.</p>\n", paragraphs=paragraphs) == public


@pytest.mark.parametrize(
    ("limits", "public"),
    [
        ({"words": 5}, "<p>Un deux trois.</p>"),
        ({"words": 6}, "<p>Un deux trois.</p>\n<p>Quatre <em>cinq</em> six.</p>"),
        ({"words": 2}, ""),
        ({"words": 0}, ""),
        ({"words": 99}, "<p>Un deux trois.</p>\n<p>Quatre <em>cinq</em> six.</p>"),
        ({"words": 99, "paragraphs": 1}, "<p>Un deux trois.</p>"),
        ({"words": 2, "paragraphs": 9}, ""),
    ],
)
def test_of_so_many_words_whole_paragraphs_are_public(limits, public):
    assert teaser("<p>Un deux trois.</p><p>Quatre <em>cinq</em> six.</p><p>Sept.</p>", **limits) == public


@pytest.mark.parametrize(
    "html", ["", "<p>Seul.</p>", "<p>Seul.</p>\n", '<p>Seul.</p><figure><img src="a.png" alt=""></figure>']
)
def test_a_single_paragraph_stays_withheld(html):
    assert teaser(html) == ""


@pytest.mark.parametrize(
    "first",
    [
        '<p><img src="canari.png" alt="canari"></p>',
        '<figure><img src="canari.png" alt=""><figcaption>canari</figcaption></figure>',
        "<table><tr><td>canari</td></tr></table>",
        "<pre><code>canari</code></pre>",
        '<div class="footnote-definition"><p>canari</p></div>',
        '<h2 id="canari">canari</h2>',
        "<script>canari</script>",
        "<p>canari <!-- canari --></p>",
        "canari",
        "<!-- canari -->",
        '<p>canari <iframe src="https://canari.example/"></iframe></p>',
        "<hr>",
    ],
)
def test_what_is_no_plain_text_is_no_teaser(first):
    """Threat 1: pictures, tables, code, notes and headings are withheld with the rest."""
    assert teaser(f"{first}\n<p>Un <em>mot</em>.</p>\n<p>Deux.</p>") == "<p>Un <em>mot</em>.</p>"
    assert teaser(f"<p>Un.</p>\n{first}\n<p>Deux.</p>\n<p>Trois.</p>", paragraphs=3).startswith("<p>Un.</p>")
    assert "canari" not in teaser(f"<p>Un.</p>\n{first}\n<p>Deux.</p>\n<p>Trois.</p>", paragraphs=3)


def test_text_with_inline_markup_lists_and_quotations_are_text():
    text = '<blockquote><p>Un <code>mot</code> et <a href="https://x.example/a\'b>">un lien</a>.</p></blockquote>'

    assert teaser(f"{text}<p>Deux.</p>") == text
    assert teaser("<ul><li>Un</li></ul><p>Deux.</p>") == "<ul><li>Un</li></ul>"


def test_marks_of_notes_are_left_out_because_the_notes_are():
    mark = '<sup class="footnote-reference" id="fnref:1"><a href="#fn:1" role="doc-noteref">1</a></sup>'

    assert teaser(f"<p>Le 1<sup>er</sup> mot{mark}.</p><p>Deux.</p>") == "<p>Le 1<sup>er</sup> mot.</p>"


@pytest.mark.parametrize(
    "html",
    [
        "<p>Un <em>mot</p><p>Deux.",
        "<p>Un.<p>Deux.<p>Trois.",
        "<div><p>Un.</p><p>Deux.</p>",
        "<p>Un. <!-- </p><p>Deux.</p>",
    ],
)
def test_what_is_never_closed_is_never_cut(html):
    public = teaser(html)

    assert public == "" or public.count("<") == 2 * public.count("</")
    assert "Deux" not in public


ANYTHING = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<div>", "</div>", "<em>", "</em>", "<br>", "mot ", "<", ">", '"', "<!--", "-->", "<p a='"]
    )
)


@given(ANYTHING, st.integers(0, 3))
def test_it_is_made_of_whole_pieces_and_never_all_of_the_text(pieces, paragraphs):
    html = "".join(pieces)

    public = teaser(html, paragraphs=paragraphs)

    assert all(block in html for block in public.split("\n"))
    assert public.count("mot") < max(1, html.count("mot"))


def test_every_construct_of_commonmark_is_public_whole_or_not_at_all(cases):
    for case in cases("markdown", "commonmark-0.31.2.jsonl"):
        html = f"{case['html']}<p>La fin.</p>"
        public = teaser(html)
        assert public == "" or (public in html and public != html)
