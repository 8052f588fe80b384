"""Untrusted HTML: nothing that runs, loads or leads astray comes out, whatever goes in."""

import re

import pytest

from pressframe_comments._markup import render
from pressframe_comments._sanitize import TAGS, sanitize

ATTRIBUTES = {"a": {"href", "rel"}, "abbr": {"title"}, "ol": {"start"}}


@pytest.fixture
def check(tags_of):
    """Fails for HTML that is not harmless; parses it again as a browser would have to."""

    def check(html):
        assert "<!" not in html, html
        for tag, attributes in tags_of(html):
            assert tag in TAGS, html
            assert set(attributes) <= ATTRIBUTES.get(tag, set()), html
            assert attributes.get("href", "https://").startswith(("http://", "https://")), html
            assert tag != "a" or attributes["rel"] == "nofollow ugc noopener", html

    return check


def test_every_known_attack_comes_out_harmless_and_stays_the_same(payloads, check):
    """Threats 19, 20, 22, 24 and 27: as HTML and as text, sanitised once and twice."""
    for payload in payloads:
        for html in (sanitize(payload), sanitize(render(payload)), sanitize(f"<p>{payload}</p>")):
            check(html)
            assert sanitize(html) == html


def test_every_known_attack_in_every_field_leaves_the_page_as_it_is(payloads, serve, tags_of):
    """Threats 19, 21, 24, 25, 26 and 29: name, site, text and HTML, shown on the page."""
    hostile = [payload for payload in payloads if payload.strip()]
    comments = [
        {"author": payload, "url": payload, "body": payload, "format": ("text", "html")[number % 2], "id": f"{number}"}
        for number, payload in enumerate(hostile)
    ]
    served = serve({"posts/billet": {"comments": comments, "title": "T"}}, settings="per_page = 500")

    pages = [served.page(address) for address in served.release.files if address.startswith("/billet/")]

    assert sum(len(page.comments) for page in pages) == len(hostile)
    assert len(pages) == -(-len(hostile) // 500)
    for page in pages:
        _check_page(page.text, tags_of)


def test_every_kind_of_attack_in_the_form_comes_back_as_text(payloads, served, tags_of):
    """Threats 19 and 21: the form shown again, every field filled."""
    for payload in payloads[::60]:
        answer = served.post(comment=payload, author=payload, email=payload, url=payload, comment_parent=payload)

        assert answer.status == 422
        _check_page(answer.text, tags_of)
        assert answer.form["author"] == " ".join(re.split(r"[ \t\r\n\u00a0]+", payload.strip()))


def test_every_kind_of_attack_waiting_is_harmless_for_its_sender(payloads, serve, tags_of):
    """Threat 19: the private page."""
    served = serve(settings="flood_limit = 0")
    sent = [payload for payload in payloads[::60] if payload.strip()]

    for payload in sent:
        _check_page(served.follow(served.post(comment=payload)).text, tags_of)


def test_every_kind_of_attack_by_other_sites_is_text(payloads, serve, tags_of):
    """Threats 19, 21 and 29: pingbacks and webmentions, with an address and without."""
    pings = [
        {"id": f"{number}", "author": payload, "body": payload, "url": ("https://x.example/", None)[number % 2],
         "kind": ("pingback", "webmention")[number // 2 % 2]}
        for number, payload in enumerate(filter(str.strip, payloads[::20]))
    ]  # fmt: skip

    text = serve({"posts/billet": {"comments": pings}}).page().text

    assert text.count("<li") >= len(pings)
    _check_page(text, tags_of)


def test_every_kind_of_attack_in_a_name_is_text_where_it_is_answered(payloads, serve, tags_of):
    """Threats 19 and 29: in the heading of the form, and where an answer does not stand under what it answers."""
    names = [payload for payload in payloads[::60] if payload.strip()]
    comments = [
        {"id": f"{n}", "author": name, "url": "https://x.example/", "parent": f"{n - 1}" if n else None}
        for n, name in enumerate(names)
    ]
    served = serve({"posts/billet": {"comments": comments}}, settings="depth = 1\nper_page = 500")

    assert served.page().text.count("comment-answers") == len(names) - 1
    for number in range(len(names)):
        _check_page(served.get(f"/comments/reply/posts/billet?to={number}").text, tags_of)


def test_every_kind_of_attack_that_a_gate_sends_back_is_text(payloads, serve, tags_of):
    """Threat 19: the text that its sender may keep."""
    served = serve({"posts/billet": {"gate": "hidden"}})

    for payload in filter(str.strip, payloads[::60]):
        answer = served.post(comment=payload)

        assert answer.status == 403
        assert "comment-lost" in answer.text
        _check_page(answer.text, tags_of, forms=0)


_OWN = re.compile(
    r'<svg class="avatar" [^<>]*><path d="[Mhv0-9 z-]*"/></svg>'
    r'|<link rel="(?:prev|next)" href="https://prland.example/billet/(?:comments-\d+/)?">'
)
"""What the page itself brings: drawn pictures, and links to the pages beside it."""


def _check_page(text, tags_of, *, forms=1):
    """Fail if anything on the page runs, or leads elsewhere than to http, https or the site, or there with credit."""
    tags = tags_of(_OWN.sub("", text))
    names = [tag for tag, _ in tags]
    assert names.count("script") == names.count("form") == forms
    assert names.count("section") == names.count("main") == 1
    assert not {"iframe", "object", "embed", "img", "svg", "math", "style", "link", "base", "video", "audio"} & set(
        names
    )
    for tag, attributes in tags:
        assert not [
            name for name in attributes if name.startswith("on") or name in ("style", "srcdoc", "formaction")
        ], tag
        for name in ("href", "src", "action"):
            assert re.match(r"https?://|/|#", attributes.get(name, "/")), attributes
        if tag == "a" and re.match("https?:", attributes.get("href", "")):
            assert {"nofollow", "ugc", "noopener"} <= set(attributes.get("rel", "").split()), attributes


def test_what_is_too_large_is_shown_as_text(check):
    html = sanitize("<b>" * 300_000)

    check(html)
    assert html.startswith("<p>&lt;b&gt;")


def test_a_parser_that_panics_shows_the_text_as_it_is(serve, monkeypatch, caplog):
    class Panic(BaseException):
        pass

    def panic(*_, **__):
        raise Panic("rust")

    monkeypatch.setattr("pyromark.events", panic)
    page = serve({"posts/billet": {"comments": [{"body": "<b>un</b>\ndeux"}]}}).page()

    assert "<p>&lt;b&gt;un&lt;/b&gt;<br>deux</p>" in page.text
    assert "comments" in caplog.text
