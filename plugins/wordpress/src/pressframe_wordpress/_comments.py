"""The comments of an export: those that were approved, with their numbers, threads and pingbacks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

import attrs

from pressframe.errors import ContentError
from pressframe.model import Comment
from pressframe_wordpress._export import Export, Person
from pressframe_wordpress._item import Item, Remark
from pressframe_wordpress._loader import NAME, UNDATED, entry_id, moment_of
from pressframe_wordpress._paragraphs import add_paragraphs

_LONGEST_NAME = 245
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_PINGS = ("pingback", "trackback")


@attrs.define(eq=False)
class WordpressComments:
    """Answers with an export's comments.

    Attributes:
        export: Looks through the file, or remembers what it found.
        stamp: Tells the file's state without reading it.
        zone: Where dates are of which the export tells no other time.
        anonymous: Who wrote what no one signed.
    """

    export: Callable[[], Export]
    stamp: Callable[[], str]
    zone: ZoneInfo
    anonymous: str
    name: str = NAME

    def fingerprint(self) -> str:
        try:
            return self.stamp()
        except ContentError:  # the next build says so; a file is missing for a moment whenever it is replaced
            return "missing"

    def of(self, entries: frozenset[str]) -> Mapping[str, Sequence[Comment]]:
        export = self.export()
        wanted = [one.id for one in export.records.values() if one.has_remarks and entry_id(one.id) in entries]
        return {entry_id(id): tuple(self._comments(export.read(id), export)) for id in wanted}

    def _comments(self, item: Item, export: Export) -> Iterator[Comment]:
        shown = {remark.id: remark for remark in item.remarks if _is_shown(remark)}
        writer = export.people.get(item.creator)
        for remark in shown.values():
            yield Comment(
                id=str(remark.id),
                entry=entry_id(item.id or 0),
                kind="pingback" if remark.type in _PINGS else "comment",
                author=remark.author[:_LONGEST_NAME] or self.anonymous,
                url=remark.url if _ADDRESS.fullmatch(remark.url) else None,
                body=add_paragraphs(remark.text),
                format="html",
                received=moment_of(remark.sent, self.zone) or moment_of(item.sent, self.zone) or UNDATED,
                parent=str(remark.parent) if _is_below(remark, shown) else None,
                by_author=writer is not None and _is_by(remark, writer),
            )


def _is_shown(remark: Remark) -> bool:
    return remark.is_approved and remark.id > 0 and remark.type in ("", *_PINGS)


def _is_below(remark: Remark, shown: Mapping[int, Remark]) -> bool:
    """Say whether *remark* answers one that is shown; not where answers go in a circle."""
    seen = {remark.id}
    above = shown.get(remark.parent)
    while above is not None:
        if above.id in seen:
            return False
        seen.add(above.id)
        above = shown.get(above.parent)
    return remark.parent in shown


def _is_by(remark: Remark, writer: Person) -> bool:
    """Say whether the account that wrote *remark* is the author's: never told from names alone."""
    if remark.user == 0:
        return False
    return remark.user == writer.id if writer.id else bool(writer.email) and remark.email == writer.email
