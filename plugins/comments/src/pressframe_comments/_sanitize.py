"""Untrusted HTML becomes harmless HTML: an allow-list, applied to the parsed tree."""

from __future__ import annotations

import functools
from html import escape
from typing import TYPE_CHECKING

from pressframe_comments._links import safe_url

if TYPE_CHECKING:
    import nh3

LARGEST = 600_000
"""In characters. The longest comment makes less; what is larger is shown as text."""

_MOST_PASSES = 5

TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "cite", "code", "del", "em", "hr", "i", "ins", "kbd", "li", "ol", "p", "pre",
    "q", "s", "strike", "strong", "sub", "sup", "u", "ul",
})  # fmt: skip
"""Nothing that can hold a script, a style, a form or another document."""

_ATTRIBUTES = {"a": {"href"}, "abbr": {"title"}, "ol": {"start"}}


def sanitize(untrusted: str) -> str:
    """Return *untrusted* with nothing left but text, a few elements, and links to http and https addresses.

    What it returns is closed in itself and stays the same when sanitised again.
    """
    if len(untrusted) <= LARGEST:
        for _ in range(_MOST_PASSES):
            html = _cleaner().clean(untrusted)
            if html == untrusted:
                return html
            untrusted = html  # a tag that was taken out may have held apart two that now change each other
    return _cleaner().clean(f"<p>{escape(untrusted)}</p>")


@functools.cache
def _cleaner() -> nh3.Cleaner:
    import nh3

    return nh3.Cleaner(
        tags=set(TAGS),
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https"},
        url_relative="deny",
        link_rel="nofollow ugc noopener",
        strip_comments=True,
        attribute_filter=_filter,
    )


def _filter(tag: str, attribute: str, value: str) -> str | None:
    """Return an attribute's value, or None to drop it: addresses that only a browser's leniency makes one are none."""
    return safe_url(value) if attribute == "href" else value
