"""Sections of a text that are for some audiences: found between their author's marks, ``only`` and ``end only``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import attrs

from pressframe.errors import ContentError, Place, did_you_mean
from pressframe.model import Body, Entry, Section
from pressframe_gates._rules import PUBLIC
from pressframe_gates._teaser import TAG, VOID

_WORD = r"!--[\s-]*(?:/\s*only\b|only\b|end[\s_-]*only\b)"
_STARTS = re.compile(f"<{_WORD}", re.IGNORECASE)
_STARTS_OR_CODE = re.compile(f"(?:<|&lt;){_WORD}", re.IGNORECASE)
"""Marks in HTML: those that are some, and those that are shown, as in a piece of code. In the text they look alike."""
_OPENING = re.compile(r"<!--\s*only:\s*([^<>]*?)\s*-->")
_END = re.compile(r"<!--\s*end only\s*-->")
_ALONE = re.compile(r"(<p>\s*)?<!--\s*(?:only:[^<>]*|end only)\s*-->((?(1)\s*</p>))")
_BEFORE, _AFTER = re.compile(r"<p>\s*\Z"), re.compile(r"\s*</p>")
_NOTE = re.compile(r'<div class="footnote-definition" id="([^"<>]+)">')
_DIV = re.compile(r"<(/?)div\b[^<>]*>")
_LINE = "give it a line of its own, not indented, with an empty line above and below"


class _Mark(NamedTuple):
    """A mark, from where to where it goes with the paragraph that holds nothing else, and the element around it."""

    text: str
    start: int
    end: int
    around: str


class _Note(NamedTuple):
    """A note below the text, with what refers to it."""

    id: str
    start: int
    end: int


def find_sections(entry: Entry, text: str, known: Iterable[str]) -> list[Section]:
    """Return the sections of an entry, in their order.

    Args:
        text: What its HTML was made of.
        known: The audiences that there are.

    Raises:
        ContentError: A mark has no other, stands where it would cut something, or names no audience.
    """
    html = entry.body.html
    if "<!--" not in html or not _STARTS.search(html):
        return []
    found: list[Section] = []
    opening: _Mark | None = None
    marks = list(_marks(html))
    for mark in marks:
        _check(mark, opening, html, text)
        if opening is None:
            opening = mark
            continue
        found.append(_section(opening, mark, entry.body, text, sorted(known)))
        opening = None
    if opening:
        raise _wrong(opening, html, text, "begins a section that nothing ends", "write <!-- end only --> where it ends")
    hidden = {one.start() for one in _STARTS.finditer(html)} - {html.index("<!--", mark.start) for mark in marks}
    if hidden:
        at = min(hidden)
        odd = _Mark(html[at : at + 40].partition("-->")[0], at, at, "a tag or a comment")
        raise _inside(odd, html, text)
    return sorted([*found, *_own_notes(html, found)], key=lambda one: one.start)


def without_marks(body: Body) -> Body:
    """Return a body without the marks; the very same if it has none."""
    if "<!--" not in body.html or not _STARTS.search(body.html):
        return body
    above = _ALONE.sub("", body.html[: body.more or 0])
    html = above + _ALONE.sub("", body.html[body.more or 0 :])
    return attrs.evolve(body, html=html, more=None if body.more is None else len(above))


def _marks(html: str) -> Iterator[_Mark]:
    """Yield every mark that a browser takes for a comment."""
    around: list[str] = []
    for tag in TAG.finditer(html):
        name = (tag[2] or "").lower()
        if name and not tag[1]:
            around += [] if name in VOID else [name]
        elif name:
            while name in around and around.pop() != name:
                pass
        elif _STARTS.match(tag[0]):
            before, after = _BEFORE.search(html, 0, tag.start()), _AFTER.match(html, tag.end())
            if around == ["p"] and before and after:
                yield _Mark(tag[0], before.start(), after.end(), "")
            else:
                yield _Mark(tag[0], tag.start(), tag.end(), f"<{around[-1]}>" if around else "")


def _check(mark: _Mark, opening: _Mark | None, html: str, text: str) -> None:
    """Raise ContentError where a mark is none, cuts an element, or does not go with the one before."""
    is_end = _END.fullmatch(mark.text) is not None
    if not is_end and not _OPENING.fullmatch(mark.text):
        fix = "write <!-- only: AUDIENCE --> and <!-- end only -->, or begin this comment with another word"
        raise _wrong(mark, html, text, "is no mark of a section", fix)
    if mark.around:
        raise _inside(mark, html, text)
    if is_end and opening is None:
        fix = "write <!-- only: AUDIENCE --> where it begins, or delete this one"
        raise _wrong(mark, html, text, "ends a section that nothing begins", fix)
    if not is_end and opening:
        raise _wrong(mark, html, text, f"stands in the section that {opening.text} begins", "end that one above it")


def _section(opening: _Mark, end: _Mark, body: Body, text: str, known: Sequence[str]) -> Section:
    found = _OPENING.fullmatch(opening.text)
    names = [name.strip() for name in found[1].split(",")] if found else []
    for name in names:
        if name not in known:
            fix = did_you_mean(name, known) or f"write one or several of {', '.join(known)}, with commas between"
            others = {"": "names no audience", PUBLIC: f"names {PUBLIC}, which is no section's audience"}
            raise _wrong(opening, body.html, text, others.get(name, f'names "{name}", which is no audience'), fix)
    if not body.html[opening.end : end.start].strip():
        raise _wrong(opening, body.html, text, "begins a section that holds nothing", "delete both marks")
    if body.more is not None and opening.end <= body.more <= end.start:
        fix = "end the section above <!--more-->, or begin it below"
        raise _wrong(opening, body.html, text, "begins a section in which the public part ends", fix)
    return Section(start=opening.end, end=end.start, requires=frozenset(names))


# ------------------------------------------------------------------------------------------------- notes


def _own_notes(html: str, sections: Sequence[Section]) -> Iterator[Section]:
    """Yield the notes below a text to which sections alone refer: what they say belongs to these."""
    divs = [_Note(one[1], one.start(), _end_of(html, one.start())) for one in _NOTE.finditer(html)]
    notes = [one for one in divs if not any(section.start <= one.start < section.end for section in sections)]
    asked = {
        note.id: [found.start() for found in re.finditer(rf'href="#{re.escape(note.id)}"', html)] for note in notes
    }

    def owners(id: str, seen: frozenset[str]) -> set[frozenset[str]]:
        """Return what readers need to see each mark that refers to a note; nothing at all for a public one."""
        found: set[frozenset[str]] = set()
        for place in asked[id]:
            around = next((one for one in notes if one.start <= place < one.end), None)
            if around is None:
                found |= {next((one.requires for one in sections if one.start <= place < one.end), frozenset())}
            elif around.id not in seen:
                found |= owners(around.id, seen | {around.id})
        return found

    for note in notes:
        needed = owners(note.id, frozenset({note.id}))
        if needed and frozenset() not in needed:
            yield Section(start=note.start, end=note.end, requires=frozenset().union(*needed), silent=True)


def _end_of(html: str, start: int) -> int:
    depth = 0
    for tag in _DIV.finditer(html, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    return len(html)


# ------------------------------------------------------------------------------------------------ errors


def _inside(mark: _Mark, html: str, text: str) -> ContentError:
    said = f"stands inside {mark.around}; a section begins and ends between two blocks"
    return _wrong(mark, html, text, said, _LINE)


def _wrong(mark: _Mark, html: str, text: str, said: str, fix: str) -> ContentError:
    """Return an error at the line of the text that holds the mark."""
    place = html.index("<!--", mark.start)
    number = sum(one.start() < place for one in _STARTS_OR_CODE.finditer(html))
    starts = [one.start() for one in _STARTS.finditer(text)]
    line = text.count("\n", 0, starts[number]) + 1 if number < len(starts) else None
    return ContentError(f"{mark.text} {said}", at=Place("", line), fix=fix)
