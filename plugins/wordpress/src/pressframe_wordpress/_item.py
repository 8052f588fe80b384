"""What an export says of one item, in WordPress's own words: a post, a page, an attachment, with its comments."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import attrs

from pressframe_wordpress._xml import Node

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_NEVER = "0000-00-00 00:00:00"


@attrs.frozen(kw_only=True)
class Remark:
    """A comment as exported.

    Attributes:
        type: Empty for a plain one; ``"pingback"``, ``"trackback"``, or a plugin's own.
        sent: Aware in UTC where the export tells it, else without a zone, in the site's; None if it tells nothing.
        parent: 0 at the top level.
        user: Number of the account that wrote it; 0 for a visitor.
    """

    id: int
    author: str
    email: str
    url: str
    sent: datetime | None
    text: str
    is_approved: bool
    type: str
    parent: int
    user: int


@attrs.frozen(kw_only=True)
class Label:
    """A term on an item: its taxonomy in WordPress's words, its slug and its name."""

    domain: str
    slug: str
    name: str


@attrs.frozen(kw_only=True)
class Item:
    """An item of an export.

    Attributes:
        id: Never 0; None where the export gives none.
        type: ``"post"``, ``"page"``, ``"attachment"``, … or a plugin's own.
        title: Plain text.
        link: The address as it was, whole.
        sent: When it was published: aware in UTC where the export tells it, else without a zone, in the site's.
        local: The same by the clock of the old site, for addresses.
        changed: Aware in UTC; None where the export is too old to tell.
        meta: Custom fields; of several with one name the last.
    """

    id: int | None
    line: int
    type: str
    status: str
    title: str
    link: str
    slug: str
    creator: str
    parent: int
    sent: datetime | None
    local: datetime | None
    changed: datetime | None
    text: str
    excerpt: str
    has_password: bool
    is_sticky: bool
    is_open: bool
    file: str
    labels: tuple[Label, ...]
    meta: Mapping[str, str]
    remarks: tuple[Remark, ...]


def item_of(node: Node) -> Item:
    """Return what an ``<item>`` says; what is missing or odd is left empty, as old exports leave out much."""
    local = _moment(node.get("wp:post_date"))
    sent = _utc(node.get("wp:post_date_gmt")) or local or _published(node.get("pubDate"))
    return Item(
        id=number(node.get("wp:post_id")) or None,
        line=node.line,
        type=node.get("wp:post_type") or "post",
        status=node.get("wp:status"),
        title=plain(node.get("title")),
        link=node.get("link"),
        slug=node.get("wp:post_name"),
        creator=node.get("dc:creator"),
        parent=number(node.get("wp:post_parent")),
        sent=sent,
        local=local or sent,
        changed=_utc(node.get("wp:post_modified_gmt")),
        text=next((child.text for child in node.all("content:encoded")), ""),
        excerpt=plain(node.get("excerpt:encoded")),
        has_password=bool(node.get("wp:post_password")),
        is_sticky=node.get("wp:is_sticky") == "1",
        is_open=node.get("wp:comment_status") != "closed",
        file=node.get("wp:attachment_url"),
        labels=tuple(_label(child) for child in node.all("category") if "nicename" in child.attributes),
        meta={meta.get("wp:meta_key"): meta.get("wp:meta_value") for meta in node.all("wp:postmeta")},
        remarks=tuple(_remark(child) for child in node.all("wp:comment")),
    )


def _label(node: Node) -> Label:
    return Label(
        domain=node.attributes.get("domain", "category"), slug=node.attributes["nicename"], name=plain(node.text)
    )


def _remark(node: Node) -> Remark:
    return Remark(
        id=number(node.get("wp:comment_id")),
        author=plain(node.get("wp:comment_author")),
        email=node.get("wp:comment_author_email"),
        url=node.get("wp:comment_author_url"),
        sent=_utc(node.get("wp:comment_date_gmt")) or _moment(node.get("wp:comment_date")),
        text=node.get("wp:comment_content"),
        is_approved=node.get("wp:comment_approved") in ("1", "approve"),
        type=node.get("wp:comment_type").replace("comment", ""),
        parent=number(node.get("wp:comment_parent")),
        user=number(node.get("wp:comment_user_id")),
    )


def plain(text: str) -> str:
    """Return HTML that stands for one line, such as a title, as plain text."""
    return " ".join(re.split(r"[ \t\n]+", html.unescape(_TAG.sub("", text)).strip()))


def number(text: str) -> int:
    """Return a number as exports write it; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _moment(text: str) -> datetime | None:
    """Return a date in MySQL's form, without a zone; None for none."""
    if not text or text == _NEVER:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=None) if 1000 <= moment.year <= 9998 else None


def _utc(text: str) -> datetime | None:
    moment = _moment(text)
    return moment and moment.replace(tzinfo=UTC)


def _published(text: str) -> datetime | None:
    """Return the date of RSS, which is in UTC; None for what WordPress writes where there is none: a negative year."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo and 1000 <= moment.year <= 9998 else None
