"""Addresses in a feed's texts: absolute, whatever they were relative to, and nothing else changed."""

import signal

import pytest

from pressframe_feeds._text import absolute_html

BASE = "https://prland.example/2012/mutation/"


@pytest.mark.parametrize(
    ("html", "absolute"),
    [
        ('<a href="/a/">', '<a href="https://prland.example/a/">'),
        ("<a href='b/?x=1&amp;y=2#z'>", '<a href="https://prland.example/2012/mutation/b/?x=1&amp;y=2#z">'),
        ('<a href="../c/">', '<a href="https://prland.example/2012/c/">'),
        ('<a href="#fn-1">', '<a href="https://prland.example/2012/mutation/#fn-1">'),
        ('<a href="">', '<a href="https://prland.example/2012/mutation/">'),
        ("<a href=/a/>", '<a href="https://prland.example/a/">'),
        ('<a href="//cdn.example/x">', '<a href="https://cdn.example/x">'),
        ('<A\nHREF = "/a/" title="t">', '<A\nHREF="https://prland.example/a/" title="t">'),
        ('<img alt="a > b" src="x.jpg"/>', '<img alt="a > b" src="https://prland.example/2012/mutation/x.jpg"/>'),
        ('<video poster="/p.jpg">', '<video poster="https://prland.example/p.jpg">'),
        ('<object data="/o.pdf">', '<object data="https://prland.example/o.pdf">'),
        (
            '<img srcset="a.jpg 1x, /b,c.jpg 2x">',
            '<img srcset="https://prland.example/2012/mutation/a.jpg 1x, https://prland.example/b,c.jpg 2x">',
        ),
        ("""<a/href="/a/"title='t'>""", """<a/href="https://prland.example/a/"title='t'>"""),
        ("""<a href="'a'">""", """<a href="https://prland.example/2012/mutation/&#x27;a&#x27;">"""),
        ('<img srcset="a.jpg, b.jpg 2x">', f'<img srcset="{BASE}a.jpg, {BASE}b.jpg 2x">'),
        ('<img srcset="/a.jpg">', '<img srcset="https://prland.example/a.jpg">'),
    ],
)
def test_addresses_become_absolute(html, absolute):
    assert absolute_html(html, BASE) == absolute


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://a.example/x?y=1&amp;z=2">',
        '<a href="mailto:a@b.example">',
        '<img src="data:image/png;base64,AA==">',
        "<p title=\"href=/a/ src='/b/'\">",
        '<code>&lt;a href="/a/"&gt;</code>',
        'un texte avec href="/a/" et a < b et <3',
        '<p data-href="/a/" class="src">',
        '<a href="//[">',
        "<!-- <br> -->",
        '<a href="/a/',
    ],
)
def test_everything_else_stays_as_it_is(html):
    assert absolute_html(html, BASE) == html


@pytest.mark.parametrize(
    ("start", "again", "end"),
    [
        ("", '<a "', ""),
        ("", "<a '\"", ""),
        ("", "<a href=", ""),
        ("", '<a href="', ""),
        ("<a ", '"', ""),
        ('<a b="" ', "x", ">"),
        ('<a b="" ', "x ", ">"),
        ('<a b="" x', " ", ">"),
        ("<a ", "a=b ", ">"),
        ('<img srcset="', "a ", '">'),
        ('<img srcset="', ",", '">'),
        ('<img srcset="a', ",", 'b">'),
    ],
)
def test_odd_texts_end_as_soon_as_any_others(start, again, end):
    """Threat 67."""
    length = 200_000  # of which the square is hours
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(60)
    try:
        html = absolute_html(start + again * (length // len(again)) + end, BASE)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)

    assert len(html) >= length - len(again)


def _give_up(*_):
    raise TimeoutError
