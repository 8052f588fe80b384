"""Rows of entries and conversations: those that are remembered, with what has changed put over them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from pressframe_press._rows import Row


class Said(NamedTuple):
    """The conversation under one entry.

    Attributes:
        heard: Digest of what the sources tell.
        shown: Digest of the replies as they are shown.
        text: Where on the shelf the replies stand.
        times: JSON: moment and id of each reply, oldest first; ``size`` counts them.
    """

    entry: str
    heard: str
    shown: str
    text: str
    times: str
    size: int


Item = TypeVar("Item", Row, Said)


class Part(Generic[Item]):
    """Rows, or conversations, by the ids of their entries: those remembered, with what has changed put over them.

    Args:
        find: Finds a remembered one by its entry's id.
        every: Returns all of them in their order, what has changed included.
        put: What has changed, by id; None for what is gone.
        find_some: Finds several remembered ones at once, where that is faster than one by one.
    """

    def __init__(
        self,
        find: Callable[[str], Item | None],
        every: Callable[[], Iterable[Item]],
        put: Mapping[str, Item | None],
        id_of: Callable[[Item], str],
        *,
        find_some: Callable[[Sequence[str]], Iterable[Item]] | None = None,
    ) -> None:
        self._find_some: Callable[[Sequence[str]], Iterable[Item]] | None = find_some
        self._find: Callable[[str], Item | None] = find
        self._every: Callable[[], Iterable[Item]] = every
        self._id_of: Callable[[Item], str] = id_of
        self._some: dict[str, Item | None] = dict(put)

    @classmethod
    def whole(cls, all: dict[str, Item]) -> Part[Item]:
        """Return a part that has *all* from the start."""
        part = cls(all.get, all.values, {}, lambda one: "")
        part.all = all
        return part

    @functools.cached_property
    def all(self) -> dict[str, Item]:
        """All, by id."""
        return {id: one for one in self._every() if (id := self._id_of(one))}

    @property
    def is_read(self) -> bool:
        """Say whether all are at hand."""
        return "all" in self.__dict__

    def get(self, id: str) -> Item | None:
        """Return one."""
        if self.is_read:
            return self.all.get(id)
        if id not in self._some:
            self._some[id] = self._find(id)
        return self._some[id]

    def gather(self, ids: Sequence[str]) -> None:
        """Read several now, together; ``get`` has them from then on."""
        if self._find_some and not self.is_read:
            unread = [id for id in ids if id not in self._some]
            if len(unread) > 1:
                self._some |= {self._id_of(one): one for one in self._find_some(unread)}
