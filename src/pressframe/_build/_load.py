"""Scan, load and gate: every entry, its public part, and what is wrong with the content."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

import attrs

from pressframe._hooks import Hooks, ask_part
from pressframe.errors import ContentError, Place, PluginError, PressframeError, raise_all
from pressframe.model import Body, Entry, Gate, Host, Loader, Manuscript, Source


@attrs.frozen
class Kept:
    """An entry, and what strangers get of it.

    Attributes:
        entry: Whole.
        public: Where a gate closes it, only its public part, filtered for itself. Lists and addresses are made from it,
            for they are the same for all.
        gate: Never one without requirements; None if the entry is open to all.
    """

    entry: Entry
    public: Entry
    gate: Gate | None = None

    def is_open(self, audiences: frozenset[str]) -> bool:
        """Say whether readers with *audiences* get it whole: this is where the core decides."""
        return self.gate is None or self.gate.requires <= audiences

    def seen_by(self, audiences: frozenset[str]) -> Entry:
        """Return the entry as readers with *audiences* get it."""
        return self.entry if self.is_open(audiences) else self.public


@attrs.frozen
class Loaded:
    """What the loaders gave: entries that are published by now, and when that may change."""

    entries: tuple[Kept, ...]
    until: datetime | None
    notes: tuple[str, ...]


def load(host: Host, *, now: datetime, drafts: bool) -> Loaded:
    """Return every entry that is to be built.

    Raises:
        ContentError, HookError: Or all of them as ManyErrors.
    """
    loaders = _named(host.hooks.register_loaders(host))
    errors: list[PressframeError] = []
    entries: list[Kept] = []
    moments: list[datetime] = []
    for plugin, loader, source in _scan(loaders):
        try:
            manuscript = ask_part(plugin, "load", Manuscript, loader.load, source)
            entry = manuscript.entry
            if entry.status == "private" or (entry.status == "draft" and not drafts):
                continue
            if entry.published > now and not drafts:
                moments.append(entry.published)
                continue
            kept, until = _gated(_typeset(manuscript, host.hooks), host.hooks, now)
            entries.append(kept)
            moments += [until] if until else []
        except PressframeError as error:
            errors.append(error)
    errors += _twice(entries)
    raise_all(errors)
    return Loaded(tuple(entries), min(moments, default=None), _notes(loaders))


def _named(brought: tuple[tuple[str, Loader], ...]) -> tuple[tuple[str, Loader], ...]:
    owners: dict[str, str] = {}
    for plugin, loader in brought:
        if loader.name in owners:
            raise PluginError(f'"{owners[loader.name]}" and "{plugin}" both bring a loader called {loader.name}')
        owners[loader.name] = plugin
    return brought


def _scan(loaders: tuple[tuple[str, Loader], ...]) -> Iterator[tuple[str, Loader, Source]]:
    for plugin, loader in loaders:
        for source in ask_part(plugin, "scan", tuple, lambda loader: tuple(loader.scan()), loader):
            yield plugin, loader, source


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
    return attrs.evolve(entry, body=body)


def _gated(written: Entry, hooks: Hooks, now: datetime) -> tuple[Kept, datetime | None]:
    """Return the entry with its gate, and when that gate may change."""
    entry = hooks.filter_entry(written)
    gate = hooks.judge_gate(entry, now)
    if gate is None or not gate.requires:
        return Kept(entry, entry), gate.until if gate else None
    teaser = hooks.find_teaser(written, gate)
    text = teaser.html if teaser else written.body.html[: written.body.more or 0]
    public = Body(html=text, headings=tuple(one for one in written.body.headings if f'id="{one.id}"' in text))
    # Filtered anew from the public part alone: nothing that a plugin derives from the rest can be left in it.
    closed = hooks.filter_entry(attrs.evolve(written, body=public, assets=()))
    shown = (one for one in entry.assets if one.address == entry.image or _shows(closed.body.html, one.address))
    closed = attrs.evolve(closed, assets=tuple(shown))
    return Kept(attrs.evolve(entry, address=closed.address), closed, gate), gate.until


def _shows(html: str, address: str) -> bool:
    """Say whether *html* names a file by this whole address."""
    return re.search(rf"""(?<![^\s"'(,=]){re.escape(address)}(?![^\s"'),?#>])""", html) is not None


def _twice(entries: Iterable[Kept]) -> Iterator[PressframeError]:
    seen: dict[str, Entry] = {}
    for entry in (kept.entry for kept in entries):
        if entry.id in seen:
            first, second = _where(seen[entry.id].source), _where(entry.source)
            message = f"{first} and {second} are both the entry {entry.id}"
            yield ContentError(message, at=entry.source.place or Place(second), fix="give one of them another id")
        seen[entry.id] = entry


def _notes(loaders: tuple[tuple[str, Loader], ...]) -> tuple[str, ...]:
    asked = [(plugin, getattr(loader, "notes", tuple)) for plugin, loader in loaders]
    return tuple(note for plugin, notes in asked for note in ask_part(plugin, "notes", Iterable, notes))
