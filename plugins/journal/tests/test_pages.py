"""What the theme makes of a site: its pages, whole and valid, whatever their content."""

import json
import re

import html5lib
import pytest

SLOTS = ("head", "before_body", "after_body", "after_entry", "aside", "footer")
AROUND = ["head", "aside", "footer"]
ANY_POST = {"title": "Mutation", "terms": [["tag", "crise", "Crise"]]}
PAGES = ["/", "/page/2/", "/tag/crise/", "/tag/", "/archives/", "/merci/", "/404.html"]
ODD = {
    "long": {"title": "Très " * 60, "terms": [["tag", "crise", "Crise"]]},
    "without title": {"title": ""},
    "without author": {"title": "Seule", "authors": []},
    "right to left": {"title": "السلام عليكم", "language": "ar", "html": "<p>مرحبا</p>"},
    "hostile": {
        "title": '</title></script><script>alert("1")</script>\u2028{{ 7*7 }}',
        "terms": [["tag", "<b>", "<b>"]],
        "authors": [['"><i>', '"><i>']],
    },
    "closed": {"title": "Fermée", "html": "<p>Ouvert.</p><!--more--><p>Tsunoqa</p>", "image": "/a.png"},
    "with picture": {"title": "Vue", "image": "/a.png", "summary": "Un dessin & deux mots.", "comments": 13},
}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_that_is_no_entry_has_the_slots_around_it_once(publish, address):
    site = publish(*3 * [ANY_POST])

    assert re.findall("<!--slot:(.*?)-->", site[address]) == AROUND


@pytest.mark.parametrize("kind", ["post", "page"])
def test_an_entry_has_every_slot_once_in_reading_order(publish, kind):
    site = publish(ANY_POST | {"kind": kind})

    assert sorted(re.findall("<!--slot:(.*?)-->", site["/1/"])) == sorted(SLOTS)
    assert re.search("before_body.*Un texte.*after_body.*after_entry.*footer", site["/1/"], re.DOTALL)


@pytest.mark.parametrize("post", ODD.values(), ids=ODD)
def test_every_page_is_valid_html_whatever_the_post(publish, post):
    site = publish(post, ANY_POST)

    for address, text in site.items():
        if address.endswith(("/", ".html")):
            html5lib.HTMLParser(strict=True).parse(text)


def test_a_site_without_posts_says_so_on_its_lists(publish):
    site = publish()

    assert all("Rien n’a encore été publié." in site[address] for address in ("/", "/archives/"))
    assert "Page non trouvée" in site["/404.html"]


def test_nothing_comes_from_another_site(publish):
    """No reader's address is told to a third party (and a strict content security policy holds)."""
    site = publish(*ODD.values(), settings='links = { "Mastodon" = "https://social.example/@p" }')

    for text in site.values():
        loaded = re.findall(r"""(?:src|srcset|data|action)="([^"]*)"|url\("?([^)"]*)|@import\s+"([^"]*)""", text)
        linked = re.findall(r'<link\b(?![^>]*rel="canonical")[^>]*href="([^"]*)', text)
        assert [one for match in loaded for one in match if "//" in one] + [one for one in linked if "//" in one] == []


def test_no_page_needs_an_inline_style_or_script(publish):
    """Threat 31: every page works under a policy without ``unsafe-inline``."""
    site = publish(*ODD.values())

    for address, text in site.items():
        scripts = [tag for tag in site.tags(address, "script") if "application/ld+json" not in tag]
        assert scripts == []
        assert re.search(r"<style|\sstyle=|\son\w+=\"", text) is None


def test_what_search_engines_are_told_is_what_a_stranger_can_read(publish):
    """Threats 1 and 2: nothing withheld is in description, Open Graph or JSON-LD, and the gate is declared."""
    site = publish(ODD["closed"])

    assert [address for address, text in site.items() if "Tsunoqa" in text] == []
    assert '<meta name="description" content="Ouvert.">' in site["/1/"]
    assert _facts(site["/1/"])["isAccessibleForFree"] is False
    assert _facts(publish(ANY_POST)["/1/"])["isAccessibleForFree"] is True


def test_a_hostile_title_stays_a_title(publish):
    """Threats 25 and 26: escaped for JSON-LD, for attributes and for text; never evaluated."""
    title = ODD["hostile"]["title"]

    site = publish(ODD["hostile"])

    assert _facts(site["/1/"])["headline"] == title
    assert "<script>alert" not in site["/1/"]
    assert "{{ 7*7 }}" in site["/1/"]
    assert "&lt;/title&gt;" in site.title("/1/")


def test_reading_time_is_told_of_what_can_be_read(publish):
    """Threat 4: the time of a closed post tells nothing of its withheld part."""
    words = "<p>" + "mot " * 660 + "</p>"

    site = publish({"title": "Longue", "html": words}, {"title": "Fermée", "html": f"<p>Un.</p><!--more-->{words}"})

    assert "3\xa0minutes de lecture" in site["/1/"]
    assert "de lecture" not in site["/2/"]
    assert "Pour les abonnés" in site["/2/"]


def test_reading_speed_decides_the_time_and_0_tells_none(publish):
    post = {"title": "Longue", "html": "<p>" + "mot " * 440 + "</p>"}

    assert "1\xa0minute de lecture" in publish(post, settings="reading_speed = 440")["/1/"]
    assert "de lecture" not in publish(post, settings="reading_speed = 0")["/1/"]


def test_the_first_post_leads_the_home_page_and_only_that(publish):
    site = publish(*({"title": f"Titre {number}"} for number in range(1, 4)))

    lead = site["/"].partition('class="front-lead"')[2].partition('class="list-rest"')[0]
    assert "Titre 1<" in lead
    assert "Titre 2<" not in lead
    assert "front-lead" not in site["/page/2/"]


def test_a_post_shows_its_picture_unless_its_text_does(publish):
    text = '<p><img src="/a.png" alt="Un dessin"></p>'

    assert 'class="entry-image"' in publish({"title": "Vue", "image": "/a.png"})["/1/"]
    assert 'class="entry-image"' not in publish({"title": "Vue", "image": "/a.png", "html": text})["/1/"]


def test_pages_outside_the_index_ask_search_engines_to_pass(publish):
    site = publish(*3 * [ANY_POST])

    assert {address for address in PAGES if 'content="noindex"' in site[address]} == {"/merci/", "/404.html"}
    assert 'rel="canonical" href="https://prland.example/1/"' in site["/1/"]
    assert "canonical" not in site["/404.html"]


def test_the_menu_says_where_the_reader_is(publish):
    assert '<a href="/archives/" aria-current="page">' in publish()["/archives/"]


def test_a_right_to_left_site_is_laid_out_so(publish):
    site = publish(ANY_POST, language="ar")

    assert '<html lang="ar" dir="rtl">' in site["/"]


def test_an_entry_in_another_language_says_so_around_its_text_alone(publish):
    site = publish({"title": "Hello", "language": "en"})

    assert '<html lang="fr">' in site["/1/"]
    assert re.search(r'<article[^>]*lang="en"', site["/1/"])
    assert re.search(r'<ul class="entry-meta" lang="fr"', site["/1/"])


def test_lists_of_groups_and_periods_lead_to_their_posts(publish):
    site = publish(ANY_POST, {"title": "Ancienne", "published": "2009-02-01T10:00:00+01:00"})

    assert re.search(r'<a href="/tag/crise/"[^>]*>Crise</a> <span class="size">1<', site["/tag/"])
    assert re.findall(r'<a href="(/2[^"]*)"[^>]*>([^<]*)<', site["/archives/"]) == [
        ("/2012/", "2012"), ("/2012/05/", "mai"), ("/2009/", "2009"), ("/2009/02/", "février")
    ]  # fmt: skip


def test_without_lists_of_terms_their_names_are_no_links(publish):
    text = publish(ANY_POST, plugins=("desk", "journal"))["/1/"]

    assert 'href="/tag/' not in text
    assert '<span dir="auto">Crise</span>' in text


def _facts(text: str) -> dict[str, object]:
    return json.loads(text.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
