"""Feeds of comments: the site's and each entry's, as strangers see the conversations."""

import re

import pytest

from .feedcheck import flaws

A = "{http://www.w3.org/2005/Atom}"
ANSWERS = "{http://purl.org/syndication/thread/1.0}in-reply-to"
ENTRY = "tag:prland.example,2012-05-01:mutation"
POST = {
    "id": "mutation",
    "title": "Mutation",
    "address": "/2012/mutation/",
    "comments": [
        {"id": "17", "author": "Zoé", "url": "https://zoe.example/", "body": "Oui."},
        {"id": "18", "author": "Max", "body": "Non.", "parent": "17"},
    ],
}


def authors(site, address):
    return [name.text for name in site.xml(address).findall(f"{A}entry/{A}author/{A}name")]


def made(site):
    return {address for address in site if re.search(r"comments\.(xml|rss|json)$", address)}


def test_atom_tells_who_answers_whom(publish):
    site = publish(POST)

    assert flaws(site["/2012/mutation/comments.xml"].encode()) == []
    feed = site.xml("/2012/mutation/comments.xml")
    assert feed.findtext(f"{A}title") == "Commentaires sur Mutation"
    assert feed.find(f"{A}link[@rel='alternate']").get("href") == "https://prland.example/2012/mutation/"
    newest, oldest = feed.findall(f"{A}entry")
    assert [newest.findtext(f"{A}{name}") for name in ("title", "id", "published", "updated", "content")] == [
        "Max sur Mutation",
        f"{ENTRY}/comment-18",
        "2012-06-01T12:02:00+02:00",
        "2012-06-01T12:02:00+02:00",
        "<p>Non.</p>",
    ]
    assert newest.find(f"{A}link").get("href") == "https://prland.example/2012/mutation/#comment-18"
    assert newest.find(ANSWERS).attrib == {
        "ref": f"{ENTRY}/comment-17",
        "href": "https://prland.example/2012/mutation/#comment-17",
        "type": "text/html",
    }
    assert oldest.find(ANSWERS).get("ref") == ENTRY
    assert oldest.findtext(f"{A}author/{A}uri") == "https://zoe.example/"


def test_rss_and_json_tell_the_same(publish):
    site = publish(POST)

    assert flaws(site["/2012/mutation/comments.rss"].encode()) == []
    channel = site.xml("/2012/mutation/comments.rss").find("channel")
    assert channel.findtext("title") == "Commentaires sur Mutation"
    assert [[item.findtext(name) for name in ("title", "guid", "description")] for item in channel.iter("item")] == [
        ["Max sur Mutation", f"{ENTRY}/comment-18", "<p>Non.</p>"],
        ["Zoé sur Mutation", f"{ENTRY}/comment-17", "<p>Oui.</p>"],
    ]
    first = publish(POST, feeds='formats = ["json"]').json("/2012/mutation/comments.json")["items"][0]
    assert [first[key] for key in ("id", "url", "title", "content_html", "authors", "date_published")] == [
        f"{ENTRY}/comment-18",
        "https://prland.example/2012/mutation/#comment-18",
        "Max sur Mutation",
        "<p>Non.</p>",
        [{"name": "Max"}],
        "2012-06-01T12:02:00+02:00",
    ]


def test_the_sites_feed_gathers_the_newest_comments_of_all_entries(publish):
    page = {"kind": "page", "title": "Page", "comments": [{"author": "Léa", "received": "2020-01-01T00:00:00+00:00"}]}

    site = publish(POST, page, feeds="count = 2")

    for address in ("/comments.xml", "/comments.rss"):
        assert flaws(site[address].encode()) == []
    assert authors(site, "/comments.xml") == ["Léa", "Max"]
    assert site.xml("/comments.xml").findtext(f"{A}title") == "Commentaires sur PRland"


def test_an_entrys_feed_holds_its_newest_comments(publish):
    site = publish({"comments": [{"author": name} for name in "ABC"]}, feeds="count = 2")

    assert authors(site, "/1/comments.xml") == ["C", "B"]


def test_posts_name_their_comments_and_the_feeds_of_them(publish):
    site = publish(POST, {"title": "Sans"})

    items = {item.findtext("title"): item for item in site.xml("/rss.xml").iter("item")}
    slash, wfw = "{http://purl.org/rss/1.0/modules/slash/}comments", "{http://wellformedweb.org/CommentAPI/}commentRss"
    assert [items["Mutation"].findtext(name) for name in ("comments", slash, wfw)] == [
        "https://prland.example/2012/mutation/#comments",
        "2",
        "https://prland.example/2012/mutation/comments.rss",
    ]
    assert [items["Sans"].find(name) for name in ("comments", slash, wfw)] == [None] * 3
    (replies,) = site.xml("/feed.xml").findall(f"{A}entry/{A}link[@rel='replies']")
    assert replies.attrib == {
        "rel": "replies",
        "type": "application/atom+xml",
        "href": "https://prland.example/2012/mutation/comments.xml",
        "{http://purl.org/syndication/thread/1.0}count": "2",
    }


# ------------------------------------------------------------------------------------------- which there are


def test_only_entries_with_comments_have_a_feed_of_them(publish):
    site = publish(POST, {"address": "/silence/"})

    assert made(site) == {
        *("/comments.xml", "/comments.rss", "/comments.json"),
        *("/2012/mutation/comments.xml", "/2012/mutation/comments.rss"),
    }
    assert site.links("/2012/mutation/")[-2:] == [
        ("application/atom+xml", "PRland » Flux des commentaires", "/comments.xml"),
        ("application/atom+xml", "PRland » Mutation Flux des commentaires", "/2012/mutation/comments.xml"),
    ]
    assert len(site.links("/silence/")) == len(site.links("/2012/mutation/")) - 1


def test_entries_have_no_feeds_of_comments_where_the_owner_wants_none(publish):
    site = publish(POST, feeds="entry_comments = false")

    assert made(site) == {"/comments.xml", "/comments.rss", "/comments.json"}
    assert "/2012/mutation/comments" not in "".join(site.values())
    assert site.xml("/rss.xml").findtext("channel/item/{http://purl.org/rss/1.0/modules/slash/}comments") == "2"


def test_without_a_plugin_that_brings_comments_there_is_no_feed_of_them(publish):
    site = publish({"title": "Une"}, plugins=("shelf",))

    assert made(site) == set()
    assert "comments" not in site["/1/"]


def test_a_home_page_with_comments_leaves_the_address_to_the_sites_feed(publish):
    site = publish({"kind": "page", "address": "/", "comments": [{"author": "Zoé"}]}, POST)

    assert "Zoé" in authors(site, "/comments.xml")
    assert len(site.json("/comments.json")["items"]) == 3
    assert [href for _, _, href in site.links("/")].count("/comments.xml") == 1


def test_an_address_without_a_slash_at_its_end_has_feeds_beside_it(publish):
    site = publish({**POST, "address": "/2012/mutation.html"})

    assert authors(site, "/2012/mutation.html.comments.xml") == ["Max", "Zoé"]
    href = "https://prland.example/2012/mutation.html.comments.xml"
    assert site.xml("/feed.xml").find(f"{A}entry/{A}link[@rel='replies']").get("href") == href


# -------------------------------------------------------------------------------------- withheld and hostile


@pytest.mark.parametrize("conversation", ["counted", "hidden"])
def test_withheld_conversations_are_in_no_feed(publish, conversation):
    """Threat 7."""
    closed = {"gate": conversation, "comments": [{"author": "KANARIE1", "body": "KANARIE2", "id": "KANARIE3"}]}

    site = publish(POST, {**closed, "address": "/clos/"})

    assert [address for address, text in site.items() if "KANARIE" in text] == []
    assert not [address for address in made(site) if address.startswith("/clos/")]
    assert authors(site, "/comments.xml") == ["Max", "Zoé"]
    assert "/clos/comments.xml" not in site["/clos/"] + site["/feed.xml"]


def test_a_conversation_that_stays_public_under_a_closed_post_has_its_feed(publish):
    site = publish({"gate": "shown", "comments": [{"author": "Zoé"}], "html": "<p>a</p><!--more--><p>KANARIE</p>"})

    assert authors(site, "/1/comments.xml") == ["Zoé"]
    assert "/1/comments.xml" in [href for _, _, href in site.links("/1/")]


def test_a_subscribers_page_links_to_no_feed_that_strangers_lack(publish):
    """Threat 7."""
    site = publish({"gate": "hidden", "comments": [{}]})

    assert "/1/comments.xml" not in site.opened("/1/")
    assert "/comments.xml" in site.opened("/1/")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://a/\"onmouseover='x'",
        "http://a b",
        "data:text/html,x",
        "https://a/<b>",
        "a.example",
    ],
)
def test_a_senders_address_that_is_none_is_left_out(publish, url):
    """Threats 20, 21."""
    site = publish({"comments": [{"url": url}]})

    assert site.xml("/1/comments.xml").find(f"{A}entry/{A}author/{A}uri") is None
    assert site.json("/comments.json")["items"][0]["authors"] == [{"name": "Zoé"}]
    assert url not in site["/1/comments.rss"]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "</title>]]><!--", '"><img src=x onerror=alert(1)>'])
def test_hostile_comments_stay_text(publish, text):
    """Threats 19, 24, 25."""
    site = publish({"title": text, "comments": [{"author": text, "body": text}]})

    for address in ("/1/comments.xml", "/1/comments.rss", "/comments.xml", "/comments.rss"):
        assert flaws(site[address].encode()) == []
    entry = site.xml("/1/comments.xml").find(f"{A}entry")
    assert entry.findtext(f"{A}title") == f"{text} sur {text}"
    assert entry.findtext(f"{A}author/{A}name") == text
    assert "<script" not in entry.findtext(f"{A}content")
    assert "<img" not in entry.findtext(f"{A}content")
    assert site.json("/comments.json")["items"][0]["title"] == f"{text} sur {text}"
    assert "<script>" not in "".join(text for address, text in site.items() if address in made(site))


def test_senders_with_names_that_break_programs_come_through(publish, naughty):
    """Threat 19."""
    site = publish({"comments": [{"author": text[:245], "body": text} for text in naughty]}, feeds="count = 999")

    assert flaws(site["/1/comments.xml"].encode()) == []
    assert flaws(site["/1/comments.rss"].encode()) == []
    names = [item["authors"][0]["name"] for item in site.json("/comments.json")["items"]]
    assert sorted(names) == sorted(text[:245] for text in naughty)
