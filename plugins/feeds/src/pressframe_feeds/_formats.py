"""What feeds are about, what they are written in, and where they are."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from pressframe import model

if TYPE_CHECKING:
    from pressframe import Page
    from pressframe_feeds._plugin import FormatName


@attrs.frozen
class Format:
    """How a feed is written: its template, its type, and the ends of its addresses."""

    template: str
    media_type: str
    posts: str
    comments: str


FORMATS: Mapping[FormatName, Format] = {
    "atom": Format("feeds/atom.xml", "application/atom+xml", "feed.xml", "comments.xml"),
    "rss": Format("feeds/rss.xml", "application/rss+xml", "rss.xml", "comments.rss"),
    "json": Format("feeds/feed.json", "application/feed+json", "feed.json", "comments.json"),
}


@attrs.frozen
class Link:
    """A feed that a page links to; ``name`` says what it is about, None for the whole site."""

    address: str
    media_type: str
    name: str | None
    comments: bool


@attrs.frozen
class Topic:
    """What a feed is about: posts or comments, of the whole site or of less.

    Attributes:
        home: Address of the page that has the same for people.
        name: None for the whole site.
        comments: True for comments, False for posts.
        within: The group whose posts they are, by taxonomy and slug.
        about: ``id`` of the entry whose comments they are.
    """

    home: str = "/"
    name: str | None = None
    comments: bool = False
    within: tuple[str, str] | None = None
    about: str | None = None

    def address(self, format: Format) -> str:
        """Return where the feed is in *format*."""
        return stem(self.home) + (format.comments if self.comments else format.posts)

    def link(self, format: Format) -> Link:
        """Return the link to the feed in *format*."""
        return _link(self, format)

    def page(self, format: Format) -> Page:
        """Return the feed in *format*."""
        return model.Page(
            address=self.address(format),
            template=format.template,
            title=self.name or "",
            media_type=format.media_type,
            data={
                "home": self.home,
                "name": self.name,
                "comments": self.comments,
                "within": self.within,
                "about": self.about,
            },
            indexed=False,
        )


@functools.lru_cache(maxsize=1000)
def _link(topic: Topic, format: Format) -> Link:
    """Return a link to a feed; every page has those of the whole site."""
    return Link(topic.address(format), format.media_type, topic.name, topic.comments)


def stem(home: str) -> str:
    """Return what the addresses of the feeds of the page at *home* start with."""
    return home if home.endswith("/") else f"{home}."
