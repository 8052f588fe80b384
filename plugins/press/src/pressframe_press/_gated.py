"""What an entry is for whom: whole, as strangers see it, and for readers of some of its sections."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pressframe.errors import ContentError, Place
from pressframe.model import Body, Entry, Gate
from pressframe.press import NOBODY
from pressframe_press._json import altered

if TYPE_CHECKING:
    from pressframe import Hooks
    from pressframe.model import Asset, Section
    from pressframe_press._sections import Eyes

_HEADING_ID = re.compile(r"""<h[1-6]\b[^<>]*?\sid=["']?([^\s"'<>]+)""")


class Gated(NamedTuple):
    """An entry whole, as strangers see it, its gate if it has one now or may have one later, and its sections.

    Attributes:
        between: What readers get of whom neither is true, by the audiences that count for them.
    """

    whole: Entry
    seen: Entry
    gate: Gate | None
    sections: Sequence[Section] = ()
    between: Mapping[Eyes, Entry] = {}


class Cutting:
    """Cuts one entry.

    Args:
        written: Before plugins change it.
        text: What its HTML was made of.
        folder: The site's.
    """

    def __init__(self, written: Entry, text: str, hooks: Hooks, folder: Path) -> None:
        self._written, self._text, self._hooks, self._folder = written, text, hooks, folder

    def gated(self, now: datetime) -> Gated:
        """Return what it is for whom."""
        sections, hooks = self._sections(), self._hooks
        entry = hooks.filter_entry(self._written)
        gate = hooks.judge_gate(entry, now)
        is_closed = gate is not None and bool(gate.requires)
        if not sections and not is_closed:
            return Gated(entry, entry, gate)
        bare = self._without(sections, frozenset()) if sections else self._written
        seen = self._teaser(bare, entry, gate) if gate and is_closed else self._open(bare, entry)
        entry = altered(entry, address=seen.address)
        return Gated(entry, seen, gate, sections, self._between(sections, entry, gate) if sections else {})

    # ------------------------------------------------------------------------------------------ the gate

    def _teaser(self, bare: Entry, entry: Entry, gate: Gate) -> Entry:
        """Return what strangers see of a closed entry, which is *bare* of all sections."""
        teaser = self._hooks.find_teaser(bare, gate)
        text = teaser.html if teaser else bare.body.html[: bare.body.more or 0]
        # Filtered anew from the public part alone: nothing that a plugin derives from the rest can be left in it.
        closed = self._hooks.filter_entry(altered(bare, body=self._body(text), assets=()))
        assets = (one for one in entry.assets if one.address == closed.image or _shows(closed.body.html, one.address))
        return altered(closed, assets=tuple(assets))

    def _body(self, html: str, more: int | None = None) -> Body:
        shown = set(_HEADING_ID.findall(html))
        return Body(html=html, headings=tuple(one for one in self._written.body.headings if one.id in shown), more=more)

    # ---------------------------------------------------------------------------------------- the sections

    def _between(self, sections: Sequence[Section], entry: Entry, gate: Gate | None) -> dict[Eyes, Entry]:
        """Return what those get who may read some sections, and not all.

        Raises:
            ContentError: There would be too many renderings.
        """
        from pressframe_press._sections import MOST, levels_of, renderings

        required = gate.requires if gate and gate.requires else None
        levels = levels_of(required, [one.requires for one in sections])
        every = frozenset[str]().union(*levels)
        if len(every - {NOBODY}) > MOST:
            named = ", ".join(sorted(every - {NOBODY}))
            message = f"its gate and its sections name {len(every - {NOBODY})} audiences: {named}"
            fix = f"name {MOST} at most in one entry, or make two entries of it"
            raise ContentError(message, at=self._written.source.place, fix=fix)
        if NOBODY in every:
            return {}
        some = [eyes for eyes in renderings(levels) if eyes != every]
        made = {eyes: self._open(self._without(sections, eyes), entry) for eyes in some}
        return {eyes: altered(one, address=entry.address) for eyes, one in made.items()}

    def _without(self, sections: Sequence[Section], audiences: Eyes) -> Entry:
        """Return the entry without the sections that need more than *audiences*."""
        from pressframe_press._sections import cut

        body = self._written.body
        return altered(self._written, body=self._body(*cut(body.html, body.more, sections, audiences)))

    def _open(self, bare: Entry, entry: Entry) -> Entry:
        """Return an open entry that lacks sections, and the files that they alone show."""
        html = entry.body.html
        seen = self._hooks.filter_entry(altered(bare, assets=()))
        assets = [one for one in entry.assets if self._is_for_all(one, seen, html)]
        return altered(seen, assets=tuple(assets))

    def _is_for_all(self, asset: Asset, seen: Entry, whole: str) -> bool:
        is_shown = asset.address == seen.image or _shows(seen.body.html, asset.address)
        return is_shown or not _shows(whole, asset.address)

    def _sections(self) -> list[Section]:
        """Return the sections in their order.

        Raises:
            ContentError: A plugin refuses them, or two overlap.
        """
        written, hooks = self._written, self._hooks
        try:
            answers = hooks.all("register_sections", written, self._text)
        except ContentError as error:
            error.at = self._place(error.at)
            raise
        if not answers:
            return []
        found = sorted((one for _, one in answers), key=lambda one: (one.start, one.end))
        ends = [0, *(one.end for one in found)]
        mark = written.body.more
        if (
            any(one.start < end or one.end < one.start for one, end in zip(found, ends, strict=False))
            or ends[-1] > len(written.body.html)
            or (mark is not None and any(one.start < mark < one.end for one in found))
        ):
            named = " and ".join(dict.fromkeys(plugin for plugin, _ in answers))
            message = f"{named} found sections that overlap, or in which the public part ends"
            raise ContentError(message, at=written.source.place, fix="end each section before the next begins")
        return found

    def _place(self, at: Place | None) -> Place | None:
        """Return where a plugin found something: a line of the text is one of the file that ends with it."""
        known = self._written.source.place
        if at is None or at.file or known is None:
            return known if at is None or not at.file else at
        try:
            whole = (self._folder / known.file).read_text("utf-8").replace("\r\n", "\n").replace("\r", "\n")
        except (OSError, UnicodeError):
            return known
        lead = whole.removesuffix(self._text)
        is_end = at.line is not None and len(lead) < len(whole)
        return Place(known.file, at.line + lead.count("\n")) if is_end and at.line else known


def _shows(html: str, address: str) -> bool:
    """Say whether *html* names a file by this whole address."""
    return re.search(rf"""(?<![^\s"'(,=]){re.escape(address)}(?![^\s"'),?#>])""", html) is not None
