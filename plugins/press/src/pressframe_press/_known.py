"""What is remembered of a plan, and how that which there is now differs from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import attrs

from pressframe_press._addresses import can_come
from pressframe_press._json import parse
from pressframe_press._memory import Past, Planned
from pressframe_press._rows import Row

MOST = 100
"""Pages that plugins plan otherwise, above which everything is planned again: each of them is looked up by itself."""


class Item(NamedTuple):
    """A page that a plugin planned: its address, the entry whose page it is if any, whether to list it, its JSON."""

    address: str
    subject: str | None
    is_listed: bool
    page: str


class Dated(NamedTuple):
    """An entry as search engines hear of it: ``changed`` is the moment of its last change."""

    id: str
    address: str
    changed: str


class Marks(NamedTuple):
    """What changes when something about a plan does.

    Attributes:
        entries: When the order of the entries' pages does; ``order``: that of all pages.
        dated: When any entry's address does, or its moment; ``listed``: what search engines may list.
        sum: When any page is planned otherwise, whatever their order; what each page gives to it can be taken off.
    """

    entries: str
    order: str
    dated: str
    listed: str
    sum: str

    def facts(self) -> dict[str, str]:
        """Return them as they are remembered."""
        return {f"mark of {name}": mark for name, mark in self._asdict().items()}

    @classmethod
    def of(cls, fact: Callable[[str], str]) -> Marks:
        """Return what is remembered of them."""
        return cls._make(fact(f"mark of {name}") for name in cls._fields)


@attrs.frozen
class Moved:
    """Pages that plugins planned and plan no more, or otherwise; and those that they did not plan, or not so."""

    gone: Mapping[str, Item]
    come: Mapping[str, Item]

    @property
    def count(self) -> int:
        """How many pages there are more than before."""
        return len(self.come) - len(self.gone)


@attrs.frozen
class Known:
    """A plan that is remembered, where no entry's page or file has come, gone or changed its place.

    Attributes:
        renamed: Rows of entries that had another title, as they were and as they are.
        is_same: Whether plugins planned the very same.
        dated: Gives JSON of each entry, in their order, as ``Dated``.
    """

    marks: Marks
    renamed: Sequence[tuple[Row, Row]]
    is_same: bool
    moved: Moved
    dated: Callable[[], str]


def find_moved(past: Past, brought: Sequence[tuple[Planned, Item]], paths: Iterable[str]) -> Moved | None:
    """Return which pages plugins plan otherwise; None if those are many, or may stand in others' way.

    Args:
        brought: Every page that a plugin plans now.
        paths: Of every file in the output.
    """
    after = {one.plugin: one.pages for one, _ in brought}  # one text is compared a plugin, not a page
    left = [one for one in past.planned.all().values() if one.pages != after.get(one.plugin)]
    same = after.keys() & {one.plugin for one in past.planned.all().values()} - {one.plugin for one in left}
    had = {item[0]: Item._make(item) for one in left for item in parse(one.pages)}
    has = {item.address: item for one, item in brought if one.plugin not in same}
    gone = {address: item for address, item in had.items() if has.get(address) != item}
    come = {address: item for address, item in has.items() if had.get(address) != item}
    added = come.keys() - gone.keys()
    if len(gone) + len(come) > MOST or len({item.address for _, item in brought}) < len(brought):
        return None
    if added and not can_come(added, "\n".join([*paths, past.fact("hidden")])):
        return None
    return Moved(gone, come)
