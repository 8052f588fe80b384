"""HTML of Markdown: the standard's cases, headings, tables, notes, and the end of the public part."""

import contextlib
import re
import time
from html.parser import HTMLParser

import pytest

from pressframe.errors import ContentError
from pressframe.model import Body, Heading
from pressframe_markdown import Markdown


class _Parts(HTMLParser):
    """What a browser makes of HTML, without white space that it does not show: how the standard's own test compares."""

    BLOCKS = frozenset(
        (
            "article", "blockquote", "dd", "del", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li",
            "ol", "p", "pre", "section", "script", "style", "table", "tbody", "td", "th", "thead", "tr", "ul",
        )
    )  # fmt: skip

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[object] = []
        self.preformatted = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        shown = [(name, value or "") for name, value in attrs if not (tag[0] == "h" and name == "id")]
        self._add((tag, *sorted(shown)), is_block=tag in self.BLOCKS)
        self.preformatted |= tag == "pre"

    def handle_endtag(self, tag):
        self._add(("/", tag), is_block=tag in self.BLOCKS)
        self.preformatted &= tag != "pre"

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def _add(self, part, *, is_block):
        if is_block and self.parts and isinstance(self.parts[-1], str) and not self.preformatted:
            self.parts[-1] = self.parts[-1].rstrip()
        self.parts = [one for one in self.parts if one != ""]
        self.parts.append(part)

    def handle_data(self, data):
        after_block = self.parts and isinstance(self.parts[-1], tuple) and self.parts[-1][-1] in self.BLOCKS
        text = data if self.preformatted else re.sub(r"\s+", " ", data)
        if not self.preformatted and (after_block or not self.parts or self.parts[-1][0] in self.BLOCKS):
            text = text.lstrip()
        if self.parts and isinstance(self.parts[-1], str):
            self.parts[-1] += text
        elif text:
            self.parts.append(text)

    def handle_entityref(self, name):
        self.handle_data({"quot": '"', "lt": "<", "gt": ">", "amp": "&"}.get(name, f"&{name};"))

    def handle_charref(self, name):
        self.handle_data(chr(int(name[1:], 16) if name[0] in "xX" else int(name)))

    def handle_comment(self, data):
        self.parts.append(("<!--", data))

    def handle_decl(self, decl):
        self.parts.append(("<!", decl))

    def handle_pi(self, data):
        self.parts.append(("<?", data))

    def unknown_decl(self, data):
        self.parts.append(("<![", data))


def _shown(html: str) -> list[object]:
    parts = _Parts(html).parts
    return [one.rstrip() if isinstance(one, str) and one is parts[-1] else one for one in parts]


def test_all_cases_of_the_commonmark_standard_pass(render, cases):
    """Ids of headings are ours; everything else is what the standard wants."""
    wrong = [
        case
        for case in cases("markdown/commonmark-0.31.2.jsonl")
        if _shown(render(case["markdown"]).html) != _shown(case["html"])
    ]

    assert wrong == []


@pytest.mark.parametrize("extension", ["table", "strikethrough"])
def test_tables_and_strikethrough_are_those_of_github(render, cases, extension):
    chosen = [case for case in cases("markdown/gfm-0.29.jsonl") if extension in case["extensions"]]
    chosen = [case for case in chosen if case["n"] != 205]  # an empty tbody, which shows nothing
    wrong = [case for case in chosen if _shown(render(case["markdown"]).html) != _shown(case["html"])]

    assert chosen
    assert wrong == []


def test_nothing_is_put_into_an_authors_text(render):
    assert render("\"a\" -- 'b'... {#x}").html == "<p>\"a\" -- 'b'... {#x}</p>\n"


def test_raw_html_of_the_owner_passes(render):
    html = '<figure class="x"><img src="/a.png" alt=""></figure>\n<script>let a = 1 < 2;</script>\n'

    assert render(html).html == html


def test_headings_have_ids_like_wordpress_slugs_each_once(render):
    body = render(
        "# L’été\n\n## L’été\n\n## *Été* `2`, [la](/x) fin\n\n## …\n\n## 日本\n\n## Respond\n\nt-2\n===\n\n# t\n\n# t\n"
    )

    assert [(heading.level, heading.id, heading.text) for heading in body.headings] == [
        (1, "lete", "L’été"), (2, "lete-2", "L’été"), (2, "ete-2-la-fin", "Été 2, la fin"), (2, "section", "…"),
        (2, "日本", "日本"), (2, "respond-2", "Respond"), (1, "t-2", "t-2"), (1, "t", "t"), (1, "t-3", "t"),
    ]  # fmt: skip
    assert all(f'<h{heading.level} id="{heading.id}">' in body.html for heading in body.headings)


def test_headings_text_has_no_markup_and_no_marks_of_notes(render):
    body = render("## A & B[^1] ![a cat](/cat.png) <b>bold</b>\n\n[^1]: x\n")

    assert body.headings == (Heading(level=2, id="a-b-a-cat-bold", text="A & B a cat bold"),)


def test_raw_headings_keep_their_ids_and_those_in_comments_are_none(render):
    body = render('<h2 class="x">One</h2>\n\n<h3 id="own">Two</h3>\n\n<!-- <h2>Three</h2> -->\n\n`<h2>Four</h2>`\n')

    assert [heading.id for heading in body.headings] == ["one", "own"]
    assert '<h2 id="one" class="x">' in body.html
    assert "<!-- <h2>Three</h2> -->" in body.html


def test_cells_are_aligned_without_style_attributes(render):
    """A strict content security policy lets no style attribute pass."""
    html = render('| a | b |\n|:-:|--:|\n| 1 | `<td style="text-align: left">` |\n').html

    assert '<th align="center">a</th><th align="right">b</th>' in html
    assert '<code>&lt;td style="text-align: left"&gt;</code>' in html


def test_notes_are_linked_both_ways(render):
    html = render("One[^a] two[^b] one again[^a].\n\n[^a]: First\n[^b]: Second\n").html

    assert '<sup class="footnote-reference" id="fnref:1"><a href="#fn:1" role="doc-noteref">1</a></sup>' in html
    assert 'id="fnref:1:2"><a href="#fn:1"' in html
    assert '<div class="footnote-definition" id="fn:2">\n<p><sup class="footnote-definition-label">' in html
    assert '<a href="#fnref:2" role="doc-backlink">2</a></sup> Second</p>' in html


def test_notes_written_between_paragraphs_are_gathered_at_the_end(render):
    html = render(
        "One[^1].\n\n[^1]: Note 1,\n    its second line.\n\n    And more.\n\nTwo[^é].\n\n[^é]: Note 2\n\nThree."
    ).html

    assert html.index("Three") < html.index("Note 1") < html.index("And more") < html.index("Note 2")


def test_a_note_stays_public_or_withheld_as_its_place_says(render):
    body = render("A[^1] B[^2]\n\n[^1]: public\n\nC\n\n<!--more-->\n\nD\n\n[^2]: withheld\n\nE\n")
    public, withheld = body.html[: body.more], body.html[body.more :]

    assert public.index("C") < public.index("public")
    assert "withheld" not in public
    assert withheld.index("E") < withheld.index("withheld")


def test_notes_that_a_text_without_end_would_swallow_stay_in_place(render):
    html = render("One[^1]\n\n[^1]: note\n\n```\ncode").html

    assert html.index("note</p>") < html.index("code")


def test_a_note_defined_twice_or_never_referred_to_breaks_nothing(render):
    html = render("One[^1]\n\n[^1]: a\n[^1]: b\n[^2]: never\n").html

    assert html.count('id="fn:1"') == 1
    assert '<p><sup class="footnote-definition-label">2</sup> never</p>' in html


@pytest.mark.parametrize("mark", ["<!--more-->", "<!-- more -->", "  <!--more-->  "])
def test_the_public_part_ends_at_the_authors_mark(render, mark):
    assert render(f"One\n\n{mark}\n\nTwo\n\n<!--more-->\n\nThree") == Body(
        html="<p>One</p>\n<p>Two</p>\n<!--more-->\n<p>Three</p>\n", more=len("<p>One</p>\n")
    )


def test_a_mark_right_after_a_list_or_a_heading_is_one(render):
    body = render("# A\n- b\n- c\n<!--more-->\nd")

    assert body.html[: body.more].endswith("</ul>\n")


@pytest.mark.parametrize("text", ["```\n<!--more-->\n```", "    <!--more-->", "`<!--more-->`", "&lt;!--more-->"])
def test_a_mark_shown_as_code_is_none(render, text):
    assert render(text).more is None


@pytest.mark.parametrize(
    ("text", "around"),
    [
        ("- a\n\n  <!--more-->\n\n- b", "<li>"),
        ("> a\n>\n> <!--more-->\n>\n> b", "<blockquote>"),
        ("a <!--more--> b", "<p>"),
        ("<div>\n\n<!--more-->\n\n</div>", "<div>"),
        ("<details><summary>x</summary>\n\n<!--more-->\n\n</details>", "<details>"),
        ("<b>\n\n<!--more-->", "<b>"),
        ("<div\n<!--more-->\n>", "a tag"),
        ("<p>a<!--more-->", "<p>"),
        ("[^1]\n\n[^1]: x\n\n    <!--more-->\n\ny", "<div>"),
    ],
)
def test_a_mark_inside_a_block_is_refused(render, text, around):
    """A public part cut there would leave an element open, and swallow the rest of the page."""
    with pytest.raises(ContentError, match=re.escape(f"<!--more--> stands inside {around}")):
        render(text)


def test_a_comment_or_an_open_paragraph_above_the_mark_does_not_hide_it(render):
    assert render("<!-- <div> -->\n\n<p>a\n\n</p>\n\n<br>\n\n<!--more-->\n\nb").more is not None


def test_a_panic_of_the_engine_is_an_error_of_the_text(monkeypatch):
    class Panic(BaseException):
        pass

    class Broken:
        def __init__(self, **_: object) -> None:
            pass

        def html(self, text: str) -> str:
            raise {"panic": Panic("index out of bounds"), "stop": KeyboardInterrupt()}[text]

    monkeypatch.setattr("pyromark.Markdown", Broken)
    engine = Markdown().find_markup("markdown")

    with pytest.raises(ContentError, match=r"pyromark.*Panic: index out of bounds"):
        engine.render("panic")
    with pytest.raises(KeyboardInterrupt):
        engine.render("stop")


HOSTILE = {
    "brackets": "[",
    "emphasis": "*a_ ",
    "quotes": ">",
    "code": "`` ` ",
    "angles": "<",
    "pictures": "![[",
    "lists": "- ",
    "autolinks": "<http://a.b>",
    "headings": "# a\n",
    "entities in a heading": ("# ", "&amp;", ""),
    "open headings": "<h1>",
    "closed headings": ("<div>\n", "</h1>", ""),
    "tags of headings": ("<div>\n", "<h1 ", "</h1>"),
    "tags in a heading": ("<h1>", "<a ", "</h1>"),
    "pictures in a heading": ("<h1>", "<img ", "</h1>"),
    "descriptions in a heading": ("<h1><img ", 'alt="a" ', "</h1>"),
    "accents in a heading": ("# e", "\u0301\u0327", "\n"),
    "open labels of notes": "\n[^",
    "tags above the mark": ("<div>\n", "<b<a", "\n\n</div>\n\n<!--more-->"),
    "comments": "<!--",
    "note marks": ("", "[^a] ", "\n\n[^a]: x\n"),
    "notes": "a[^1]\n\n[^1]: n\n\n",
    "note marks in a heading": ("<h1>", '<sup class="footnote-reference">', "</h1>"),
    "open elements": ("<div>", "<b><i>", "\n\n<!--more-->"),
    "closed elements": ("<div>", "<a></b>", "\n\n<!--more-->"),
    "open tags": ("<div>", "<a ", "\n\n<!--more-->"),
    "wide table": ("|", "a|", "\n|-|"),
    "long table": ("|a|\n|:-|\n", "|b|\n", ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_time_in_proportion_to_their_length(render, name):
    """Threat 63: eight times the text may take 8 times as long, with noise 32; quadratic would be 64."""
    start, unit, end = HOSTILE[name] if isinstance(HOSTILE[name], tuple) else ("", HOSTILE[name], "")

    short, long = (_seconds(render, start + unit * (size // len(unit)), end) for size in (12_500, 100_000))

    assert long < 32 * max(short, 0.0005)


def _seconds(render, text: str, end: str) -> float:
    fastest = 60.0
    for number in range(4):
        begun = time.thread_time()
        with contextlib.suppress(ContentError):
            render(text + "x" * number + end)  # never the same text twice: slugs are remembered
        fastest = min(fastest, time.thread_time() - begun)
    return fastest
