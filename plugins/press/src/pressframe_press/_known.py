"""What is remembered of a plan, and how that which there is now differs from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import attrs

from pressframe_press._addresses import can_come
from pressframe_press._json import parse
from pressframe_press._memory import Key, Past, Planned
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
        dated: Gives what search engines hear of entries, in their order.
    """

    marks: Marks
    renamed: Sequence[tuple[Row, Row]]
    is_same: bool
    moved: Moved
    dated: Callable[[], Iterable[Dated]]


def find_moved(past: Past, planned: Mapping[Key, Planned], paths: Iterable[str]) -> Moved | None:
    """Return which pages plugins plan otherwise; None if those are many, or may stand in others' way.

    Args:
        paths: Of every file in the output.
    """
    gone: dict[str, Item] = {}
    come: dict[str, Item] = {}
    count = 0
    for key in {**past.planned.all(), **planned}:
        had, has = (_items(of.get(key)) for of in (past.planned.all(), planned))
        gone |= {address: item for address, item in had.items() if has.get(address) != item}
        new = {address: item for address, item in has.items() if had.get(address) != item}
        come |= new
        count += len(new)
    found, added = Moved(gone, come), come.keys() - gone.keys()
    if len(come) != count or len(come) + len(gone) > MOST:
        return None
    if added and not can_come(added, "\n".join([*paths, past.fact("hidden")])):
        return None
    return found


def dates_of(past: Past, order: Iterable[Key] | None) -> Iterator[Dated]:
    """Yield what is remembered of entries that search engines hear, in an order of their sources."""
    columns = "loader, key, id, address, updated, published"
    found = {tuple(one[:2]): Dated(one[2], one[3], one[4] or one[5]) for one in past.rows.read(columns, "id != ''")}
    return (found[key] for key in order or found if key in found)


def _items(planned: Planned | None) -> dict[str, Item]:
    return {item[0]: Item._make(item) for item in parse(planned.pages)} if planned else {}
