"""The words in French and English: every text of pages and mails, and what the code hands to templates."""

import ast
import gettext
import re
from pathlib import Path

import jinja2
import pytest

import pressframe_admin

from .conftest import main_of

HERE = Path(pressframe_admin.__file__).parent
CATALOGUE = HERE / "locale" / "fr" / "LC_MESSAGES" / "pressframe_admin.mo"


def _asked() -> set[str]:
    """Return the texts that templates and code ask for, singulars and plurals."""
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n"])
    asked = set()
    for file in (HERE / "templates").rglob("*.*"):
        for _, _, message in environment.extract_translations(file.read_text("utf-8")):
            asked |= {text for text in (message if isinstance(message, tuple) else (message,)) if text}
    for file in HERE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                asked.add(node.args[0].value)
    return asked | {pressframe_admin.Undo(action="/admin/x").label}


@pytest.fixture(scope="module")
def french() -> dict[str, str]:
    """Return each text of the source, with what stands there in French."""
    source = CATALOGUE.with_suffix(".po").read_text("utf-8")
    single = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', source, re.MULTILINE)
    plural = re.findall(
        r'^msgid "(.+)"\nmsgid_plural "(.+)"\nmsgstr\[0\] "(.+)"\nmsgstr\[1\] "(.+)"$', source, re.MULTILINE
    )
    return dict(single) | {one: first for one, _, first, _ in plural} | {many: other for _, many, _, other in plural}


def test_the_catalogue_has_every_text_and_no_other(french):
    assert set(french) == _asked()


def test_the_catalogue_is_compiled(french):
    with CATALOGUE.open("rb") as opened:
        words = gettext.GNUTranslations(opened)

    compiled = {words.gettext(text) for text in french} | {words.ngettext(one, many, 2) for one, many in _plurals()}
    assert set(french.values()) <= compiled


def _plurals() -> list[tuple[str, str]]:
    source = CATALOGUE.with_suffix(".po").read_text("utf-8")
    return re.findall(r'^msgid "(.+)"\nmsgid_plural "(.+)"$', source, re.MULTILINE)


def test_french_texts_have_the_spaces_and_marks_that_typography_wants(french):
    assert [text for text in french.values() if re.search(r"(?<!\xa0)[:;!?»]|«(?!\xa0)|'|\.\.\.", text)] == []


def test_the_same_values_are_put_into_both_languages(french):
    holes = re.compile(r"%\(\w+\)s")

    assert [key for key, text in french.items() if set(holes.findall(key)) != set(holes.findall(text))] == []


@pytest.mark.parametrize(
    ("language", "heading", "subject"),
    [
        ("fr", "Se connecter Adresse e-mail", "Votre lien de connexion à PRland"),
        ("en", "Sign in E-mail address", "Your link to sign in to PRland"),
        ("fr-CA", "Se connecter Adresse e-mail", "Votre lien de connexion à PRland"),
    ],
)
def test_pages_and_mails_speak_the_sites_language(serve, language, heading, subject):
    desk = serve(language=language)

    assert main_of(desk.visitor.get("/admin/sign-in").text).startswith(heading)
    desk.mail()
    assert desk.mails[0]["subject"] == subject
    assert f'<html lang="{language}">' in desk.mails[0].get_body(("html",)).get_content()


def test_a_title_with_markup_is_text_in_pages_and_mails(serve):
    """Threat 26."""
    desk = serve(more="\n== templates/none.html ==\n")
    site = desk.site
    site.edit("pressframe.toml", site.read("pressframe.toml").replace('"PRland"', '"<b>{{ 7*7 }}</b>"'))
    desk = type(desk).of(site)

    link = desk.mail()

    assert desk.mails[0]["subject"] == "Votre lien de connexion à <b>{{ 7*7 }}</b>"
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in desk.mails[0].get_body(("html",)).get_content()
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in desk.visitor.get(link).text
