"""The engine: HTML of Markdown, by pyromark, with what a site needs besides.

CommonMark with tables, strikethrough and footnotes. Headings get ids, notes are gathered below the part that they
belong to, and the author's mark for the end of the public part is found.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from urllib.parse import unquote

import pyromark

from pressframe.errors import ContentError
from pressframe.model import Body, Heading
from pressframe_markdown._notes import MORE, gather_notes, link_notes
from pressframe_markdown._slug import slug

_EXTENSIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH | pyromark.Options.ENABLE_FOOTNOTES
_ALIGNED = re.compile(r'<(t[hd]) style="text-align: (left|center|right)">')
_HEADING = re.compile(r"<(?:!--|(/?)h([1-6])((?:\s[^<>]*)?)>)")
_ID = re.compile(r"\sid=[\"']?([^\s\"'<>]+)")
_NOTE_MARK = re.compile(r'<sup class="footnote-reference"[^<>]*><a [^<>]*>\d+</a></sup>')
_PICTURE = re.compile(r"<img\s[^<>]*>")
_DESCRIPTION = re.compile(r'\balt="([^"<>]*)"')
_TAG = re.compile(r"<[^<>]*>")
_PAIRED = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)[^<>]*>")
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
_TAKEN = ("comments", "respond", "commentform")
"""Ids that the conversation under an entry has."""


class PyromarkEngine:
    """Makes HTML of Markdown; raw HTML passes, as it comes from the site's owner."""

    version = f"pyromark {pyromark.__version__}"

    def __init__(self) -> None:
        self._markdown = pyromark.Markdown(options=_EXTENSIONS)

    def render(self, text: str) -> Body:
        """Return the HTML of *text*.

        Raises:
            ContentError: The author's mark stands inside another block, or pyromark breaks.
        """
        made, headings = number_headings(self._render(text))
        return find_cut(made, headings) if "!" in text and "<!--" in text else Body(html=made, headings=headings)

    def _render(self, text: str) -> str:
        """Return HTML without ids of headings; each step is left out where *text* shows that there is nothing to do."""
        try:
            has_notes = "^" in text and "[^" in text
            made = self._markdown.html(gather_notes(text, self._markdown) if has_notes else text)
            aligned = align_cells(made) if "|" in text else made
            return link_notes(aligned) if has_notes else aligned
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # a panic of its Rust code
            raise ContentError(
                f"pyromark, which makes HTML of Markdown, breaks on this text: {type(error).__name__}: {error}",
                fix="leave out parts of it to find the one that does it",
            ) from error


def align_cells(text: str) -> str:
    """Return *text* with the alignment of cells as GFM writes it: a strict policy lets no style attribute pass."""
    return _ALIGNED.sub(r'<\1 align="\2">', text)


def number_headings(text: str) -> tuple[str, tuple[Heading, ...]]:
    """Return *text* with an id for each heading, and the headings."""
    pieces: list[str] = []
    headings: list[Heading] = []
    ids = _Ids()
    opening: re.Match[str] | None = None
    done = hidden = 0
    for mark in _HEADING.finditer(text) if "</h" in text else ():
        if mark.start() < hidden:
            continue
        if mark[2] is None:
            end = text.find("-->", mark.end())
            hidden = len(text) if end < 0 else end
        elif not mark[1]:
            opening = mark
        elif opening and opening[2] == mark[2]:
            plain = _plain(text[opening.end() : mark.start()])
            given = _ID.search(opening[3]) if opening[3] else None
            id = given[1] if given else ids.make(plain)
            headings.append(Heading(level=int(mark[2]), id=id, text=plain))
            attributes = opening[3] if given else f' id="{id}"{opening[3]}'
            pieces += [text[done : opening.start()], f"<h{mark[2]}{attributes}>"]
            done = opening.end()
            opening = None
    return "".join([*pieces, text[done:]]), tuple(headings)


class _Ids:
    """Ids of one text's headings: their slugs, numbered from the second of the same on."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys(_TAKEN, 1)

    def make(self, title: str) -> str:
        base = unquote(slug(title)) or "section"
        id = base
        while id in self._counts:
            self._counts[base] += 1
            id = f"{base}-{self._counts[base]}"
        self._counts[id] = 1
        return id


def _plain(content: str) -> str:
    """Return a heading's text without markup; pictures give their description, marks of notes nothing."""
    if "<" in content:
        content = _TAG.sub("", _PICTURE.sub(_described, _NOTE_MARK.sub("", content)))
    if "&" in content:
        content = html.unescape(content)
    return content.replace("\n", " ").strip()


def _described(picture: re.Match[str]) -> str:
    found = _DESCRIPTION.search(picture[0])
    return found[1] if found else ""


def find_cut(text: str, headings: tuple[Heading, ...]) -> Body:
    """Return the body, cut where the author's mark is.

    Raises:
        ContentError: The mark stands inside a list, a quotation, or an element of raw HTML.
    """
    mark = MORE.search(text)
    if mark is None:
        return Body(html=text, headings=headings)
    above = text[: mark.start()].rstrip(" \t")
    around = left_open(above)
    if around:
        raise ContentError(
            f"{mark[0]} stands inside {around}; the public part can only end between two blocks",
            fix="give it a line of its own, not indented, with an empty line above and below",
        )
    return Body(html=above + text[mark.end() :].lstrip(), headings=headings, more=len(above))


def left_open(text: str) -> str | None:
    """Return the tag of the innermost element that *text* leaves open, ``<!--`` for a comment; None for none."""
    pieces: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0:
        pieces.append(text[at:start])
        at = text.find("-->", start) + len("-->")
        if at < start:
            return "<!--"
    shown = "".join([*pieces, text[at:]])
    if shown.rfind("<") > shown.rfind(">"):
        return "a tag"
    stack: list[str] = []
    depth: Counter[str] = Counter()
    for closing, name in _PAIRED.findall(shown):
        name = name.lower()
        if not closing and name not in _VOID:
            stack.append(name)
            depth[name] += 1
        while closing and depth[name]:
            last = stack.pop()
            depth[last] -= 1
            if last == name:
                break
    return f"<{stack[-1]}>" if stack else None
