"""What an entry's HTML can only get once its address is known, or once it is known how much of it is public."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import attrs

from pressframe.model import Entry, Json
from pressframe_markdown._beside import address_files
from pressframe_markdown._notes import unlink_notes


def settle_body(entry: Entry) -> Entry | None:
    """Return *entry* with addresses of its files in its HTML, and no link to a note that is not there.

    None if there is nothing to do. The public part of a closed entry comes here by itself.
    """
    html, more = entry.body.html, entry.body.more
    addresses = _addresses(entry)
    has_notes = "#" in html and '"#fn' in html
    if not addresses and not has_notes:
        return None
    above = _settle(html[:more], html, addresses) if more else ""
    whole = above + _settle(html[more or 0 :], html, addresses)
    body = attrs.evolve(entry.body, html=whole, more=more and len(above))
    return attrs.evolve(entry, body=body, data=_without_names(entry, whole) if addresses else entry.data)


def _without_names(entry: Entry, html: str) -> Mapping[str, Json]:
    """Return the entry's data without the names of files that *html* does not show: they may be withheld."""
    kept = entry.data["markdown"]
    assert isinstance(kept, Mapping)
    shown = {name: address for name, address in _addresses(entry).items() if escape(address) in html}
    return {**entry.data, "markdown": {**kept, "files": shown}}


def _settle(part: str, whole: str, addresses: Mapping[str, str]) -> str:
    return unlink_notes(address_files(part, addresses) if addresses else part, whole)


def _addresses(entry: Entry) -> Mapping[str, str]:
    kept = entry.data.get("markdown")
    files = kept.get("files") if isinstance(kept, Mapping) else None
    return {name: str(address) for name, address in files.items()} if isinstance(files, Mapping) else {}
