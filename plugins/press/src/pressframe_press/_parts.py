"""What a build renders with, put together of what is remembered and what was loaded now."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence

from pressframe.press import Wish
from pressframe.templates import Templates
from pressframe_press._contents import Contents, Places
from pressframe_press._json import moment
from pressframe_press._load import Loaded
from pressframe_press._memory import Key, Memory, Past
from pressframe_press._output import Output, state_of
from pressframe_press._overlay import Part, Said
from pressframe_press._plan import Files, Plan
from pressframe_press._rows import Row, Shelf
from pressframe_press._scan import Scanned
from pressframe_press._view import Notebook, Press
from pressframe_press._world import World


def recall(wish: Wish, scanned: Scanned, version: str) -> Contents:
    """Return what the last release of a site holds, nothing having changed since.

    Raises:
        LookupError, Damaged: It is remembered no more.
    """
    state = state_of(wish.site.folder, wish.folder)
    memory = Memory(state / "memory")
    past = memory.past()
    if past.fact("version") != version:
        raise LookupError(version)
    press, plan = remembered(wish, past, memory.shelf, scanned.marks.pairs)
    stand_alone(press, plan, memory.held())
    places = Places(Output(wish.folder, state))
    contents = Contents.of(press, plan, past.done.all(), places, rows=past.rows.all())
    past.close()
    return contents


def stand_alone(press: Press, plan: Plan, texts: Shelf) -> None:
    """Have *press* keep all that its release may be asked for: what is remembered will be of other releases."""
    rows, said = Part.whole(press.world.rows.all), Part.whole(press.world.said.all)
    before, press.world = press.world, World(rows, said, texts, press.world.now)
    press.world.take_lists(before)
    press.pages = plan.over(rows, by_address(rows))


def remembered(wish: Wish, past: Past, shelf: Shelf, order: Sequence[Key] | None = None) -> tuple[Press, Plan]:
    """Return what the last build rendered with, its entries in *order*."""
    rows = rows_of(past, Loaded(order=order))
    files = Files(wish.site, past.copied)
    world = World(rows, said_of(past, {}, ()), shelf, moment(wish.now))
    press = make_press(wish, world, files, Notebook())
    order_of = wish.site.hooks.implementers("register_pages")
    planned = [one for plugin in order_of if (one := past.planned.get(plugin))]
    plan = press.pages = Plan(rows, planned, files, at=by_address(rows))
    return press, plan


def rows_of(past: Past, loaded: Loaded, last: Mapping[str, Row] | None = None) -> Part[Row]:
    """Return the rows of all entries: those loaded now, and the remembered ones of what has stayed the same.

    Args:
        last: The remembered ones by id, where somebody has them at hand.
    """
    if last is not None and loaded.is_ordered_as_before:
        before = {key: past.rows.get(*key) for key in loaded.put}
        if all(one and one.id and one.id == loaded.put[key].id for key, one in before.items()):
            return Part.whole({**last, **{row.id: row for row in loaded.put.values()}})

    def every() -> Iterable[Row]:
        kept = past.rows.all()
        if loaded.order is None:
            return kept.values()
        return (loaded.put[key] if key in loaded.put else kept[key] for key in loaded.order)

    def find_some(ids: Sequence[str]) -> Iterable[Row]:
        found = (((row.loader, row.key), row) for row in past.rows.among("id", ids))
        return [row for key, row in found if key not in loaded.put and key not in loaded.gone]

    put = {row.id: row for row in loaded.put.values() if row.id}
    return Part(lambda id: next(iter(find_some([id])), None), every, put, lambda row: row.id, find_some=find_some)


def said_of(past: Past, put: Mapping[str, Said], gone: Iterable[str]) -> Part[Said]:
    """Return what is said under all entries."""
    changed: dict[str, Said | None] = {**dict.fromkeys(gone), **put}

    def every() -> Iterable[Said]:
        kept = (one for (id,), one in past.said.all().items() if id not in changed)
        return [*kept, *put.values()]

    return Part(lambda id: past.said.get(id), every, changed, lambda one: one.entry)


def by_address(rows: Part[Row]) -> Callable[[str], Row | None]:
    """Return what finds the row of the entry at an address."""

    @functools.cache
    def found() -> dict[str, Row]:
        return {row.address: row for row in rows.all.values()}

    return lambda address: found().get(address)


def make_press(wish: Wish, world: World, files: Files, notebook: Notebook) -> Press:
    """Return what a build renders with."""
    published = files.published

    def versioned(address: str) -> str:
        notebook.note(f"asset\t{address}")
        if address in published:
            return f"{address}?v={published[address].tag[:8]}"
        if press.pages and press.pages.get(address):
            return address
        raise LookupError(f"there is no asset {address}")

    state = state_of(wish.site.folder, wish.folder)
    templates = Templates(wish.site, state, asset=versioned, note=notebook.note, apart=notebook.apart)
    tags = {address: stored.tag for address, stored in published.items()}
    press = Press(wish.site, world, templates, notebook, tags)
    return press
