"""Feeds of posts: what stands in them, in every format."""

import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime

import pytest

from pressframe.errors import PressframeError

from .feedcheck import flaws

A = "{http://www.w3.org/2005/Atom}"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
POST = {
    "id": "mutation",
    "address": "/2012/05/mutation/",
    "title": "Mutation",
    "published": "2012-05-03T10:00:00+02:00",
    "updated": "2012-06-01T08:00:00+00:00",
    "html": '<p>Un <a href="/a-propos/">texte</a>.</p>',
    "summary": "En un mot.",
    "image": "/images/mutation.jpg",
    "authors": [["odile", "Odile", "/odile/"], ["max", "Max"]],
    "terms": [["category", "crise", "Crise"], ["tag", "rp", "Relations publics"]],
    "language": "fr-CA",
}


def texts(site):
    """Return the HTML of each item, by title, in each of the three formats of the site's feed."""
    atom = {
        entry.findtext(f"{A}title"): entry.findtext(f"{A}content") for entry in site.xml("/feed.xml").iter(f"{A}entry")
    }
    rss = {item.findtext("title"): item.findtext(ENCODED) for item in site.xml("/rss.xml").iter("item")}
    items = {item.get("title", ""): item.get("content_html") for item in site.json("/feed.json")["items"]}
    return [atom, rss, items]


def test_atom_tells_everything_of_a_post(publish):
    site = publish(POST, settings='description = "Relations publics"')

    feed = site.xml("/feed.xml")
    assert flaws(site["/feed.xml"].encode()) == []
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"
    assert [feed.findtext(f"{A}{name}") for name in ("title", "subtitle", "id", "updated")] == [
        "PRland",
        "Relations publics",
        "https://prland.example/feed.xml",
        "2012-06-01T10:00:00+02:00",
    ]
    assert {link.get("rel"): link.get("href") for link in feed.findall(f"{A}link")} == {
        "self": "https://prland.example/feed.xml",
        "alternate": "https://prland.example/",
    }
    entry = feed.find(f"{A}entry")
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr-CA"
    assert [entry.findtext(f"{A}{name}") for name in ("title", "id", "published", "updated", "summary", "content")] == [
        "Mutation",
        "tag:prland.example,2012-05-03:mutation",
        "2012-05-03T10:00:00+02:00",
        "2012-06-01T10:00:00+02:00",
        "En un mot.",
        '<p>Un <a href="https://prland.example/a-propos/">texte</a>.</p>',
    ]
    assert entry.find(f"{A}link").get("href") == "https://prland.example/2012/05/mutation/"
    assert [(who.findtext(f"{A}name"), who.findtext(f"{A}uri")) for who in entry.findall(f"{A}author")] == [
        ("Odile", "https://prland.example/odile/"),
        ("Max", None),
    ]
    assert [(term.get("term"), term.get("label")) for term in entry.findall(f"{A}category")] == [
        ("crise", "Crise"),
        ("rp", "Relations publics"),
    ]
    thumbnail = entry.find("{http://search.yahoo.com/mrss/}thumbnail")
    assert thumbnail.get("url") == "https://prland.example/images/mutation.jpg"


def test_rss_tells_everything_of_a_post(publish):
    site = publish(POST, settings='description = "Relations publics"')

    channel = site.xml("/rss.xml").find("channel")
    assert flaws(site["/rss.xml"].encode()) == []
    assert [channel.findtext(name) for name in ("title", "link", "description", "language", "lastBuildDate")] == [
        "PRland",
        "https://prland.example/",
        "Relations publics",
        "fr",
        "Fri, 01 Jun 2012 10:00:00 +0200",
    ]
    assert channel.find(f"{A}link").attrib == {
        "rel": "self",
        "type": "application/rss+xml",
        "href": "https://prland.example/rss.xml",
    }
    item = channel.find("item")
    assert [item.findtext(name) for name in ("title", "link", "guid", "pubDate", "description", ENCODED)] == [
        "Mutation",
        "https://prland.example/2012/05/mutation/",
        "tag:prland.example,2012-05-03:mutation",
        "Thu, 03 May 2012 10:00:00 +0200",
        "En un mot.",
        '<p>Un <a href="https://prland.example/a-propos/">texte</a>.</p>',
    ]
    assert item.find("guid").get("isPermaLink") == "false"
    assert [who.text for who in item.findall("{http://purl.org/dc/elements/1.1/}creator")] == ["Odile", "Max"]
    assert [term.text for term in item.findall("category")] == ["Crise", "Relations publics"]


def test_json_feed_tells_everything_of_a_post(publish):
    site = publish(POST, settings='description = "Relations publics"')

    assert site.json("/feed.json") == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "PRland",
        "home_page_url": "https://prland.example/",
        "feed_url": "https://prland.example/feed.json",
        "description": "Relations publics",
        "language": "fr",
        "items": [
            {
                "id": "tag:prland.example,2012-05-03:mutation",
                "url": "https://prland.example/2012/05/mutation/",
                "title": "Mutation",
                "content_html": '<p>Un <a href="https://prland.example/a-propos/">texte</a>.</p>',
                "summary": "En un mot.",
                "image": "https://prland.example/images/mutation.jpg",
                "authors": [{"name": "Odile", "url": "https://prland.example/odile/"}, {"name": "Max"}],
                "tags": ["Crise", "Relations publics"],
                "language": "fr-CA",
                "date_published": "2012-05-03T10:00:00+02:00",
                "date_modified": "2012-06-01T10:00:00+02:00",
            }
        ],
    }


def test_feeds_are_served_as_what_they_are(publish):
    pages = publish(POST).pages

    types = {address: pages[address].media_type for address in ("/feed.xml", "/rss.xml", "/feed.json")}
    assert types == {
        "/feed.xml": "application/atom+xml",
        "/rss.xml": "application/rss+xml",
        "/feed.json": "application/feed+json",
    }


def test_feeds_hold_the_newest_posts_and_no_pages(publish):
    days = [{"title": f"Le {day}", "published": f"2012-05-{day:02}T10:00:00+00:00"} for day in range(1, 6)]

    site = publish(*days, {"kind": "page", "title": "À propos"}, feeds="count = 2")

    assert [list(found) for found in texts(site)] == [["Le 5", "Le 4"]] * 3


def test_a_posts_id_stays_when_its_title_and_address_change(publish):
    before = publish(POST).json("/feed.json")["items"][0]["id"]

    after = publish({**POST, "title": "Autre", "address": "/autre/", "updated": "2013-01-01T00:00:00+00:00"})

    assert after.json("/feed.json")["items"][0]["id"] == before


def test_odd_ids_and_hosts_make_valid_tag_uris(publish):
    site = publish({"id": "posts/été [1] {2}.md"})
    unicode = publish({"id": "un"}, host="https://été.example:8443")

    assert flaws(site["/feed.xml"].encode()) == []
    assert flaws(unicode["/feed.xml"].encode()) == []
    assert unicode.json("/feed.json")["items"][0]["id"] == "tag:xn--t-9fab.example,2012-05-01:un"


def test_building_again_changes_no_feed(publish):
    first = dict(publish(POST, {"comments": [{}]}))

    assert dict(publish(POST, {"comments": [{}]})) == first


def test_a_site_without_posts_has_valid_feeds(publish):
    site = publish()

    assert flaws(site["/feed.xml"].encode()) == []
    assert flaws(site["/rss.xml"].encode()) == []
    assert site.xml("/feed.xml").findtext(f"{A}updated") == "1970-01-01T01:00:00+01:00"
    assert site.json("/feed.json")["items"] == []


def test_dates_keep_their_moment_in_any_zone(publish):
    site = publish({"published": "2012-12-31T23:30:00+00:00"})

    moment = datetime.fromisoformat("2012-12-31T23:30:00+00:00")
    assert datetime.fromisoformat(site.xml("/feed.xml").find(f"{A}entry").findtext(f"{A}published")) == moment
    assert parsedate_to_datetime(site.xml("/rss.xml").find("channel/item").findtext("pubDate")) == moment
    assert datetime.fromisoformat(site.json("/feed.json")["items"][0]["date_published"]) == moment


# --------------------------------------------------------------------------------------------- what is withheld


@pytest.mark.parametrize("conversation", ["shown", "counted", "hidden"])
def test_closed_posts_are_in_feeds_with_their_public_part_only(publish, conversation):
    """Threat 3."""
    html = '<p>Début.</p><!--more--><h2 id="x">KANARIE1</h2><p><img src="/KANARIE2.jpg" alt="KANARIE3"></p>'
    site = publish({"title": "Fermé", "html": html, "gate": conversation, "terms": [["category", "c", "C"]]})

    more = '<p>Début.</p>\n<p><a href="https://prland.example/1/">Lire la suite</a></p>'
    assert texts(site) == [{"Fermé": more}] * 3
    assert [address for address, text in site.items() if "KANARIE" in text] == []


def test_a_closed_post_without_a_public_part_leads_to_the_site(publish):
    site = publish({"title": "Fermé", "html": "<p>Tout.</p>", "gate": "hidden"})

    assert texts(site) == [{"Fermé": '<p><a href="https://prland.example/1/">Lire la suite</a></p>'}] * 3
    assert flaws(site["/rss.xml"].encode()) == []


# -------------------------------------------------------------------------------------------------- odd texts


HOSTILE = [
    "</script><script>alert(1)</script>",
    "]]>",
    "-->",
    "<b>gras</b> & R&D &amp; &eacute;",
    "a\u2028b\u2029c",
    "{{ 7 * 7 }} {% include 'x' %} ${7} #{7}",
    '" onload="x',
    "'><",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_and_names_stay_text(publish, title):
    """Threats 25, 26."""
    site = publish({"title": title, "summary": title, "authors": [["a", title]], "terms": [["category", "c", title]]})

    for address in ("/feed.xml", "/rss.xml", "/category/c/feed.xml", "/category/c/rss.xml"):
        assert flaws(site[address].encode()) == []
    entry, item = site.xml("/feed.xml").find(f"{A}entry"), site.xml("/rss.xml").find("channel/item")
    assert [entry.findtext(f"{A}title"), entry.findtext(f"{A}summary")] == [title, title]
    assert [entry.findtext(f"{A}author/{A}name"), entry.find(f"{A}category").get("label")] == [title, title]
    assert [item.findtext("title"), item.findtext("category")] == [title, title]
    parsed = site.json("/category/c/feed.json")
    assert parsed["title"] == f"PRland » {title}"
    assert [parsed["items"][0][key] for key in ("title", "summary")] == [title, title]
    assert "<script" not in site["/feed.json"], "nor can it be mistaken where a browser guesses the type"


def test_an_rss_description_is_html_that_shows_the_summary_as_written(publish):
    """Threat 25."""
    site = publish({"summary": "<b>a</b> & b"})

    assert site.xml("/rss.xml").find("channel/item").findtext("description") == "&lt;b&gt;a&lt;/b&gt; &amp; b"


def test_strings_that_break_programs_come_through(publish, naughty):
    """Threat 25."""
    site = publish(
        *({"title": text, "html": f"<p>{number}</p>"} for number, text in enumerate(naughty)), feeds="count = 999"
    )

    allowed = [re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text) for text in naughty]
    titles = [entry.findtext(f"{A}title") for entry in site.xml("/feed.xml").iter(f"{A}entry")]
    assert sorted(titles) == sorted(re.sub(r"\r\n?", "\n", text) for text in allowed), "XML has one kind of line end"
    assert sorted(item["title"] for item in site.json("/feed.json")["items"]) == sorted(naughty)
    assert flaws(site["/rss.xml"].encode()) == []


def test_characters_that_xml_forbids_are_left_out(publish):
    site = publish({"title": "a\x00b\x08c\x1f\ufffe\uffffd\u0085e\te", "html": "<p>x\x0cy</p>"})

    assert texts(site)[0] == {"abcd\u0085e\te": "<p>xy</p>"}
    assert site.json("/feed.json")["items"][0]["title"] == "a\x00b\x08c\x1f\ufffe\uffffd\u0085e\te"


def test_a_post_without_a_title_has_none(publish):
    site = publish({"title": "", "comments": [{}]})

    assert "title" not in site.json("/feed.json")["items"][0]
    assert site.xml("/rss.xml").find("channel/item/title") is None
    assert flaws(site["/feed.xml"].encode()) == []
    assert site.xml("/1/comments.rss").findtext("channel/title") == "Commentaires sur Sans titre"


# -------------------------------------------------------------------------------------------------- settings


def test_feeds_hold_excerpts_where_the_owner_wants_no_more(publish):
    site = publish({"title": "Une", "html": "<p>Tout le texte.</p>", "summary": "En bref."}, feeds="full = false")

    assert texts(site) == [{"Une": None}] * 3
    assert site.json("/feed.json")["items"][0]["content_text"] == "En bref."
    assert site.xml("/feed.xml").find(f"{A}entry").findtext(f"{A}summary") == "En bref."
    assert flaws(site["/rss.xml"].encode()) == []


def test_only_the_formats_asked_for_are_made_and_linked_to(publish):
    site = publish({"comments": [{}], "terms": [["category", "c", "C"]]}, feeds='formats = ["rss"]')

    made = {address for address in site if re.search(r"\.(xml|rss|json)$", address)}
    assert made == {"/rss.xml", "/comments.rss", "/category/c/rss.xml", "/1/comments.rss", "/sitemap.xml"}
    assert {href for _, _, href in site.links("/1/")} == {"/rss.xml", "/comments.rss", "/1/comments.rss"}


def test_each_category_has_a_feed_of_its_posts(publish):
    site = publish({"title": "Une", "terms": [["category", "crise", "Crise"]]}, {"title": "Deux"})

    feed = site.json("/category/crise/feed.json")
    assert [item["title"] for item in feed["items"]] == ["Une"]
    assert feed["home_page_url"] == "https://prland.example/category/crise/"
    assert site.xml("/category/crise/feed.xml").findtext(f"{A}title") == "PRland » Crise"


def test_other_taxonomies_have_feeds_where_asked_for(publish):
    terms = [["category", "c", "C"], ["tag", "é", "É"]]

    site = publish({"title": "Une", "terms": terms}, feeds='groups = { tag = "mots", author = "author" }')

    assert "/mots/%C3%A9/rss.xml" in site
    assert "/category/c/rss.xml" not in site


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("count = 0", "count"),
        ('formats = ["rdf"]', '"rdf"'),
        ("formats = []", "formats"),
        ('groups = { tag = "/mots/" }', 'tag must be the start of addresses such as "tag", got "/mots/"'),
        ("ful = true", "Did you mean full?"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(publish, settings, message):
    with pytest.raises(PressframeError) as caught:
        publish(feeds=settings)

    assert message in str(caught.value)
    assert "pressframe.toml:" in str(caught.value)


# ------------------------------------------------------------------------------------- with the other plugins


def test_a_blogs_feeds_stand_on_their_own(site):
    """Whatever Markdown makes of a text, its addresses lead back to the post."""
    blog = site("""
        == content/posts/2026/marche.md ==
        ---
        title: Une marche
        date: 2026-11-20
        categories: [Dehors]
        ---
        Un [lien](/a-propos/), un [autre](#fin), une note[^1].

        ![Vue](/images/vue.jpg)

        [^1]: La voici.
    """)

    built = blog.build()
    for address in ("/feed.xml", "/rss.xml", "/category/dehors/feed.xml"):
        assert flaws(built.read(address).encode()) == []
    html = json.loads(built.read("/feed.json"))["items"][0]["content_html"]
    addresses = re.findall(r'(?:href|src)="([^"]*)"', html)
    assert len(addresses) == 5
    assert all(address.startswith("http://localhost:8000/") for address in addresses)
