"""The theme in French: every text there is, with the spaces that French typography wants."""

import gettext
import re
from pathlib import Path

import jinja2
import pytest

import pressframe
import pressframe_journal

HERE = Path(pressframe_journal.__file__).parent
CATALOGUE = HERE / "locale" / "fr" / "LC_MESSAGES" / "pressframe_journal.mo"
CORE = Path(pressframe.__file__).parent / "locale" / "fr" / "LC_MESSAGES" / "pressframe.mo"


@pytest.fixture(scope="module")
def french() -> gettext.GNUTranslations:
    with CATALOGUE.open("rb") as opened:
        return gettext.GNUTranslations(opened)


def _asked() -> set[tuple[str, ...]]:
    """Return the texts that the templates ask for, one or two (with the plural) each."""
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    sources = [file.read_text("utf-8") for file in (HERE / "templates").rglob("*.*")]
    found = [message for source in sources for _, _, message in environment.extract_translations(source)]
    return {tuple(filter(None, message)) if isinstance(message, tuple) else (message,) for message in found}


def test_every_text_of_the_templates_has_its_french(french):
    with CORE.open("rb") as opened:
        dates = gettext.GNUTranslations(opened)

    texts = {text[0]: french.gettext(text[0]) if len(text) == 1 else french.ngettext(*text, 2) for text in _asked()}
    assert [text for text, said in texts.items() if said == text and dates.gettext(text) == text] == []
    assert len(texts) > 30


def test_the_source_beside_the_compiled_catalogue_says_the_same(french):
    source = CATALOGUE.with_suffix(".po").read_text("utf-8")

    entries = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', source, re.MULTILINE)
    assert len(entries) > 20
    assert [one for one, said in entries if french.gettext(one) != said] == []


def test_french_texts_keep_marks_and_numbers_with_their_words(french):
    said = [french.gettext(text[0]) if len(text) == 1 else french.ngettext(*text, 2) for text in _asked()]

    assert [text for text in said if re.search(r"(?<!\xa0)[:;!?»]|«(?!\xa0)|(?<=\)s) [a-z]+$", text)] == []
    assert [text for text in said if "'" in text] == []


def test_readers_find_the_labels_they_know(publish):
    """Labels of WordPress in French, compared by their bytes."""
    site = publish(
        {"title": "Une", "terms": [["tag", "crise", "Crise"]], "comments": 1},
        {"title": "Deux", "comments": 13},
        {"title": "Trois"},
    )

    assert '<a class="skip-link" href="#main">Aller au contenu</a>' in site["/"]
    assert "Étiquettes\xa0:" in site["/1/"]
    assert "Publié le <time" in site["/1/"]
    assert 'aria-label="Navigation des articles"' in site["/1/"]
    assert "Précédent\xa0:" in site["/1/"]
    assert "Suivant\xa0:" in site["/2/"]
    assert "Articles plus anciens" in site["/"]
    assert "Articles plus récents" in site["/page/2/"]
    assert ">Un commentaire<" in site["/1/"]
    assert ">13\xa0commentaires<" in site["/2/"]
    assert "Commentaires récents" in site["/"]
    assert re.search(r"Zoé</bdi> dans <a [^>]*>Deux</a>", site["/"])


def test_an_english_site_speaks_english(publish):
    site = publish({"title": "One", "comments": 2}, language="en")

    assert "Skip to content" in site["/"]
    assert ">2 comments<" in site["/1/"]
    assert "Posted on <time" in site["/1/"]
