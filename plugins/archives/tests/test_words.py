"""The words of lists in French and English: headings, titles of tabs, every text of the templates."""

import pytest

import pressframe_archives
from pressframe_testing.words import FrenchKit

ONE = {
    "published": "2012-01-05T10:00:00+00:00",
    "terms": [["category", "crise", "Crise"], ["tag", "x", "X"]],
    "authors": [["odile", "Odile"]],
}
TWO = {"published": "2012-01-06T10:00:00+00:00"}


class TestFrench(FrenchKit):
    package = pressframe_archives


@pytest.mark.parametrize(
    ("address", "heading", "title"),
    [
        ("/category/crise/", "Catégorie\u00a0: Crise", "Crise – PRland"),
        ("/tag/x/", "Étiquette\u00a0: X", "X – PRland"),
        ("/author/odile/", "Auteur/autrice\u00a0: Odile", "Odile – PRland"),
        ("/2012/", "Année\u00a0: 2012", "2012 – PRland"),
        ("/2012/01/", "Mois\u00a0: janvier 2012", "janvier 2012 – PRland"),
        ("/2012/01/page/2/", "Mois\u00a0: janvier 2012", "janvier 2012 – Page 2 – PRland"),
        ("/", None, "PRland"),
        ("/page/2/", "Tous les articles", "Tous les articles – Page 2 – PRland"),
        ("/category/", "Catégories", "Catégories – PRland"),
        ("/tag/", "Étiquettes", "Étiquettes – PRland"),
        ("/author/", "Auteurs et autrices", "Auteurs et autrices – PRland"),
        ("/archives/", "Archives", "Archives – PRland"),
    ],
)
def test_readers_find_the_headings_they_know(publish, address, heading, title):
    site = publish(ONE, TWO, per_page=1)

    assert (site.heading(address), site.title(address)) == (heading, title)


def test_an_english_site_speaks_english(publish):
    site = publish(ONE, TWO, per_page=1, language="en")

    assert site.heading("/2012/01/") == "Month: January 2012"
    assert site.links("/")["Older posts"] == "/page/2/"
