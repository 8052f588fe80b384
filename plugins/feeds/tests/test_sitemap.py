"""The sitemap and robots.txt: what search engines are told."""

from datetime import UTC
from types import SimpleNamespace

import pytest

from pressframe import Page
from pressframe_feeds import Feeds

from .feedcheck import flaws

S = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def listed(site, address="/sitemap.xml"):
    """Return when each page listed last changed, by its address."""
    return {url.findtext(f"{S}loc"): url.findtext(f"{S}lastmod") for url in site.xml(address).iter(f"{S}url")}


def test_the_sitemap_lists_pages_and_when_entries_changed(publish):
    site = publish(
        {"published": "2012-05-01T10:00:00+00:00", "terms": [["category", "c", "C"]]},
        {"published": "2012-05-01T10:00:00+00:00", "updated": "2013-01-01T10:00:00+00:00", "comments": [{}]},
    )

    assert listed(site) == {
        "https://prland.example/1/": "2012-05-01T12:00:00+02:00",
        "https://prland.example/2/": "2013-01-01T11:00:00+01:00",
        "https://prland.example/category/c/": None,
    }
    assert flaws(site["/sitemap.xml"].encode()) == []
    assert site.pages["/sitemap.xml"].media_type == "application/xml"


def test_the_sitemap_leaves_out_what_search_engines_should_pass(publish):
    site = publish({"title": "Une"})

    assert "/perdue.html" in site
    assert not [address for address in listed(site) if address.endswith((".html", ".xml", ".json", ".txt"))]


def test_closed_posts_are_listed_and_nothing_of_them_told(publish):
    """Threat 4."""
    site = publish({"gate": "hidden", "title": "KANARIE", "html": "<p>KANARIE</p>", "comments": [{"id": "KANARIE"}]})

    assert list(listed(site)) == ["https://prland.example/1/"]
    assert "KANARIE" not in site["/sitemap.xml"]


def test_drafts_are_in_neither_sitemap_nor_feeds(publish):
    """Threat 17."""
    site = publish(
        {"status": "draft", "title": "KANARIE1"}, {"published": "2999-01-01T00:00:00+00:00", "title": "KANARIE2"}
    )

    assert listed(site) == {}
    assert [address for address, text in site.items() if "KANARIE" in text] == []


def test_addresses_with_signs_of_xml_are_escaped(publish):
    site = publish({"address": "/a&b'c/"})

    assert list(listed(site)) == ["https://prland.example/a&b'c/"]


def test_robots_are_told_where_the_sitemap_is(publish):
    site = publish()

    assert site["/robots.txt"] == "User-agent: *\nDisallow:\n\nSitemap: https://prland.example/sitemap.xml\n"
    assert site.pages["/robots.txt"].media_type == "text/plain"


def test_a_site_may_do_without_either(publish):
    assert "Sitemap" not in publish(feeds="sitemap = false")["/robots.txt"]
    assert not {"/robots.txt", "/sitemap.xml"} & set(publish(feeds="sitemap = false\nrobots = false"))


# ------------------------------------------------------------------------------------------------ large sites


class Large:
    """A site with more entries than a test can build."""

    settings = SimpleNamespace(title="Grand", url="https://grand.example", timezone=UTC)
    hooks = SimpleNamespace(implementers=lambda hook: ())

    def __init__(self, entries, lists=0):
        self.entries = entries
        self.planned = [Page(address=f"/{number}/", template="post.html") for number in range(entries + lists)]

    def size(self, *, kind="post"):
        return self.entries if kind == "post" else 0

    def groups(self, taxonomy):
        return ()

    def conversations(self):
        return ()

    def listed(self):
        return tuple((page.address, None) for page in self.planned)

    def parts(self):
        """Return what each part of the sitemap lists."""
        feeds = Feeds()
        pages = [page for page in feeds.register_pages(self) if page.address.startswith("/sitemap")]
        sitemap = feeds.register_filters()["sitemap"]
        parts = [page for page in pages if page.template == "feeds/sitemap.xml"]
        return [[url.address for url in sitemap(self, **page.data)] for page in parts], pages[0]


@pytest.mark.parametrize(("entries", "lists"), [(12_500, 5_000), (12_501, 4_000), (60_000, 20_000), (60_000, 120_000)])
def test_a_large_site_has_a_sitemap_in_parts_that_the_protocol_allows(entries, lists):
    parts, first = Large(entries, lists).parts()

    assert first.address == "/sitemap.xml"
    assert first.template == ("feeds/sitemap.xml" if len(parts) == 1 else "feeds/sitemap-index.xml")
    assert all(0 < len(part) <= 50_000 for part in parts)
    assert [address for part in parts for address in part] == [
        f"https://grand.example/{number}/" for number in range(entries + lists)
    ]


def test_of_a_site_beyond_reckoning_each_part_is_full_and_entries_come_first():
    parts, _ = Large(12_000, 100_000).parts()

    assert [len(part) for part in parts] == [50_000]
    assert parts[0][:12_000] == [f"https://grand.example/{number}/" for number in range(12_000)]


def test_the_index_names_every_part_and_each_lists_its_share(publish):
    site = publish({"title": "Une"}, {"title": "Deux"})

    index = Page(address="/sitemap.xml", template="feeds/sitemap-index.xml", data={"of": 2})
    part = Page(address="/sitemap-2.xml", template="feeds/sitemap.xml", data={"number": 2, "of": 2})
    site |= {page.address: site.render(page) for page in (index, part)}
    assert [one.findtext(f"{S}loc") for one in site.xml("/sitemap.xml").iter(f"{S}sitemap")] == [
        "https://prland.example/sitemap-1.xml",
        "https://prland.example/sitemap-2.xml",
    ]
    assert list(listed(site, "/sitemap-2.xml")) == ["https://prland.example/2/"]
