"""Paragraphs and line breaks where an author only typed empty lines and line ends.

By the rules of WordPress's ``wpautop`` as its users know them: an empty line parts two paragraphs, a line end is a
break, and neither counts inside preformatted text, scripts, and the skeleton of tables and lists.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

from pressframe_wordpress._shortcodes import embed

Mode: TypeAlias = Literal["always", "mixed", "lines", "bare"]

_ELEMENTS: dict[Mode, tuple[str, ...]] = {
    "always": ("blockquote",),
    "mixed": (
        "address", "article", "aside", "center", "dd", "details", "div", "fieldset", "footer", "form", "header",
        "hgroup", "li", "main", "nav", "section", "td", "th",
    ),
    "lines": ("caption", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "legend", "p", "summary"),
    "bare": ("audio", "dl", "figure", "menu", "ol", "table", "tbody", "tfoot", "thead", "tr", "ul", "video"),
}  # fmt: skip
_MODES = {name: mode for mode, names in _ELEMENTS.items() for name in names}
"""What empty lines mean directly inside an element: ``always`` paragraphs, ``mixed`` only where there are several,
``lines`` breaks alone, ``bare`` nothing. At the top level it is ``always``."""

_VERBATIM_BLOCKS = frozenset({"colgroup", "pre", "script", "style"})
_VERBATIM = _VERBATIM_BLOCKS | {"map", "math", "object", "picture", "select", "svg", "textarea"}
_BLOCKS = frozenset(_MODES) | _VERBATIM_BLOCKS | {"hr"}
_TOKEN = re.compile(
    rf"<(?:!--|(/?)({'|'.join(sorted(_BLOCKS | _VERBATIM, reverse=True))})(?:[\s/][^<>]*)?>)", re.IGNORECASE
)
_LINE = "\v"
"""Stands for a line end that counts."""

_TAG_OF_LINES = re.compile(rf"<[A-Za-z][^<>{_LINE}]*{_LINE}[^<>]*>")

_EMPTY_LINES = re.compile(rf"[ \t]*{_LINE}(?:[ \t]*{_LINE})+[ \t]*")
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
_BREAK_AT_END = re.compile(rf"(<br\s*/?>)[ \t]*{_LINE}", re.IGNORECASE)


def add_paragraphs(text: str) -> str:
    """Return the HTML *text* with paragraphs and breaks as tags; in time linear in its length.

    An address that is a paragraph of its own becomes a player or a link.
    """
    return "".join(_pieces(text.replace(_LINE, " ").replace("\r\n", "\n")))


def _pieces(text: str) -> Iterator[str]:
    """Yield blocks' tags as they stand, and what is between them in paragraphs."""
    inside: list[str] = []
    run: list[str] = []
    for piece, name, is_end in _tokens(text):
        if name not in _BLOCKS:
            run.append(piece)
            continue
        yield _shown("".join(run), _MODES[inside[-1]] if inside else "always")
        run = []
        yield f"{piece}\n" if is_end or name in _VERBATIM else piece
        if name in _MODES:
            _step(inside, name, is_end=is_end)
    yield _shown("".join(run), _MODES[inside[-1]] if inside else "always")


def _tokens(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield text, comments, tags and whole verbatim elements, each with its element's name and whether it ends one."""
    last_comment_end = text.rfind("-->")
    at = 0
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        name, is_end = (token[2] or "").lower(), bool(token[1])
        if start < at or (not name and start >= last_comment_end):
            continue
        if start > at:
            yield _mark_lines(text[at:start]), "", False
        if not name:
            end = text.index("-->", start) + len("-->")
        elif name in _VERBATIM and not is_end:
            end = _end_of(text, name, end)
        yield text[start:end], name, is_end
        at = end
    yield _mark_lines(text[at:]), "", False


def _mark_lines(text: str) -> str:
    """Return *text* with marks for its line ends, but for those inside tags."""
    return _TAG_OF_LINES.sub(lambda tag: tag[0].replace(_LINE, "\n"), text.replace("\n", _LINE))


def _end_of(text: str, name: str, start: int) -> int:
    """Return where the verbatim element that starts before *start* ends: at its end tag, else at the text's."""
    found = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(text, start)
    return found.end() if found else len(text)


def _step(inside: list[str], name: str, *, is_end: bool) -> None:
    """Enter or leave an element; an end tag closes what was left open inside."""
    if not is_end:
        inside.append(name)
    elif name in inside[-50:]:  # further out there is nothing that an author can mean
        while inside.pop() != name:
            pass


def _shown(run: str, mode: Mode) -> str:
    if mode == "bare":
        return run.replace(_LINE, "\n")
    paragraphs = list(filter(None, map(_break_lines, _EMPTY_LINES.split(run))))
    if mode == "lines" or (mode == "mixed" and not _EMPTY_LINES.search(run)):
        return "\n".join(paragraphs)
    return "".join(map(_paragraph, paragraphs))


def _break_lines(paragraph: str) -> str:
    shown = paragraph.strip(f" \t\n{_LINE}")
    return _BREAK_AT_END.sub(r"\1\n", shown).replace(_LINE, "<br />\n")


def _paragraph(content: str) -> str:
    if _ADDRESS.fullmatch(content):
        return f"{embed(html.unescape(content))}\n"
    return f"{content}\n" if _is_comment(content) else f"<p>{content}</p>\n"


def _is_comment(paragraph: str) -> bool:
    return paragraph.startswith("<!--") and paragraph.find("-->") == len(paragraph) - len("-->")
