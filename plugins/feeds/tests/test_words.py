"""The words of feeds in French and English, and the links by which readers find them."""

import pressframe_feeds
from pressframe_testing.words import FrenchKit


class TestFrench(FrenchKit):
    package = pressframe_feeds


def test_every_page_links_to_the_feeds_under_the_names_that_readers_know(publish):
    site = publish({"title": "Une & deux", "comments": [{}], "terms": [["category", "c", "Crise"]]})

    everywhere = [
        ("application/atom+xml", "PRland » Flux", "/feed.xml"),
        ("application/rss+xml", "PRland » Flux", "/rss.xml"),
        ("application/feed+json", "PRland » Flux", "/feed.json"),
        ("application/atom+xml", "PRland » Flux des commentaires", "/comments.xml"),
    ]
    assert site.links("/perdue.html") == everywhere
    assert site.links("/1/") == [
        *everywhere,
        ("application/atom+xml", "PRland » Une & deux Flux des commentaires", "/1/comments.xml"),
    ]
    assert site.links("/category/c/") == [
        *everywhere,
        ("application/atom+xml", "PRland » Crise Flux", "/category/c/feed.xml"),
    ]


def test_every_link_to_a_feed_leads_to_one(publish):
    site = publish(
        {"comments": [{}], "terms": [["category", "é", "É"], ["tag", "x", "X"]]},
        {"address": "/sans", "comments": [{}]},
        {"gate": "counted", "comments": [{}]},
    )

    pages = [address for address, page in site.pages.items() if page.media_type == "text/html"]
    linked = {href for address in pages for _, _, href in site.links(address)}
    assert linked <= set(site)
    assert len(linked) == 7


def test_an_english_site_speaks_english(publish):
    site = publish({"title": "One", "comments": [{}], "gate": "shown"}, language="en")

    assert site.links("/1/")[-1][1] == "PRland » One Comments feed"
    assert site.xml("/1/comments.rss").findtext("channel/title") == "Comments on One"
    assert site.xml("/1/comments.rss").findtext("channel/item/title") == "Zoé on One"
    assert "Continue reading" in site["/feed.xml"]
