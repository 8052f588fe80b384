"""Which questions have other answers than when they were asked last, and which pages asked them."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import TypeAlias

from pressframe_press._json import parse
from pressframe_press._memory import Asked, Key, Past, list_topic
from pressframe_press._overlay import Said
from pressframe_press._rows import Row
from pressframe_press._view import Press
from pressframe_press._world import OF_ENTRIES, OF_LISTS, PERIODS, Within, World

_FEW = 8
"""Entries that are quicker looked for in a list one by one than by a look at each in the list."""

ListName: TypeAlias = tuple[str, Within | None]
"""The kind of the entries in a list, and the group whose posts it has if it has not all."""


class Changes:
    """What is different between what is remembered and what is there now.

    Args:
        before: The world that is remembered.
        press: Has the one that there is, and answers what neither entries nor comments do.
        rows: What was loaded now, by id: as it was, and as it is; None for what is not there.
        said: The same for conversations.
    """

    def __init__(
        self,
        before: World,
        press: Press,
        past: Past,
        *,
        rows: Mapping[str, tuple[Row | None, Row | None]],
        said: Mapping[str, tuple[Said | None, Said | None]],
    ) -> None:
        self._before, self._after, self._outer, self._past = before, press.world, press.outer, past
        self._rows = {id: both for id, both in rows.items() if not (both[0] and both[1] and both[0].same(both[1]))}
        self._said = {id: both for id, both in said.items() if both[0] != both[1]}
        self._listed = {
            id for id, (one, other) in self._rows.items() if not (one and other and one.listed_as(other))
        } | self._said.keys()  # fmt: skip
        self._moments_stand = bool(past) and all(
            one and other and one.dated_as(other) for one, other in self._rows.values()
        )
        if self._moments_stand:
            self._after.stand_like(before, self._taxonomies, self._rows.keys())
        self._known: dict[tuple[str, frozenset[str]], bool] = {}
        self._places: dict[ListName, list[int]] = {}

    # ----------------------------------------------------------------------------------------- questions

    def same(self, question: str, audiences: frozenset[str] = frozenset()) -> bool:
        """Say whether readers with *audiences* get the same answer."""
        name, _, rest = question.partition("\t")
        if name in OF_ENTRIES and rest not in self._rows and rest not in self._said:
            return True
        if name in OF_LISTS and not self._listed:
            return True
        key = (question, audiences)
        if key not in self._known:
            self._known[key] = self._compare(question, name, rest, audiences)
        return self._known[key]

    def _compare(self, question: str, name: str, rest: str, audiences: frozenset[str]) -> bool:
        if name in ("latest", "size"):
            return self._is_same_part(rest, audiences)
        if name == "near":
            before, after = self._before.near(rest), self._after.near(rest)
            return before == after and all(self._is_shown_alike(one, audiences) for one in after if one in self._listed)
        if name == "groups" and rest not in self._taxonomies:
            return True
        if name in OF_ENTRIES or name in OF_LISTS or name == "past":
            return self._before.answer(question, audiences) == self._after.answer(question, audiences)
        known = self._past.answers.get(question)
        return known is not None and known.answer == self._outer(question)

    @functools.cached_property
    def _lists(self) -> Set[ListName]:
        """The lists that may show something else, or in another order."""
        found: set[ListName] = set()
        for id in self._listed:
            for world in (self._before, self._after):
                row = world.rows.get(id)
                if row is not None:
                    found |= {(row.kind, within) for within in (None, *world.lists_with(row))}
        for taxonomy in self._nested_anew():
            slugs = {*self._before.slugs(taxonomy), *self._after.slugs(taxonomy)}
            found |= {("post", (taxonomy, slug)) for slug in slugs}
        return found

    def _nested_anew(self) -> Iterator[str]:
        """Yield taxonomies of which a term is in another one now: posts move with what other entries say of it."""
        for name in self._taxonomies - PERIODS:
            is_nested = self._before.is_nested(name) or self._after.is_nested(name)
            if is_nested and self._before.nesting(name) != self._after.nesting(name):
                yield name

    def _is_same_part(self, part: str, audiences: frozenset[str]) -> bool:
        kind, start, end, *within = part.split("\t", 4)
        name = (kind, (within[0], within[1]) if within else None)
        if not self._reaches(name, start, end):
            return True
        before, after = self._part(name, start, end)
        return before == after and all(self._is_shown_alike(id, audiences) for id in before if id in self._listed)

    def _is_shown_alike(self, id: str | None, audiences: frozenset[str]) -> bool:
        return id is None or self._before.shown(id, audiences) == self._after.shown(id, audiences)

    def _reaches(self, name: ListName, start: str, end: str) -> bool:
        """Say whether a part of a list may be otherwise: its entries are others, or one of them has changed.

        Nothing but ids is compared: whom that leaves need not be read.
        """
        if name not in self._lists:
            return False
        if self._before.ids(*name) is self._after.ids(*name):
            return any(int(start) <= place < int(end) for place in self._places_in(name))
        before, after = self._part(name, start, end)
        return before != after or not self._listed.isdisjoint(before)

    def _places_in(self, name: ListName) -> list[int]:
        """Return where in a list there are entries that have changed."""
        if name not in self._places:
            ids, few = self._before.ids(*name), len(self._listed) < _FEW  # looked for by C, which is faster
            self._places[name] = (
                [ids.index(id) for id in self._listed if id in ids]
                if few
                else [place for place, id in enumerate(ids) if id in self._listed]
            )
        return self._places[name]

    def _part(self, name: ListName, start: str, end: str) -> tuple[Sequence[str], Sequence[str]]:
        """Return the ids in a part of a list as they were and as they are; of a part without any, how many it has."""
        before, after = self._before.ids(*name), self._after.ids(*name)
        if end == "0":  # what is asked is its size
            return (str(len(before)),), (str(len(after)),)
        return before[int(start) : int(end)], after[int(start) : int(end)]

    @functools.cached_property
    def _taxonomies(self) -> Set[str]:
        """Those of which a group may have another name, size or place."""
        found: set[str] = set()
        for one, other in self._rows.values():
            before, after = (_by_taxonomy(row) for row in (one, other))
            is_dated = one and other and one.dated_as(other)
            found |= {name for name in {*before, *after} if not is_dated or before.get(name) != after.get(name)}
        return found

    # --------------------------------------------------------------------------------------------- pages

    @functools.cached_property
    def pages(self) -> dict[Key, str]:
        """Every page that asked something which has another answer now, by address and audiences, and what that is."""
        asked = {(one.address, one.audiences) for one in (*self._about(), *self._moments())}
        found: dict[Key, str] = {}
        for done in self._past.done.some(asked):
            question = self._other(done.own, done.audiences)
            if question:
                found[done.address, done.audiences] = question
        for shared in self._past.shared.all().values():
            if all(self.same(question) for question in parse(shared.questions)):
                continue
            for done in self._past.done.find("shared = ?", shared.id):
                question = self._other(shared.questions, done.audiences)
                if question:
                    found.setdefault((done.address, done.audiences), question)
        return found

    def _other(self, questions: str, audiences: str) -> str | None:
        eyes = frozenset(audiences.split(",")) if audiences else frozenset[str]()
        return next((one for one in parse(questions) if not self.same(one, eyes)), None)

    def _about(self) -> Iterator[Asked]:
        for topic in set(self._topics()):
            yield from self._past.asked.find("topic = ?", topic)
        for name in self._lists if self._listed else ():
            first = list_topic(name[0], name[1] or ())
            for one in self._past.asked.find("topic >= ? AND topic < ?", first, f"{first}~"):
                start, end = one.topic.removeprefix(first).split("\t")
                if self._reaches(name, start, end):
                    yield one

    def _moments(self) -> list[Asked]:
        """Return who asked about a moment that has come, or that is to come again, since the clock was set back."""
        early, late = sorted((self._before.now, self._after.now))
        return self._past.asked.find("topic > ? AND topic <= ?", f"past\t{early}", f"past\t{late}")

    def _topics(self) -> Iterator[str]:
        """Yield what pages may have asked about that is otherwise now."""
        yield from (f"entry\t{id}" for id in {*self._rows, *self._said})
        if not self._listed:
            return
        yield "talk"
        for world in (self._before, self._after):
            for id in self._listed:
                yield from (f"near\t{one}" for one in (id, *world.near(id)) if one)


def _by_taxonomy(row: Row | None) -> dict[str, list[object]]:
    found: defaultdict[str, list[object]] = defaultdict(list)
    for taxonomy, *group in parse(row.groups) if row else ():
        found[taxonomy].append(group)
    return found
