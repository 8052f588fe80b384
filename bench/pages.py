"""Which pages a generator made, by kind: only who makes the same can be compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

_NUMBERED = r"(page/\d+/)?index\.html"
_KINDS = {
    "posts": re.compile(r"\d{4}/\d{2}/[^/]+/index\.html"),
    "home": re.compile(_NUMBERED),
    "tags": re.compile(rf"tag/[^/]+/{_NUMBERED}"),
    "categories": re.compile(rf"category/[^/]+/{_NUMBERED}"),
    "years": re.compile(rf"\d{{4}}/{_NUMBERED}"),
    "indexes": re.compile(r"(tag|category|archives)/index\.html"),
}
_OTHER = "other"
_TOLERATED = 0.01

KINDS = (*_KINDS, _OTHER)
"""Posts; pages of the lists at home and of tags, categories and years; the indexes of these; whatever else there is."""


def count(pages: Iterable[str]) -> Counter[str]:
    """Return how many of *pages*, paths in the output folder, are of each kind."""
    return Counter(map(_kind, pages))


def differences(base: Mapping[str, int], other: Mapping[str, int]) -> Iterator[str]:
    """Yield the kinds of which *other* has more or fewer pages than *base*, by more than one in a hundred."""
    total = sum(base.values())
    for kind in KINDS:
        wanted, found = base.get(kind, 0), other.get(kind, 0)
        if abs(found - wanted) > _TOLERATED * (total if kind == _OTHER else wanted):
            yield f"{found:,} {kind} for {wanted:,}"


def _kind(page: str) -> str:
    return next((name for name, pattern in _KINDS.items() if pattern.fullmatch(page)), _OTHER)
