"""The site as plugins meet it: at the start, while pages are made, and live; its sources, and what a build reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable
from zoneinfo import ZoneInfo

import attrs

from pressframe.errors import Place
from pressframe.model._basis import counts_from_one, is_address

if TYPE_CHECKING:
    from pressframe._hooks import Hooks
    from pressframe.model.comments import Reply
    from pressframe.model.content import Body, Card, Entry, Group, Manuscript, Neighbours
    from pressframe.model.gating import Gate
    from pressframe.model.rendering import Output, Page

T = TypeVar("T")


def _without_slash(url: str) -> str:
    return url.rstrip("/")


def _is_origin(_: object, field: attrs.Attribute[str], value: str) -> None:
    if not re.fullmatch(r"https?://[^/\s?#]+/*", value):
        raise ValueError(f'must be https:// or http:// with a host and no path, got "{value}"')


def _is_language(_: object, __: object, value: str) -> None:
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", value):
        raise ValueError(f'must be a code such as "fr" or "en-GB", got "{value}"')


@attrs.frozen(kw_only=True)
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
    url: str = attrs.field(default="http://localhost:8000", converter=_without_slash, validator=_is_origin)
    description: str = ""
    language: str = attrs.field(default="en", validator=_is_language)
    timezone: ZoneInfo = attrs.field(factory=lambda: ZoneInfo("UTC"))
    plugins: tuple[str, ...] = ()
    per_page: int = attrs.field(default=10, validator=counts_from_one)
    menu: Mapping[str, str] = attrs.field(factory=dict, converter=MappingProxyType)


@attrs.frozen(kw_only=True)
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


@attrs.frozen(kw_only=True)
class Asset:
    """A file published as it is: at ``address`` (``/journal.css``), read from ``file``."""

    address: str = attrs.field(validator=is_address)
    file: Path


@runtime_checkable
class Loader(Protocol):
    """Reads entries from somewhere.

    It may have a method ``notes() -> Iterable[str]``, asked after loading: what could not be carried, a sentence each.
    One that lists thousands may have three that are asked in place of ``scan``, so that processes share what takes a
    while, and no source is made where none has changed: ``keys() -> Sequence[str]``, then, in parts and in any process
    forked meanwhile, ``fingerprints(keys) -> Sequence[str]``, and ``source(key, fingerprint) -> Source``.
    """

    name: str

    def scan(self) -> Iterable[Source]:
        """Return every source, cheaply: without reading more than names, sizes and times where possible."""

    def load(self, source: Source) -> Manuscript:
        """Return the entry of *source*; pure, in any process, in any order.

        Raises:
            ContentError: It cannot be read; the message has file and line.
        """


@runtime_checkable
class Engine(Protocol):
    """Makes HTML of a text."""

    version: str

    def render(self, text: str) -> Body:
        """Return the HTML, whose headings have unique ids; pure."""


@attrs.frozen(kw_only=True)
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
        """Return 32 bytes to sign with, different for each *purpose*, the same after a restart."""


class View(Host, Protocol):
    """The site as one set of audiences sees it: all that pages and feeds get to know; what gates withhold is absent."""

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

    def conversations(self) -> tuple[tuple[str, str], ...]:
        """Return id and address of every entry under which comments are shown; much sooner than with each comment."""

    def is_past(self, time: datetime) -> bool:
        """Tell whether *time*, aware, had come when the site was built; served, it is built again when it comes."""

    def pages(self) -> tuple[Page, ...]:
        """Return every page planned; empty while pages are still being planned."""

    def listed(self) -> tuple[tuple[str, datetime | None], ...]:
        """Return what search engines may list: addresses, with the last change of the entry there, if there is one."""


class Live(View, Protocol):
    """A view while the site is being served, made for one request."""

    def page(self, address: str) -> Page | None:
        """Return the page at *address*, None if there is none."""

    def render(self, page: Page) -> Output:
        """Render *page*, planned or made up on the spot, as these audiences see it."""

    def changed(self) -> None:
        """Say that comments or other outside things have changed: pages that show them are made again soon."""
