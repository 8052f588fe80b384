"""What feeds are written in, and where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import attrs

FormatName: TypeAlias = Literal["atom", "rss", "json"]


@attrs.frozen
class Format:
    """How a feed is written: its template, its type, and the ends of its addresses."""

    template: str
    media_type: str
    posts: str
    comments: str

    def address(self, home: str, *, comments: bool) -> str:
        """Return the address of the feed that belongs to the page at *home*."""
        return stem(home) + (self.comments if comments else self.posts)


FORMATS: Mapping[FormatName, Format] = {
    "atom": Format("feeds/atom.xml", "application/atom+xml", "feed.xml", "comments.xml"),
    "rss": Format("feeds/rss.xml", "application/rss+xml", "rss.xml", "comments.rss"),
    "json": Format("feeds/feed.json", "application/feed+json", "feed.json", "comments.json"),
}


def stem(home: str) -> str:
    """Return what the addresses of the feeds of the page at *home* start with."""
    return home if home.endswith("/") else f"{home}."
