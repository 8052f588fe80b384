"""Entries, and what they are made of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import attrs
from attrs.validators import ge, in_, instance_of, optional

from pressframe.model._basis import Json, ReadOnly, is_address, is_aware, read_only
from pressframe.model.site import Asset, Source


@attrs.frozen(kw_only=True)
class Author:
    """Who signs an entry. ``slug`` is unique in a site; ``url`` leads to a page of their own."""

    slug: str
    name: str
    url: str | None = None


@attrs.frozen(kw_only=True)
class Term:
    """A category, a tag, or a value of a taxonomy of the site's own (``taxonomy``: ``"category"``, ``"tag"``, …).

    ``slug`` is the last part of its address; ``parent`` is the ``slug`` of the wider term, None at the top.
    """

    taxonomy: str
    slug: str
    name: str
    parent: str | None = None


@attrs.frozen(kw_only=True)
class Heading:
    """A heading in a body: ``level`` 1 to 6, ``id`` unique within the body, ``text`` without markup."""

    level: int
    id: str
    text: str


@attrs.frozen(kw_only=True)
class Body:
    """An entry's text as HTML.

    Attributes:
        html: Trusted: it comes from the site's owner. Comments never become a Body.
        headings: In the order of the text.
        more: How many characters of ``html`` are public where an entry is closed: whole blocks; None without a mark.
    """

    html: str = attrs.field(validator=instance_of(str))
    headings: tuple[Heading, ...] = ()
    more: int | None = attrs.field(default=None, validator=optional(ge(0)))


@attrs.frozen(kw_only=True)
class Entry:
    """One piece of content, a post or a page.

    Attributes:
        id: Stays the same when title or address change; comments hang on it. Unique in a site.
        kind: ``"post"`` (dated, listed, in feeds) or ``"page"``.
        title: Plain text.
        body: Whole for who may read it; without what is withheld in a view for which a gate is closed, or a section.
        published: Aware; an entry published after *now* is not there yet.
        updated: Aware; None if never changed since.
        address: Path on the site, from ``/``, percent-encoded; ``/2012/05/mutation/``.
        language: BCP 47; None for the site's.
        status: Only ``"published"`` entries are built; drafts with ``--drafts``; private ones never.
        summary: Plain text that the author wrote to be public, whatever the gate; None if there is none.
        image: Address of a picture that stands for the entry; public.
        open_to_comments: False where the author closed the conversation.
        assets: Files that belong to this entry; closed with it, unless its public part shows them.
        data: What plugins keep about it between loading and rendering, each under its own name.
    """

    id: str = attrs.field(validator=instance_of(str))
    kind: Literal["post", "page"] = attrs.field(default="post", validator=in_(("post", "page")))
    source: Source
    title: str = attrs.field(validator=instance_of(str))
    body: Body
    published: datetime = attrs.field(validator=is_aware)
    updated: datetime | None = attrs.field(default=None, validator=is_aware)
    address: str = attrs.field(validator=is_address)
    language: str | None = None
    status: Literal["published", "draft", "private"] = attrs.field(
        default="published", validator=in_(("published", "draft", "private"))
    )
    authors: tuple[Author, ...] = ()
    terms: tuple[Term, ...] = ()
    summary: str | None = None
    image: str | None = None
    open_to_comments: bool = True
    assets: tuple[Asset, ...] = ()
    data: Mapping[str, Json] = attrs.field(factory=ReadOnly, converter=read_only)


@attrs.frozen(kw_only=True)
class Manuscript:
    """An entry as a loader read it, its ``body`` empty, before an engine made HTML of its ``text``.

    ``find_markup`` is asked for the engine of its ``format``: ``"markdown"``, ``"wordpress"``.
    """

    entry: Entry
    format: str
    text: str


@attrs.frozen(kw_only=True)
class Card:
    """What a list shows of an entry: nothing in it comes from a withheld part.

    Attributes:
        excerpt: Plain text: the summary, or the first words of the public part; may be empty.
        comments: How many are shown, pingbacks included; 0 where the conversation is withheld.
        gated: True if a gate closes the entry for this view; one that lacks but a section is none.
    """

    id: str
    kind: str
    address: str
    title: str
    excerpt: str
    published: datetime
    updated: datetime | None
    terms: tuple[Term, ...]
    authors: tuple[Author, ...]
    image: str | None
    comments: int
    gated: bool


@attrs.frozen(kw_only=True)
class Group:
    """Posts that share a term, an author, a year or a month: a list's name and ``size``, which is never 0.

    ``taxonomy`` is a term's, or ``"author"``, ``"year"``, ``"month"``; ``slug`` is ``"crise"`` or ``"2012/05"``.
    """

    taxonomy: str
    slug: str
    name: str
    size: int
    parent: str | None = None


@attrs.frozen(kw_only=True)
class Neighbours:
    """The posts before and after one by date; None at either end, and both None for a page."""

    older: Card | None = None
    newer: Card | None = None
