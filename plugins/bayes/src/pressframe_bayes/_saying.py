"""What the filter says of a comment, in the site's language: how sure it is, and which words made it so."""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from pressframe_bayes._score import Clue, Score
from pressframe_bayes._tokens import split

_LOCALE = Path(__file__).parent / "locale"
_SHOWN = 5
"""So many words are named for each side."""
_LONGEST = 60


def _(text: str) -> str:
    return text  # marks what is to be translated


_CLUES = {
    "": _("“%(text)s”"),
    "name": _("name “%(text)s”"),
    "mail": _("address at %(text)s"),
    "site": _("website %(text)s"),
    "link": _("link to %(text)s"),
    "path": _("link with “%(text)s”"),
    "links": _("number of links: %(text)s"),
    "long": _("long word in “%(text)s…”"),
}
_ALONE = _("spam at %(percent)d%%: %(words)s")
_BOTH = _("spam at %(percent)d%%: %(words)s; in its favour: %(others)s")
_NOTHING = _("spam at %(percent)d%%: none of its words says anything")
_FAVOUR = _("spam at %(percent)d%%; in its favour: %(others)s")


def explain(score: Score, language: str) -> str:
    """Return one line for the moderator: ``spam at 98%: “casino”, link to x.example; in its favour: “PRland”``."""
    catalogue = _catalogue(language)
    words, others = _named(score.against(), catalogue), _named(score.in_favour(), catalogue)
    sentence = (_BOTH if others else _ALONE) if words else (_FAVOUR if others else _NOTHING)
    values = {"percent": percent(score.probability), "words": words, "others": others}
    return catalogue.gettext(sentence) % values


def percent(probability: float) -> int:
    """Return whole percents, rounded down: what is not sure is not said to be."""
    return int(probability * 100 + 1e-9)


def _named(clues: Sequence[Clue], catalogue: gettext.NullTranslations) -> str:
    return ", ".join(_name(clue, catalogue) for clue in clues[:_SHOWN])


def _name(clue: Clue, catalogue: gettext.NullTranslations) -> str:
    field, text = split(clue.token)
    return catalogue.gettext(_CLUES[field]) % {"text": text if len(text) <= _LONGEST else text[:_LONGEST] + "…"}


@lru_cache(maxsize=8)
def _catalogue(language: str) -> gettext.NullTranslations:
    languages = [language.replace("-", "_"), language.split("-")[0]]
    return gettext.translation("pressframe_bayes", _LOCALE, languages, fallback=True)
