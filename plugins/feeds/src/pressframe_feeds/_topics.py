"""What there are feeds about, and which of them a page links to."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

from pressframe_feeds._formats import FORMATS, Format, Link, Topic

if TYPE_CHECKING:
    from pressframe import Card, Page, View
    from pressframe_feeds._plugin import Feeds, FormatName

_SEGMENT = "!$&'()*+,;=:@~%/"
"""What a slug may hold as it is; its ``%`` belongs to bytes that are quoted already."""


def formats_of(plugin: Feeds) -> list[Format]:
    """Return what feeds are written in."""
    return [FORMATS[name] for name in dict.fromkeys(plugin.formats)]


def entry_formats_of(plugin: Feeds) -> list[Format]:
    """Return what comments on one entry are written in; there are many, so not in what hardly anybody reads."""
    return [format for format in formats_of(plugin) if format is not FORMATS["json"]] or formats_of(plugin)


def topics(plugin: Feeds, site: View) -> Iterator[Topic]:
    """Yield what there are feeds about."""
    yield Topic()
    for taxonomy in plugin.groups:
        for group in site.groups(taxonomy):
            yield _posts_within(plugin, taxonomy, group.slug, group.name)
    if _has_conversations(site):
        yield Topic(comments=True)
    for id, address in site.conversations() if plugin.entry_comments else ():
        if address != "/":  # the site's is there
            yield Topic(address, comments=True, about=id)


def links(plugin: Feeds, page: Page, site: View) -> Iterator[Link]:
    """Yield the feeds that *page* links to: the site's, and what is on the page."""
    yield from _of_site(tuple(plugin.formats), has_conversations=_has_conversations(site))
    match page.data:
        case {"within": [str(taxonomy), str(slug)]} if taxonomy in plugin.groups:
            yield _posts_within(plugin, taxonomy, slug, page.title).link(formats_of(plugin)[0])
    # A reader may see a conversation that strangers don't; feeds are a stranger's, so such a page links to none.
    about = page.subject if plugin.entry_comments and not site.audiences else None
    card = site.card(about) if about and site.comment_count(about) else None
    if card and _has_comment_feed(site, card):
        yield _comments_on(card).link(entry_formats_of(plugin)[0])


@functools.cache
def _of_site(names: tuple[FormatName, ...], *, has_conversations: bool) -> tuple[Link, ...]:
    """Return what every page links to."""
    formats = [FORMATS[name] for name in dict.fromkeys(names)]
    comments = [Topic(comments=True).link(formats[0])] if has_conversations else []
    return (*(Topic().link(format) for format in formats), *comments)


def _posts_within(plugin: Feeds, taxonomy: str, slug: str, name: str) -> Topic:
    base = plugin.groups[taxonomy]
    home = quote(f"/{base}/{slug}/" if base else f"/{slug}/", safe=_SEGMENT)
    return Topic(home, name, within=(taxonomy, slug))


def _has_comment_feed(site: View, card: Card) -> bool:
    from pressframe_feeds._feed import has_comment_feed

    return has_comment_feed(site, card)


def _comments_on(card: Card) -> Topic:
    return Topic(card.address, card.title, comments=True, about=card.id)


def _has_conversations(site: View) -> bool:
    return bool(site.hooks.implementers("register_comments"))
