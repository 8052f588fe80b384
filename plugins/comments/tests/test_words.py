"""The catalogues: all that is said is translated, and compiled from what is written beside it."""

import gettext
import re
from pathlib import Path

import jinja2

import pressframe_comments

HERE = Path(pressframe_comments.__file__).parent
CATALOGUE = HERE / "locale" / "fr" / "LC_MESSAGES" / "pressframe_comments.mo"


def asked():
    """The texts that templates and code ask for."""
    for file in HERE.glob("*.py"):
        yield from re.findall(r'\.gettext\("([^"]+)"\)', file.read_text("utf-8"))
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    for file in sorted([*(HERE / "templates").rglob("*.html"), *(HERE / "templates").rglob("*.txt")]):
        for _, _, message in environment.extract_translations(file.read_text("utf-8")):
            yield message[0] if isinstance(message, tuple) else message


def spoken():
    with CATALOGUE.open("rb") as opened:
        catalogue = gettext.GNUTranslations(opened)._catalog
    return {key[0] if isinstance(key, tuple) else key: text for key, text in catalogue.items() if key}


def test_everything_that_is_asked_for_is_said_in_french_and_nothing_else_is():
    assert {*asked(), "[deleted]"} == set(spoken())  # the last is stored in place of a name


def test_the_compiled_catalogue_says_what_the_readable_one_says():
    written = CATALOGUE.with_suffix(".po").read_text("utf-8")

    said = set(re.findall(r'^msgstr(?:\[\d\])? "(.+)"$', written, re.MULTILINE))

    assert set(spoken().values()) <= said
    assert len(said) >= len(spoken())


def test_french_has_its_spaces_and_apostrophes():
    for text in spoken().values():
        assert not re.search(r"[^\u00a0][:;!?»](?: |$)", text), text
        assert "'" not in text
