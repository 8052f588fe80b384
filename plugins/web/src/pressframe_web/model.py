"""Requests, answers, and mail: what plugins that answer live have in common with the server."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol, runtime_checkable

import attrs
from attrs.validators import deep_iterable, ge, instance_of, le, optional

from pressframe.model import Live, Page, Reader, View

GRANTED = "granted"
"""In a page's ``data``, for blocks to see, if grants let its reader past the entry's gate: the audiences that the
gate asks for and the reader lacks, sorted."""
MADE_FOR = "made_for"
"""In the ``data`` of a page that is made for one request in place of the one that was built: the audiences of who asks,
sorted. They may be fewer than those of the view, where grants let the reader in, and open nothing, where the reader is
signed in and gets what strangers get."""

_HOLE = re.compile(r"\{(\w+)(?::path)?\}")
_ORIGIN = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")


def is_signed_in(page: Page, site: View) -> bool:
    """Say whether who gets *page* is signed in; who is let in by a grant may be a stranger with a member's eyes."""
    return bool(page.data.get(MADE_FOR, site.audiences))


def _is_aware(_: object, field: attrs.Attribute[datetime], value: datetime) -> None:
    if value.utcoffset() is None:
        raise ValueError(f"{field.name} must be a datetime with a time zone, got {value!r}")


def _is_pattern(_: object, field: attrs.Attribute[str], value: str) -> None:
    names = _HOLE.findall(value)
    if not value.startswith("/") or set("{}") & set(_HOLE.sub("", value)) or len(names) != len(set(names)):
        raise ValueError(f'{field.name} must look like "/comments/{{entry:path}}", each name once, got "{value}"')


def _is_origin(_: object, field: attrs.Attribute[str], value: str) -> None:
    if not _ORIGIN.fullmatch(value):
        raise ValueError(f'{field.name} must be origins such as "https://pay.example", got "{value}"')


@attrs.frozen(kw_only=True)
class Request:
    """What a reader's browser asks.

    Attributes:
        path: Decoded, from ``/``.
        headers: Names in lower case; the last of several.
        cookies: Those that came exactly once.
        query: The last of several values.
        form: Fields of a posted form, the last of several values; empty otherwise.
        body: What was sent, as it came, to a route that names its type; empty otherwise.
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
    body: bytes = b""
    parameters: Mapping[str, str] = attrs.field(factory=dict)
    client: str = ""
    reader: Reader | None = None
    now: datetime = attrs.field(validator=_is_aware)


@attrs.frozen(kw_only=True)
class Cookie:
    """A cookie to set: always SameSite=Lax, Secure when the site's address is https, and HttpOnly unless it is a hint.

    Attributes:
        name: Without a prefix: the server adds ``__Host-`` where it can, and takes it off when reading.
        value: Empty deletes it.
        max_age: How long browsers keep it; None until they are closed.
        is_hint: True lets scripts of pages read it: for what is no secret, and what the server believes nothing of.
    """

    name: str
    value: str
    max_age: timedelta | None = None
    is_hint: bool = False


@attrs.frozen(kw_only=True)
class Response:
    """An answer: a *page* to be rendered for the asking reader, a *body* as it is, or a *location* to go on to.

    Personal unless said otherwise: sent with ``Cache-Control: private, no-store``.

    Attributes:
        location: Path on this site; sent with status 303.
        reader: For whom *page* is rendered, instead of the asking reader: whom the address itself names, as that of a
            feed does.
        forms_lead_to: Origins besides the site's own that forms of the page may lead to, also by a redirect: browsers
            go nowhere else from a form (CSP ``form-action``).
    """

    status: int = attrs.field(default=200, validator=[ge(200), le(599)])
    page: Page | None = None
    reader: Reader | None = None
    body: bytes = attrs.field(default=b"", validator=instance_of(bytes))
    media_type: str = "text/plain"
    location: str | None = None
    headers: Mapping[str, str] = attrs.field(factory=dict)
    cookies: tuple[Cookie, ...] = ()
    forms_lead_to: tuple[str, ...] = attrs.field(default=(), validator=deep_iterable(_is_origin))


@attrs.frozen(kw_only=True)
class Grant:
    """An audience that a reader counts as for one entry, though they are not of it.

    Attributes:
        audience: One that the entry requires.
        until: Aware; from then on it is worth nothing. None: it is looked at anew for each request anyway.
        counted: True if it is spent by being used: the plugin must note that in ``on_reading``, or nothing opens.
        reason: For the plugin itself, and for messages: by what right.
    """

    audience: str
    until: datetime | None = attrs.field(default=None, validator=optional(_is_aware))
    counted: bool = False
    reason: str


@attrs.frozen(kw_only=True)
class Later:
    """An answer that must wait for something under way, such as ``Database.submit``; no thread is kept meanwhile.

    Attributes:
        until: What is waited for, whether it succeeds or fails.
        then: Called in a worker thread when it is done; gives the answer. It may fail as an endpoint may.
    """

    until: Future[Any]  # whatever it brings, `then` knows what to make of it
    then: Callable[[], Response]


@attrs.frozen(kw_only=True)
class Route:
    """An address that is answered at the moment it is asked.

    Attributes:
        methods: ``("POST",)``; HEAD comes with GET. Others are answered 405.
        path: ``/comments/{entry:path}``: names in braces arrive in ``Request.parameters``.
        endpoint: Called in a worker thread; may block. Cross-site posts never reach it.
        media_types: What may be sent besides forms: ``("text/xml",)``; it arrives in ``Request.body``.
    """

    methods: tuple[str, ...]
    path: str = attrs.field(validator=_is_pattern)
    endpoint: Callable[[Request, Live], Response | Later]
    media_types: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Message:
    """A mail to one person.

    Attributes:
        key: Stable for this message and person, so that a second try is the same message; becomes its Message-ID.
        to: One address, checked.
        subject: One line.
        headers: Further ones, such as List-Unsubscribe.
        thread: What this is about, in the same words for each mail about it: mail programs show them together. Empty
            for a mail that stands by itself.
    """

    key: str
    to: str
    subject: str
    text: str
    html: str | None = None
    headers: Mapping[str, str] = attrs.field(factory=dict)
    thread: str = ""


class Mailer(Protocol):
    """Hands messages over."""

    def send(self, message: Message) -> None:
        """Return when *message* was taken over by someone who keeps it.

        Raises:
            MailError: It was not.
        """


@runtime_checkable
class BulkMailer(Mailer, Protocol):
    """A mailer that can hand over many messages in less time than one by one."""

    def session(self) -> AbstractContextManager[Mailer]:
        """Give a mailer for one thread, with a connection that it keeps, and makes anew when it breaks."""
