"""Feeds of posts and comments, the sitemap and robots.txt: what other programs read of a site.

Hooks: register_templates, register_translations, register_filters, register_pages, register_blocks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs
from attrs.validators import ge, min_len

from pressframe import hookimpl, model

if TYPE_CHECKING:
    from pressframe import Block, Card, Page, View
    from pressframe_feeds._feed import Feed

FormatName: TypeAlias = Literal["atom", "rss", "json"]

_HERE = Path(__file__).parent


def _check_bases(_: object, __: object, value: Mapping[str, str]) -> None:
    for taxonomy, base in value.items():
        if base and not re.fullmatch(r"[^\s?#\\/]+(/[^\s?#\\/]+)*", base):
            raise ValueError(f'{taxonomy} must be the start of addresses such as "{taxonomy}", got "{base}"')


@attrs.frozen(eq=False)
class Feeds:
    """Feeds of the newest posts and comments, the sitemap and robots.txt.

    Attributes:
        count: Items in a feed, at most.
        full: Whether feeds hold posts as strangers may read them; False: their excerpts.
        formats: What feeds are written in. Pages link to the site's feed in all of them, to others in the first.
        groups: Taxonomies of which each term has a feed of its posts, with the first part of their lists' addresses:
            ``category = "category"`` gives ``/category/crise/feed.xml``.
        entry_comments: Whether each entry with comments has a feed of them; in JSON only if that is the only format.
        sitemap: Whether there is a ``/sitemap.xml``.
        robots: Whether there is a ``/robots.txt``, which bars nobody and names the sitemap.
    """

    count: int = attrs.field(default=20, validator=ge(1))
    full: bool = True
    formats: tuple[FormatName, ...] = attrs.field(default=("atom", "rss", "json"), validator=min_len(1))
    groups: dict[str, str] = attrs.field(factory=lambda: {"category": "category"}, validator=_check_bases)
    entry_comments: bool = True
    sitemap: bool = True
    robots: bool = True

    @hookimpl
    def register_templates(self) -> Iterable[Path]:
        return [_HERE / "templates"]

    @hookimpl
    def register_translations(self) -> Iterable[Path]:
        return [_HERE / "locale"]

    @hookimpl
    def register_filters(self) -> Mapping[str, Callable[..., object]]:
        from pressframe_feeds._sitemap import urls  # none of it is needed where nothing has changed
        from pressframe_feeds._text import valid_xml

        return {"feed": self.read, "sitemap": urls, "valid_xml": valid_xml}

    @hookimpl
    def register_pages(self, site: View) -> Iterable[Page]:
        from pressframe_feeds._topics import entry_formats_of, formats_of, topics

        for topic in topics(self, site):
            for format in entry_formats_of(self) if topic.about else formats_of(self):
                yield topic.page(format)
        if self.sitemap:
            from pressframe_feeds._sitemap import sitemap_pages

            yield from sitemap_pages(site)
        if self.robots:
            data = {"sitemap": self.sitemap}
            yield model.Page(
                address="/robots.txt", template="feeds/robots.txt", media_type="text/plain", data=data, indexed=False
            )

    @hookimpl
    def register_blocks(self, slot: str, page: Page, site: View) -> Iterable[Block]:
        if slot != "head":
            return []
        from pressframe_feeds._topics import links

        return [model.Block(template="feeds/head.html", data={"feeds": tuple(links(self, page, site))})]

    def read(self, site: View, page: Page, *, more: Callable[[Card], str]) -> Feed:
        """Return what stands in the feed at *page*: the template filter ``feed``.

        A page whose data says ``full`` has whole texts, whatever the settings say of the public feeds.

        Args:
            more: Gives the text of the link from an entry's public part to the entry.
        """
        from pressframe_feeds._feed import read_comments, read_posts

        match page.data:
            case {"about": str(id)}:
                card = site.card(id)
                newest = reversed(site.comments(id)[-self.count :]) if card else ()
                return read_comments(site, ((card, reply) for reply in newest if card))
            case {"comments": True}:
                return read_comments(site, site.latest_comments(self.count))
            case {"within": [str(taxonomy), str(slug)]}:
                cards = site.latest(within=(taxonomy, slug), count=self.count)
            case _:
                cards = site.latest(count=self.count)
        return read_posts(
            site, cards, more=more if self.full or page.data.get("full") else None, comments=self.entry_comments
        )
