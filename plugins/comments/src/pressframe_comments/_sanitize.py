"""Untrusted HTML becomes harmless HTML: an allow-list, applied to the parsed tree."""

from __future__ import annotations

import functools
import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import nh3

LARGEST = 600_000
"""In characters. The longest comment makes less; what is larger is shown as text."""

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
    if len(untrusted) > LARGEST:
        untrusted = f"<p>{html.escape(untrusted)}</p>"
    return _cleaner().clean(untrusted)


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
    )
