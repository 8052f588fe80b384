"""The words of feeds in French and English, and the links by which readers find them."""

import gettext
import re
from pathlib import Path

import jinja2
import pytest

import pressframe_feeds

HERE = Path(pressframe_feeds.__file__).parent
CATALOGUE = HERE / "locale" / "fr" / "LC_MESSAGES" / "pressframe_feeds.mo"


@pytest.fixture(scope="module")
def french() -> gettext.GNUTranslations:
    with CATALOGUE.open("rb") as opened:
        return gettext.GNUTranslations(opened)


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


def _asked() -> set[str]:
    """Return the texts that the templates ask for."""
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    sources = [file.read_text("utf-8") for file in (HERE / "templates").rglob("*.*")]
    found = [message for source in sources for _, _, message in environment.extract_translations(source)]
    return {message[0] if isinstance(message, tuple) else message for message in found}


def test_the_catalogue_has_every_text_of_the_templates_and_no_other(french):
    source = CATALOGUE.with_suffix(".po").read_text("utf-8")

    entries = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', source, re.MULTILINE))
    assert entries.keys() == _asked()
    assert {text: french.gettext(text) for text in entries} == entries


def test_french_texts_have_the_spaces_that_typography_wants(french):
    assert [text for text in map(french.gettext, _asked()) if re.search(r"(?<!\xa0)[:;!?»]|«(?!\xa0)|'", text)] == []
