"""Which lists there are, where, and what stands on them."""

import pytest

from pressframe.errors import ContentError, PressframeError

NBSP = "\u00a0"
CRISIS = ["category", "crise", "Crise"]


def posts(count, **same):
    """Return posts 1 to *count*, the last the newest."""
    return [{"published": f"2012-05-{number:02}T10:00:00+00:00", **same} for number in range(1, count + 1)]


def test_the_home_page_lists_the_newest_posts_and_links_to_older_ones(publish):
    site = publish(*posts(5), per_page=2)

    assert [site.posts(address) for address in ("/", "/page/2/", "/page/3/")] == [
        ["Post 5", "Post 4"],
        ["Post 3", "Post 2"],
        ["Post 1"],
    ]
    assert "/page/4/" not in site
    assert site.links("/")["Articles plus anciens"] == "/page/2/"
    assert "Articles plus récents" not in site["/"]
    assert site.links("/page/2/")["Articles plus anciens"] == "/page/3/"
    assert site.links("/page/2/")["Articles plus récents"] == "/"
    assert "Articles plus anciens" not in site["/page/3/"]


def test_a_site_without_posts_has_a_home_page_that_says_so(publish):
    site = publish()

    assert "Rien n’a encore été publié." in site["/"]
    assert set(site.pages) == {"/", "/archives/"}


def test_exactly_as_many_posts_as_a_page_holds_make_one_page(publish):
    assert "/page/2/" not in publish(*posts(3), per_page=3)


def test_templates_get_the_data_that_themes_are_promised(publish):
    site = publish(*posts(5, terms=[CRISIS]), per_page=2)

    assert site.pages["/category/crise/page/2/"].data == {
        "heading": "Crise",
        "within": ("category", "crise"),
        "number": 2,
        "of": 3,
        "newer": "/category/crise/",
        "older": "/category/crise/page/3/",
        "start": 2,
        "count": 2,
    }
    assert site.pages["/"].data["within"] is None
    assert site.pages["/category/"].data == {"heading": "category", "taxonomy": "category"}


def test_terms_authors_years_and_months_have_lists(publish):
    site = publish(
        {"title": "Une", "published": "2011-12-31T23:30:00+00:00", "terms": [CRISIS, ["tag", "x", "X"]]},
        {"title": "Deux", "published": "2012-02-01T10:00:00+00:00", "authors": [["odile", "Odile"]]},
    )

    assert site.posts("/category/crise/") == ["Une"]
    assert site.posts("/tag/x/") == ["Une"]
    assert site.posts("/author/odile/") == ["Deux"]
    assert site.posts("/2012/") == ["Deux", "Une"], "a year ends at midnight of the site's zone"
    assert site.posts("/2012/01/") == ["Une"]
    assert "/2011/" not in site


def test_a_category_lists_the_posts_of_the_narrower_ones_too(publish):
    site = publish(
        {"title": "Large", "terms": [["category", "rp", "RP"]]},
        {"title": "Étroite", "terms": [["category", "crise", "Crise", "rp"]]},
    )

    assert sorted(site.posts("/category/rp/")) == ["Large", "Étroite"]
    assert site.posts("/category/crise/") == ["Étroite"]


def test_pages_are_in_no_list(publish):
    site = publish({"kind": "page", "title": "À propos", "terms": [CRISIS]}, {"title": "Une"})

    assert site.posts("/") == ["Une"]
    assert "/category/crise/" not in site


def test_further_pages_stay_open_to_search_engines(publish):
    assert publish(*posts(2), per_page=1).pages["/page/2/"].indexed


@pytest.mark.parametrize("title", ["Foire <aux> & questions", '"><script>alert(1)</script>', "{{ 7 * 7 }}"])
def test_hostile_names_are_printed_as_text(publish, title):
    """Threats 25, 26."""
    site = publish(
        {"title": title, "terms": [["category", "c", title], ["tag", "t", title]], "authors": [["a", title]]}
    )

    for address in ("/category/c/", "/tag/t/", "/author/a/"):
        assert title in site.heading(address)
        assert title in site.title(address)
    assert not any(tag in page for tag in ("<aux>", "<script>") for page in site.values())


# ------------------------------------------------------------------------------------------------- overviews


def test_the_archive_lists_years_and_months_newest_first(publish):
    site = publish(
        {"published": "2011-12-03T10:00:00+00:00"},
        {"published": "2012-02-01T10:00:00+00:00"},
        {"published": "2012-05-01T10:00:00+00:00"},
    )

    assert list(site.links("/archives/").items()) == [
        ("2012", "/2012/"),
        ("mai 2012", "/2012/05/"),
        ("février 2012", "/2012/02/"),
        ("2011", "/2011/"),
        ("décembre 2011", "/2011/12/"),
    ]


def test_narrower_categories_stand_under_their_parent(publish):
    site = publish(
        {"terms": [["category", "rp", "RP"], ["category", "crise", "Crise", "rp"]]},
        {"terms": [["category", "seule", "Seule", "disparue"]]},
    )

    inner = site["/category/"].partition('href="/category/rp/"')[2].partition("</ul>")[0]
    assert 'href="/category/crise/"' in inner
    assert site.links("/category/") == {
        "RP": "/category/rp/",
        "Crise": "/category/crise/",
        "Seule": "/category/seule/",
    }


def test_a_taxonomy_without_posts_has_no_page(publish):
    site = publish({"title": "Une"})

    assert not {"/category/", "/tag/", "/author/"} & set(site)


# -------------------------------------------------------------------------------------------------- settings


def test_a_page_of_the_sites_own_takes_the_place_of_the_home_list(publish):
    site = publish({"kind": "page", "address": "/", "title": "Bienvenue"}, *posts(3), per_page=1)

    assert site.heading("/") == "Bienvenue"
    assert "/page/2/" not in site


def test_posts_can_be_listed_elsewhere(publish):
    site = publish(
        {"kind": "page", "address": "/", "title": "Bienvenue"}, *posts(2), archives='home = "/blog/"', per_page=1
    )

    assert site.posts("/blog/") == ["Post 3"]
    assert site.posts("/blog/page/2/") == ["Post 2"]
    assert site.links("/blog/page/2/")["Articles plus récents"] == "/blog/"
    assert site.title("/blog/") == "Tous les articles – PRland"


@pytest.mark.parametrize("address", ["/archives/", "/tag/"])
def test_a_page_of_the_sites_own_takes_the_place_of_an_overview(publish, address):
    site = publish({"kind": "page", "address": address, "title": "À la main"}, {"terms": [["tag", "x", "X"]]})

    assert site.heading(address) == "À la main"
    assert site.posts("/tag/x/") == ["Post 2"]


def test_only_the_lists_asked_for_are_made(publish):
    site = publish({"terms": [CRISIS, ["tag", "x", "X"]], "authors": [["a", "A"]]}, archives='lists = ["tag", "year"]')

    assert set(site.pages) == {"/", "/1/", "/tag/", "/tag/x/", "/archives/", "/2012/"}
    assert site.links("/archives/") == {"2012": "/2012/"}, "the month is named, not linked"
    assert "mai 2012" in site["/archives/"]


def test_without_lists_there_is_the_home_page_alone(publish):
    assert set(publish({"terms": [CRISIS]}, archives="lists = []").pages) == {"/", "/1/"}


def test_a_taxonomy_of_the_sites_own_has_lists_where_asked_for(publish):
    site = publish({"terms": [["serie", "agence", "L’agence"]]}, archives='lists = ["serie"]')

    assert site.posts("/serie/agence/") == ["Post 1"]
    assert site.heading("/serie/agence/") == "L’agence"
    assert site.links("/serie/") == {"L’agence": "/serie/agence/"}


def test_lists_keep_the_addresses_that_another_system_gave_them(publish):
    site = publish(
        {"terms": [CRISIS, ["tag", "x", "X"]]},
        {"terms": [CRISIS]},
        archives='bases = { category = "", tag = "sujets/mots", year = "annee", month = "annee" }',
        per_page=1,
    )

    assert {"/crise/", "/crise/page/2/", "/sujets/mots/", "/sujets/mots/x/", "/annee/2012/05/"} <= set(site)
    assert site.links("/sujets/mots/") == {"X": "/sujets/mots/x/"}
    assert "/category/" not in site


def test_slugs_beyond_ascii_are_quoted_once(publish):
    terms = [["tag", "été", "Été"], ["tag", "%e5%a4%8f", "夏"], ["tag", "c++", "C++"]]

    site = publish({"terms": terms})

    assert {"/tag/%C3%A9t%C3%A9/", "/tag/%e5%a4%8f/", "/tag/c++/"} <= set(site)
    assert site.links("/tag/")["Été"] == "/tag/%C3%A9t%C3%A9/"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('home = "blog"', 'must be an address such as "/" or "/blog/", got "blog"'),
        ('home = "/blog"', 'got "/blog"'),
        ('bases = { tag = "/mots/" }', 'tag must be the start of addresses such as "tag", got "/mots/"'),
        ('lists = "tag"', "must be a list"),
        ('homes = "/"', "Did you mean home?"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(publish, settings, message):
    with pytest.raises(PressframeError) as caught:
        publish(archives=settings)

    assert message in str(caught.value)
    assert "pressframe.toml:" in str(caught.value)


def test_a_list_and_a_page_at_one_address_are_both_named(publish):
    with pytest.raises(ContentError, match=r'"Vingt-douze".*"archives" have the same address, /2012/'):
        publish({"kind": "page", "address": "/2012/", "title": "Vingt-douze"}, {"title": "Une"})
