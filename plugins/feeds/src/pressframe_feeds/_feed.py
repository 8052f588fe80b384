"""What stands in a feed, whatever it is written in: a stranger's view of posts or comments, with absolute addresses."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote, urljoin, urlsplit

import attrs

from pressframe import Author, Card, Comment, Reply, Term, View
from pressframe_feeds._formats import stem
from pressframe_feeds._text import absolute_html

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_WEB = re.compile(r"https?://[^\s<>\"\\^`{|}]+")


@attrs.frozen(kw_only=True)
class Item:
    """A post or a comment.

    Attributes:
        id: A tag URI, which stays when title or address change.
        url: Where it can be read.
        title: Plain text: the post's, also for a comment; may be empty.
        html: Its text, None where the feed has excerpts only.
        summary: Plain text; empty for a comment.
        published: Aware.
        updated: Aware; not before it was published.
        authors: Their ``url`` is absolute.
        terms: Empty for a comment.
        language: BCP 47, None for the site's.
        image: Absolute, None for none.
        count: Comments on a post.
        comments: What the addresses of the post's comment feeds start with, absolute; None if it has none.
        answers: Id and address of the comment or post that a comment replies to; None for a post.
    """

    id: str
    url: str
    title: str
    html: str | None
    summary: str = ""
    published: datetime
    updated: datetime
    authors: tuple[Author, ...] = ()
    terms: tuple[Term, ...] = ()
    language: str | None = None
    image: str | None = None
    count: int = 0
    comments: str | None = None
    answers: tuple[str, str] | None = None


@attrs.frozen
class Feed:
    """Items, newest first."""

    items: tuple[Item, ...]

    @property
    def updated(self) -> datetime:
        """When the newest item changed; 1970 if there is none, for a feed must say and a build must not ask a clock."""
        return max((item.updated for item in self.items), default=_NEVER)


def read_posts(site: View, cards: Iterable[Card], *, more: Callable[[Card], str] | None, comments: bool) -> Feed:
    """Return the feed of the posts that *cards* name.

    Args:
        more: Gives the text of the link from a closed post's public part to the post, escaped; None for excerpts
            instead of texts.
        comments: Whether posts may have feeds of their comments.
    """
    return Feed(tuple(_post(site, card, more=more, comments=comments) for card in cards))


def read_comments(site: View, replies: Iterable[tuple[Card, Reply]]) -> Feed:
    """Return the feed of comments, each with the card of its entry."""
    return Feed(tuple(_comment(site, card, reply) for card, reply in replies))


def has_comment_feed(site: View, card: Card) -> bool:
    """Say whether an entry's comments have a feed of their own; at ``/`` is the site's."""
    return card.comments > 0 and card.address != "/" and bool(site.comments(card.id))


def _post(site: View, card: Card, *, more: Callable[[Card], str] | None, comments: bool) -> Item:
    entry = site.entry(card.id)
    url = site.settings.url + card.address
    text = absolute_html(entry.body.html, url) if entry and more is not None else None
    if text is not None and more is not None and card.gated:
        text = f'{text}\n<p><a href="{escape(url)}">{more(card)}</a></p>'.lstrip()
    return Item(
        id=_tag(site, card),
        url=url,
        title=card.title,
        html=text,
        summary=card.excerpt,
        published=card.published,
        updated=max(card.updated or card.published, card.published),
        authors=tuple(_absolute(author, url) for author in card.authors),
        terms=card.terms,
        language=entry.language if entry else None,
        image=urljoin(url, card.image) if card.image else None,
        count=card.comments,
        comments=stem(url) if comments and has_comment_feed(site, card) else None,
    )


def _comment(site: View, card: Card, reply: Reply) -> Item:
    comment = reply.comment
    entry, url = _tag(site, card), site.settings.url + card.address
    parent = (
        (f"{entry}/comment-{comment.parent}", f"{url}#comment-{comment.parent}") if comment.parent else (entry, url)
    )
    return Item(
        id=f"{entry}/comment-{comment.id}",
        url=f"{url}#comment-{comment.id}",
        title=card.title,
        html=absolute_html(reply.html, url),
        published=comment.received,
        updated=comment.received,
        authors=(_sender(comment),),
        answers=parent,
    )


def _tag(site: View, card: Card) -> str:
    """Return the entry's tag URI (RFC 4151): of the site's host on the day of publication, and the entry's own id."""
    return f"tag:{_host(site.settings.url)},{card.published.astimezone(UTC).date()}:{quote(card.id)}"


@functools.lru_cache(maxsize=16)
def _host(url: str) -> str:
    return (urlsplit(url).hostname or "localhost").encode("idna").decode()


def _absolute(author: Author, base: str) -> Author:
    return attrs.evolve(author, url=urljoin(base, author.url)) if author.url else author


def _sender(comment: Comment) -> Author:
    is_web = comment.url is not None and _WEB.fullmatch(comment.url)
    return Author(slug="", name=comment.author, url=comment.url if is_web else None)
