"""The engine: HTML of what WordPress stores, well nested whatever an author wrote.

Lexbor (selectolax) parses it as browsers do, so what a text leaves open is closed where the text ends, and what it
closes too often is dropped: nothing in it can swallow the rest of a page.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from importlib import metadata

from selectolax.lexbor import LexborHTMLParser

from pressframe.errors import ContentError
from pressframe.model import Body, Heading
from pressframe_wordpress._blocks import has_blocks, strip_blocks
from pressframe_wordpress._paragraphs import add_paragraphs
from pressframe_wordpress._shortcodes import embed

DEEPEST = 1000
"""Elements inside each other; parsing takes time in proportion to the square of it."""

_MORE = re.compile(r"<!--more[^<>]*?-->")
_PAGE_BREAK = re.compile(r"<!--(?:nextpage|noteaser)-->")
_EMBEDDED = re.compile(r"(class=\"wp-block-embed__wrapper\">)\s*(https?://[^\s<>\"']+)\s*(?=</div>)")
_EMPTY = re.compile(r"<p></p>\n?")
_LONGEST_ANCHOR = 2000
"""Characters of a heading: to put a run of accents in order takes the square of its length."""
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)[^<>]*>")
_FLAT = frozenset(
    (
        "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p",
        "source", "td", "th", "tr", "track", "wbr",
    )
)  # fmt: skip
"""Elements that hold none of their own kind, so that leaving them open nests nothing."""


class WordpressEngine:
    """Makes HTML of a post's content, as the editors stored it."""

    version = f"wordpress 1, selectolax {metadata.version('selectolax')}"

    def render(self, text: str) -> Body:
        """Return the HTML of *text*, cut where its ``<!--more-->`` is: both parts are well nested for themselves.

        Raises:
            ContentError: It holds more than 1,000 elements inside each other.
        """
        is_of_blocks = has_blocks(text)
        whole = _PAGE_BREAK.sub("\n\n", strip_blocks(text) if is_of_blocks else text)
        headings = _Headings()
        parts = [_part(part, headings, is_of_blocks=is_of_blocks) for part in _MORE.split(whole, maxsplit=1)]
        return Body(html="".join(parts), headings=tuple(headings.found), more=len(parts[0]) if len(parts) > 1 else None)


class _Headings:
    """The headings found so far, each with an id of its own."""

    def __init__(self) -> None:
        self.found: list[Heading] = []
        self._counts: dict[str, int] = {}

    def add(self, level: int, text: str, given: str | None) -> str:
        """Note a heading and return its id: the one that it has, or one made from its text."""
        base = id = given or _anchor(text)
        while id in self._counts:
            self._counts[base] += 1
            id = f"{base}-{self._counts[base]}"
        self._counts[id] = 1
        self.found.append(Heading(level=level, id=id, text=text))
        return id


def _part(text: str, headings: _Headings, *, is_of_blocks: bool) -> str:
    """Return one part of a text as well-nested HTML."""
    made = _EMBEDDED.sub(_link_embedded, text) if is_of_blocks else add_paragraphs(text)
    _check_depth(made)
    tree = LexborHTMLParser(made, is_fragment=True)
    tree.unwrap_tags(["plaintext"])  # which nothing can close
    for node in tree.css("h1, h2, h3, h4, h5, h6"):
        shown = " ".join(node.text().split())
        node.attrs["id"] = headings.add(int(str(node.tag)[1]), shown, node.attributes.get("id"))
    return _EMPTY.sub("", tree.inner_html or "").strip() + "\n" if made.strip() else ""


def _link_embedded(found: re.Match[str]) -> str:
    return found[1] + embed(html.unescape(found[2]))


def _anchor(text: str) -> str:
    """Return an id in plain letters made from a heading's text, as markers of WordPress's plugins are."""
    plain = unicodedata.normalize("NFKD", text[:_LONGEST_ANCHOR].lower())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter) and letter not in "'’")
    return re.sub(r"[\W_]+", "-", letters).strip("-") or "section"


def _check_depth(text: str) -> None:
    open_elements: Counter[str] = Counter()
    depth = 0
    if text.count("<") <= DEEPEST:
        return
    for closing, name in _TAG.findall(text.lower()):
        if name in _FLAT or (closing and not open_elements[name]):
            continue
        step = -1 if closing else 1
        open_elements[name] += step
        depth += step
        if depth > DEEPEST:
            raise ContentError(
                f"holds more than {DEEPEST} elements inside each other", fix="close what is opened again and again"
            )
