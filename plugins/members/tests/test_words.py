"""The words in French and English: every text of pages and mails."""

import gettext
import re
from pathlib import Path

import jinja2
import pytest

import pressframe_members

from .conftest import OLD, main_of

HERE = Path(pressframe_members.__file__).parent
CATALOGUE = HERE / "locale" / "fr" / "LC_MESSAGES" / "pressframe_members.mo"


def _asked() -> set[tuple[str | None, str]]:
    """Return the texts that the templates ask for, each with its context."""
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n"])
    sources = [file.read_text("utf-8") for file in (HERE / "templates").rglob("*.*")]
    asked = set()
    for source in sources:
        for _, function, message in environment.extract_translations(source):
            texts = message if isinstance(message, tuple) else (message,)
            asked.add((texts[0], texts[1]) if function == "pgettext" else (None, texts[0]))
    return asked


@pytest.fixture(scope="module")
def french() -> dict[tuple[str | None, str], str]:
    """Return each text that is asked for in French, from the compiled catalogue."""
    with CATALOGUE.open("rb") as opened:
        words = gettext.GNUTranslations(opened)
    return {
        (context, text): words.pgettext(context, text) if context else words.gettext(text) for context, text in _asked()
    }


def test_the_catalogue_has_every_text_of_the_templates_and_no_other(french):
    source = CATALOGUE.with_suffix(".po").read_text("utf-8")

    entries = re.findall(r'^(?:msgctxt "(.+)"\n)?msgid "(.+)"\nmsgstr "(.+)"$', source, re.MULTILINE)
    assert {(context or None, text): translated for context, text, translated in entries} == french


def test_french_texts_have_the_spaces_and_marks_that_typography_wants(french):
    assert [text for text in french.values() if re.search(r"(?<!\xa0)[:;!?»]|«(?!\xa0)|'|\.\.\.", text)] == []


def test_the_same_values_are_put_into_both_languages(french):
    holes = re.compile(r"%\(\w+\)s")

    assert [key for key, text in french.items() if sorted(holes.findall(key[1])) != sorted(holes.findall(text))] == []


@pytest.mark.parametrize(
    ("language", "subject", "heading", "button"),
    [
        ("fr", "Confirmez votre abonnement à PRland", "Consultez vos e-mails", "Confirmer mon abonnement"),
        ("en", "Confirm your subscription to PRland", "Check your mail", "Confirm my subscription"),
        ("fr-CA", "Confirmez votre abonnement à PRland", "Consultez vos e-mails", "Confirmer mon abonnement"),
    ],
)
def test_pages_and_mails_speak_the_sites_language(serve, language, subject, heading, button):
    readers = serve(language=language)

    sent = main_of(readers.ask(next=OLD).text)
    readers.run_jobs()

    (mail,) = readers.mails
    assert sent.startswith(heading)
    assert mail["subject"] == subject
    assert f">{button}</a>" in mail.get_body(("html",)).get_content()
    assert f'<html lang="{language}">' in mail.get_body(("html",)).get_content()


def test_a_mail_is_text_and_html_with_the_same_link(readers):
    link = f"https://prland.example{readers.mail()}"

    (mail,) = readers.mails
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert re.findall(r"https?://\S+", text) == [link]
    assert html.count(f'href="{link}"') == 1
    assert set(re.findall(r'(?:src|href)="([^"]+)"', html)) == {link, "https://prland.example/"}


def test_a_site_may_write_its_mails_itself(blog):
    from .conftest import Readers

    own = "\n== templates/members/mail/confirm.txt ==\nBonjour de {{ site.title }}\n\nC'est ici : {{ link }}\n"
    readers = Readers.of(blog(more=own))

    link = readers.mail()

    assert readers.mails[0]["subject"] == "Bonjour de PRland"
    assert readers.mails[0].get_body(("plain",)).get_content().strip() == f"C'est ici : https://prland.example{link}"


def test_a_title_with_markup_is_text_in_pages_and_mails(blog):
    """Threat 26: and nothing in it is evaluated."""
    from .conftest import Readers

    site = blog()
    site.edit(
        "pressframe.toml",
        (site.folder / "pressframe.toml").read_text("utf-8").replace('"PRland"', '"<b>{{ 7*7 }}</b>"'),
    )
    readers = Readers.of(site)

    link = readers.mail()

    assert readers.mails[0]["subject"] == "Confirmez votre abonnement à <b>{{ 7*7 }}</b>"
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in readers.mails[0].get_body(("html",)).get_content()
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in readers.visitor.get(link).text
