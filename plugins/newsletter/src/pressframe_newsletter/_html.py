"""An entry's body as mail programs can show it: whole addresses, and nothing that runs, asks or plays."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

_GONE = frozenset(
    ("script", "style", "template", "form", "select", "textarea", "button", "svg", "math", "object", "head", "title")
)
"""Left out with all that is in them."""
_PLAYED = frozenset(("iframe", "video", "audio", "embed"))
"""A link to the page stands in their place."""
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
_SKIPPED = frozenset(
    ("area", "base", "input", "link", "meta", "source", "track", "map", "picture", "noscript", "label")
)
_KEPT = frozenset(
    ("alt", "title", "width", "height", "colspan", "rowspan", "start", "reversed", "lang", "dir", "class", "datetime")
)
_SCHEMES = frozenset(("http", "https", "mailto", "tel"))


def for_mail(html: str, page: str, play: str) -> str:
    """Return *html* for a mail.

    Args:
        html: An entry's body; trusted.
        page: The entry's whole address: where relative ones start, and what is played.
        play: Words of the link that stands for a film, a sound or a frame.
    """
    writer = _Writer(page, play)
    writer.feed(html)
    writer.close()
    return "".join(writer.parts)


class _Writer(HTMLParser):
    def __init__(self, page: str, play: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._page, self._play = page, play
        self._gone: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._gone:
            if tag == self._gone[-1]:
                self._gone.append(tag)
            return
        if tag in _PLAYED:
            self.parts.append(f'<p class="play"><a href="{escape(self._page)}">{escape(self._play)}</a></p>')
        if tag in _GONE or (tag in _PLAYED and tag not in _VOID):
            self._gone.append(tag)
        elif tag not in _SKIPPED and tag not in _PLAYED:
            self.parts.append(f"<{tag}{self._attributes(tag, attrs)}>")

    def handle_endtag(self, tag: str) -> None:
        if self._gone:
            if tag == self._gone[-1]:
                self._gone.pop()
        elif tag not in _VOID and tag not in _SKIPPED and tag not in _GONE and tag not in _PLAYED:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._gone:
            self.parts.append(escape(data, quote=False))

    def _attributes(self, tag: str, given: Sequence[tuple[str, str | None]]) -> str:
        kept = []
        for name, value in given:
            if name in _KEPT:
                kept.append(f' {name}="{escape(value or "")}"')
            elif (tag, name) in (("a", "href"), ("img", "src"), ("blockquote", "cite")):
                address = self._absolute(value or "")
                if address:
                    kept.append(f' {name}="{escape(address)}"')
        return "".join(kept)

    def _absolute(self, address: str) -> str:
        """Return a whole address; empty for one that a mail must not hold, or that leads into the mail itself."""
        if address.startswith("#"):
            return ""
        try:
            whole = urljoin(self._page, "".join(letter for letter in address.strip() if letter.isprintable()))
            return whole if urlsplit(whole).scheme in _SCHEMES else ""
        except ValueError:
            return ""
