"""What closed pages tell of the part that they do not hold: its size in round numbers, and not a word of it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pressframe.model import Json

_TAG = re.compile(r"<!--.*?-->|<[^<>]*>", re.DOTALL)
_HEADING = re.compile(r"<h([1-6])\b")
_MARK = re.compile(r"\n?<!--rest: (\d+) sections, (\d+) words-->\Z")
_END = " words-->"
_ROUND = 100
"""Words are told in hundreds, so that a word more or less in what is withheld changes no public page."""
_WORDS_A_MINUTE = 220


def mark_rest(html: str) -> str:
    """Return what is put behind a public part for ``take_mark``: the size of the rest, *html*; nothing if it is small.

    It travels with the public part because that is all which is ever handed over of a closed entry.
    """
    levels = _HEADING.findall(html)
    sections = levels.count(min(levels)) if levels else 0
    words = round(len(_TAG.sub(" ", html).split()) / _ROUND) * _ROUND
    return f"\n<!--rest: {sections} sections, {words} words-->" if sections or words else ""


def take_mark(html: str) -> tuple[str, Mapping[str, Json]] | None:
    """Return a public part without its mark, and what the mark says; None if it has none."""
    found = _MARK.search(html) if html.endswith(_END) else None  # which most are not, and the pattern looks everywhere
    if found is None:
        return None
    sections, words = int(found[1]), int(found[2])
    minutes = max(1, round(words / _WORDS_A_MINUTE)) if words else 0
    return html[: found.start()], {"sections": sections, "words": words, "minutes": minutes}
