"""Footnotes: gathered at the end of the part that they belong to, and linked both ways."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyromark import Markdown

MORE = re.compile(r"<!-- ?more ?-->")
"""The author's mark: what stands above it is the public part of a closed entry."""

_SECTION = re.compile(r"<!--\s*only:")
"""Begins a part for an audience: a note in it is no other's."""

_DEFINITION = '<div class="footnote-definition"'
_FIRST = re.compile(r"^ {0,3}\[\^[^\]\n]+\]:", re.MULTILINE)
_REFERENCE = re.compile(r'<sup class="footnote-reference"><a href="#[^"]*">(\d+)</a></sup>')
_LABEL = re.compile(
    r'<div class="footnote-definition" id="[^"]*"><sup class="footnote-definition-label">(\d+)</sup>(\n<p>)?'
)
_END = re.compile(r' id="(fn(?:ref)?:\d+)"')
_LINK = re.compile(r'<a href="#(fn(?:ref)?:\d+)" role="doc-(?:noteref|backlink)">(\d+)</a>')


def gather_notes(text: str, markdown: Markdown) -> str:
    """Return the Markdown *text* with each note moved to the end of its part.

    A note above the author's mark goes above the mark, so that it stays public, and one below it stays withheld.
    Notes inside quotations and lists stay where they are, and so do all where parts are for some readers alone.
    """
    first = _FIRST.search(text)
    if first is None or _SECTION.search(text) or _are_last(text[first.start() :].splitlines()):
        return text
    source = text.encode()
    notes, mark = _notes_and_mark(markdown, text)
    pieces: list[bytes] = []
    waiting: list[bytes] = []
    at = 0
    for start, end in sorted([*notes, *([(mark, mark)] if mark is not None else [])]):
        pieces.append(source[at:start])
        if start == end:
            pieces += [*waiting, b"\n\n"]
            waiting = []
        else:
            waiting += [b"\n\n", source[start:end].strip(b"\n")]
        at = end
    moved = b"".join([*pieces, source[at:], *waiting, b"\n"]).decode()
    # A text that ends inside a code block or a comment would swallow them.
    return moved if markdown.html(moved).count(_DEFINITION) == markdown.html(text).count(_DEFINITION) else text


def _are_last(lines: Iterable[str]) -> bool:
    """Say whether *lines*, from the first note on, hold nothing else: most texts have theirs at the end already."""
    return all(not line.strip() or line.startswith((" ", "\t", "[^")) for line in lines)


def _notes_and_mark(markdown: Markdown, text: str) -> tuple[list[tuple[int, int]], int | None]:
    """Return where the notes stand, and the author's mark, both outside of any other block, in bytes of UTF-8."""
    notes: list[tuple[int, int]] = []
    mark, depth = None, 0
    for event, span in markdown.events_with_range(text):
        if not isinstance(event, dict):
            continue
        if "Start" in event:
            if depth == 0 and isinstance(event["Start"], dict) and "FootnoteDefinition" in event["Start"]:
                notes.append((span["start"], span["end"]))
            depth += 1
        elif "End" in event:
            depth -= 1
        elif depth == 1 and mark is None and MORE.match(str(event.get("Html"))):
            mark = span["start"]
    return notes, mark


def link_notes(html: str) -> str:
    """Return *html* with notes and the marks that refer to them linked by numbers, each id there once.

    A note's number goes into its first paragraph, before its words.
    """
    marks: Counter[str] = Counter()
    notes: set[str] = set()

    def link_mark(found: re.Match[str]) -> str:
        number = found[1]
        marks[number] += 1
        own = f"fnref:{number}" if marks[number] == 1 else f"fnref:{number}:{marks[number]}"
        link = f'<a href="#fn:{number}" role="doc-noteref">{number}</a>'
        return f'<sup class="footnote-reference" id="{own}">{link}</sup>'

    def link_label(found: re.Match[str]) -> str:
        number = found[1]
        own = "" if number in notes else f' id="fn:{number}"'
        notes.add(number)
        back = f'<a href="#fnref:{number}" role="doc-backlink">{number}</a>' if marks[number] else number
        label = f'<sup class="footnote-definition-label">{back}</sup>'
        return f"{_DEFINITION}{own}>{found[2]}{label} " if found[2] else f"{_DEFINITION}{own}>{label}"

    return _LABEL.sub(link_label, _REFERENCE.sub(link_mark, html))


def unlink_notes(part: str, whole: str) -> str:
    """Return *part* without links to notes, or back to their marks, that are not in *whole*: those are withheld."""
    ids = set(_END.findall(whole))
    return _LINK.sub(lambda found: found[0] if found[1] in ids else found[2], part)
