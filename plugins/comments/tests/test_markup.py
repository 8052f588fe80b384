"""What readers type and what is seen of it."""

import time

import pytest

from pressframe_comments._markup import render
from pressframe_comments._sanitize import sanitize
from pressframe_comments._smileys import SMILEYS, smile, smile_html


def shown(text):
    return sanitize(render(text)).strip()


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("un\ndeux\n\ntrois", "<p>un<br>\ndeux</p>\n<p>trois</p>"),
        ("1. un\n2. deux", "<ol>\n<li>un</li>\n<li>deux</li>\n</ol>"),
        ("3. trois\n\nfin", '<ol start="3">\n<li>trois</li>\n</ol>\n<p>fin</p>'),
        ("- a\n  - b", "<ul>\n<li>a<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>"),
        ("> il a dit\n> ceci\n\nnon", "<blockquote>\n<p>il a dit<br>\nceci</p>\n</blockquote>\n<p>non</p>"),
        ("greg > mais si", "<p>greg &gt; mais si</p>"),
        ("*a* **b** `c < d`", "<p><em>a</em> <strong>b</strong> <code>c &lt; d</code></p>"),
        ("```py\nx = 1 < 2 :)\n```", "<pre><code>x = 1 &lt; 2 :)\n</code></pre>"),
        ("    indenté *ou* non", "<p>indenté *ou* non</p>"),
        ("# Titre", "<p><strong>Titre</strong></p>"),
        ("1 < 2 & 3 > 2", "<p>1 &lt; 2 &amp; 3 &gt; 2</p>"),
        ("<b>gras</b> <em>oui</em>", "<p><b>gras</b> <em>oui</em></p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("a <img src=x onerror=y> b", "<p>a &lt;img src=x onerror=y&gt; b</p>"),
        ("<blockquote>un\ndeux</blockquote>fin", "<blockquote>un<br>\ndeux</blockquote>fin"),
        ("<code>:) http://x.example</code>", "<p><code>:) http://x.example</code></p>"),
        ("<!-- caché", "<p>&lt;!-- caché</p>"),
        ("a\x00\x0b\x1bb", "<p>ab</p>"),
    ],
)
def test_a_subset_of_markdown_and_the_lines_as_typed(typed, seen):
    assert shown(typed) == seen


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("`<b>a</b> &lt;`", "<p><code>&lt;b&gt;a&lt;/b&gt; &amp;lt;</code></p>"),
        ("```\n<b>a</b> &lt;\n```", "<pre><code>&lt;b&gt;a&lt;/b&gt; &amp;lt;\n</code></pre>"),
        ('```"><b>py\na\n```', "<pre><code>a\n</code></pre>"),
    ],
)
def test_markup_in_code_is_the_text_that_was_typed(typed, seen):
    """Threat 27."""
    assert shown(typed) == seen


def link(url, text=None):
    return f'<a href="{url}" rel="nofollow ugc noopener">{text or url}</a>'


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("[là](https://x.example/a?b=1&c=2)", link("https://x.example/a?b=1&amp;c=2", "là")),
        ("voir https://x.example/a_b_c, merci", f"voir {link('https://x.example/a_b_c')}, merci"),
        ("(http://x.example/a_(b))", f"({link('http://x.example/a_(b)')})"),
        ("www.x.example!", f"{link('https://www.x.example', 'www.x.example')}!"),
        ("<https://x.example/>", link("https://x.example/")),
        ("![photo](https://x.example/p.png)", link("https://x.example/p.png", "photo")),
        ('![photo](https://x.example/p.png "titre\\" onerror=y")', link("https://x.example/p.png", "photo")),
        ('[là](https://x.example/ "titre\\" onclick=y")', link("https://x.example/", "là")),
        ('[là][un]\n\n[un]: https://x.example/ "titre\\" onclick=y"', link("https://x.example/", "là")),
        ('<a href="https://x.example/" onclick="y">z</a>', link("https://x.example/", "z")),
        ("zoe@example.org", "zoe@example.org"),
        ("<zoe@example.org>", "zoe@example.org"),
        ("`https://x.example/`", "<code>https://x.example/</code>"),
        ("[a](/relatif) [b](//x.example) [c](mailto:a@b.fr)", "a b c"),
    ],
)
def test_addresses_become_links_that_give_no_credit(typed, seen):
    """Threats 27, 29: nofollow ugc noopener, and no title of a link or an image."""
    assert shown(typed) == f"<p>{seen}</p>"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)",
        " javascript:alert(1)", "&#106;avascript:alert(1)", "&#x6A;avascript&colon;alert(1)", "javascript&Tab;:a(1)",
        "java\u200bscript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:msgbox(1)",
        "file:///etc/passwd", "htt\tp://x.example/", "https://user:pass@x.example/", "https:///x", "http://[::1",
        "https://x.example:99999999/", "blob:https://x.example/1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["[texte]({})", "[texte](<{}>)", "[texte][1]\n\n[1]: {}", '<a href="{}">texte</a>'])
def test_a_dangerous_address_leaves_the_text_without_the_link(url, form):
    """Threat 20."""
    html = shown(form.format(url))

    assert "texte" in html
    assert "href" not in html


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("merci :)", "merci 🙂"),
        (":-) ;) ;-) :D :-D 8-) :P", "🙂 😉 😉 😀 😀 😎 😛"),
        (":roll:\n:lol:\u00a0:?:", "🙄\n😆\u00a0❓"),
        (":( a", "🙁 a"),
        ("bien :)) et ^^", "bien :)) et ^^"),
        ("bien:) (:-)) :). :D!", "bien:) (:-)) :). :D!"),
        ("http://x:D http:)", "http://x:D http:)"),
        (":mrgreen: :d 8) XD :-* :'(", ":mrgreen: :d 8) XD :-* :'("),
        (":):) :) :)", ":):) 🙂 🙂"),
    ],
)
def test_smileys_become_emoji_where_wordpress_makes_them_so(typed, seen):
    assert smile(typed) == seen


@pytest.mark.parametrize("smiley", SMILEYS)
def test_every_smiley_is_one_in_a_comment_as_well(smiley):
    assert shown(f"voilà {smiley} !") == f"<p>voilà {SMILEYS[smiley]} !</p>"


def test_smileys_in_html_of_other_systems_but_not_in_its_code():
    html = '<p title=":)">:) a<br>:D</p><pre>:)</pre><code class="x">a <i>:)</i> :)</code>&nbsp;;)'

    assert smile_html(html) == (
        '<p title=":)">🙂 a<br>😀</p><pre>:)</pre><code class="x">a <i>:)</i> :)</code>\u00a0😉'
    )


PIECES = [
    "[", "*a_", ">", "`", "<", "![[", "- ", "a\n", "http://a ", "&", ":) ", "<b>", "<a href=", "</", "1. ", "> > ",
    "www.", "http://(", "\n>", "`a", "<!--", "[a](", "|", "&#", "\t", "<b x='", "[a]: b\n", "  - ", "*", "_ ", "<p>\n",
    "\\", ":",
]  # fmt: skip


LINKS = [("http://a", end) for end in (".", ")", "…", "*_", "(", "()", "é)", "?a=", "&amp;", "<b>")]
"""One address that goes on and on: what ends a sentence, or closes a bracket, is no part of it."""


@pytest.mark.parametrize(("start", "piece"), [*(("", piece) for piece in PIECES), *LINKS])
def test_no_text_takes_more_time_than_its_length_asks(start, piece):
    """Threats 63, 64: eight times the text may take 8 times as long, with noise 32, and a second; quadratic were 64."""
    most = min(32 * max(_seconds(start + _repeat(piece, 8_000)), 0.0005), 1)

    assert _seconds(start + _repeat(piece, 64_000), enough=most) < most


def _repeat(piece, length):
    return (piece * length)[:length]


def _seconds(text, *, enough=0.0):
    """The best of three, or the first that is less than *enough*."""
    fastest = 60.0
    for _ in range(3):
        started = time.thread_time()
        shown(text)
        fastest = min(fastest, time.thread_time() - started)
        if fastest < enough:
            break
    return fastest


@pytest.mark.parametrize("piece", ["> ", "- ", "1. ", "<b>", "<blockquote>\n", "*a **b "])
def test_what_is_nested_without_end_ends(piece):
    html = shown(_repeat(piece, 60_000) + "fin")

    assert html.count("<blockquote>") == html.count("</blockquote>")
    assert html.count("<ul>") <= 10
