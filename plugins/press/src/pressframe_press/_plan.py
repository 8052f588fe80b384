"""Plan every page and file, each at an address of its own that is safe to write."""

import mimetypes
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias
from urllib.parse import quote

import attrs

from pressframe.errors import BuildError, ContentError, Place, PressframeError, raise_all
from pressframe.files import digest_of, digest_of_bytes, stamp
from pressframe.model import Asset, Host, Page, View
from pressframe.press import Stored
from pressframe_press._json import encode, parse
from pressframe_press._memory import Copied, Key, Planned
from pressframe_press._output import path_of
from pressframe_press._rows import Row, read_gate
from pressframe_press._view import Notebook

_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(1, 10))}
"""Names that Windows keeps for devices."""

Task: TypeAlias = tuple[str, frozenset[str]]
"""The address of a page, and the audiences of those for whom it is rendered; none for strangers."""


@attrs.frozen(kw_only=True)
class Plan:
    """Everything that will have an address.

    Attributes:
        pages: JSON of each, by address.
        models: Those of them that are at hand already.
        files: What is published as it is, by address; each still where it is read from.
        gated: Addresses of both whose answer depends on the reader, with the audiences that open them.
        addresses: Changes when any address or its owner does.
    """

    pages: Mapping[str, str]
    models: Mapping[str, Page]
    files: Mapping[str, Stored]
    gated: Mapping[str, frozenset[str]]
    addresses: str

    def tasks(self) -> list[Task]:
        """Return what is to be rendered: every page for strangers, then gated ones for those who may read them."""
        closed = [(address, self.gated[address]) for address in self.pages if address in self.gated]
        return [*((address, frozenset[str]()) for address in self.pages), *closed]


class Files:
    """Files that are published as they are, read again only when their stamp has changed.

    Attributes:
        copied: What is to be remembered of them.
        published: Those that belong to no entry, by address: the site's folder ``static``, and plugins' assets.

    Raises:
        BuildError: Two plugins have different files for one address, or one cannot be read.
    """

    def __init__(self, host: Host, before: Mapping[Key, Copied]) -> None:
        self._before = before
        self.copied: dict[Key, Copied] = {}
        self.published = self._of_site(host)

    def read(self, asset: Asset) -> Stored:
        """Return *asset* as it is now.

        Raises:
            BuildError: It cannot be read.
        """
        path = str(asset.file)
        known = self.copied.get((path,)) or self._before.get((path,))
        try:
            now = stamp(asset.file)
            if known is None or known.stamp != now:
                content = asset.file.read_bytes()
                known = Copied(path, now, digest_of_bytes(content), len(content))
        except OSError as error:
            raise BuildError(f"cannot be read: {error.strerror}", at=Place(path)) from error
        self.copied[path,] = known
        media_type = mimetypes.guess_type(path_of(asset.address))[0] or "application/octet-stream"
        return Stored(asset.file, media_type, known.tag, known.size)

    def _of_site(self, host: Host) -> dict[str, Stored]:
        files = {asset.address: self.read(asset) for asset in _static(host.folder / "static")}
        owners = dict.fromkeys(files, "static")
        for plugin, asset in host.hooks.register_assets():
            file = self.read(asset)
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


class Item(NamedTuple):
    """A page planned: its address, the entry whose page it is if any, and its JSON."""

    address: str
    subject: str | None
    page: str


def plan_pages(
    view: View, before: Mapping[Key, Planned], is_same: Callable[[str], bool], notebook: Notebook
) -> dict[Key, Planned]:
    """Return what each plugin plans, in their order; as remembered where its questions have the same answers still."""
    planned = {key: one for key, one in before.items() if all(map(is_same, parse(one.questions)))}
    notebook.page = set()
    for plugin, pages in view.hooks.register_pages(view, but={plugin for (plugin,) in planned}):
        items = [Item(page.address, page.subject, encode(page)) for page in pages]
        planned[plugin,] = Planned(plugin, encode(items), encode(sorted(notebook.page)))
        notebook.page = set()
    notebook.page = None
    return {(one,): planned[one,] for one in view.hooks.implementers("register_pages") if (one,) in planned}


def plan(rows: Mapping[str, Row], planned: Sequence[Planned], files: Files, *, known: str) -> Plan:
    """Return every page and file.

    Args:
        rows: By the entries' ids.
        planned: In the order of the plugins.
        known: The ``addresses`` of a plan in which nothing was wrong.

    Raises:
        ContentError, BuildError: Two have one address, or an address cannot be written; all at once as ManyErrors.
    """
    brought = [(one.plugin, Item(*item)) for one in planned for item in parse(one.pages)]
    assets = [(address, files.read(Asset(address=address, file=Path(file)))) for address, file in _assets(rows)]
    claims = [(f'"{row.title}" ({row.file})', row.address) for row in rows.values()]
    claims += [(f'a page of the plugin "{plugin}"', item.address) for plugin, item in brought]
    claims += [(f"the file {stored.file}", address) for address, stored in (*files.published.items(), *assets)]
    addresses = digest_of(encode(claims))
    if addresses != known:
        raise_all(list(_flaws(claims)))
    models = {row.address: _page_of(row) for row in rows.values()}
    pages = {address: encode(page) for address, page in models.items()}
    pages |= {item.address: item.page for _, item in brought}
    gated = dict(_gated(rows, ((item.address, item.subject) for _, item in brought)))
    return Plan(pages=pages, models=models, files={**files.published, **dict(assets)}, gated=gated, addresses=addresses)


def _page_of(row: Row) -> Page:
    return Page(address=row.address, template=f"{row.kind}.html", title=row.title, subject=row.id)


def _assets(rows: Mapping[str, Row]) -> Iterator[tuple[str, str]]:
    for row in rows.values():
        if row.assets != "[]":
            yield from parse(row.assets)


def _gated(rows: Mapping[str, Row], brought: Iterable[tuple[str, str | None]]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield what a gate closes: pages of closed entries, and files that only their withheld part shows."""
    closed = {row.id: read_gate(row.gate).requires for row in rows.values() if row.gate}
    for id, requires in closed.items():
        public = {address for address, _ in parse(rows[id].public)}
        yield rows[id].address, requires
        yield from ((address, requires) for address, _ in parse(rows[id].assets) if address not in public)
    yield from ((address, closed[subject]) for address, subject in brought if subject in closed)


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
