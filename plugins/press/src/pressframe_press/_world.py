"""The state of a site at one moment, and every answer that views have from it.

Two states can be asked the same question: where both answer alike, what was rendered from one is right for the other.
"""

from __future__ import annotations

import functools
import itertools
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple, TypeAlias

import attrs

from pressframe.model import Card, Entry, Gate, Group, Reply
from pressframe_press._json import decode, encode, parse
from pressframe_press._overlay import Part, Said
from pressframe_press._rows import Row, Shelf, read_card, read_gate

Audiences: TypeAlias = frozenset[str]
Within: TypeAlias = tuple[str, str]

OF_ENTRIES = ("entry", "card", "gate", "comments", "count")
"""Questions about one entry: only what changes it, or its comments, can change their answers."""
OF_LISTS = ("near", "latest", "size", "groups", "talk", "conversations")
"""Questions about many: what changes an entry's card can change their answers."""

PERIODS = frozenset({"year", "month"})
"""Taxonomies of which dates alone say what is in what."""


class _List(NamedTuple):
    """The posts of one group; ``is_nested`` if an entry tells a wider group for it."""

    name: str
    parent: str | None
    ids: list[str]
    is_nested: bool = False


class _Like(NamedTuple):
    """A world in which all entries stand in the same places, but ``moved`` in groups of ``taxonomies``."""

    world: World
    taxonomies: Set[str]
    moved: Set[str]


@attrs.define(eq=False, slots=False)
class World:
    """Every entry that is published, by id in the order in which loaders gave them, and what is said under them.

    Attributes:
        recalled: Gives what ``standing`` returned of a world in which all entries stood in the same places; an empty
            text for what it did not have.
    """

    rows: Part[Row]
    said: Part[Said]
    shelf: Shelf
    now: str
    recalled: Callable[[str], str] = lambda name: ""
    _made: dict[str, Mapping[str, _List]] = attrs.field(factory=dict, init=False)
    _grouped: dict[str, tuple[Group, ...]] = attrs.field(factory=dict, init=False)
    _like: _Like | None = attrs.field(default=None, init=False)

    # ------------------------------------------------------------------------------------------- entries

    def entry(self, id: str, audiences: Audiences) -> Entry | None:
        """Return the entry as readers with *audiences* get it."""
        row = self.rows.get(id)
        return self.shelf.entry(row, row.place(audiences)) if row else None

    def has_sections(self, id: str) -> bool:
        """Say whether parts of the entry are for some audiences."""
        row = self.rows.get(id)
        return row is not None and row.parts != ""

    def gate(self, id: str, audiences: Audiences) -> Gate | None:
        """Return what closes the entry for *audiences*."""
        row = self.rows.get(id)
        return None if row is None or row.is_open(audiences) else read_gate(row.gate)

    def shown(self, id: str, audiences: Audiences) -> tuple[str, int] | None:
        """Return the entry's card as its row has it, and how many comments it shows."""
        row = self.rows.get(id)
        if row is None:
            return None
        return row.card(audiences), self.count(id, audiences)

    def card(self, id: str, audiences: Audiences) -> Card | None:
        """Return the entry's card."""
        shown = self.shown(id, audiences)
        return read_card(*shown) if shown else None

    def cards(self, ids: Sequence[str], audiences: Audiences) -> list[Card]:
        """Return the cards of those that there are."""
        self.rows.gather(ids)
        return [card for id in ids if (card := self.card(id, audiences))]

    # --------------------------------------------------------------------------------------------- lists

    def ids(self, kind: str, within: Within | None) -> Sequence[str]:
        """Return the entries of one list, newest first."""
        if within is None:
            return self._kinds.get(kind, ())
        found = self._lists(within[0]).get(within[1]) if kind == "post" else None
        return found.ids if found else ()

    @functools.cached_property
    def _kinds(self) -> dict[str, list[str]]:
        if self._like:
            return self._like.world._kinds
        known = self.recalled("kinds")
        if known:
            return dict(parse(known))
        kinds: dict[str, list[str]] = {}
        for row in sorted(self.rows.all.values(), key=lambda row: (row.published, row.id), reverse=True):
            kinds.setdefault(row.kind, []).append(row.id)
        return kinds

    @functools.cached_property
    def _groups(self) -> dict[Within, list[tuple[str, str, str, str | None]]]:
        """By kind and taxonomy: each entry, newest first, with slug, name and parent of each group that it tells."""
        groups: dict[Within, list[tuple[str, str, str, str | None]]] = {}
        for kind in sorted(self._kinds):  # which of them is newer counts for nothing
            for id in self._kinds[kind]:
                row = self.rows.get(id)
                for taxonomy, slug, name, parent in parse(row.groups) if row else ():
                    groups.setdefault((kind, taxonomy), []).append((id, slug, name, parent))
        return groups

    @functools.cached_property
    def _terms(self) -> dict[Within, tuple[str, str | None]]:
        """Name and parent of every term, as the last one says who has it; a page's count, too."""
        return {
            (taxonomy, slug): (name, parent)
            for (_, taxonomy), told in self._groups.items()
            for _, slug, name, parent in told
        }

    def _lists(self, taxonomy: str) -> Mapping[str, _List]:
        if self._like and taxonomy not in self._like.taxonomies:
            return self._like.world._lists(taxonomy)
        if taxonomy not in self._made:
            known = self.recalled(f"lists\t{taxonomy}")
            lists = {slug: _List(*one) for slug, one in parse(known).items()} if known else None
            self._made[taxonomy] = lists or self._derive_lists(taxonomy) or self._find_lists(taxonomy)
        return self._made[taxonomy]

    def _find_lists(self, taxonomy: str) -> dict[str, _List]:
        lists: dict[str, _List] = {}
        nested: set[str] = set()
        for id, slug, name, parent in self._groups.get(("post", taxonomy), ()):
            told: Iterable[tuple[str, str, str | None]] = ((slug, name, None),)
            if parent:
                nested.add(slug)
                told = self._with_wider(taxonomy, slug, name, parent)
            for one in told:
                ids = lists.setdefault(one[0], _List(one[1], one[2], [])).ids
                if ids[-1:] != [id]:  # it is in the list once, whatever it tells
                    ids.append(id)
        return {slug: one._replace(is_nested=slug in nested) for slug, one in lists.items()}

    def _derive_lists(self, taxonomy: str) -> dict[str, _List] | None:
        """Return the lists of the world that this one is like, with what has moved; None where groups are nested."""
        if self._like is None:
            return None
        before, _, moved = self._like
        lists = dict(before._lists(taxonomy))
        posts = moved & self._positions.keys()
        told = {id: list(self._told(id, taxonomy)) for id in posts}
        if any(one.is_nested for one in lists.values()) or any(parent for one in told.values() for *_, parent in one):
            return None
        slugs = {id: {slug for slug, *_ in one} for id, one in told.items()}
        left = {slug for id in posts for slug, _, _ in before._told(id, taxonomy)}
        for slug in left.union(*slugs.values()):
            stayed = lists.pop(slug).ids if slug in lists else []
            ids = {*stayed} - posts | {id for id in posts if slug in slugs[id]}
            if ids:
                order = sorted(ids, key=self._positions.__getitem__)
                name = next(name for one, name, _ in self._told(order[0], taxonomy) if one == slug)
                lists[slug] = _List(name, None, order)
        return lists

    def _told(self, id: str, taxonomy: str) -> Iterator[tuple[str, str, str | None]]:
        """Yield slug, name and parent of each group of one taxonomy that an entry tells."""
        row = self.rows.get(id)
        groups = parse(row.groups) if row else ()
        yield from ((slug, name, parent) for one, slug, name, parent in groups if one == taxonomy)

    def _with_wider(
        self, taxonomy: str, slug: str, name: str, parent: str | None
    ) -> Iterator[tuple[str, str, str | None]]:
        """Yield a term and the wider ones that hold it: as in WordPress, their lists show its posts too."""
        yield slug, name, parent
        seen = {slug}
        while parent and parent not in seen and (taxonomy, parent) in self._terms:
            seen.add(parent)
            slug, (name, parent) = parent, self._terms[taxonomy, parent]
            yield slug, name, parent

    def nesting(self, taxonomy: str) -> Mapping[str, str | None]:
        """Return the wider term of each term."""
        return {slug: parent for (one, slug), (_, parent) in self._terms.items() if one == taxonomy}

    def is_nested(self, taxonomy: str) -> bool:
        """Say whether any post has a term of a taxonomy in a wider one."""
        return any(one.is_nested for one in self._lists(taxonomy).values())

    def slugs(self, taxonomy: str) -> Iterable[str]:
        """Return the groups that have posts."""
        return self._lists(taxonomy).keys()

    def lists_with(self, row: Row) -> set[Within]:
        """Return the groups whose lists show *row*."""
        found: set[Within] = set()
        for taxonomy, slug, name, parent in parse(row.groups):
            is_nested = parent is not None and taxonomy not in PERIODS and parent in self._lists(taxonomy)
            wider = self._with_wider(taxonomy, slug, name, parent) if is_nested else [(slug, name, parent)]
            found |= {(taxonomy, one[0]) for one in wider}
        return found

    def settle(self, recalled: Iterable[str]) -> None:
        """Read everything now, what is *recalled* by these names included: processes that are forked can't do it."""
        _ = self.rows.all, self.said.all, self._kinds
        for name in recalled:
            kind, _, taxonomy = name.partition("\t")
            if kind == "lists":
                self._lists(taxonomy)
        self.__dict__.pop("_groups", None)  # large, and seldom wanted again

    def stand_like(self, other: World, but: Set[str], moved: Set[str]) -> None:
        """Take over the lists of *other*: all stand in the same places, but *moved* in groups of these taxonomies."""
        self._like = _Like(other, but, moved)

    def take_lists(self, other: World) -> None:
        """Take over what *other* has put together of its lists: both hold the very same entries."""
        if other._like:
            like, but, _ = other._like
            self.take_lists(like)
            for name in but:
                self._made.pop(name, None)
                self._grouped.pop(name, None)
        self._made |= other._made
        self._grouped |= other._grouped
        for name in ("_kinds", "_positions"):
            if name in other.__dict__:
                self.__dict__[name] = other.__dict__[name]

    def standing(self) -> dict[str, str]:
        """Return the lists that were put together here, for ``recalled`` to give back."""
        lists: dict[str, object] = {f"lists\t{taxonomy}": made for taxonomy, made in self._made.items()}
        return {name: encode(one) for name, one in (lists if self._like else {"kinds": self._kinds, **lists}).items()}

    def is_standing(self, name: str) -> bool:
        """Say whether what was returned by this name is right still."""
        return self._like is not None and name.partition("\t")[2] not in self._like.taxonomies

    def groups(self, taxonomy: str) -> tuple[Group, ...]:
        """Return the groups of a taxonomy: periods newest first, others by name."""
        if self._like and taxonomy not in self._like.taxonomies:
            return self._like.world.groups(taxonomy)
        if taxonomy not in self._grouped:
            self._grouped[taxonomy] = self._find_groups(taxonomy)
        return self._grouped[taxonomy]

    def _find_groups(self, taxonomy: str) -> tuple[Group, ...]:
        lists = self._lists(taxonomy).items()
        groups = [
            Group(taxonomy=taxonomy, slug=slug, name=one.name, parent=one.parent, size=len(one.ids))
            for slug, one in lists
        ]
        if taxonomy in PERIODS:
            return tuple(sorted(groups, key=lambda group: group.slug, reverse=True))
        return tuple(sorted(groups, key=lambda group: (_sortable(group.name), group.slug)))

    @functools.cached_property
    def _positions(self) -> dict[str, int]:
        if self._like:
            return self._like.world._positions
        return {id: index for index, id in enumerate(self.ids("post", None))}

    def near(self, id: str) -> tuple[str | None, str | None]:
        """Return the posts before and after one by date."""
        position, ids = self._positions.get(id), self.ids("post", None)
        if position is None:
            return None, None
        older = ids[position + 1] if position + 1 < len(ids) else None
        return older, ids[position - 1] if position > 0 else None

    # ------------------------------------------------------------------------------------------ comments

    def replies(self, id: str, audiences: Audiences) -> tuple[Reply, ...]:
        """Return what is shown under an entry, oldest first."""
        said = self.said.get(id)
        return read_replies(self.shelf, said.text) if said and self._shows_comments(id, audiences) else ()

    def count(self, id: str, audiences: Audiences) -> int:
        """Return how many comments an entry has; 0 where the gate hides even that."""
        said = self.said.get(id)
        if said is None:
            return 0
        gate = self.gate(id, audiences)
        return 0 if gate and gate.conversation == "hidden" else said.size

    def reply(self, id: str, comment: str) -> Reply | None:
        """Return one comment of an entry that has it; None if it was wiped, as a build after this one wanted."""
        said = self.said.all[id]
        return next((one for one in read_replies(self.shelf, said.text) if one.comment.id == comment), None)

    def newest(self, count: int, audiences: Audiences) -> list[tuple[str, str]]:
        """Return entry and id of the newest comments that may be shown, newest first."""
        shown = functools.cache(lambda id: self._shows_comments(id, audiences))
        return list(itertools.islice(((id, comment) for _, comment, id in self._comments if shown(id)), count))

    def conversations(self, audiences: Audiences) -> list[tuple[str, str]]:
        """Return id and address of the entries under which comments are shown, by id."""
        shown = [id for id in sorted(self.said.all) if self._shows_comments(id, audiences)]
        rows = self.rows.all if shown else {}
        return [(id, rows[id].address) for id in shown if id in rows]

    def _shows_comments(self, id: str, audiences: Audiences) -> bool:
        gate = self.gate(id, audiences)
        return gate is None or gate.conversation == "shown"

    @functools.cached_property
    def _comments(self) -> list[tuple[str, str, str]]:
        """Moment, id and entry of every comment, newest first."""
        said = self.said.all.items()
        return sorted(((moment, comment, id) for id, one in said for moment, comment in parse(one.times)), reverse=True)

    # ------------------------------------------------------------------------------------------- answers

    def answer(self, question: str, audiences: Audiences) -> object:
        """Return what tells the answer to *question* from another, for readers with *audiences*."""
        name, _, rest = question.partition("\t")
        match name:
            case "entry":
                row = self.rows.get(rest)
                return row and row.digest(row.place(audiences))
            case "card":
                return self.shown(rest, audiences)
            case "gate":
                return self.gate(rest, audiences)
            case "comments":
                gate, said = self.gate(rest, audiences), self.said.get(rest)
                return said and (said.shown, gate and gate.conversation)
            case "count":
                return self.count(rest, audiences)
            case "near":
                return [id and self.shown(id, audiences) for id in self.near(rest)]
            case "latest" | "size":
                kind, start, end, *within = rest.split("\t", 4)
                ids = self.ids(kind, (within[0], within[1]) if within else None)
                return (
                    len(ids)
                    if name == "size"
                    else [(id, self.shown(id, audiences)) for id in ids[int(start) : int(end)]]
                )
            case "groups":
                return self.groups(rest)
            case "talk":
                found = self.newest(int(rest), audiences)
                return [(one, self.said.all[one[0]].shown, self.shown(one[0], audiences)) for one in found]
            case "conversations":
                return self.conversations(audiences)
            case "past":
                return rest <= self.now
        raise LookupError(question)


@functools.lru_cache(maxsize=1000)
def read_replies(shelf: Shelf, place: str) -> tuple[Reply, ...]:
    """Return the replies at *place*; none if they were wiped, as a build after this one wanted."""
    content = shelf.get(place)
    return () if content.startswith(b"\0") else decode(tuple[Reply, ...], content)


def _sortable(name: str) -> str:
    """Return *name* as dictionaries sort it: without accents or case."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
