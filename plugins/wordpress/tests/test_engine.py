"""What becomes of the texts that WordPress stores."""

import contextlib
import time

import pytest
from selectolax.lexbor import LexborHTMLParser

from pressframe.errors import ContentError
from pressframe.model import Heading
from pressframe_wordpress._shortcodes import expand_shortcodes, find_unknown

from .wxr import item

OF_BLOCKS = (
    "<!-- wp:paragraph -->\n<p>Public</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:more -->\n<!--more-->\n"
    "<!-- /wp:more -->\n\n<!-- wp:paragraph -->\n<p>Withheld</p>\n<!-- /wp:paragraph -->"
)
CAPTIONED = (
    '<figure class="wp-caption alignleft"><a href="/b"><img src="/a.jpg"></a>'
    '<figcaption class="wp-caption-text">A <em>cat</em></figcaption>'
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\n\nTwo\nthree", "<p>One</p>\n<p>Two<br>\nthree</p>\n"),
        ("One<br>\ntwo<br />\nthree", "<p>One<br>\ntwo<br>\nthree</p>\n"),
        ("a\r\n\r\n \r\nb\n", "<p>a</p>\n<p>b</p>\n"),
        ("a <b>b\n\nc</b> d", "<p>a <b>b</b></p><b>\n</b><p><b>c</b> d</p>\n"),
        ("<h2>x</h2>\ntext", '<h2 id="x">x</h2>\n<p>text</p>\n'),
        ("<blockquote>a\n\nb</blockquote>\nc", "<blockquote><p>a</p>\n<p>b</p>\n</blockquote>\n<p>c</p>\n"),
        ("<ul>\n<li>a</li>\n</ul>", "<ul>\n<li>a</li>\n\n</ul>\n"),
        ("<li>a\n\nb</li>", "<li><p>a</p>\n<p>b</p>\n</li>\n"),
        ("<div>x</div>", "<div>x</div>\n"),
        ("<div>\n\nx\n\n</div>", "<div><p>x</p>\n</div>\n"),
        ("<p>x\ny</p>", "<p>x<br>\ny</p>\n"),
        ("<pre>\n a\n\n b</pre>", "<pre> a\n\n b</pre>\n"),
        ("<script>\n\nif (a < b) {}\n</script>", "<script>\n\nif (a < b) {}\n</script>\n"),
        ("<a title='x\ny'>t</a>", '<p><a title="x\ny">t</a></p>\n'),
        ("<!-- c -->\n\nx", "<!-- c -->\n<p>x</p>\n"),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>\n"),
        ("", ""),
        (" \n\n ", ""),
    ],
)
def test_empty_lines_part_paragraphs_and_line_ends_are_breaks(render, text, html):
    assert render(text).html == html


@pytest.mark.parametrize(
    "text",
    [
        "<div><div><b>open", "</div></div></main></body>x", "<!-- open", "<p>a</p></p></section>", "<table><tr><td>x",
        "<plaintext>x", "<textarea>x", "<script>x", "<style>x", "<title>x", "<select><option>x", "<svg><g>x",
        "<a href='x", "<iframe src=x>", "<noscript>x", "<template><p>x", "<form><form>x", "</main><footer id=end>",
        "<math><mi>x", "<xmp>x", "<noembed>x", "<noframes>x", "<object><param>", "<video><source>", "<frameset>",
        "<body></body></html>",
        "x<!--more-->y</div>", "<div>x<!--more-->y</div>", "<!-- <!--more--> x", "<a <!--more--> b>",
    ],
)  # fmt: skip
def test_nothing_that_a_text_leaves_open_swallows_the_rest_of_the_page(blog, text):
    """Threat 24."""
    blog.export(item(1, content__encoded=text))

    page = blog.build().files["/2012/05/post-1/"].file.read_text("utf-8")
    end = LexborHTMLParser(page).css("footer#end")[-1]

    assert end.text() == "end"
    assert end.parent.tag == "body"


def test_headings_get_ids_and_keep_their_own(render):
    body = render("<h2>It’s <em>one</em></h2><h3 id='own'>Two</h3><h2>It’s one</h2><h2></h2><h4 id='own'>日本</h4>")

    assert body.headings == (
        Heading(level=2, id="its-one", text="It’s one"), Heading(level=3, id="own", text="Two"),
        Heading(level=2, id="its-one-2", text="It’s one"), Heading(level=2, id="section", text=""),
        Heading(level=4, id="own-2", text="日本"),
    )  # fmt: skip
    assert all(f'<h{heading.level} id="{heading.id}">' in body.html for heading in body.headings)


@pytest.mark.parametrize(
    "text",
    [
        "Public\n\n<!--more-->\n\nWithheld",
        "Public<!--more Read on-->Withheld",
        OF_BLOCKS,
    ],
)
def test_the_public_part_ends_at_the_mark(render, text):
    body = render(text)

    assert (body.html[: body.more], body.html[body.more :]) == ("<p>Public</p>\n", "<p>Withheld</p>\n")


def test_both_sides_of_a_mark_inside_an_element_are_well_nested(render):
    body = render("<div><b>Public<!--more-->Withheld</b></div>")

    assert body.html[: body.more] == "<div><b>Public</b></div>\n"
    assert body.html[body.more :] == "<p>Withheld</p>\n"


def test_the_block_editors_remarks_go_and_its_paragraphs_stay(render):
    html = render(
        '<!-- wp:heading {"level":3} -->\n<h3>H</h3>\n<!-- /wp:heading -->\n\n<!-- wp:paragraph -->\n<p>a\nb</p>\n'
        '<!-- /wp:paragraph -->\n<!-- wp:latest-posts {"postsToShow":3} /-->\n'
        "<!-- wp:my/block --><i>x</i><!-- /wp:my/block -->"
    ).html

    assert html == '<h3 id="h">H</h3>\n\n<p>a\nb</p>\n<i>x</i>\n'


def test_what_comes_from_elsewhere_becomes_a_link_and_nothing_is_fetched(render):
    block = (
        '<!-- wp:embed {"url":"https://v.example/1"} --><figure class="wp-block-embed">'
        '<div class="wp-block-embed__wrapper">\nhttps://v.example/1?a=b&amp;c=d\n</div></figure><!-- /wp:embed -->'
    )
    link = '<p class="embed"><a href="https://v.example/1?a=b&amp;c=d">https://v.example/1?a=b&amp;c=d</a></p>'

    assert link in render(block).html
    assert render("https://v.example/1?a=b&amp;c=d\n\nx").html == f"{link}\n<p>x</p>\n"
    assert render("see https://v.example/1").html == "<p>see https://v.example/1</p>\n"
    assert '<audio controls="" preload="none" src="https://v.example/a.mp3">' in render("https://v.example/a.mp3").html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[caption id="a" align="alignleft"]<a href="/b"><img src="/a.jpg"></a> A <em>cat</em>[/caption]',
            CAPTIONED,
        ),
        (
            '[caption caption="Old &quot;form&quot;"]<img src="/a.jpg">[/caption]',
            '<img src="/a.jpg"><figcaption class="wp-caption-text">Old "form"</figcaption>',
        ),
        ("[embed width=3]https://v.example/1[/embed]", '<a href="https://v.example/1">'),
        ("[audio https://v.example/a.mp3]", '<audio controls="" preload="none" src="https://v.example/a.mp3">'),
        ('[video mp4="/a.mp4" poster="/p.jpg" width="9"][/video]', 'src="/a.mp4" width="9" poster="/p.jpg">'),
        ("[[gallery]]", "[gallery]"),
        ("[caption]never closed", "never closed"),
        ('[tabs]a[/tabs] [contact id="1"] [sic]', '<p>[tabs]a[/tabs] [contact id="1"] [sic]</p>'),
        ('[caption align="&quot;><b>"]<img src="/a.jpg"> x[/caption]', 'class="wp-caption'),
    ],
)
def test_shortcodes_of_wordpress_itself_become_html(blog, text, expected):
    assert expected in blog.html(text)


def test_galleries_show_the_pictures_that_they_name_or_that_belong_to_the_post(blog):
    files = [
        item(id, wp__post_type="attachment", wp__status="inherit", wp__post_parent=parent, excerpt__encoded=caption,
             wp__attachment_url=f"https://old.example/u/{name}", link=f"https://old.example/att-{id}/")
        for id, parent, name, caption in [
            (11, "1", "a.jpg", "A & B"), (12, "1", "b.PNG", ""), (13, "1", "c.pdf", ""), (14, "2", "d.jpg", "")
        ]
    ]  # fmt: skip
    blog.export(
        item(1, content__encoded='[gallery columns="2"]'),
        item(2, content__encoded="[gallery ids='14, 11,99' link='none']"),
        item(3, content__encoded="[gallery include=12 exclude='12']"), *files,
    )  # fmt: skip

    view = blog.build().view()
    own, named, none = (view.entry(f"wp-{id}").body.html for id in (1, 2, 3))

    assert own.startswith('<div class="gallery gallery-columns-2">')
    assert own.count("<figure") == 2
    assert '<a href="/u/a.jpg"><img src="/u/a.jpg" alt="" loading="lazy"></a>' in own
    assert '<figcaption class="gallery-caption">A &amp; B</figcaption>' in own
    assert named.index("/u/d.jpg") < named.index("/u/a.jpg")
    assert "<a " not in named
    assert none == ""


def test_a_text_nested_without_end_is_refused(render):
    for text in ("<div>" * 2000, "<b></i>" * 2000):
        with pytest.raises(ContentError, match="more than 1000 elements inside each other"):
            render(text)


HOSTILE = [
    "<", "<!--", "<div></div>", "</div>", "<pre>", "<br>\n", "\n", "a\n\n", "-->", "<!-- wp:a ", "<!--more-->",
    "<h2>x</h2>", "<li>", "<p>", "&", "<a href='", "<h2 id=a>a</h2>", "<script>", "https://a.b\n\n",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_texts_take_time_in_proportion_to_their_length(render, unit):
    """Threat 63: eight times the text may take 8 times as long, with noise 32; quadratic would be 64."""
    most = 32 * max(_seconds(render, unit * (12_500 // len(unit))), 0.0005)

    assert _seconds(render, unit * (100_000 // len(unit)), enough=most) < most


def _seconds(work, text: str, *, enough: float = 0.0) -> float:
    """Return the best of four, or the first that is less than *enough*."""
    fastest = 60.0
    for _ in range(4):
        begun = time.thread_time()
        with contextlib.suppress(ContentError):
            work(text)
        fastest = min(fastest, time.thread_time() - begun)
        if fastest < enough:
            break
    return fastest


@pytest.mark.parametrize("unit", ["[caption]", "[gallery ", "[embed]x", "[audio a=", "[[video]", '[caption a="', "[x"])
def test_hostile_shortcodes_take_time_in_proportion_to_their_length(unit):
    """Threat 63."""
    short, long = (
        _seconds(lambda text: (expand_shortcodes(text, {}, entry=1), find_unknown(text)), unit * (size // len(unit)))
        for size in (12_500, 100_000)
    )

    assert long < 32 * max(short, 0.0005)
