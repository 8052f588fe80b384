"""What there is: the sources that loaders list, and whether anything else is said than before; nothing is read."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from pressframe.errors import PluginError
from pressframe.files import digest_of
from pressframe.press import ask_part

if TYPE_CHECKING:
    from pressframe.model import Host, Loader, Source


class Found(NamedTuple):
    """A source, with the loader that reads it and the plugin that brought that."""

    plugin: str
    loader: Loader
    source: Source


class Marks(NamedTuple):
    """Loader, key and fingerprint of every source, each in a list of its own: they are compared at once then."""

    loaders: list[str]
    keys: list[str]
    fingerprints: list[str]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Loader and key of each."""
        return list(zip(self.loaders, self.keys, strict=True))


class Listing(NamedTuple):
    """What one loader lists.

    Attributes:
        digest: What changes when a source does, comes or goes.
        sources: None where they can be made when they are needed.
    """

    marks: Marks
    digest: str
    sources: Sequence[Source] | None = None


Share: TypeAlias = "Callable[[Callable[[range], Sequence[str]], int], Iterable[str]]"
"""Has a work done, perhaps by several processes; gets it and its size."""


class Scanned:
    """What loaders list.

    Args:
        parts: Plugin, loader, and what that lists.
    """

    def __init__(self, parts: Sequence[tuple[str, Loader, Listing]]) -> None:
        self._parts = parts

    @functools.cached_property
    def digest(self) -> str:
        """What changes when a source does, comes or goes."""
        return digest_of("\n".join(f"{loader.name}\n{listing.digest}" for _, loader, listing in self._parts))

    @functools.cached_property
    def marks(self) -> Marks:
        """What tells the sources apart, and tells when they change."""
        marks = Marks([], [], [])
        for _, _, listing in self._parts:
            for whole, part in zip(marks, listing.marks, strict=True):
                whole += part
        return marks

    @functools.cached_property
    def found(self) -> Sequence[Found]:
        """Every source."""
        return self.some(range(len(self.marks.keys)))

    def some(self, numbers: Sequence[int]) -> list[Found]:
        """Return some of the sources, by their numbers, which go up: no others are made."""
        found: list[Found] = []
        start = 0
        for plugin, loader, listing in self._parts:
            end = start + len(listing.marks.keys)
            mine = [number - start for number in numbers if start <= number < end]
            found += [Found(plugin, loader, one) for one in _made(plugin, loader, listing, mine)]
            start = end
        return found


def _made(plugin: str, loader: Loader, listing: Listing, numbers: Sequence[int]) -> Sequence[Source]:
    if listing.sources is not None:
        return [listing.sources[number] for number in numbers]
    make = loader.source  # type: ignore[attr-defined] # what has fingerprints has it too
    items = [(listing.marks.keys[number], listing.marks.fingerprints[number]) for number in numbers]
    return ask_part(plugin, "source", tuple, lambda _: tuple([make(*item) for item in items]), loader)


def scan(host: Host, share: Share = lambda work, size: work(range(size))) -> Scanned:
    """Return what every loader lists."""
    parts: list[tuple[str, Loader, Listing]] = []
    owners = dict[str, str]()
    for plugin, loader in host.hooks.register_loaders(host):
        if loader.name in owners:
            raise PluginError(f'"{owners[loader.name]}" and "{plugin}" both bring a loader called {loader.name}')
        owners[loader.name] = plugin
        is_quick = hasattr(loader, "fingerprints")
        parts.append((plugin, loader, _listing(plugin, loader, share) if is_quick else _sources(plugin, loader)))
    return Scanned(parts)


def _listing(plugin: str, loader: Any, share: Share) -> Listing:
    keys = ask_part(plugin, "keys", list, lambda loader: [*loader.keys()], loader)

    def fingerprints(numbers: range) -> Sequence[str]:
        some = keys[numbers.start : numbers.stop]
        found = ask_part(plugin, "fingerprints", list, lambda loader: [*loader.fingerprints(some)], loader)
        if len(found) != len(some):
            message = f'the loader {loader.name} of "{plugin}" gave {len(found)} fingerprints of {len(some)} keys'
            raise PluginError(message, fix="mend its method fingerprints")
        return found

    return _digested(Marks([loader.name] * len(keys), keys, [*share(fingerprints, len(keys))]))


def _sources(plugin: str, loader: Loader) -> Listing:
    sources = ask_part(plugin, "scan", tuple, lambda loader: tuple(loader.scan()), loader)
    marks = Marks(*([getattr(one, name) for one in sources] for name in ("loader", "key", "fingerprint")))
    return _digested(marks, sources)


def _digested(marks: Marks, sources: Sequence[Source] | None = None) -> Listing:
    digest = digest_of("\n".join([str(len(marks.keys)), *itertools.chain.from_iterable(marks)]))
    return Listing(marks, digest, sources)


def fingerprints(host: Host) -> tuple[str, ...]:
    """Return what changes when comments do, by source."""
    sources = host.hooks.register_comments(host)
    return tuple(ask_part(plugin, "fingerprint", str, source.fingerprint) for plugin, source in sources)
