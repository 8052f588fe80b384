"""What a stranger's page says: whether it links here, who wrote it, where it takes mentions. Run by ``_reading``.

A hostile megabyte can keep any HTML parser busy for minutes, or make it fill all memory; so this is a program of its
own, which gives itself an end in both. It gets one JSON text and answers with another.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pressframe_web.fetching import FetchError, normalize_url

CPU_SECONDS = 2
MEMORY_BYTES = 512 * 1024 * 1024

_LINKING = {
    "a": "href", "area": "href", "img": "src", "video": "src", "audio": "src", "source": "src", "iframe": "src",
    "embed": "src", "object": "data", "blockquote": "cite", "q": "cite",
}  # fmt: skip
_UNSEEN = ["script", "style", "template", "noscript"]
_BLOCKS = {"p", "li", "dd", "dt", "td", "th", "blockquote", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "div",
           "section", "article", "body"}  # fmt: skip
_AUTHOR, _TITLE, _TEXT = 80, 150, 400
"""Longest of each, in characters."""
_BEFORE = 160
"""Characters shown of what stands before a link."""


def main() -> None:
    """Answer the question on standard input."""
    with contextlib.suppress(ImportError):  # where there are no limits, who asked ends it when it takes too long
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    asked = json.load(sys.stdin)
    json.dump(read(asked["html"], asked["url"], asked["target"]), sys.stdout)


def read(html: str, url: str, target: str | None) -> dict[str, Any]:
    """Return what the page at *url* says.

    Args:
        target: Where it should link to, normalized; None if that is not asked.
    """
    tree = LexborHTMLParser(html)
    base = _base(tree, url)
    said: dict[str, Any] = {"endpoint": _rel(tree, base, "webmention"), "pingback": _rel(tree, base, "pingback")}
    if target is None:
        return said
    tree.strip_tags(_UNSEEN)
    link = next((node for node, found in _links(tree, base) if found == target), None)
    said["is_linked"] = link is not None
    return said if link is None else {**said, **_meaning(tree, link)}


def _base(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base[href]")
    return _join(url, node.attributes.get("href") or "") or url if node else url


def _join(base: str, href: str) -> str | None:
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return None


def _rel(tree: LexborHTMLParser, base: str, rel: str) -> str | None:
    """Return where the first link or anchor that is *rel* leads; an empty address is the page's own."""
    for node in tree.css("link[rel][href], a[rel][href]"):
        if rel in (node.attributes.get("rel") or "").lower().split():
            return _join(base, node.attributes.get("href") or "")
    return None


def _links(tree: LexborHTMLParser, base: str) -> Iterator[tuple[LexborNode, str]]:
    """Yield everything that leads to an address, with that, normalized."""
    for node in tree.css(", ".join(f"{tag}[{attribute}]" for tag, attribute in _LINKING.items())):
        href = _join(base, node.attributes.get(_LINKING[node.tag or ""]) or "")
        if href is not None:
            with contextlib.suppress(FetchError):
                yield node, normalize_url(href)


def _meaning(tree: LexborHTMLParser, link: LexborNode) -> Mapping[str, str]:
    """Return author, title and text: by microformats2 where the page has them, else by what every page has."""
    entry = _around(link, "h-entry") or tree.css_first(".h-entry")
    author, title, text = _of_entry(entry) if entry else ("", "", "")
    heading = tree.css_first("title")
    title = title or _clean(heading.text() if heading else "", _TITLE)
    if not author:
        named = tree.css_first('meta[name="author"][content]')
        author = _clean(named.attributes.get("content") or "" if named else "", _AUTHOR)
    return {"author": author, "title": title, "text": text or _context(link)}


def _of_entry(entry: LexborNode) -> tuple[str, str, str]:
    author = _property(entry, "p-author")
    card = author.css_first(".p-name") if author else None
    summary = _property(entry, "p-summary") or _property(entry, "e-content")
    title = next((node for node in entry.css(".p-name") if not _around(node, "p-author") and node != author), None)
    return (
        _clean((card or author).text() if author else "", _AUTHOR),
        _clean(title.text() if title else "", _TITLE),
        _clean(summary.text() if summary else "", _TEXT),
    )


def _property(entry: LexborNode, name: str) -> LexborNode | None:
    return entry.css_first(f".{name}")


def _around(node: LexborNode, name: str) -> LexborNode | None:
    """Return the nearest element around *node* that is of class *name*."""
    above = node.parent
    while above is not None:
        if name in (above.attributes.get("class") or "").split():
            return above
        above = above.parent
    return None


def _context(link: LexborNode) -> str:
    """Return the words around the link, as WordPress shows them."""
    block = link.parent
    while block is not None and block.tag not in _BLOCKS:
        block = block.parent
    whole, words = _clean(block.text() if block else "", 100_000), _clean(link.text(), 200)
    start = max(whole.find(words) - _BEFORE, 0) if words else 0
    piece = _clean(whole[start:], _TEXT)
    return f"[…] {piece}" if start and piece else piece


def _clean(text: str, longest: int) -> str:
    """Return *text* in one line, without what could not be seen, cut between words."""
    seen = "".join(one if one.isprintable() or one in "\u200c\u200d" else " " for one in text[: 20 * longest])
    line = " ".join(seen.split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return f"{cut.rpartition(' ')[0] or cut}…"


if __name__ == "__main__":
    main()
