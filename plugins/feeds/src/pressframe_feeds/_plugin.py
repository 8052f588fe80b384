"""Feeds of posts and comments, the sitemap and robots.txt: what other programs read of a site.

Hooks: register_templates, register_translations, register_filters, register_pages, register_blocks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import attrs
from attrs.validators import ge, min_len

from pressframe import Block, Card, Page, View, hookimpl
from pressframe_feeds._formats import FORMATS, Format, FormatName, Link, Topic

if TYPE_CHECKING:
    from pressframe_feeds._feed import Feed

_HERE = Path(__file__).parent
_SEGMENT = "!$&'()*+,;=:@~%/"
"""What a slug may hold as it is; its ``%`` belongs to bytes that are quoted already."""


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
        for topic in self._topics(site):
            for format in self._entry_formats if topic.about else self._formats:
                yield topic.page(format)
        if self.sitemap:
            from pressframe_feeds._sitemap import sitemap_pages

            yield from sitemap_pages(site)
        if self.robots:
            data = {"sitemap": self.sitemap}
            yield Page(
                address="/robots.txt", template="feeds/robots.txt", media_type="text/plain", data=data, indexed=False
            )

    @hookimpl
    def register_blocks(self, slot: str, page: Page, site: View) -> Iterable[Block]:
        if slot != "head":
            return []
        return [Block(template="feeds/head.html", data={"feeds": tuple(self._links(page, site))})]

    def read(self, site: View, page: Page, *, more: str) -> Feed:
        """Return what stands in the feed at *page*: the template filter ``feed``.

        Args:
            more: Text of the link from an entry's public part to the entry.
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
        return read_posts(site, cards, more=more if self.full else None, comments=self.entry_comments)

    @property
    def _formats(self) -> list[Format]:
        return [FORMATS[name] for name in dict.fromkeys(self.formats)]

    @property
    def _entry_formats(self) -> list[Format]:
        """What comments on one entry are written in: as many feeds as entries, so not in what hardly anybody reads."""
        return [format for format in self._formats if format is not FORMATS["json"]] or self._formats

    def _topics(self, site: View) -> Iterator[Topic]:
        yield Topic()
        for taxonomy in self.groups:
            for group in site.groups(taxonomy):
                yield self._posts_within(taxonomy, group.slug, group.name)
        if _has_conversations(site):
            yield Topic(comments=True)
        for id, address in site.conversations() if self.entry_comments else ():
            if address != "/":  # the site's is there
                yield Topic(address, comments=True, about=id)

    def _links(self, page: Page, site: View) -> Iterator[Link]:
        """Yield the feeds that *page* links to: the site's, and what is on the page."""
        for format in self._formats:
            yield Topic().link(format)
        first = self._formats[0]
        if _has_conversations(site):
            yield Topic(comments=True).link(first)
        match page.data:
            case {"within": [str(taxonomy), str(slug)]} if taxonomy in self.groups:
                yield self._posts_within(taxonomy, slug, page.title).link(first)
        # A reader may see a conversation that strangers don't; feeds are a stranger's, so such a page links to none.
        about = page.subject if self.entry_comments and not site.audiences else None
        card = site.card(about) if about and site.comment_count(about) else None
        if card and _has_comment_feed(site, card):
            yield _comments_on(card).link(self._entry_formats[0])

    def _posts_within(self, taxonomy: str, slug: str, name: str) -> Topic:
        base = self.groups[taxonomy]
        home = quote(f"/{base}/{slug}/" if base else f"/{slug}/", safe=_SEGMENT)
        return Topic(home, name, within=(taxonomy, slug))


def _has_comment_feed(site: View, card: Card) -> bool:
    from pressframe_feeds._feed import has_comment_feed

    return has_comment_feed(site, card)


def _comments_on(card: Card) -> Topic:
    return Topic(card.address, card.title, comments=True, about=card.id)


def _has_conversations(site: View) -> bool:
    return bool(site.hooks.implementers("register_comments"))
