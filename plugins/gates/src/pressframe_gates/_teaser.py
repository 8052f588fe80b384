"""The public part of a closed entry: up to the author's mark, or its first paragraphs; whole blocks, and never all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import attrs

from pressframe.model import Body

TAG = re.compile(r"""<!--.*?-->|<(/?)([a-zA-Z][^\s/>]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""", re.DOTALL)
"""A comment, or a tag: whether it closes, its name, its attributes."""
VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_TEXT_BLOCKS = frozenset(("p", "blockquote", "ul", "ol"))
_TEXT = _TEXT_BLOCKS | frozenset(
    (
        "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "li", "mark", "q",
        "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
    )
)  # fmt: skip
_NOTE_MARK = re.compile(r'<sup\b[^<>]*>\s*<a\b[^<>]*\bhref="#[^<>]*>[^<>]*</a>\s*</sup>')
_WORD = re.compile(r"\w")


@attrs.frozen(kw_only=True)
class Extent:
    """How much is public where the author set no mark: so many paragraphs, so many words, or what fits both."""

    paragraphs: int | None = None
    words: int | None = None

    @classmethod
    def of(cls, paragraphs: int | None, words: int | None) -> Extent | None:
        """Return an extent, None where nothing is said of it."""
        return None if paragraphs is None and words is None else cls(paragraphs=paragraphs, words=words)

    def holds(self, blocks: int, words: int) -> bool:
        """Say whether so many blocks of so many words in all are not too much."""
        return (self.paragraphs is None or blocks <= self.paragraphs) and (self.words is None or words <= self.words)


class Public(NamedTuple):
    """The public part of a body, and what comes behind it."""

    html: str
    rest: str


def cut(body: Body, extent: Extent) -> Public:
    """Return the public part of *body*.

    It ends at the author's mark. Without one, or where nothing follows the mark, it is the first blocks of plain text:
    what comes before them (a picture, a heading) is left out, and at the next picture, table, code or heading it ends.

    Args:
        extent: What the blocks may come to, at most.
    """
    if body.more is not None and _speaks(body.html[body.more :]):
        return Public(body.html[: body.more], body.html[body.more :])
    taken: list[str] = []
    words = last = 0
    for block, end in _blocks(body.html):
        if _is_text(block):
            words += _count_words(block)
            if not extent.holds(len(taken) + 1, words) or not _speaks(body.html[end:]):
                break
            taken.append(_NOTE_MARK.sub("", block))
            last = end
        elif taken:
            break
    return Public("\n".join(taken), body.html[last:])


def _count_words(block: str) -> int:
    return len(TAG.sub(" ", block).split())


def _blocks(html: str) -> Iterator[tuple[str, int]]:
    """Yield each top-level piece of *html* and where it ends, up to where elements are not closed in order."""
    around: list[str] = []
    start = 0
    for tag in TAG.finditer(html):
        closing, name = tag[1], (tag[2] or "").lower()
        if not around:
            if html[start : tag.start()].strip():
                yield html[start : tag.start()], tag.start()
            start = tag.start() if name else tag.end()
            if not name:  # a comment between two blocks is no block
                continue
        if closing and around:
            if around.pop() != name:
                return
        elif closing:
            start = tag.end()
        elif name and name not in VOID:
            around.append(name)
        if not around and start < tag.end():
            yield html[start : tag.end()], tag.end()
            start = tag.end()


def _is_text(block: str) -> bool:
    """Say whether *block* is a paragraph, a quotation or a list of nothing but words."""
    names = [tag[2].lower() if tag[2] else "" for tag in TAG.finditer(block)]
    is_whole = "<" not in TAG.sub("", block)  # what would begin a tag or a comment could swallow the page
    return is_whole and names[:1] != [] and names[0] in _TEXT_BLOCKS and _TEXT.issuperset(names) and _speaks(block)


def _speaks(html: str) -> bool:
    return _WORD.search(TAG.sub("", html)) is not None
