"""What readers type becomes HTML: a subset of Markdown, with lines broken where they broke them.

Everything is written anew from the parser's events: of a tag that a reader typed only its name and, for a link, its
address are taken over. The sanitizer runs afterwards all the same.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from pressframe_comments._links import safe_url, split_links
from pressframe_comments._sanitize import TAGS
from pressframe_comments._smileys import smile

if TYPE_CHECKING:
    from pyromark.event import Event

_DEEPEST = 10
"""Quotes and lists nest so deep; what is deeper is shown at that depth."""

_BLOCK = re.compile(r"</?(?:blockquote|li|ol|p|pre|ul)\b", re.IGNORECASE)
_CODE = frozenset({"code", "kbd", "pre"})
_TAG = re.compile(r"(<[^<>]*>)")
_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)(?=[\s/>])")
_HREF = re.compile(r"\shref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_UNPRINTABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0x7F, 0xFFFE, 0xFFFF])

_ELEMENTS = {"Paragraph": ("<p>", "</p>\n"), "Item": ("<li>", "</li>\n")}
_ELEMENTS |= {"Emphasis": ("<em>", "</em>"), "Strong": ("<strong>", "</strong>")}


def render(text: str) -> str:
    """Return *text* as HTML, still to be sanitised; takes time in proportion to its length."""
    import pyromark

    writing = _Writing()
    for event in pyromark.events(text.translate(_UNPRINTABLE)):
        writing.take(event)
    return "".join(writing.pieces)


class _Writing:
    """The HTML so far, and what is still open."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._closers: list[str] = []
        self._nested = 0  # quotes and lists
        self._links = 0
        self._typed_code = 0  # tags of code that were typed
        self._write_text = self._write_prose  # what becomes of text just here
        self._typed: list[str] = []  # lines of a block that begins with a typed tag

    def take(self, event: Event) -> None:
        """Write what *event* stands for."""
        match event:
            case {"Text": str(text)}:
                self._write_text(text)
            case "SoftBreak" | "HardBreak":
                self.pieces.append("<br>\n")
            case {"Start": tag}:
                self._start(tag)
            case {"End": tag}:
                self._end(tag)
            case {"Code": str(code)}:
                self.pieces.append(f"<code>{html.escape(code)}</code>")
            case {"InlineHtml": str(tag)}:
                self._write_typed_tag(tag)
            case {"Html": str(lines)}:
                self._typed.append(lines)
            case "Rule":
                self.pieces.append("<hr>\n")
            case _:
                pass  # needs an option of the parser that is off

    # ------------------------------------------------------------------------------------------- elements

    def _start(self, tag: object) -> None:
        match tag:
            case str() if tag in _ELEMENTS:
                self._open(*_ELEMENTS[tag])
            case {"List": start}:
                self._nest("</ul>\n" if start is None else "</ol>\n", "" if start in (None, 1) else f' start="{start}"')
            case {"BlockQuote": _}:
                self._nest("</blockquote>\n")
            case {"Heading": _}:
                self._open("<p><strong>", "</strong></p>\n")
            case {"Link": {"dest_url": url}} | {"Image": {"dest_url": url}}:
                self._link(url)
            case {"CodeBlock": "Indented"}:  # nobody indents a comment to say that it is code
                self._write_text = self._write_indented
                self._open("<p>", "</p>\n")
            case {"CodeBlock": _}:
                self._write_text = self._write_code
                self._open("<pre><code>", "</code></pre>\n")
            case _:
                self._open("", "")

    def _open(self, opening: str, closing: str) -> None:
        self.pieces.append(opening)
        self._closers.append(closing)

    def _nest(self, closing: str, attributes: str = "") -> None:
        self._nested += 1
        name = closing.strip("</>\n")
        self._open(*((f"<{name}{attributes}>\n", closing) if self._nested <= _DEEPEST else ("", "")))

    def _link(self, url: str) -> None:
        target = safe_url(url) if self._links == 0 else None
        self._links += 1
        self._open(*((f'<a href="{html.escape(target)}">', "</a>") if target else ("", "")))

    def _end(self, tag: object) -> None:
        match tag:
            case "HtmlBlock":
                self._write_typed_block()
            case "Link" | "Image":
                self._links -= 1
            case {"List": _} | {"BlockQuote": _}:
                self._nested -= 1
            case "CodeBlock":
                self._write_text = self._write_prose
        self.pieces.append(self._closers.pop())

    # ----------------------------------------------------------------------------------------------- text

    def _write_prose(self, text: str) -> None:
        if self._typed_code or self._links:
            self.pieces.append(html.escape(text if self._typed_code else smile(text)))
            return
        for piece, url in split_links(text):
            shown = html.escape(smile(piece) if url is None else piece)
            self.pieces.append(f'<a href="{html.escape(url)}">{shown}</a>' if url else shown)

    def _write_code(self, text: str) -> None:
        self.pieces.append(html.escape(text))

    def _write_indented(self, text: str) -> None:
        self._write_lines(text.removesuffix("\n"))

    def _write_lines(self, text: str) -> None:
        for number, line in enumerate(text.split("\n")):
            self.pieces.append("<br>\n" if number else "")
            self._write_prose(line)

    # --------------------------------------------------------------------------------------- typed markup

    def _write_typed_tag(self, tag: str) -> None:
        """Write a tag that readers may type as one of our own, any other as the text that it is."""
        found = _NAME.match(tag)
        name = found[2].lower() if found else ""
        if not found or name not in TAGS:
            self._write_prose(tag)
            return
        is_end = found[1] == "/"
        if name in _CODE:
            self._typed_code = max(self._typed_code + (-1 if is_end else 1), 0)
        if name == "a":
            self._links = max(self._links + (-1 if is_end else 1), 0)
        self.pieces.append(f"</{name}>" if is_end else f"<{name}{_href(tag) if name == 'a' else ''}>")

    def _write_typed_block(self) -> None:
        """Write a block that begins with a typed tag: tags and text by turns."""
        pieces, self._typed = _TAG.split("".join(self._typed).strip("\n")), []
        is_prose = not any(_BLOCK.match(piece) for piece in pieces)
        self.pieces.append("<p>" if is_prose else "")
        for index, piece in enumerate(pieces):
            if index % 2:
                self._write_typed_tag(piece)
                continue
            text = piece.removeprefix("\n") if index and _BLOCK.match(pieces[index - 1]) else piece
            text = text.removesuffix("\n") if index + 1 < len(pieces) and _BLOCK.match(pieces[index + 1]) else text
            self._write_lines(html.unescape(text))
        self.pieces.append("</p>\n" if is_prose else "\n")


def _href(tag: str) -> str:
    """Return the attribute of a typed link that leads to a plain address, nothing for any other."""
    found = _HREF.search(tag)
    url = safe_url(html.unescape(next(filter(None, found.groups()), ""))) if found else None
    return f' href="{html.escape(url)}"' if url else ""
