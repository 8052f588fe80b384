"""Sections of entries that are for some audiences: which renderings there are, and what stands in each."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote, unquote

from pressframe.press import NOBODY
from pressframe_press._json import parse

if TYPE_CHECKING:
    from pressframe.model import Section

Eyes: TypeAlias = frozenset[str]
"""The name of a rendering: the audiences that count for those who get it; none for strangers."""

MOST = 3
"""Audiences that an entry with sections may name: with each one more there may be twice as many renderings."""

_PLACE = re.compile(r"<!--withheld:([^<>]*)-->\s*(?:<!--withheld:\1-->\s*)*")


def levels_of(required: Eyes | None, sections: Iterable[Eyes]) -> tuple[Eyes, ...]:
    """Return the sets of audiences each of which opens something: what its gate closes, or a section.

    Args:
        required: What the gate requires; None without a gate.
    """
    gate = required or frozenset()
    return tuple(dict.fromkeys([*([] if required is None else [gate]), *(gate | one for one in sections)]))


def eyes_of(levels: Iterable[Eyes], audiences: Eyes) -> Eyes:
    """Return the rendering for readers with *audiences*: this is where the core decides."""
    return frozenset[str]().union(*(one for one in levels if one <= audiences))


def renderings(levels: Iterable[Eyes]) -> list[Eyes]:
    """Return every rendering that some readers get, but for strangers': the fewest audiences first.

    Where a plugin that judges gates has failed, nobody gets one.
    """
    found: set[Eyes] = {frozenset()}
    for level in levels:
        found |= {one | level for one in found}
    kept = [one for one in found if one and NOBODY not in one]
    return sorted(kept, key=lambda one: (len(one), sorted(one)))


class Parts:
    """What a row knows of its entry's sections.

    Attributes:
        sections: What each requires, besides the gate, in the order of the text; without silent ones.
        levels: As ``levels_of`` returns them.
        between: The renderings that are neither strangers' nor have all, each with the files that it shows.
    """

    def __init__(self, text: str, gate: Eyes | None) -> None:
        every, noted, between = parse(text)
        self.sections = [frozenset(every[number]) for number in noted]
        self.levels = levels_of(gate, [frozenset(one) for one in every])
        self.between = {frozenset[str](eyes): frozenset[str](files) for eyes, files in between}
        self._places = {eyes: number for number, eyes in enumerate(self.between, 2)} | {frozenset[str](): 1}

    def place(self, audiences: Eyes) -> int:
        """Return which of its texts readers with *audiences* get: 0 the whole one, 1 strangers', the others after."""
        return self._places.get(eyes_of(self.levels, audiences), 0)


def cut(html: str, more: int | None, sections: Sequence[Section], audiences: Eyes) -> tuple[str, int | None]:
    """Return the text as readers with *audiences* get it, their gate being open, and where the author's mark is then.

    Places are left where sections are withheld.
    """
    pieces: list[str] = []
    at, size, mark = 0, 0, more
    for one in sections:
        if one.requires <= audiences:
            continue
        place = "" if one.silent else f"<!--withheld:{','.join(map(quote, sorted(one.requires - audiences)))}-->"
        pieces += [html[at : one.start], place]
        at = one.end
        if more is not None and more >= one.end:
            size += one.end - one.start - len(place)
            mark = more - size
    return "".join([*pieces, html[at:]]), mark


def fill_places(html: str, note: Callable[[tuple[str, ...], int], str]) -> str:
    """Return the text with a note in each place; one for sections that touch and are for the same.

    Args:
        note: Returns the note for so many sections that require these audiences, by name.
    """

    def fill(found: re.Match[str]) -> str:
        return f"{note(tuple(map(unquote, found[1].split(','))), found[0].count('<!--'))}\n"

    return _PLACE.sub(fill, html)


@functools.lru_cache(maxsize=1000)
def read_parts(text: str, gate: Eyes | None) -> Parts:
    """Return what a row knows of sections."""
    return Parts(text, gate)
