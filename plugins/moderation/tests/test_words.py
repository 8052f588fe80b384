"""The words in French and English: every text of pages and mails, and what the code hands to templates."""

import ast
import gettext
import re
from pathlib import Path

import jinja2
import pytest

import pressframe_moderation

HERE = Path(pressframe_moderation.__file__).parent
CATALOGUE = HERE / "locale" / "fr" / "LC_MESSAGES" / "pressframe_moderation.mo"


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
    return asked


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
    ("language", "said"), [("fr", "Rien n’attend."), ("en", "Nothing waits."), ("fr-CA", "Rien n’")]
)
def test_pages_speak_the_sites_language(serve, language, said):
    assert said in serve(language=language).sign_in_as("owner").get("/admin/comments/").text
