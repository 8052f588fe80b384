"""Addresses that readers type: which of them may become links."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\"<>\\`\u2000-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ud800-\udfff]")
_BARE = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:[/?#:].*)?")
_IN_TEXT = re.compile(r"(?:https?://|(?<![\w.@/-])www\.)[^\s<>\"]+", re.IGNORECASE)
_AFTER_A_LINK = ".,;:!?…'\"’”»*_~"


def safe_url(url: str | None) -> str | None:
    """Return *url* if it is a plain http or https address without a password, None otherwise."""
    if url is None or _FORBIDDEN.search(url):
        return None
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
        parts.port  # noqa: B018 - raises for one that is no number
    except ValueError:
        return None
    return url if is_plain else None


def website(typed: str) -> str | None:
    """Return the address that a reader typed as their site, with https if they typed no scheme; None if it is none."""
    return safe_url(f"https://{typed}" if _BARE.fullmatch(typed) else typed)


def split_links(text: str) -> list[tuple[str, str | None]]:
    """Return *text* in pieces, each with the address that it leads to, or None where it is just text."""
    if "://" not in text and "www." not in text.lower():  # in most comments there is none to be looked for
        return [(text, None)] if text else []
    pieces: list[tuple[str, str | None]] = []
    end = 0
    for found in _IN_TEXT.finditer(text):
        shown = _without_the_sentence(found[0])
        url = safe_url(shown if "://" in shown else f"https://{shown}")
        if url is None:
            continue
        pieces += [(text[end : found.start()], None), (shown, url)]
        end = found.start() + len(shown)
    pieces.append((text[end:], None))
    return [piece for piece in pieces if piece[0]]


def _without_the_sentence(link: str) -> str:
    """Return *link* without the punctuation that ends the sentence or closes the bracket around it."""
    closing, end = link.count(")") - link.count("("), len(link)  # cut once: 60,000 dots would be copied as often
    while end:
        if link[end - 1] in _AFTER_A_LINK:
            end -= 1
        elif link[end - 1] == ")" and closing > 0:
            end, closing = end - 1, closing - 1
        else:
            break
    return link[:end]


def count_links(text: str) -> int:
    """Return how many addresses a text brings along."""
    return sum(1 for _ in _IN_TEXT.finditer(text))
