"""Plan every page and file, each at an address of its own that is safe to write."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

from pressframe.errors import BuildError, Place, raise_all
from pressframe.files import digest_of, digest_of_bytes, stamp
from pressframe.model import Asset, Host, Page, View
from pressframe.press import Stored
from pressframe_press._addresses import are_plain, flaws
from pressframe_press._json import decode, encode, parse
from pressframe_press._known import Dated, Item, Known, Marks
from pressframe_press._media import media_type_of
from pressframe_press._memory import Copied, Key, Planned, Table
from pressframe_press._output import path_of
from pressframe_press._overlay import Part
from pressframe_press._rows import Row
from pressframe_press._sections import renderings
from pressframe_press._view import Notebook

Task: TypeAlias = tuple[str, frozenset[str]]
"""The address of a page, and the audiences of those for whom it is rendered; none for strangers."""


def key_of(task: Task) -> Key:
    """Return what a rendering is remembered by."""
    return task[0], ",".join(sorted(task[1])) if task[1] else ""


def task_of(key: Key) -> Task:
    """Return what is remembered by *key*."""
    return key[0], frozenset(key[1].split(",")) if key[1] else frozenset()


class Plan:
    """Everything that will have an address; worked out as far as it is asked for.

    Args:
        rows: By the ids of their entries.
        planned: In the order of the plugins.
        at: Finds the row of the entry at an address.
        files: Those that belong to no entry, and how to read others.

    Attributes:
        find: What *at* is; may be replaced by what finds it faster.
        known: What is remembered of the plan before, if this one is much the same.
        made: What plugins planned, by their names, as far as it is at hand: it need not be read again.
        stayed: Returns the digest of an entry's page if that is known; may be replaced by what knows any.
    """

    def __init__(
        self, rows: Part[Row], planned: Sequence[Planned], files: Files, *, at: Callable[[str], Row | None]
    ) -> None:
        self._rows, self.planned, self._files, self.find = rows, planned, files, at
        self.stayed: Callable[[Row], str] = lambda row: ""
        self.known: Known | None = None
        self.made: Mapping[str, Sequence[Item]] = {}

    @functools.cached_property
    def brought(self) -> list[tuple[Planned, Item]]:
        """Every page that a plugin planned, in their order."""
        return [(one, item) for one in self.planned for item in self._brought_by[one.plugin]]

    @functools.cached_property
    def _brought_by(self) -> Mapping[str, Sequence[Item]]:
        return {one.plugin: self.made.get(one.plugin) or [*map(Item._make, parse(one.pages))] for one in self.planned}

    def at_hand(self, planned: Iterable[Planned]) -> dict[str, Sequence[Item]]:
        """Return what plugins planned here and plan still, by their names, as far as it is at hand."""
        made, mine = self.__dict__.get("_brought_by", self.made), {one.plugin: one.pages for one in self.planned}
        return {one.plugin: made[one.plugin] for one in planned if one.plugin in made and mine[one.plugin] == one.pages}

    @functools.cached_property
    def _items(self) -> dict[str, Item]:
        return {item.address: item for _, item in self.brought}

    def over(self, rows: Part[Row], at: Callable[[str], Row | None]) -> Plan:
        """Return the same plan, worked out from these rows."""
        plan = Plan(rows, self.planned, self._files, at=at)
        plan.made = self.at_hand(self.planned)
        return plan

    # --------------------------------------------------------------------------------------------- pages

    def get(self, address: str) -> Page | None:
        """Return the page at *address*."""
        row = self.find(address)  # no plugin has a page there, too; reading all that they planned takes longer
        if row:
            return _page_of(row)
        return decode(Page, self._items[address].page) if address in self._items else None

    def all(self) -> tuple[Page, ...]:
        """Return every page in the order of planning."""
        return self._all  # kept for all who ask; rendering asks for each page once, and they would fill the memory

    @functools.cached_property
    def _all(self) -> tuple[Page, ...]:
        return tuple(page for address in self.digests if (page := self.get(address)))

    def listed(self) -> tuple[tuple[str, str], ...]:
        """Return what search engines may list: addresses, and the moment of the entry's last change, if it has one."""
        return self._listed

    @functools.cached_property
    def _listed(self) -> tuple[tuple[str, str], ...]:
        dated = self._dated
        changed = {one.id: one.changed for one in dated}
        others = [item for item in self._items.values() if item.is_listed]
        return (
            *((one.address, one.changed) for one in dated),
            *((one.address, changed.get(one.subject or "", "")) for one in others),
        )

    @functools.cached_property
    def dated(self) -> str:
        """JSON of what search engines hear of entries."""
        return encode(self._dated)

    @functools.cached_property
    def _dated(self) -> list[Dated]:
        if self.known and not self._rows.is_read:
            return [Dated._make(one) for one in parse(self.known.dated())]
        return [Dated(row.id, row.address, row.updated or row.published) for row in self._rows.all.values()]

    def digest(self, address: str) -> str:
        """Return what changes when the page at *address* is planned otherwise."""
        row = self.find(address)
        found = None if row else self._items.get(address)
        return _digest_of(row) if row else digest_of(found.page) if found else ""

    @functools.cached_property
    def digests(self) -> dict[str, str]:
        """The same of all pages, by address, in the order of planning."""
        rows = self._rows.all.values()
        found = {row.address: self.stayed(row) or _digest_of(row) for row in rows}
        return found | {address: digest_of(item.page) for address, item in self._items.items()}

    def answer(self, question: str) -> str:
        """Return what changes when ``pages`` or ``listed`` has another answer."""
        return self.marks.listed if question == "listed" else f"{self.marks.order} {self.marks.sum}"

    @functools.cached_property
    def marks(self) -> Marks:
        """What changes when something about the plan does."""
        known = self.known
        if known is None:
            entries = digest_of("\n".join(row.address for row in self._rows.all.values()))
            dated, total = digest_of(self.dated), _sum(self.digests.values())
        else:
            entries, dated = known.marks.entries, known.marks.dated
            titled = [_digest_of(row) for both in known.renamed for row in both]
            moved = (*known.moved.gone.values(), *known.moved.come.values())
            planned = [digest_of(item.page) for item in moved]
            total = _sum([known.marks.sum, *titled, *planned])  # what is summed twice is taken off again
            if known.is_same:
                return known.marks._replace(sum=total)
        listed = [(item.address, item.subject) for item in self._items.values() if item.is_listed]
        return Marks(
            entries=entries,
            order=digest_of("\n".join([entries, *self._items])),
            dated=dated,
            listed=digest_of(encode([dated, *listed])),
            sum=total,
        )

    @functools.cached_property
    def renamed(self) -> list[str]:
        """Addresses of entries that have another title now, where all else is as it was."""
        return [after.address for _, after in self.known.renamed] if self.known else []

    def is_new(self, address: str) -> bool:
        """Say whether a page is known to be planned otherwise."""
        return self.known is not None and (address in self.known.moved.come or address in self.renamed)

    def tasks_at(self, address: str) -> list[Task]:
        """Return what is to be rendered of a page that a plugin plans; nothing if none does."""
        if address not in self._items:
            return []
        row = self._rows.get(self._items[address].subject or "")
        return [(address, readers) for readers in (frozenset[str](), *renderings(row.levels if row else ()))]

    def in_order(self, reasons: Mapping[Task, str], order: Iterable[Key]) -> dict[Task, str]:
        """Return tasks in the order of planning: where several pages fail, the same one is told of each time.

        Args:
            order: Every source, in the order of the loaders.
        """
        wanted = {address for address, _ in reasons}
        brought = {item[0]: number for number, (_, item) in enumerate(self.brought) if item[0] in wanted}
        rows = {address: row for address in wanted - brought.keys() if (row := self.find(address))}
        keys = {(row.loader, row.key) for row in rows.values()}
        sources = {key: number for number, key in enumerate(order) if key in keys}

        def place(task: Task) -> tuple[bool, bool, int, str]:
            address, audiences = task
            row = rows.get(address)
            number = sources[row.loader, row.key] if row else brought.get(address, 0)
            return bool(audiences), row is None, number, key_of(task)[1]

        return {task: reasons[task] for task in sorted(reasons, key=place)}

    def tasks(self) -> list[Task]:
        """Return what is to be rendered: every page for strangers, then gated ones for those who may read them.

        Where a plugin that judges gates has failed, that is nobody.
        """
        closed = ((address, levels) for address, levels in self.levels.items() if address in self.digests)
        readers = [(address, eyes) for address, levels in closed for eyes in renderings(levels)]
        return [*((address, frozenset[str]()) for address in self.digests), *readers]

    # --------------------------------------------------------------------------------------------- files

    @functools.cached_property
    def files(self) -> dict[str, Stored]:
        """What is published as it is, by address; each still where it is read from."""
        assets = {
            address: self._files.read(Asset(address=address, file=Path(file))) for address, file in self._assets()
        }
        return {**self._files.published, **assets}

    def _assets(self) -> Iterator[tuple[str, str]]:
        for row in self._rows.all.values():
            if row.assets != "[]":
                yield from parse(row.assets)

    @functools.cached_property
    def gated(self) -> dict[str, frozenset[str]]:
        """Addresses of pages and files whose answer depends on the reader, with the audiences that count for it."""
        return {address: frozenset[str]().union(*levels) for address, levels in self.levels.items()}

    @functools.cached_property
    def levels(self) -> dict[str, tuple[frozenset[str], ...]]:
        """The same addresses, with the sets of audiences each of which opens something there."""
        return dict(self._levels())

    def _levels(self) -> Iterator[tuple[str, tuple[frozenset[str], ...]]]:
        """Yield what is not for all: pages of entries with a gate or sections, and files that only these show."""
        closed = {row.id: row.levels for row in self._rows.all.values() if row.gate or row.parts}
        for id, levels in closed.items():
            row = self._rows.all[id]
            yield row.address, levels
            yield from ((address, levels) for address in row.withheld)
        for address, item in self._items.items():
            if item.subject in closed:
                yield address, closed[item.subject]

    @functools.cached_property
    def opened_files(self) -> dict[Task, Stored]:
        """Files that some readers get, by address and the audiences that count for them."""
        closed = [row for row in self._rows.all.values() if row.levels and row.assets != "[]"]
        found = [(row, address) for row in closed for address in row.withheld]
        return {(address, eyes): self.files[address] for row, address in found for eyes in row.showing(address)}

    # -------------------------------------------------------------------------------------------- checks

    @functools.cached_property
    def _claimed(self) -> list[str]:
        """Every address as often as somebody wants it."""
        planned = (item[0] for one in self.planned for item in parse(one.pages))
        rows, assets = self._rows.all.values(), (address for address, _ in self._assets())
        return [*(row.address for row in rows), *planned, *self._files.published, *assets]

    def _claims(self) -> list[tuple[str, str]]:
        """Return the same addresses, each after who wants it."""
        rows = self._rows.all.values()
        claims = [(f'"{row.title}" ({row.file})', row.address) for row in rows]
        for one in self.planned:
            claims += [(f'a page of the plugin "{one.plugin}"', item[0]) for item in parse(one.pages)]
        claims += [(f"the file {stored.file}", address) for address, stored in self._files.published.items()]
        return [*claims, *((f"the file {file}", address) for address, file in self._assets())]

    @functools.cached_property
    def hidden(self) -> str:
        """Lines with the paths of files that only some readers get, and which are not in the output for that."""
        return "\n".join(path_of(address).lower() for address in self.files if address in self.gated)

    @functools.cached_property
    def addresses(self) -> str:
        """What changes when any address does."""
        return digest_of("\n".join(sorted(self._claimed)))

    def check(self, known: str) -> None:
        """Raise what is wrong with addresses, unless they are those *known* to be right.

        Raises:
            ContentError, BuildError: Two have one address, or an address cannot be written; all at once as ManyErrors.
        """
        if self.addresses != known and not are_plain(self._claimed):
            raise_all(list(flaws(self._claims())))


class Files:
    """Files that are published as they are, read again only when their stamp has changed.

    Attributes:
        copied: What is to be remembered of them.
        published: Those that belong to no entry, by address: the site's folder ``static``, and plugins' assets.

    Raises:
        BuildError: Two plugins have different files for one address, or one cannot be read.
    """

    def __init__(self, host: Host, past: Table[Copied]) -> None:
        self._before = past.all()
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
        media_type = media_type_of(path_of(asset.address))
        return Stored(asset.file, media_type, known.tag, known.size)

    @functools.cached_property
    def digest(self) -> str:
        """What changes when anything is published elsewhere, or other files are."""
        return digest_of(encode([(address, one.tag, str(one.file)) for address, one in self.published.items()]))

    def _of_site(self, host: Host) -> dict[str, Stored]:
        files = {asset.address: self.read(asset) for asset in files_in(host.folder / "static")}
        owners = dict.fromkeys(files, "static")
        for plugin, asset in host.hooks.all("register_assets"):
            file = self.read(asset)
            if asset.address not in files:
                files[asset.address], owners[asset.address] = file, plugin
            elif owners[asset.address] != "static" and files[asset.address].tag != file.tag:
                raise BuildError(f'"{owners[asset.address]}" and "{plugin}" have different files for {asset.address}')
        return files


def files_in(folder: Path) -> Iterator[Asset]:
    """Yield what is published of a site's folder ``static``."""
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


def plan_pages(
    view: View, past: Table[Planned], is_same: Callable[[str], bool], notebook: Notebook
) -> tuple[dict[Key, Planned], dict[str, list[Item]]]:
    """Return what each plugin plans, in their order; as remembered where its questions have the same answers still.

    With it are the pages that were planned just now, by plugin.
    """
    order = view.hooks.implementers("register_pages")
    before = {plugin: one for plugin in order if (one := past.get(plugin))}
    kept = {plugin: one for plugin, one in before.items() if all(map(is_same, parse(one.questions)))}
    made: dict[str, list[Item]] = {}
    notebook.page = set()
    for plugin, pages in view.hooks.register_pages(view, but=kept):
        made[plugin] = [
            Item(page.address, page.subject, page.indexed and page.media_type == "text/html", encode(page))
            for page in pages
        ]
        kept[plugin] = Planned(plugin, encode(made[plugin]), encode(sorted(notebook.page)))
        notebook.page = set()
    notebook.page = None
    return {(one,): kept[one] for one in order if one in kept}, made


def _sum(digests: Iterable[str]) -> str:
    return f"{functools.reduce(lambda one, other: one ^ int(other, 16), digests, 0):x}"


def _digest_of(row: Row) -> str:
    """Return what changes when ``_page_of`` does."""
    return digest_of("\0".join((row.address, row.kind, row.title, row.id)))


def _page_of(row: Row) -> Page:
    return Page(address=row.address, template=f"{row.kind}.html", title=row.title, subject=row.id)
