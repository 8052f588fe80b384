"""Load and gate: every entry, its public part, and what is wrong with the content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import attrs

from pressframe import Hooks
from pressframe.errors import ContentError, Place, PluginError, PressframeError, raise_all
from pressframe.model import Body, Entry, Host, Manuscript, Section, Source
from pressframe.press import NOBODY, ask_part
from pressframe_press._excerpt import card_of
from pressframe_press._gated import Cutting, Gated
from pressframe_press._json import altered, encode, learn_to_write, moment, parse
from pressframe_press._memory import Key, Past
from pressframe_press._pool import pays
from pressframe_press._rows import Row, Shelf, write_gate
from pressframe_press._scan import Found, Marks, Scanned

Outcome: TypeAlias = "Row | PressframeError"
Made = TypeVar("Made")
Spread: TypeAlias = "Callable[[str, Callable[[range], Sequence[Outcome]], int], Iterator[Outcome]]"

AT_ONCE = 25
"""How many take a step together before all of them take the next: few enough to stay in a processor's cache."""


class _Read(NamedTuple):
    """A source with its entry as it was read, its text not yet HTML."""

    source: Source
    manuscript: Manuscript


class _Written(NamedTuple):
    """A source with its entry, before plugins change it, and the text that it was made of."""

    source: Source
    entry: Entry
    text: str


class _Judged(NamedTuple):
    """A source with what is for whom of its entry."""

    source: Source
    gated: Gated


@attrs.frozen
class Reading:
    """Loads sources by their numbers: what each process of the build does."""

    host: Host
    found: Sequence[Found]
    shelf: Shelf
    now: datetime
    drafts: bool

    def __call__(self, numbers: Sequence[int]) -> list[Outcome]:
        """Return the row of each source, or what is wrong with it.

        Some take each step together: a processor that does the same again has all that it takes at hand, and needs
        four fifths of the time.
        """
        rows: list[Outcome] = []
        for start in range(0, len(numbers), AT_ONCE):
            read = _each(self._read, [self.found[number] for number in numbers[start : start + AT_ONCE]])
            judged = _each(self._judge, _each(self._typeset, read))
            rows += _each(self._keep, judged)
        return rows

    def _read(self, found: Found) -> _Read | Row:
        """Return what is to be typeset; the row of what is not to be built, or not yet."""
        source = found.source
        manuscript = ask_part(found.plugin, "load", Manuscript, found.loader.load, source)
        entry = manuscript.entry
        if entry.status == "private" or (entry.status == "draft" and not self.drafts):
            return Row(source.loader, source.key, source.fingerprint, file=_where(source))
        if entry.published > self.now and not self.drafts:
            until = moment(entry.published)
            return Row(source.loader, source.key, source.fingerprint, until=until, file=_where(source))
        return _Read(source, manuscript)

    def _typeset(self, read: _Read) -> _Written:
        return _Written(read.source, _typeset(read.manuscript, self.host.hooks), read.manuscript.text)

    def _judge(self, written: _Written) -> _Judged:
        cutting = Cutting(written.entry, written.text, self.host.hooks, self.host.folder)
        return _Judged(written.source, cutting.gated(self.now))

    def _keep(self, judged: _Judged) -> Row:
        try:
            return self._row(judged)
        except (TypeError, ValueError) as error:
            message = f"a plugin keeps with this entry what is no JSON: {error}"
            fix = "keep text, numbers, lists and tables in Entry.data"
            raise ContentError(message, at=judged.source.place, fix=fix) from error

    def _row(self, judged: _Judged) -> Row:
        source, (whole, seen, gate, sections, between) = judged
        until = moment(gate.until) if gate and gate.until else ""
        if gate and NOBODY in gate.requires:
            until = moment(self.now)  # a plugin that failed is asked again
        gate = gate if gate and gate.requires else None
        kept = _kept(whole)
        whole, seen = kept, kept if seen is whole else _kept(seen)
        others = {eyes: _kept(one) for eyes, one in between.items()}
        text, digests = self.shelf.put_entry(whole, seen, *others.values())
        return Row(
            source.loader,
            source.key,
            source.fingerprint,
            until=until,
            file=_where(source),
            id=whole.id,
            kind=seen.kind,
            address=seen.address,
            title=seen.title,
            published=moment(seen.published),
            updated=moment(seen.updated) if seen.updated else "",
            groups=encode(list(_groups(seen, self.host.settings.timezone))),
            closed=encode(card_of(seen, gated=gate is not None)),
            open=encode(card_of(whole, gated=False)) if gate or sections else "",
            gate=write_gate(gate) if gate else "",
            assets=_files(whole),
            public=_files(seen),
            parts=_parts(sections, others) if sections else "",
            others=_others(others, digests) if others else "",
            whole=digests[0],
            seen=digests[-1 if seen is whole else 1],
            text=text,
        )


def _each(step: Callable[[Any], Made], things: Iterable[Any]) -> list[Made | Outcome]:
    """Return what *step* makes of each thing, or what is wrong with it; of what is an outcome already, the same."""
    made: list[Made | Outcome] = []
    for one in things:
        if isinstance(one, Row | PressframeError):
            made.append(one)
            continue
        try:
            made.append(step(one))
        except PressframeError as error:
            made.append(error)
    return made


@attrs.frozen(kw_only=True)
class Loaded:
    """What became of a site's sources since the last build.

    Attributes:
        order: Every source that there is, in the order of the loaders; None if nobody wants to know.
        put: Those that were loaded now.
        gone: Those that are there no more.
        sources: JSON of what tells whether each must be loaded again; ``until`` is when the first must.
        has_failed: Whether a plugin failed that must be asked again, though nothing has changed.
    """

    order: Sequence[Key] | None = None
    put: Mapping[Key, Row] = attrs.field(factory=dict)
    gone: frozenset[Key] = frozenset()
    sources: str = ""
    until: str = ""
    has_failed: bool = False
    is_ordered_as_before: bool = True


def load(reading: Reading, scanned: Scanned, past: Past, spread: Spread) -> Loaded:
    """Load every source that has changed.

    Args:
        reading: Reads none yet.
        spread: Has work done, perhaps by several processes; gets its name, the work and its size.

    Raises:
        ContentError, HookError: Or all of them as ManyErrors.
    """
    now, marks = moment(reading.now), scanned.marks
    remembered = Remembered.of(past.long("sources"))
    order, is_ordered_as_before = marks.pairs, remembered.are(marks)
    before = remembered if is_ordered_as_before else remembered.sorted_like(order)
    stale = [
        number
        for number, (known, mark, until) in enumerate(
            zip(before.fingerprints, marks.fingerprints, before.untils, strict=True)
        )
        if known != mark or "" < until <= now
    ]
    if pays(len(stale)):  # processes share what is imported before
        learn_to_write()
    results = spread("load", attrs.evolve(reading, found=scanned.some(stale)), len(stale))
    loaded = list(zip((order[number] for number in stale), results, strict=True))
    put: dict[Key, Row] = {key: row for key, row in loaded if isinstance(row, Row)}
    raise_all([*(row for _, row in loaded if isinstance(row, PressframeError)), *_twice(order, loaded, past)])
    untils = list(before.untils)
    for number in stale:
        untils[number] = put[order[number]].until
    return Loaded(
        order=order,
        put=put,
        gone=frozenset(() if is_ordered_as_before else {*remembered.pairs} - {*order}),
        sources=encode((*marks, untils)),
        until=min((one for one in untils if one > now), default=""),
        has_failed=now in untils,
        is_ordered_as_before=is_ordered_as_before,
    )


class Remembered(NamedTuple):
    """Sources as the last build left them: ``Marks``, and of each when it must be loaded again; empty if never."""

    loaders: list[str]
    keys: list[str]
    fingerprints: list[str | None]
    untils: list[str]

    @classmethod
    def of(cls, text: str) -> Remembered:
        """Return what was encoded as *text*; nothing if that is empty."""
        return cls._make(parse(text or "[[], [], [], []]"))

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        """Loader and key of each."""
        return zip(self.loaders, self.keys, strict=True)

    def are(self, marks: Marks) -> bool:
        """Say whether these are the very same sources, in this order, and none of them twice."""
        is_same = self.keys == marks.keys and self.loaders == marks.loaders
        return is_same and (len({*self.keys}) == len(self.keys) or len({*self.pairs}) == len(self.keys))

    def sorted_like(self, order: Sequence[Key]) -> Remembered:
        """Return what is remembered of each source in *order*, its fingerprint None if it is new."""
        known = dict(zip(self.pairs, zip(self.fingerprints, self.untils, strict=True), strict=True))
        found = [known.get((loader, key), (None, "")) for loader, key in order]
        pairs = [loader for loader, _ in order], [key for _, key in order]
        return Remembered(*pairs, [one for one, _ in found], [until for _, until in found])


def notes(host: Host) -> list[str]:
    """Return what loaders could not carry."""
    asked = [(plugin, getattr(loader, "notes", tuple)) for plugin, loader in host.hooks.register_loaders(host)]
    return [note for plugin, told in asked for note in ask_part(plugin, "notes", Iterable, told)]


def _twice(order: Sequence[Key], loaded: Sequence[tuple[Key, Outcome]], past: Past) -> Iterator[PressframeError]:
    """Yield an error for each entry that two sources claim to be; also where only one of them was loaded now."""
    places = {key: number for number, key in enumerate(order)}
    claims = {key: row for key, row in loaded if isinstance(row, Row) and row.id}
    again = {key for key, _ in loaded}
    for id in {row.id for row in claims.values()}:
        others = {(row.loader, row.key): row for row in past.rows.find("id = ?", id)}
        claims |= {key: row for key, row in others.items() if key in places and key not in again}
    seen: dict[str, Row] = {}
    for row in sorted(claims.values(), key=lambda row: places[row.loader, row.key]):
        if row.id in seen:
            message = f"{seen[row.id].file} and {row.file} are both the entry {row.id}"
            yield ContentError(message, at=Place(row.file), fix="give one of them another id")
        seen[row.id] = row


def _where(source: Source) -> str:
    return source.place.file if source.place else source.key


def _typeset(manuscript: Manuscript, hooks: Hooks) -> Entry:
    """Return the entry with its text made HTML, before plugins change it."""
    entry, engine = manuscript.entry, hooks.find_markup(manuscript.format)
    if engine is None:
        raise PluginError(f'no plugin makes HTML of "{manuscript.format}"', at=entry.source.place)
    owner, render = f"the engine for {manuscript.format}", engine.render
    try:
        body = ask_part(owner, "render", Body, lambda _: render(manuscript.text), entry)
    except ContentError as error:
        error.at = error.at or entry.source.place  # an engine knows no files
        raise
    # Without the source's fingerprint, so that the same text read again is the same entry.
    return altered(entry, body=body, source=altered(entry.source, fingerprint=""))


def _groups(entry: Entry, zone: ZoneInfo) -> Iterator[tuple[str, str, str, str | None]]:
    for term in entry.terms:
        yield term.taxonomy, term.slug, term.name, term.parent
    for author in entry.authors:
        yield "author", author.slug, author.name, None
    day = entry.published.astimezone(zone)
    year, month = f"{day.year}", f"{day.month:02}"
    yield "year", year, year, None
    yield "month", f"{year}/{month}", f"{year}-{month}", year


def _files(entry: Entry) -> str:
    return encode([(asset.address, str(asset.file)) for asset in entry.assets]) if entry.assets else "[]"


def _parts(sections: Sequence[Section], others: Mapping[frozenset[str], Entry]) -> str:
    """Return what ``Parts`` reads."""
    noted = [number for number, one in enumerate(sections) if not one.silent]
    files = [(sorted(eyes), [asset.address for asset in one.assets]) for eyes, one in others.items()]
    return encode([[sorted(one.requires) for one in sections], noted, files])


def _others(others: Mapping[frozenset[str], Entry], digests: Sequence[str]) -> str:
    cards = [encode(card_of(one, gated=False)) for one in others.values()]
    return encode([*zip(cards, digests[2:], strict=True)])


def _kept(entry: Entry) -> Entry:
    """Return *entry* as it will come back when it is remembered: with an offset for a time zone, of whole minutes."""
    if entry.published.tzinfo is UTC and entry.updated is None:
        return entry
    updated = entry.updated and _plain(entry.updated)
    return altered(entry, published=_plain(entry.published), updated=updated)


def _plain(time: datetime) -> datetime:
    offset = time.utcoffset()
    is_whole = offset is not None and offset % timedelta(minutes=1) == timedelta(0)
    return datetime.fromisoformat(time.isoformat()) if is_whole else time.astimezone(UTC)
