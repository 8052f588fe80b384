"""Plan every page and file, each at an address of its own that is safe to write."""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

import attrs

from pressframe._build._catalogue import Catalogue
from pressframe._hooks import Hooks
from pressframe.errors import BuildError, ContentError, Place, PressframeError, raise_all
from pressframe.model import Asset, Entry, Host, Page, View

_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(1, 10))}
"""Names that Windows keeps for devices."""


@attrs.frozen
class File:
    """A file to be published as it is; ``tag`` is the hash of its bytes."""

    address: str
    source: Path
    tag: str
    size: int


@attrs.frozen
class Plan:
    """Everything that will have an address. ``entry_files`` belong to entries, by the id of the entry."""

    pages: dict[str, Page]
    files: dict[str, File]
    entry_files: dict[str, tuple[File, ...]]


def plan_files(host: Host) -> dict[str, File]:
    """Return what is published as it is: the site's ``static`` folder, then plugins' assets.

    Raises:
        BuildError: Two plugins have different files for one address, or one cannot be read.
    """
    files = {file.address: file for file in map(read_file, _static(host.folder / "static"))}
    owners = dict.fromkeys(files, "static")
    for plugin, asset in host.hooks.register_assets():
        file = read_file(asset)
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
    return "".join(f"%{ord(letter):02X}" if letter in " ?#\\%" else letter for letter in path)


def read_file(asset: Asset) -> File:
    """Return *asset* with the hash of its bytes.

    Raises:
        BuildError: It cannot be read.
    """
    try:
        content = asset.file.read_bytes()
    except OSError as error:
        raise BuildError(f"cannot be read: {error.strerror}", at=Place(str(asset.file))) from error
    return File(asset.address, asset.file, tag_of(content), len(content))


def tag_of(content: bytes) -> str:
    """Return the hash by which releases know bytes: 32 hexadecimal digits."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def plan(catalogue: Catalogue, view: View, files: dict[str, File]) -> Plan:
    """Return every page and file.

    Raises:
        ContentError, BuildError: Two have one address, or an address cannot be written; all at once as ManyErrors.
    """
    entries = [kept.public for kept in catalogue.kept.values()]
    entry_files = {id: tuple(map(read_file, kept.entry.assets)) for id, kept in catalogue.kept.items()}
    claims = [(_described(entry), _page_of(entry)) for entry in entries]
    claims += [(f'a page of the plugin "{plugin}"', page) for plugin, page in _brought(catalogue.host.hooks, view)]
    addresses = [(owner, page.address) for owner, page in claims]
    addresses += [(f"the file {file.source}", address) for address, file in files.items()]
    addresses += [(f"the file {file.source}", file.address) for group in entry_files.values() for file in group]
    raise_all(list(_flaws(addresses)))
    return Plan({page.address: page for _, page in claims}, files, entry_files)


def _described(entry: Entry) -> str:
    place = entry.source.place
    return f'"{entry.title}" ({place if place else entry.source.key})'


def _page_of(entry: Entry) -> Page:
    return Page(address=entry.address, template=f"{entry.kind}.html", title=entry.title, subject=entry.id)


def _brought(hooks: Hooks, view: View) -> Iterable[tuple[str, Page]]:
    return hooks.register_pages(view)


def _flaws(claims: Iterable[tuple[str, str]]) -> Iterator[PressframeError]:
    """Yield addresses that two have, or that differ only by case or Unicode form, and those no file can have."""
    owners: dict[str, str] = {}
    for owner, address in claims:
        flaw = _unsafe(address)
        if flaw:
            yield ContentError(f"{owner} has the address {address}, {flaw}", fix="give it another slug or address")
        key = address if address.isascii() and address.islower() and "%" not in address else _folded(address)
        if key in owners:
            yield ContentError(
                f"{owners[key]} and {owner} have the same address, {address}",
                fix="give one of them another slug or address",
            )
        owners[key] = owner


def _folded(address: str) -> str:
    return unicodedata.normalize("NFC", unquote(address)).casefold()


def _unsafe(address: str) -> str | None:
    """Return why no file can have *address*, None if one can."""
    parts = unquote(address).split("/")[1:]
    for part in parts[:-1] if parts[-1] == "" else parts:
        if part in ("", ".", "..") or "\0" in part or "\\" in part or any(ord(letter) < 32 for letter in part):
            return "which leads out of the site or to no file"
        if len(part.encode()) > 240:
            return "of which a part is longer than 240 bytes"
        if part.split(".")[0].casefold() in _RESERVED:
            return "of which a part is a name that Windows keeps for a device"
    return None


def path_of(address: str) -> str:
    """Return the file of *address* below the output folder: ``/a/`` is in ``a/index.html``."""
    path = unquote(address) if "%" in address else address
    return (path + "index.html" if path.endswith("/") else path)[1:]
