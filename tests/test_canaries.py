"""Words planted in withheld text are in no byte of what strangers get, nor in any answer to their plugins."""

import re

import pytest

CANARY = re.compile(rb"canary-\w+", re.IGNORECASE)
PLANTED = """<p>Public.</p>
<h2 id="near">Near</h2>
<p><img src="/shown.png" alt=""></p>
<!--more-->
<h2 id="canary-id">Canary-heading</h2>
<p>canary-text <code>canary-code</code> <img src="/canary-picture.png" alt="canary-alt"></p>
<table><tr><td>canary-cell</td></tr></table>
<pre data-x="canary-data">canary-block</pre><!-- canary-remark -->
"""
CURIOUS = """
@hookimpl
def filter_entry(self, entry):
    text = entry.body.html
    words = __import__("re").findall("canary-[a-z]+", text)
    tags = [Term(taxonomy="tag", slug=word, name=word.upper()) for word in words]
    return attrs.evolve(
        entry, title=text[-200:], summary=text, image="/" + tags[0].slug if tags else None, terms=tuple(tags),
        authors=tuple(Author(slug=tag.slug, name=tag.name) for tag in tags),
        address=f"/one-{len(text)}/", data={**entry.data, "curious": {"text": text, "words": text.split()}},
    )
"""
GOSSIP = """
@hookimpl
def register_pages(self, site):
    for taxonomy in ("tag", "author", "year", "month"):
        for group in site.groups(taxonomy):
            yield Page(address=f"/{taxonomy}/{group.slug}/", template="all.html", title=group.name)
    yield Page(address="/all.txt", template="all.html", media_type="text/plain")
    yield Page(address="/sitemap.xml", template="all.html", data={"cards": repr(site.latest())})

@hookimpl
def register_blocks(self, slot, page, site):
    return [Block(template="all.html", data={"headings": repr(page)})]
"""
ALL = """{{ page }} {{ site.pages() }}
{% for card in site.latest() %}
{{ card }} {{ site.entry(card.id) }} {{ site.card(card.id) }} {{ site.neighbours(card.id) }} {{ site.gate(card.id) }}
{{ site.comments(card.id) }} {{ site.entry(card.id).data }} {{ site.size(within=("tag", "canary-text")) or "" }}
{% endfor %}
{{ site.latest_comments(9) }}
{{ site.groups("tag") }} {{ site.groups("author") }} {{ headings | default("") }} {{ cards | default("") }}
"""


@pytest.fixture
def planted(paper):
    """Return a site with a closed entry full of withheld words, and a plugin that tells all that it is told."""
    paper.write({"files/shown.png": "shown", "files/canary-picture.png": "canary-bytes", "templates/all.html": ALL})
    paper.plugin("gossip", GOSSIP)
    front = {
        "gate": {"requires": ["a"]},
        "comments": [{"id": "1", "body": "canary-comment", "author": "Canary-author"}],
    }
    return paper.post("one", PLANTED, assets=["/shown.png", "/canary-picture.png"], **front).post("two")


def leaks(paper):
    """Return each file that strangers get with the withheld words in it."""
    files = [file for file in (paper.path / "public").rglob("*") if file.is_file()]
    found = {str(file): set(CANARY.findall(str(file).encode() + file.read_bytes())) for file in files}
    return {file: words for file, words in found.items() if words}


@pytest.mark.parametrize("curious", [False, True])
def test_no_byte_of_the_public_folder_holds_a_withheld_word(planted, curious):
    """Threats 1 to 5: not even where plugins make titles, terms, addresses and summaries of an entry's whole text."""
    if curious:
        planted.plugin("curious", CURIOUS)

    release = planted.build()

    assert leaks(planted) == {}
    assert {"/all.txt", "/sitemap.xml"} < set(release.files)


@pytest.mark.parametrize("curious", [False, True])
def test_no_question_that_a_stranger_s_view_answers_holds_a_withheld_word(planted, curious):
    """Threats 2, 4, 7."""
    if curious:
        planted.plugin("curious", CURIOUS)

    view = planted.build().view()

    answers = [view.latest(), view.pages(), view.latest_comments(9), view.comments("one"), view.gate("one")]
    answers += [view.entry("one"), view.card("one"), view.neighbours("two"), view.neighbours("one")]
    answers += [view.groups(taxonomy) for taxonomy in ("tag", "author", "category", "year", "month")]
    answers += [view.render(page) for page in view.pages()]
    assert CANARY.findall(repr(answers).encode()) == []
    assert view.size(within=("tag", "canary-text")) == 0


@pytest.mark.parametrize("curious", [False, True])
def test_who_may_read_it_gets_every_word_where_strangers_get_the_public_part(planted, curious):
    if curious:
        planted.plugin("curious", CURIOUS)

    release = planted.build()
    address = release.view().card("one").address

    whole = release.find(address, frozenset("a")).file.read_bytes()
    assert {word.lower() for word in CANARY.findall(PLANTED.encode())} <= {
        word.lower() for word in CANARY.findall(whole)
    }
    assert release.view(frozenset("a")).card("one").address == address
    assert [heading.id for heading in release.view().entry("one").body.headings] == ["near"]


def test_a_filter_that_shortens_the_text_does_not_move_the_cut(paper):
    """Threat 1."""
    paper.post("one", "<p>Long long long.</p><!--more--><p>canary-text</p>", gate={"requires": ["a"]})
    code = "attrs.evolve(entry.body, html=entry.body.html.replace('long ', ''))"
    paper.plugin("x", f"@hookimpl\ndef filter_entry(self, entry): return attrs.evolve(entry, body={code})")

    assert paper.build().view().entry("one").body.html == "<p>Long long.</p>"


def test_a_filter_changes_the_public_part_once(paper):
    paper.post("one", "<p>Public.</p><!--more--><p>Not.</p>", gate={"requires": ["a"]})
    code = "attrs.evolve(entry.body, html='<p>Hello.</p>' + entry.body.html)"
    paper.plugin("x", f"@hookimpl\ndef filter_entry(self, entry): return attrs.evolve(entry, body={code})")
    teaser = "Teaser(html=entry.body.html[:14])"
    assert paper.build().view().entry("one").body.html == "<p>Hello.</p><p>Public.</p>"

    paper.plugin("y", f"@hookimpl\ndef find_teaser(self, entry): return {teaser}")

    assert paper.build().view().entry("one").body.html == "<p>Hello.</p><p>Public.</p>"


def test_an_entry_s_files_are_closed_with_it_unless_the_public_part_shows_them(planted):
    """Threat 8."""
    release = planted.build()

    assert release.find("/canary-picture.png") is None
    assert release.find("/canary-picture.png", frozenset("b")) is None
    assert release.find("/canary-picture.png", frozenset("a")).file.read_bytes() == b"canary-bytes"
    assert release.find("/shown.png").file.read_bytes() == b"shown"
    assert not (planted.path / "public" / "canary-picture.png").exists()


def test_a_picture_that_a_plugin_finds_in_the_withheld_part_stays_closed(planted):
    """Threat 8: an entry's own picture is public only if it is that of what strangers see."""
    code = "__import__('re').findall(r'src=\"([^\"]+)\"', entry.body.html)"
    planted.plugin(
        "cover",
        f"@hookimpl\ndef filter_entry(self, entry): return attrs.evolve(entry, image=min({code}, default=None))",
    )

    release = planted.build()

    assert release.find("/canary-picture.png") is None
    assert release.find("/canary-picture.png", frozenset("a")).file.read_bytes() == b"canary-bytes"
    assert not (planted.path / "public" / "canary-picture.png").exists()


@pytest.mark.parametrize("shown", ["/x/b.png.large.png", "/other/b.png", "/b.pngs", "https://b.example/b.png"])
def test_a_file_is_not_shown_by_a_longer_address_that_holds_its_own(paper, shown):
    """Threat 8."""
    paper.write({"files/b.png": "canary-bytes"})
    body = f'<p><img src="{shown}"></p><!--more--><p><img src="/b.png"></p>'

    release = paper.post("one", body, assets=["/b.png"], gate={"requires": ["a"]}).build()

    assert (release.find("/b.png"), set(release.gated)) == (None, {"/one/", "/b.png"})


SHOWN = [
    'src="/b.png"',
    "src='/b.png'",
    "src=/b.png",
    'src="/b.png?v=1"',
    'href="/b.png#x"',
    'srcset="/a 1x, /b.png 2x"',
]


@pytest.mark.parametrize("shown", SHOWN)
def test_a_file_is_shown_however_the_public_part_names_it(paper, shown):
    paper.write({"files/b.png": "bytes"})

    release = paper.post("one", f"<p {shown}></p><!--more-->", assets=["/b.png"], gate={"requires": ["a"]}).build()

    assert release.find("/b.png").file.read_bytes() == b"bytes"


def test_an_open_entry_s_files_are_for_everybody(paper):
    paper.write({"files/b.png": "bytes"}).post("one", "<p>Not even shown.</p>", assets=["/b.png"])

    assert paper.build().files["/b.png"].media_type == "image/png"
