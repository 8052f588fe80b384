"""The words of lists in French and English: headings, titles of tabs, every text of the templates."""

import gettext
import re
from pathlib import Path

import jinja2
import pytest

import pressframe_archives

HERE = Path(pressframe_archives.__file__).parent
CATALOGUE = HERE / "locale" / "fr" / "LC_MESSAGES" / "pressframe_archives.mo"
ONE = {
    "published": "2012-01-05T10:00:00+00:00",
    "terms": [["category", "crise", "Crise"], ["tag", "x", "X"]],
    "authors": [["odile", "Odile"]],
}
TWO = {"published": "2012-01-06T10:00:00+00:00"}


@pytest.fixture(scope="module")
def french() -> gettext.GNUTranslations:
    with CATALOGUE.open("rb") as opened:
        return gettext.GNUTranslations(opened)


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


def _asked() -> set[str]:
    """Return the texts that the templates ask for."""
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    sources = [file.read_text("utf-8") for file in (HERE / "templates").rglob("*.html")]
    found = [message for source in sources for _, _, message in environment.extract_translations(source)]
    return {message[0] if isinstance(message, tuple) else message for message in found}


def test_the_catalogue_has_every_text_of_the_templates_and_no_other(french):
    source = CATALOGUE.with_suffix(".po").read_text("utf-8")

    entries = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', source, re.MULTILINE))
    assert entries.keys() == _asked()
    assert {text: french.gettext(text) for text in entries} == entries


def test_french_texts_have_the_spaces_that_typography_wants(french):
    assert [text for text in map(french.gettext, _asked()) if re.search(r"(?<!\xa0)[:;!?»]|«(?!\xa0)|'", text)] == []
