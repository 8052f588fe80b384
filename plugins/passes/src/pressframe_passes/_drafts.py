"""Entries that are not published yet, found and made ready to be looked at; nothing of them is written anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

import attrs

from pressframe.errors import ContentError, PluginError
from pressframe.model import Entry, Host, Loader, Manuscript, Source
from pressframe.press import ask_part


def is_draft(entry: Entry, now: datetime) -> bool:
    """Say whether an entry may be previewed: a draft, or of a date to come; never one that is private."""
    return entry.status == "draft" or (entry.status == "published" and entry.published > now)


def entries(host: Host) -> Iterator[Entry]:
    """Yield every entry as its loader reads it, without its text; those that cannot be read are passed over."""
    for plugin, loader in host.hooks.register_loaders(host):
        for source in loader.scan():
            try:
                yield _load(plugin, loader, source).entry
            except ContentError:
                continue


def path_in(named: str) -> str:
    """Return the path of an address, with the site's origin or without."""
    try:
        return f"/{urlsplit(named).path.lstrip('/')}"
    except ValueError:  # "http://[::1"
        return f"/{named}"


def find_entry(host: Host, named: str) -> Entry | None:
    """Return the entry that *named* means: its file, its id, or its address, with the site's or without."""
    file, path = named.removeprefix("./"), path_in(named)
    for entry in entries(host):
        place = entry.source.place
        if named == entry.id or (place and place.file == file) or entry.address.rstrip("/") == path.rstrip("/"):
            return entry
    return None


def read_draft(host: Host, source: tuple[str, str]) -> Entry | None:
    """Return the entry of a loader's source, whole, as its readers will get it; None if it is there no more.

    Raises:
        PressframeError: It cannot be read, or a plugin fails with it.
    """
    for plugin, loader in host.hooks.register_loaders(host):
        if loader.name != source[0]:
            continue
        found = next((one for one in loader.scan() if one.key == source[1]), None)
        return _typeset(host, _load(plugin, loader, found)) if found else None
    return None


def _load(plugin: str, loader: Loader, source: Source) -> Manuscript:
    return ask_part(plugin, "load", Manuscript, loader.load, source)


def _typeset(host: Host, manuscript: Manuscript) -> Entry:
    engine = host.hooks.find_markup(manuscript.format)
    if engine is None:
        raise PluginError(f'no plugin makes HTML of "{manuscript.format}"', at=manuscript.entry.source.place)
    return host.hooks.filter_entry(attrs.evolve(manuscript.entry, body=engine.render(manuscript.text)))


def with_files_at(entry: Entry, base: str) -> Entry:
    """Return *entry* with the files that belong to it, which are published no more than itself, named below *base*."""
    html, image = entry.body.html, entry.image
    for number, asset in enumerate(entry.assets):
        address = f"{base}{number}"
        html = re.sub(rf"""(?<![^\s"'(,=]){re.escape(asset.address)}(?![^\s"'),?#>])""", address, html)
        image = address if image == asset.address else image
    return attrs.evolve(entry, body=attrs.evolve(entry.body, html=html), image=image)
