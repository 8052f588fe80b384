"""The plain text of a mail, made from its HTML: so both say the same to the same readers."""

from __future__ import annotations

import re
import textwrap
from html.parser import HTMLParser

_WIDTH = 76
_NUMBER = re.compile(r"[0-9]{1,9}")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "dd", "div", "dl", "dt", "figcaption", "figure", "footer",
        "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table",
        "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    )
)  # fmt: skip
_VOID = frozenset(("br", "col", "hr", "img", "link", "meta", "wbr"))
_HEADINGS = {"h1": "=", "h2": "-"}


def to_text(html: str) -> str:
    """Return what a mail's *html* says, in lines of 76 letters; long addresses are not broken.

    Links are numbered and stand below the part that they are in; one that is a paragraph of its own stands there.
    What has the attribute ``data-text="no"`` is left out.
    """
    writer = _Writer()
    writer.feed(html)
    writer.close()
    writer.flush()
    writer.list_links()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(writer.lines)).strip("\n") + "\n"


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._words: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._left_out = 0
        self._margins: list[str] = []
        self._bullet = ""
        self._counts: list[int | None] = []
        self._links: list[str] = []
        self._href: list[tuple[str, int]] = []
        self._own: list[str] = []
        self._is_after_link = False
        self._is_kept = 0
        self._cells: list[str] | None = None

    # -------------------------------------------------------------------------------------------- parsing

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_out = given.get("data-text") == "no" or tag in ("style", "title", "script")
        if tag not in _VOID:
            self._open.append((tag, is_out))
            self._left_out += is_out
        if self._left_out or (is_out and tag in _VOID):
            return
        if tag in _BLOCKS and tag not in ("td", "th"):
            self.flush()
        self._begin(tag, given)

    def _begin(self, tag: str, given: dict[str, str | None]) -> None:
        if tag == "br":
            self._words.append("\n")
        elif tag == "hr":
            self._blank()
            self.lines.append("* * *")
            self._blank()
        elif tag == "img" and given.get("alt"):
            self._words.append(f"[{given['alt']}]")
        elif tag == "a":
            if self._is_after_link and self._words and self._words[-1].isspace():
                self._words[-1] = "\n"  # links in a row are a list
            self._href.append((given.get("href") or "", len(self._words)))
        elif tag in ("ul", "ol"):
            start = given.get("start") or ""
            self._counts.append(None if tag == "ul" else int(start) if _NUMBER.fullmatch(start) else 1)
        elif tag == "li":
            self._bullet = self._next_bullet()
            self._margins.append(" " * len(self._bullet))
        elif tag == "blockquote":
            self._blank()
            self._margins.append("> ")
        elif tag == "pre":
            self._is_kept += 1
            self._margins.append("    ")
        elif tag == "tr":
            self._cells = []
        elif tag == "sup":
            self._words.append("(")

    def handle_endtag(self, tag: str) -> None:
        if tag not in [name for name, _ in self._open]:
            return
        while True:
            name, is_out = self._open.pop()
            if not self._left_out:
                self._end(name)
            self._left_out -= is_out
            if name == tag:
                return

    def _end(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        elif tag == "sup":
            self._words.append(")")
        elif tag in ("td", "th"):
            if self._cells is not None:
                self._cells.append(self._take())
        elif tag in _BLOCKS:
            if tag == "tr" and self._cells is not None:
                self._words, self._cells = [" | ".join(filter(None, self._cells))], None
            self.flush(heading=tag)
            if tag in ("li", "blockquote", "pre") and self._margins:
                self._margins.pop()
                self._is_kept -= tag == "pre"
            if tag in ("ul", "ol") and self._counts:
                self._counts.pop()
            if tag == "blockquote":
                while self.lines and not self.lines[-1].strip("> "):
                    self.lines.pop()
            if tag not in ("li", "tr", "thead", "tbody", "dt") and not (self._counts and tag == "p"):
                self._blank()
            if tag == "article":
                self.list_links()

    def handle_data(self, data: str) -> None:
        if not self._left_out:
            self._words.append(data if self._is_kept else _SPACES.sub(" ", data))
            self._is_after_link = self._is_after_link and data.isspace()

    # -------------------------------------------------------------------------------------------- writing

    def _next_bullet(self) -> str:
        if not self._counts or self._counts[-1] is None:
            return "- "
        number = self._counts[-1]
        self._counts[-1] = number + 1
        return f"{number}. "

    def _end_link(self) -> None:
        if not self._href:
            return
        href, begun = self._href.pop()
        shown = "".join(self._words[begun:]).strip()
        if not href or href == shown or not shown:
            return
        if not "".join(self._words[:begun]).strip():
            self._own.append(href)
        if href not in self._links:
            self._links.append(href)
        self._words.append(f" [{self._links.index(href) + 1}]")
        self._is_after_link = True

    def _take(self) -> str:
        said, self._words = "".join(self._words), []
        return said.strip("\n") if self._is_kept else said.strip()

    def flush(self, heading: str = "") -> None:
        """Write the paragraph that has been gathered."""
        own, self._own = self._own, []
        said = self._take()
        if not said:
            return
        below: list[str] = []
        if own:  # a paragraph that is nothing but a link has its address below it
            mark = f" [{self._links.index(own[0]) + 1}]"
            if len(own) == 1 and said.endswith(mark) and said.count(" [") == 1:
                said = said.removesuffix(mark)
                below.append(own[0])
                if self._links[-1] == own[0]:
                    self._links.pop()
        margin = "".join(self._margins)
        first = margin[: len(margin) - len(self._bullet)] + self._bullet if self._bullet else margin
        self._bullet = ""
        lines = said.split("\n")
        for line in lines:
            wrapped = [line] if self._is_kept else textwrap.wrap(
                line.strip(), max(_WIDTH - len(margin), 20), break_long_words=False, break_on_hyphens=False
            ) or [""]  # fmt: skip
            for one in wrapped:
                self.lines.append(f"{first}{one}".rstrip())
                first = margin
        if heading in _HEADINGS:
            self.lines.append(_HEADINGS[heading] * min(max(map(len, lines)), _WIDTH))
        self.lines += [f"{margin}{address}" for address in below]

    def _blank(self) -> None:
        if self.lines and self.lines[-1]:
            quoted = "".join(one for one in self._margins if one == "> ").rstrip()
            self.lines.append(quoted)

    def list_links(self) -> None:
        """Write the links that were numbered since the last list."""
        if self._links:
            self._blank()
            self.lines += [f"[{number}] {href}" for number, href in enumerate(self._links, 1)]
            self.lines.append("")
        self._links = []
