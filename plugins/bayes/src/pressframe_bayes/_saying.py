"""What the filter says of a comment: how sure it is, and which words made it so."""

from __future__ import annotations

from collections.abc import Sequence

from pressframe_bayes._score import Clue, Score
from pressframe_bayes._tokens import split
from pressframe_comments import Reason

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


def explain(score: Score) -> Reason:
    """Return one line for the moderator: ``spam at 98%: “casino”, link to x.example; in its favour: “PRland”``."""
    words, others = _named(score.against()), _named(score.in_favour())
    sentence = (_BOTH if others else _ALONE) if words else (_FAVOUR if others else _NOTHING)
    return Reason(sentence, percent=percent(score.probability), words=words, others=others)


def percent(probability: float) -> int:
    """Return whole percents, rounded down: what is not sure is not said to be."""
    return int(probability * 100 + 1e-9)


def _named(clues: Sequence[Clue]) -> list[Reason]:
    return [_name(clue) for clue in clues[:_SHOWN]]


def _name(clue: Clue) -> Reason:
    field, text = split(clue.token)
    return Reason(_CLUES[field], text=text if len(text) <= _LONGEST else text[:_LONGEST] + "…")
