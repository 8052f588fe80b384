"""What every plugin's French must do: say all that templates and code ask for, with its spaces and marks."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Collection
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import jinja2

_SINGLE = re.compile(r'^(?:msgctxt "(.+)"\n)?msgid "(.+)"\nmsgstr "(.+)"$', re.MULTILINE)
_PLURAL = re.compile(r'^msgid "(.+)"\nmsgid_plural "(.+)"\nmsgstr\[0\] "(.+)"\nmsgstr\[1\] "(.+)"$', re.MULTILINE)
_WRONG = re.compile(r"(?<!\xa0)(?:[;!?»]|:(?!//))|«(?!\xa0)|'|\.\.\.")
_HOLE = re.compile(r"%\(\w+\)s")


class FrenchKit:
    """What the French catalogue of a plugin does.

    Attributes:
        package: With its ``templates`` and ``locale``; its name is the catalogue's.
        more: Texts that are asked for in another way than by a template, or by ``_("…")`` or ``gettext("…")`` of a text
            in a module.
    """

    package: ClassVar[ModuleType]
    more: ClassVar[Collection[str]] = ()

    def test_the_catalogue_has_every_text_and_no_other(self) -> None:
        assert set(self._french()) == self._asked()

    def test_the_catalogue_is_compiled(self) -> None:
        with self._catalogue.open("rb") as opened:
            words = gettext.GNUTranslations(opened)

        plurals = [(one, many) for one, many, *_ in _PLURAL.findall(self._source)]
        compiled = {words.gettext(text) for text in self._french()} | {words.ngettext(*pair, 2) for pair in plurals}
        assert set(self._french().values()) <= compiled

    def test_french_texts_have_the_spaces_and_marks_that_typography_wants(self) -> None:
        assert [text for text in self._french().values() if _WRONG.search(text)] == []

    def test_the_same_values_are_put_into_both_languages(self) -> None:
        french = self._french()

        assert [key for key, text in french.items() if sorted(_HOLE.findall(key)) != sorted(_HOLE.findall(text))] == []

    @property
    def _folder(self) -> Path:
        return Path(str(self.package.__file__)).parent

    @property
    def _catalogue(self) -> Path:
        return self._folder / "locale" / "fr" / "LC_MESSAGES" / f"{self.package.__name__}.mo"

    @property
    def _source(self) -> str:
        return self._catalogue.with_suffix(".po").read_text("utf-8")

    def _french(self) -> dict[str, str]:
        """Return each text of the readable catalogue, singulars and plurals, with what stands there in French."""
        french = {_key(context, text): said for context, text, said in _SINGLE.findall(self._source)}
        for one, many, first, other in _PLURAL.findall(self._source):
            french |= {one: first, many: other}
        return french

    def _asked(self) -> set[str]:
        """Return the texts that templates and code ask for, singulars and plurals."""
        environment = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
        asked = set(self.more)
        for file in (self._folder / "templates").rglob("*.*"):
            for _, function, message in environment.extract_translations(file.read_text("utf-8")):  # type: ignore[attr-defined] # by the extension
                texts = [text for text in (message if isinstance(message, tuple) else (message,)) if text]
                asked |= {_key(*texts)} if function == "pgettext" else set(texts)
        for file in self._folder.glob("*.py"):
            for node in ast.walk(ast.parse(file.read_bytes())):
                if isinstance(node, ast.Call) and _translates(node):
                    asked.add(ast.literal_eval(node.args[0]))
        return asked


def _key(context: str, text: str) -> str:
    """Return under what *text* is looked up; within a context, if it has one, as compiled catalogues have it."""
    return f"{context}\4{text}" if context else text


def _translates(call: ast.Call) -> bool:
    """Tell whether *call* translates a text that stands there, or marks it."""
    if not call.args or not isinstance(call.args[0], ast.Constant):
        return False
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    return name in ("_", "gettext")
