"""Plan every page and file, each at an address of its own that is safe to write."""

import mimetypes
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

import attrs

from pressframe._build._catalogue import Catalogue
from pressframe._build._load import Kept
from pressframe._build._output import Stored, path_of, tag_of
from pressframe.errors import BuildError, ContentError, Place, PressframeError, raise_all
from pressframe.model import Asset, Entry, Host, Page, View

_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(1, 10))}
"""Names that Windows keeps for devices."""

Task: TypeAlias = tuple[Page, frozenset[str]]
"""A page to be rendered, and the audiences of those for whom it is; none for strangers."""


@attrs.frozen
class Plan:
    """Everything that will have an address.

    Attributes:
        pages: By address.
        files: What is published as it is, by address; each still where it is read from.
        gated: Addresses of both whose answer depends on the reader, with the audiences that open them.
    """

    pages: dict[str, Page]
    files: dict[str, Stored]
    gated: dict[str, frozenset[str]]

    def tasks(self) -> list[Task]:
        """Return what is to be rendered: every page for strangers, then gated ones for those who may read them."""
        pages = self.pages.items()
        closed = [(page, self.gated[address]) for address, page in pages if address in self.gated]
        return [*((page, frozenset[str]()) for _, page in pages), *closed]


def plan_files(host: Host) -> dict[str, Stored]:
    """Return what is published as it is: the site's ``static`` folder, then plugins' assets.

    Raises:
        BuildError: Two plugins have different files for one address, or one cannot be read.
    """
    files = {asset.address: _read(asset) for asset in _static(host.folder / "static")}
    owners = dict.fromkeys(files, "static")
    for plugin, asset in host.hooks.register_assets():
        file = _read(asset)
        if asset.address not in files:
            files[asset.address], owners[asset.address] = file, plugin
        elif owners[asset.address] != "static" and files[asset.address].tag != file.tag:
            raise BuildError(f'"{owners[asset.address]}" and "{plugin}" have different files for {asset.address}')
    return files


def _static(folder: Path) -> Iterator[Asset]:
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        if not file.resolve().is_relative_to(folder.resolve()):
            raise BuildError(
                "leads out of the folder static", at=Place(f"static/{inside}"), fix="copy the file into it"
            )
        if file.is_file() and not any(part.startswith(".") for part in inside.parts if part != ".well-known"):
            yield Asset(address=_quoted(f"/{inside.as_posix()}"), file=file)


def _quoted(path: str) -> str:
    return "".join(quote(one) if one.isspace() or one in "?#\\%" else one for one in path)


def _read(asset: Asset) -> Stored:
    try:
        content = asset.file.read_bytes()
    except OSError as error:
        raise BuildError(f"cannot be read: {error.strerror}", at=Place(str(asset.file))) from error
    media_type = mimetypes.guess_type(path_of(asset.address))[0] or "application/octet-stream"
    return Stored(asset.file, media_type, tag_of(content), len(content))


def plan(catalogue: Catalogue, view: View, files: dict[str, Stored]) -> Plan:
    """Return every page and file.

    Raises:
        ContentError, BuildError: Two have one address, or an address cannot be written; all at once as ManyErrors.
    """
    kept = catalogue.kept
    claims = [(_described(one.public), _page_of(one.public)) for one in kept.values()]
    claims += [(f'a page of the plugin "{plugin}"', page) for plugin, page in catalogue.host.hooks.register_pages(view)]
    assets = [(asset.address, _read(asset)) for one in kept.values() for asset in one.entry.assets]
    addresses = [(owner, page.address) for owner, page in claims]
    addresses += [(f"the file {stored.file}", address) for address, stored in (*files.items(), *assets)]
    raise_all(list(_flaws(addresses)))
    pages = {page.address: page for _, page in claims}
    return Plan(pages, {**files, **dict(assets)}, dict(_gated(kept, pages.values())))


def _described(entry: Entry) -> str:
    return f'"{entry.title}" ({entry.source.place or entry.source.key})'


def _page_of(entry: Entry) -> Page:
    return Page(address=entry.address, template=f"{entry.kind}.html", title=entry.title, subject=entry.id)


def _gated(kept: dict[str, Kept], pages: Iterable[Page]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield what a gate closes: pages of closed entries, and files that only their withheld part shows."""
    for page in pages:
        gate = kept[page.subject].gate if page.subject in kept else None
        if gate:
            yield page.address, gate.requires
    for one in kept.values():
        if one.gate:
            public = {asset.address for asset in one.public.assets}
            yield from ((asset.address, one.gate.requires) for asset in one.entry.assets if asset.address not in public)


def _flaws(claims: Iterable[tuple[str, str]]) -> Iterator[PressframeError]:
    """Yield addresses that no file can have, and those of one file, also where case and Unicode form don't count."""
    owners: dict[str, str] = {}
    for owner, address in claims:
        path = path_of(address)
        flaw = _unsafe(path)
        if flaw:
            yield ContentError(f"{owner} has the address {address}, {flaw}", fix="give it another slug or address")
        same = unicodedata.normalize("NFC", path).casefold()
        if same in owners:
            message = f"{owners[same]} and {owner} have the same address, {address}"
            yield ContentError(message, fix="give one of them another slug or address")
        owners[same] = owner
    for path, owner in owners.items():
        while path := path.rpartition("/")[0]:
            if path in owners:
                message = f"{owners[path]} has the address /{path}, where {owner} needs a folder"
                yield ContentError(message, fix="give one of them another address")


def _unsafe(path: str) -> str | None:
    """Return why no file can be at *path*, None if one can."""
    for part in path.split("/"):
        if part in ("", ".", "..") or re.search(r"[\x00-\x1f\\\ud800-\udc7f]", part):
            return "which leads out of the site or to no file"
        if len(os.fsencode(part)) > 240:
            return "of which a part is longer than 240 bytes"
        if part.split(".")[0].casefold() in _RESERVED:
            return "of which a part is a name that Windows keeps for a device"
    return None
