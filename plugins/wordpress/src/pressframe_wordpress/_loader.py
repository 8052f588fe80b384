"""The loader: the posts and pages of an export, each an entry at the address that it had."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from pressframe.errors import Place
from pressframe.model import Author, Body, Entry, Manuscript, Source, Term
from pressframe_wordpress._addresses import slug_of
from pressframe_wordpress._export import Export
from pressframe_wordpress._item import Item
from pressframe_wordpress._shortcodes import expand_shortcodes

NAME = "wordpress"
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
Status: TypeAlias = Literal["published", "draft", "private"]

_EMPTY = Body(html="")
_STATUSES: dict[str, Status] = {"publish": "published", "future": "published", "private": "private"}
_TAXONOMIES = {"category": "category", "post_tag": "tag", "tag": "tag"}
_NO_TERMS = ("nav_menu", "post_format", "link_category")


def entry_id(number: int) -> str:
    """Return the id of the entry that has *number* in the export."""
    return f"wp-{number}"


@attrs.define(eq=False)
class WordpressLoader:
    """Reads entries from an export.

    Attributes:
        export: Looks through the file, or remembers what it found.
        zone: Where dates are of which the export tells no other time.
    """

    export: Callable[[], Export]
    zone: ZoneInfo
    name: str = NAME

    def scan(self) -> Iterable[Source]:
        """Return every post and page as a source; the file is read once for each state of it."""
        export = self.export()
        for record in export.records.values():
            place = Place(export.label, record.line)
            yield Source(loader=NAME, key=str(record.id), fingerprint=export.stamp, place=place)

    def load(self, source: Source) -> Manuscript:
        export = self.export()
        record = export.records[int(source.key)]
        item = export.read(record.id)
        published = moment_of(item.sent, self.zone) or UNDATED
        entry = Entry(
            id=entry_id(record.id),
            kind="page" if item.type == "page" else "post",
            source=source,
            title=item.title,
            body=_EMPTY,
            published=published,
            updated=item.changed if item.changed and item.changed > published else None,
            address=record.address,
            status="private" if item.has_password else _STATUSES.get(item.status, "draft"),
            authors=(_author(item, export),) if item.creator else (),
            terms=tuple(_terms(item, export)),
            summary=item.excerpt or None,
            image=_image(item, export),
            open_to_comments=item.is_open,
        )
        text = expand_shortcodes(export.site.follow(item.text), export.files, entry=record.id)
        return Manuscript(entry=entry, format=NAME, text=text)

    def notes(self) -> Iterable[str]:
        """Return what of the export can't be carried, or is carried otherwise."""
        export = self.export()
        return [f"{export.label}: {note}" for note in export.notes]


def moment_of(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Return *moment* in UTC; without a zone it is in *zone*."""
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _author(item: Item, export: Export) -> Author:
    person = export.people.get(item.creator)
    return person.author if person else Author(slug=slug_of(item.creator, "author"), name=item.creator)


def _terms(item: Item, export: Export) -> Iterable[Term]:
    for label in item.labels:
        if label.domain in _NO_TERMS or not label.slug:
            continue
        key = (label.domain if label.domain != "tag" else "post_tag", label.slug)
        parent = export.parents.get(key)
        yield Term(
            taxonomy=_TAXONOMIES.get(label.domain, label.domain),
            slug=slug_of(label.slug, "term"),
            name=export.names.get(key) or label.name or label.slug,
            parent=slug_of(parent, "term") if parent else None,
        )


def _image(item: Item, export: Export) -> str | None:
    chosen = item.meta.get("_thumbnail_id", "")
    file = export.files.get(int(chosen)) if chosen.isdigit() and len(chosen) < 20 else None
    return file.address if file else None
