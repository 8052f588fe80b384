"""Sections for some audiences in the middle of a text."""

import itertools
import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pressframe import Body, ContentError, Entry, Place, Source
from pressframe_gates._sections import find_sections, without_marks

from .conftest import LIVE

AUDIENCES = """
[plugins.gates.audiences.paid]
name = "{paid}"
join = "/soutenir/"
[plugins.gates.audiences.club]
[plugins.gates.audiences.fourth]
"""
ADDRESS = "/2026/11/post/"
POST = """
== content/post.md ==
---
title: Post
date: 2026-11-21
slug: post
{front}
---
{body}
"""
BODY = """Open-one.

<!-- only: subscribers -->

Canari-subscribers.

<!-- end only -->

Open-two.

<!-- only: paid -->

## Canari-paid

<!-- end only -->

Open-three.

<!-- only: subscribers, paid -->

Canari-both.

<!-- end only -->
"""
SEES = {
    (): set(), ("club",): set(), ("subscribers",): {"subscribers"}, ("paid",): {"paid"},
    ("paid", "subscribers"): {"subscribers", "paid", "both"},
}  # fmt: skip


@pytest.fixture
def made(blog):
    """Return a function that makes the blog with a post."""

    def make(body=BODY, *, front="", gates="", paid="les mécènes", **more):
        post = POST.format(front=front, body=body)
        return blog(gates + AUDIENCES.format(paid=paid), more=post, **more)

    return make


def canaries(page):
    return set(re.findall(r"canari-([a-z]+)", re.sub(r'id="[^"]*"', "", page).lower()))


def notes(page):
    """Return what stands where sections are withheld, as plain text."""
    found = re.findall(r'<div class="gate-section".*?</div>', page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", one)).replace("\xa0", " ").strip() for one in found]


@pytest.mark.parametrize("audiences", SEES, ids=str)
def test_each_audience_reads_its_own_sections_and_no_other(made, audiences):
    built = made().build()

    page = built.read(ADDRESS, *audiences)

    assert canaries(page) == SEES[audiences]
    assert [f"Open-{one}" in page for one in ("one", "two", "three")] == [True] * 3


def test_no_public_byte_tells_a_word_of_a_section(made):
    """Threats 1-5: page, meta tags, lists, feeds, site map."""
    built = made(plugins=LIVE).build()

    assert [path for path, text in built.files.items() if "canari" in text.lower()] == []
    assert [path for path, text in built.files.items() if "<!-- only" in text or "<!--withheld" in text] == []
    assert ADDRESS in built.files["sitemap.xml"]


@pytest.mark.parametrize(
    ("language", "paid", "told"),
    [
        (
            "en",
            "patrons",
            ["This part is for subscribers.", "is for patrons.", "for subscribers who are also patrons."],
        ),
        ("fr", "les mécènes", ["est pour les abonnés.", "pour les mécènes.", "qui comptent aussi parmi les mécènes."]),
    ],
)
def test_a_note_stands_in_its_place_that_says_whom_it_is_for(made, language, paid, told):
    page = made(language=language, paid=paid).build().read(ADDRESS)

    assert len(notes(page)) == len(told)
    assert all(words in note for words, note in zip(told, notes(page), strict=True))
    assert page.index("<p>Open-one") < page.index('class="gate-section"') < page.index("<p>Open-two")
    assert 'role="note"' in page


def test_a_note_leads_to_where_one_joins_subscribes_or_signs_in(made):
    page = made(plugins=LIVE).build().read(ADDRESS)

    first, second, _ = re.findall(r'<div class="gate-section".*?</div>', page, re.DOTALL)
    assert re.findall(r'href="([^"]*)"', first) == [
        f"/members/subscribe?next={ADDRESS}", f"/members/sign-in?next={ADDRESS}",
    ]  # fmt: skip
    assert re.findall(r'href="([^"]*)"', second) == ["/soutenir/", f"/members/sign-in?next={ADDRESS}"]


def test_on_a_static_host_a_note_leads_to_where_the_site_is_live(made):
    site = made(plugins=LIVE)
    site.edit("pressframe.toml", site.read("pressframe.toml") + '[plugins.web]\nlive = "https://live.example"\n')

    links = re.findall(r'<p class="gate-ways">\s*<a href="([^"]*)">([^<]*)', site.build().read(ADDRESS))

    assert links == [(f"https://live.example{ADDRESS}", "Lire cette partie")] * 3


def test_an_audience_that_has_no_name_is_not_named(made):
    page = made("<!-- only: club -->\n\nCanari-club.\n\n<!-- end only -->\n").build().read(ADDRESS)

    assert notes(page) == ["Cette partie n’est pas publique."]


def test_sections_that_touch_and_are_for_the_same_have_one_note(made):
    built = made(BODY.replace("Open-two.\n", "").replace("Open-three.\n", "")).build()

    strangers, subscribers = (
        [note.partition(".")[0] for note in notes(built.read(ADDRESS, *who))] for who in ((), ("subscribers",))
    )

    both = "Cette partie est pour les abonnés qui comptent aussi parmi les mécènes"
    assert strangers == ["Cette partie est pour les abonnés", "Cette partie est pour les mécènes", both]
    assert subscribers == ["Ces 2 parties sont pour les mécènes"]


def test_who_has_one_audience_is_told_of_the_other(made):
    built = made(plugins=LIVE).build()

    told = notes(built.read(ADDRESS, "subscribers"))

    assert [note.partition(".")[0] for note in told] == ["Cette partie est pour les mécènes"] * 2
    assert not any("Connexion" in note or "abonner" in note for note in told)


def test_a_gate_and_a_section_add_up(made):
    """Threat 2: who may not read the entry reads no section, whatever they have."""
    built = made(f"{BODY}\n<!--more-->\n\nCanari-rest.\n", front="audience: subscribers").build()

    assert [canaries(built.read(ADDRESS, *who)) for who in ((), ("paid",))] == [set(), set()]
    assert canaries(built.read(ADDRESS, "subscribers")) == {"subscribers", "rest"}
    assert canaries(built.read(ADDRESS, "subscribers", "paid")) == {"subscribers", "paid", "both", "rest"}
    assert len(notes(built.read(ADDRESS))) == 3


def test_the_size_of_a_section_is_not_told_with_the_rest(made):
    """Threats 4, 16."""
    long = BODY.replace("Canari-paid", "Canari-paid " + "word " * 400)
    site = made(long, front="audience: subscribers")
    before = site.build().files

    site.edit("content/post.md", site.read("content/post.md").replace("Canari-paid", "Canari-paid " + "more " * 900))

    assert site.build().files == before


def test_what_changes_in_a_section_changes_no_byte_for_others(made):
    """Threat 16: nor the rendering of whoever does not see it."""
    site = made(plugins=LIVE)
    before = site.build()

    site.edit("content/post.md", site.read("content/post.md").replace("Canari-subscribers", "Canari-subscribers again"))
    after = site.build()

    assert after.files == before.files
    assert after.read(ADDRESS, "paid") == before.read(ADDRESS, "paid")
    rendered = [one for one in after.release.reasons if one.address == ADDRESS]
    assert {tuple(one.audiences) for one in rendered} == {("subscribers",), ("paid", "subscribers")}


def test_search_engines_are_told_what_is_withheld(made):
    built = made().build()

    facts = json.loads(re.search(r"ld\+json\">(.*?)</script>", built.read(ADDRESS))[1])
    whole = json.loads(re.search(r"ld\+json\">(.*?)</script>", built.read(ADDRESS, "subscribers", "paid"))[1])

    assert facts["isAccessibleForFree"] is False
    assert facts["hasPart"] == {
        "@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".gate-section",
    }  # fmt: skip
    assert (whole["isAccessibleForFree"], "hasPart" in whole) == (False, False)


def test_feeds_hold_the_note_with_whole_links(made):
    feed = json.loads(made(plugins=LIVE).build().files["feed.json"])

    html = next(item["content_html"] for item in feed["items"] if item["url"].endswith(ADDRESS))
    assert len(notes(html)) == 3
    assert f'href="https://prland.example/members/subscribe?next={ADDRESS}"' in html


def test_cards_and_excerpts_come_from_what_is_read(made):
    body = "<!-- only: paid -->\n\nCanari-paid begins.\n\n<!-- end only -->\n\nOpen-one.\n"
    release = made(body).build().release

    excerpts = [release.view(frozenset(who)).card("post").excerpt for who in ((), ("subscribers",), ("paid",))]

    assert excerpts == ["Open-one.", "Open-one.", "Canari-paid begins. Open-one."]
    assert not release.view().card("post").gated  # comments, mentions and feeds stay open


@pytest.mark.parametrize(
    "body",
    [
        "    <!-- only: paid -->\n", "`<!-- only: paid -->`\n", "```\n<!-- only: paid -->\n<!-- end only -->\n```\n",
        "\\<!-- only: paid -->\n", "&lt;!-- only: paid --&gt;\n", "<!-- this is only: paid -->\n\nText.\n",
    ],
)  # fmt: skip
def test_a_mark_in_code_is_code(made, body):
    built = made(f"{body}\nOpen.\n").build()

    assert built.error is None
    assert set(built.release.gated) == {"/2012/01/old/"} & set(built.release.gated)


ONLY, END = "<!-- only: paid -->", "<!-- end only -->"
WRONG = {
    "unclosed": (f"A.\n\n{ONLY}\n\nB.\n", 3, "begins a section that nothing ends"),
    "second unclosed": (f"{ONLY}\n\nA.\n\n{END}\n\nB.\n\n{ONLY}\n\nC.\n", 9, "begins a section that nothing ends"),
    "unopened": (f"A.\n\n{END}\n", 3, "ends a section that nothing begins"),
    "nested": (f"{ONLY}\n\nA.\n\n<!-- only: club -->\n\nB.\n\n{END}\n\n{END}\n", 5, "stands in the section that"),
    "list": (f"- A.\n\n  {ONLY}\n\n  B.\n\n  {END}\n", 3, "stands inside <li>"),
    "quote": (f"> A.\n>\n> {ONLY}\n>\n> B.\n>\n> {END}\n", 3, "stands inside <blockquote>"),
    "paragraph": (f"A {ONLY} B.\n\n{END}\n", 1, "stands inside <p>"),
    "end in a paragraph": (f"{ONLY}\n\nA.\n\nB. {END}\n", 5, "stands inside <p>"),
    "raw HTML": (f"<div>\n\n{ONLY}\n\nA.\n\n{END}\n\n</div>\n", 3, "stands inside <div>"),
    "cuts an element": (f"{ONLY}\n\n<div>\n\nA.\n\n{END}\n\n</div>\n", 7, "stands inside <div>"),
    "pre": (f"<pre>\n{ONLY}\nA.\n{END}\n</pre>\n", 2, "stands inside <pre>"),
    "script": (f"<script>\n{ONLY}\n</script>\n\n{END}\n", 2, "stands inside <script>"),
    "attribute": (f'<p title="{ONLY} A {END}">B.</p>\n', 1, "stands inside a tag or a comment"),
    "open comment": (f"A.\n\n<!-- only: paid\n\nB.\n\n{END}\n", 3, "is no mark of a section"),
    "code before": (f"    {ONLY}\n\nA.\n\n{ONLY}\n\nB.\n", 5, "begins a section that nothing ends"),
    "unknown": ("<!-- only: payd -->\n\nA.\n\n<!-- end only -->\n", 1, 'names "payd", which is no audience'),
    "public": ("<!-- only: public -->\n\nA.\n\n<!-- end only -->\n", 1, "which is no section's audience"),
    "nobody": ("<!-- only: -->\n\nA.\n\n<!-- end only -->\n", 1, "names no audience"),
    "no colon": ("<!-- only paid -->\n\nA.\n\n<!-- end only -->\n", 1, "is no mark of a section"),
    "capital": ("<!-- Only: paid -->\n\nA.\n\n<!-- end only -->\n", 1, "is no mark of a section"),
    "other end": (f"{ONLY}\n\nA.\n\n<!-- /only -->\n", 5, "is no mark of a section"),
    "empty": (f"{ONLY}\n\n{END}\n", 1, "holds nothing"),
    "more inside": (f"{ONLY}\n\nA.\n\n<!--more-->\n\nB.\n\n{END}\n", 1, "in which the public part ends"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_a_section_is_one_clear_error_at_its_line(made, name):
    body, line, said = WRONG[name]
    site = made(body)

    error = site.build().error

    assert isinstance(error, ContentError), error
    assert said in error.message
    assert error.at == Place("content/post.md", line + 6)
    assert error.fix


def test_more_than_three_audiences_are_too_many(made):
    sections = [f"<!-- only: {name} -->\n\nText.\n\n<!-- end only -->" for name in ("paid", "club", "fourth")]
    body = "\n\n".join(sections)

    assert made(body).build().error is None
    error = made(body, front="audience: subscribers").build().error

    assert "its gate and its sections name 4 audiences: club, fourth, paid, subscribers" in str(error)
    assert str(error).startswith("content/post.md: ")
    assert "name 3 at most" in error.fix


NOTED = """Open[^one] and[^shared].

<!-- only: paid -->

Canari-paid[^two] and[^shared] and[^deep].

[^inner]: Canari-inner.

<!-- end only -->

Still open[^inner].

[^one]: Open note.
[^two]: Canari-two.
[^shared]: Shared note.
[^deep]: Canari-deep, see[^deeper].
[^deeper]: Canari-deeper.
"""


def test_a_note_to_which_a_section_alone_refers_belongs_to_it(made):
    """Threat 1: notes stand at the end of the file, outside of the section."""
    built = made(NOTED).build()

    stranger, payer = built.read(ADDRESS), built.read(ADDRESS, "paid")

    assert canaries(stranger) == set()
    assert ("Open note." in stranger, "Shared note." in stranger) == (True, True)
    assert canaries(payer) == {"paid", "two", "deep", "deeper", "inner"}
    assert len(notes(stranger)) == 1
    assert set(re.findall(r'href="#(fn[^"]*)"', stranger)) <= set(re.findall(r' id="(fn[^"]*)"', stranger))


def test_a_picture_that_a_section_alone_shows_is_for_its_readers(made):
    """Threat 5."""
    body = "![](open.png)\n\n<!-- only: paid -->\n\n![](canari.png) ![](open.png)\n\n<!-- end only -->\n"
    site = made(body)
    for name in ("open.png", "canari.png"):
        (site.folder / "content" / name).write_text(name)

    release = site.build().release

    assert f"{ADDRESS}open.png" in release.files
    assert f"{ADDRESS}canari.png" not in release.files
    found = [release.find(f"{ADDRESS}canari.png", frozenset(who)) for who in ((), ("subscribers",), ("paid",))]
    assert [one is not None for one in found] == [False, False, True]


def test_a_mark_alone_in_a_paragraph_is_one(blog):
    """WordPress puts paragraphs around comments."""
    body = f"<p>A.</p>\n<p>{ONLY}</p>\n<p>B.</p>\n<p>{END}</p>\n<p>C.</p>"

    (section,) = find_sections(_entry(body), body, {"paid"})

    assert body[section.start : section.end].strip() == "<p>B.</p>"
    assert without_marks(Body(html=body)).html == "<p>A.</p>\n\n<p>B.</p>\n\n<p>C.</p>"


PIECES = (
    ONLY, END, "<!-- only: club, paid -->", "<p>A.</p>", "<div>", "</div>", "<p>", "</p>", "<!--", "-->", '<p title="',
    '">', "<pre>", "</pre>", "&lt;!-- only: x --&gt;", "<br>", "<!-- only", "text",
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=9))
def test_sections_are_found_whole_or_refused(pieces):
    html = "\n".join(pieces)
    found, line = [], None
    try:
        found = find_sections(_entry(html), html, {"paid", "club"})
    except ContentError as error:
        line = error.at.line or 1

    assert line is None or 1 <= line <= len(pieces)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    assert line or len(found) == _shown(html).count(END)
    for one in found:
        inside = html[one.start : one.end]
        assert "<!-- only" not in inside
        assert inside.count("<div>") <= inside.count("</div>")


def _shown(html):
    """Return *html* without its comments but for those that end a section."""
    return re.sub(r"<!--(?! end only -->).*?-->", "", html, flags=re.DOTALL)


def _entry(html):
    return Entry(
        id="1", source=Source(loader="test", key="1", fingerprint=""), title="T", body=Body(html=html),
        published=datetime(2012, 1, 1, tzinfo=UTC), address="/t/",
    )  # fmt: skip
