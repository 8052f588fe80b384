"""The words that core and plugins share: frozen, keyword-only, checked when made, free of input and output.

Models of content hold only what JSON can, so that they cross processes and live in the memory between builds.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn, Protocol, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import attrs
from attrs.validators import in_, instance_of, matches_re

from pressframe.errors import Place

if TYPE_CHECKING:
    from pressframe._hooks import Hooks

Json: TypeAlias = "None | bool | int | float | str | Sequence[Json] | Mapping[str, Json]"
T = TypeVar("T")

DAY = timedelta(days=1)


class ReadOnly(dict[str, "Json"]):
    """A mapping that can't be changed; unlike ``MappingProxyType`` it can be sent to another process."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a model's mapping is read-only: make a new one")

    __setitem__ = __delitem__ = update = setdefault = pop = popitem = clear = __ior__ = _refuse

    def __reduce__(self) -> tuple[type[ReadOnly], tuple[dict[str, Json]]]:
        return ReadOnly, (dict(self),)


def read_only(value: Mapping[str, Json]) -> ReadOnly:
    """Return *value* with every mapping in it read-only and every list a tuple."""
    return value if isinstance(value, ReadOnly) else ReadOnly({key: _freeze(inner) for key, inner in value.items()})


def _freeze(value: Json) -> Json:
    if isinstance(value, Mapping):
        return read_only(value)
    if isinstance(value, list | tuple):
        return tuple(_freeze(inner) for inner in value)
    return value


def _aware(_: object, field: attrs.Attribute[datetime], value: datetime | None) -> None:
    if value is not None and (not isinstance(value, datetime) or value.utcoffset() is None):
        raise ValueError(f"{field.name} must be a datetime with a time zone, got {value!r}")


def _one_based(_: object, field: attrs.Attribute[int], value: int) -> None:
    if value < 1:
        raise ValueError(f"{field.name} counts from 1, got {value}")


_model = attrs.frozen(kw_only=True)
_address = [instance_of(str), matches_re(r"/[^\s?#\\]*")]

# --------------------------------------------------------------------------------------------------- content


@_model
class Source:
    """Where an entry comes from.

    Attributes:
        loader: ``name`` of the loader that knows how to read it.
        key: Unique within its loader: a path, a row's id.
        fingerprint: Changes whenever what would be read changes; made without reading it where that is possible.
        place: The file, for messages; None for what is in no file.
    """

    loader: str
    key: str
    fingerprint: str
    place: Place | None = None


@_model
class Author:
    """Who signs an entry. ``slug`` is unique in a site; ``url`` leads to a page of their own."""

    slug: str
    name: str
    url: str | None = None


@_model
class Term:
    """A tag, a category, or a value of any other taxonomy.

    Attributes:
        taxonomy: ``"category"``, ``"tag"``, or a name of the site's own.
        slug: Last part of its address.
        parent: ``slug`` of the wider term; None at the top.
    """

    taxonomy: str
    slug: str
    name: str
    parent: str | None = None


@_model
class Heading:
    """A heading in a body: ``level`` 1 to 6, ``id`` unique within the body, ``text`` without markup."""

    level: int
    id: str
    text: str


@_model
class Body:
    """An entry's text as HTML.

    Attributes:
        html: Trusted: it comes from the site's owner. Comments never become a Body.
        headings: In the order of the text.
        more: How many characters of ``html`` are the public part where an entry is closed; a cut between two
            blocks, never inside one. None where the author marked none.
    """

    html: str
    headings: tuple[Heading, ...] = ()
    more: int | None = None


@_model
class Asset:
    """A file published as it is: at ``address`` (``/journal.css``), read from ``file``."""

    address: str = attrs.field(validator=_address)
    file: Path


@_model
class Entry:
    """One piece of content, a post or a page.

    Attributes:
        id: Stays the same when title or address change; comments hang on it. Unique in a site.
        kind: ``"post"`` (dated, listed, in feeds) or ``"page"``.
        title: Plain text.
        body: Whole for who may read it; only the public part in a view for which a gate is closed.
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
    published: datetime = attrs.field(validator=_aware)
    updated: datetime | None = attrs.field(default=None, validator=_aware)
    address: str = attrs.field(validator=_address)
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


@_model
class Manuscript:
    """An entry as a loader read it, before an engine made HTML of its text.

    Attributes:
        entry: Its ``body`` is empty.
        format: What ``find_markup`` is asked for: ``"markdown"``, ``"wordpress"``.
        text: In that format.
    """

    entry: Entry
    format: str
    text: str


@_model
class Card:
    """What a list shows of an entry: nothing in it comes from a withheld part.

    Attributes:
        excerpt: Plain text: the summary, or the first words of the public part; may be empty.
        comments: How many are shown, pingbacks included; 0 where the conversation is withheld.
        gated: True if this view does not have the whole entry.
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


@_model
class Group:
    """Entries that share a term, an author, a year or a month: a list's name and size.

    Attributes:
        taxonomy: ``"category"``, ``"tag"``, … or ``"author"``, ``"year"``, ``"month"``.
        slug: ``"crise"``, ``"2012"``, ``"2012/05"``.
        size: Number of posts; never 0.
    """

    taxonomy: str
    slug: str
    name: str
    size: int
    parent: str | None = None


@_model
class Neighbours:
    """The posts before and after one by date; None at either end, and both None for a page."""

    older: Card | None = None
    newer: Card | None = None


# -------------------------------------------------------------------------------------------------- comments


@_model
class Comment:
    """One reader's reply to an entry, as received.

    Attributes:
        id: Letters, digits and hyphens; unique in a site and never reused, so links to ``#comment-17`` keep their meaning.
        entry: ``id`` of the entry.
        kind: ``"comment"``, or ``"pingback"`` for another site's link to the entry.
        author: Plain text, untrusted, 1 to 245 characters.
        url: http or https, untrusted; None if none was given.
        body: As typed, untrusted.
        format: ``"text"``, or ``"html"`` where another system already made HTML of it; both are sanitised.
        received: Aware; also the order of a conversation, together with ``id``.
        parent: ``id`` of the comment answered; None at the top level.
        reader: ``id`` of the signed-in reader; None for a stranger.
        accepted_before: True if a comment of the same proven sender was accepted earlier; never taken from typed names.
        by_author: True if an author of the entry wrote it.
    """

    id: str = attrs.field(validator=matches_re(r"[A-Za-z0-9-]+"))
    entry: str
    kind: Literal["comment", "pingback"] = attrs.field(default="comment", validator=in_(("comment", "pingback")))
    author: str
    url: str | None = None
    body: str
    format: Literal["text", "html"] = attrs.field(default="text", validator=in_(("text", "html")))
    received: datetime = attrs.field(validator=_aware)
    parent: str | None = None
    reader: str | None = None
    accepted_before: bool = False
    by_author: bool = False


@_model
class Reply:
    """A comment made ready to be shown: ``html`` went through every filter and then the sanitizer."""

    comment: Comment
    html: str


@enum.unique
class Verdict(enum.IntEnum):
    """What becomes of a comment, mildest first; of several, the greatest holds."""

    ACCEPT = 0
    HOLD = 1
    SPAM = 2
    REFUSE = 3


@_model
class Judgement:
    """A verdict and why, for the owner's eyes; ``reason`` completes "held because …"."""

    verdict: Verdict
    reason: str


@enum.unique
class Change(enum.Enum):
    """What happened to a comment or a subscription."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    HELD = "held"
    EDITED = "edited"
    REMOVED = "removed"


class Comments(Protocol):
    """A source of accepted comments that answers for many entries at once."""

    name: str

    def fingerprint(self) -> str:
        """Return something that changes with any comment to be shown; asked often, so it must be cheap."""

    def of(self, entries: frozenset[str]) -> Mapping[str, Sequence[Comment]]:
        """Return the comments to be shown under each of *entries*, in any order; entries with none may be left out."""


# ---------------------------------------------------------------------------------------------------- gating

Conversation: TypeAlias = Literal["shown", "counted", "hidden"]


@_model
class Gate:
    """What a reader must be to read an entry whole.

    Attributes:
        requires: Audiences, all of which a reader must have.
        until: Aware; when this answer may become another one. None: only if the entry or the settings change.
        reason: For the owner: which rule closed it.
        conversation: What a closed page shows of the comments: all, how many, or nothing.
    """

    requires: frozenset[str]
    until: datetime | None = attrs.field(default=None, validator=_aware)
    reason: str
    conversation: Conversation = attrs.field(default="hidden", validator=in_(("shown", "counted", "hidden")))


@_model
class Teaser:
    """The public part of a closed entry, as HTML; whole blocks from the start of its body, or nothing."""

    html: str


@_model
class Reader:
    """Someone signed in by a confirmed address.

    Attributes:
        id: Stable and meaningless outside the site; never an address.
        audiences: What they may read: ``{"subscribers"}``.
        name: As they wish to be called; None if they never said.
    """

    id: str
    audiences: frozenset[str] = frozenset()
    name: str | None = None


# ------------------------------------------------------------------------------------------------- rendering


@_model
class Page:
    """One address to be rendered.

    Attributes:
        address: ``/tag/crise/`` (written as ``index.html`` in that folder) or ``/feed.xml``.
        template: Name in the template chain.
        title: Plain text, without the site's name; empty for the home page.
        subject: ``id`` of the entry whose page it is; None for lists and the like.
        media_type: Without the charset: all text is UTF-8.
        data: What the template gets to know beyond ``page``, ``site`` and ``entry``.
        indexed: False keeps it out of the sitemap and asks search engines to pass.
    """

    address: str = attrs.field(validator=_address)
    template: str
    title: str = ""
    subject: str | None = None
    media_type: str = "text/html"
    data: Mapping[str, Json] = attrs.field(factory=ReadOnly, converter=read_only)
    indexed: bool = True


@_model
class Block:
    """A piece of HTML for a theme's slot: ``template`` rendered with the page's own names and ``data``."""

    template: str
    data: Mapping[str, object] = attrs.field(factory=dict)


@_model
class Output:
    """A rendered page."""

    body: bytes
    media_type: str = "text/html"


@_model
class Report:
    """What a build did: counts, and ``stages``, seconds by name in the order they ran."""

    entries: int
    pages: int
    rendered: int
    written: int
    removed: int
    seconds: float
    stages: Mapping[str, float]
    notes: tuple[str, ...] = ()


@_model
class Problem:
    """Something ``check`` tells the owner: what, where, what to do."""

    message: str
    at: Place | None = None
    fix: str | None = None


# -------------------------------------------------------------------------------------------------- the site


@_model
class SiteSettings:
    """The ``[site]`` table.

    Attributes:
        title: Name of the site.
        url: Where readers find it: scheme and host, without a slash at the end. Links in feeds and mails use it.
        description: One sentence for search engines and feeds.
        language: BCP 47; texts of themes and plugins are in it where there are translations.
        timezone: IANA name; dates are shown in it, and dates without a zone are read in it.
        plugins: Exactly these are enabled, in this order; it is also the order of their hooks.
        per_page: Posts on one page of a list.
        menu: Links of the site's menu, as a table of label and address, in order.
    """

    title: str
    url: str = attrs.field(default="http://localhost:8000", converter=lambda url: url.rstrip("/"))
    description: str = ""
    language: str = "en"
    timezone: ZoneInfo = ZoneInfo("UTC")
    plugins: tuple[str, ...] = ()
    per_page: int = attrs.field(default=10, validator=_one_based)
    menu: Mapping[str, str] = attrs.field(factory=dict)


class Host(Protocol):
    """The site as a plugin meets it at the start, before an entry is loaded."""

    @property
    def folder(self) -> Path:
        """The folder of ``pressframe.toml``; relative paths in settings start here."""

    @property
    def settings(self) -> SiteSettings:
        """The ``[site]`` table."""

    @property
    def hooks(self) -> Hooks:
        """Every hook as a function: ``site.hooks.judge_comment(...)`` asks all plugins and combines their answers."""

    def plugin(self, kind: type[T]) -> T:
        """Return the enabled plugin of class *kind*: how ``comments`` reaches ``sql``.

        Raises:
            PluginError: None is enabled.
        """

    def secret(self, purpose: str) -> bytes:
        """Return 32 bytes to sign with, different for each *purpose* and each site, the same after a restart."""


class View(Host, Protocol):
    """The site as one set of audiences sees it: all that pages, feeds and filters get to know of entries.

    What a gate withholds from these audiences is absent. Every question is noted for the page that asks it.
    """

    @property
    def audiences(self) -> frozenset[str]:
        """Whose eyes these are; empty for a stranger."""

    def entry(self, id: str) -> Entry | None:
        """Return the entry as seen; None if there is none, or it is not published yet."""

    def card(self, id: str) -> Card | None:
        """Return its card, for who needs a title and an address only."""

    def gate(self, id: str) -> Gate | None:
        """Return the gate if it is closed for these audiences, None if the entry is open for them."""

    def latest(
        self, *, kind: str = "post", within: tuple[str, str] | None = None, start: int = 0, count: int = 10
    ) -> tuple[Card, ...]:
        """Return cards, newest first; *within* a group, named by its taxonomy and slug."""

    def size(self, *, kind: str = "post", within: tuple[str, str] | None = None) -> int:
        """Return how many cards ``latest`` has for these arguments."""

    def groups(self, taxonomy: str) -> tuple[Group, ...]:
        """Return the groups that have posts: by name, but years and months newest first."""

    def neighbours(self, id: str) -> Neighbours:
        """Return the posts next to this one in time."""

    def comments(self, id: str) -> tuple[Reply, ...]:
        """Return what is shown under an entry, oldest first, pingbacks included; none where the gate hides them."""

    def comment_count(self, id: str) -> int:
        """Return how many comments an entry has; 0 where the gate hides even that."""

    def latest_comments(self, count: int) -> tuple[tuple[Card, Reply], ...]:
        """Return the newest comments on the site that may be shown, each with its entry's card, newest first."""

    def pages(self) -> tuple[Page, ...]:
        """Return every page planned; empty while pages are still being planned."""


class Live(View, Protocol):
    """A view while the site is being served, made for one request."""

    def page(self, address: str) -> Page | None:
        """Return the page at *address*, None if there is none."""

    def render(self, page: Page) -> Output:
        """Render *page*, planned or made up on the spot, as these audiences see it."""

    def changed(self) -> None:
        """Say that comments or other outside things have changed: pages that show them are made again soon."""


# --------------------------------------------------------------------------------------------------- serving


@_model
class Request:
    """What a reader's browser asks.

    Attributes:
        path: Decoded, from ``/``.
        headers: Names in lower case; the last of several.
        cookies: Those that came exactly once.
        query: The last of several values.
        form: Fields of a posted form, the last of several values; empty otherwise.
        client: The reader's network address, from the connection or a trusted proxy.
        reader: Who it is; None for a stranger.
        now: Aware.
    """

    method: str
    path: str
    headers: Mapping[str, str] = attrs.field(factory=dict)
    cookies: Mapping[str, str] = attrs.field(factory=dict)
    query: Mapping[str, str] = attrs.field(factory=dict)
    form: Mapping[str, str] = attrs.field(factory=dict)
    parameters: Mapping[str, str] = attrs.field(factory=dict)
    client: str = ""
    reader: Reader | None = None
    now: datetime = attrs.field(validator=_aware)


@_model
class Cookie:
    """A cookie to set: always HttpOnly and SameSite=Lax, Secure when the site's address is https.

    Attributes:
        name: Without a prefix: the server adds ``__Host-`` where it can, and takes it off when reading.
        value: Empty deletes it.
        max_age: How long browsers keep it; None until they are closed.
    """

    name: str
    value: str
    max_age: timedelta | None = None


@_model
class Response:
    """An answer: a *page* to be rendered for the asking reader, a *body* as it is, or a *location* to go on to.

    Personal unless said otherwise: sent with ``Cache-Control: private, no-store``.

    Attributes:
        location: Path on this site; sent with status 303.
    """

    status: int = 200
    page: Page | None = None
    body: bytes = b""
    media_type: str = "text/plain"
    location: str | None = None
    headers: Mapping[str, str] = attrs.field(factory=dict)
    cookies: tuple[Cookie, ...] = ()


@_model
class Route:
    """An address that is answered at the moment it is asked.

    Attributes:
        methods: ``("POST",)``; HEAD comes with GET. Others are answered 405.
        path: ``/comments/{entry:path}``: names in braces arrive in ``Request.parameters``.
        endpoint: Called in a worker thread; may block. Cross-site posts never reach it.
    """

    methods: tuple[str, ...]
    path: str
    endpoint: Callable[[Request, Live], Response]


@_model
class Message:
    """A mail to one person.

    Attributes:
        key: Stable for this message and person, so that a second try is the same message; becomes its Message-ID.
        to: One address, checked.
        subject: One line.
        headers: Further ones, such as List-Unsubscribe.
    """

    key: str
    to: str
    subject: str
    text: str
    html: str | None = None
    headers: Mapping[str, str] = attrs.field(factory=dict)


class Mailer(Protocol):
    """Hands messages over."""

    def send(self, message: Message) -> None:
        """Return when *message* was taken over by someone who keeps it.

        Raises:
            MailError: It was not.
        """


@_model
class Job:
    """Work done after an answer was given, at least once: mail, a rebuild.

    Attributes:
        name: Unique in a site: ``members.confirm``.
        run: Gets what was enqueued; must bear being run twice. Raising puts it off, with backoff.
        attempts: After so many it is set aside.
    """

    name: str
    run: Callable[[Mapping[str, Json]], None]
    attempts: int = 12


class Loader(Protocol):
    """Reads entries from somewhere."""

    name: str

    def scan(self) -> Iterable[Source]:
        """Return every source, cheaply: without reading more than names, sizes and times where possible."""

    def load(self, source: Source) -> Manuscript:
        """Return the entry of *source*; pure, in any process, in any order.

        Raises:
            ContentError: It cannot be read; the message has file and line.
        """


class Engine(Protocol):
    """Makes HTML of a text."""

    version: str

    def render(self, text: str) -> Body:
        """Return the HTML, whose headings have unique ids; pure."""
