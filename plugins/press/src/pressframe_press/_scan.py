"""What there is: the sources that loaders list, and whether anything else is said than before; nothing is read."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

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


class Scanned:
    """What loaders list.

    Args:
        parts: Plugin, loader, and its sources, or the fingerprints of those that can be made when they are needed.
    """

    def __init__(self, parts: Sequence[tuple[str, Loader, Sequence[Source] | Mapping[str, str]]]) -> None:
        self._parts = parts

    @functools.cached_property
    def digest(self) -> str:
        """What changes when a source does, comes or goes."""
        words: list[str] = []
        for _, loader, listed in self._parts:
            words += [loader.name, str(len(listed))]
            if isinstance(listed, Mapping):
                words += itertools.chain.from_iterable(listed.items())
            else:
                words += [word for source in listed for word in (source.loader, source.key, source.fingerprint)]
        return digest_of("\n".join(words))

    @functools.cached_property
    def marks(self) -> Sequence[tuple[str, str, str]]:
        """Loader, key and fingerprint of every source."""
        marks: list[tuple[str, str, str]] = []
        for _, loader, listed in self._parts:
            if isinstance(listed, Mapping):
                name = loader.name
                marks += [(name, key, mark) for key, mark in listed.items()]
            else:
                marks += [(one.loader, one.key, one.fingerprint) for one in listed]
        return marks

    @functools.cached_property
    def found(self) -> Sequence[Found]:
        """Every source."""
        return self.some(range(len(self.marks)))

    def some(self, numbers: Sequence[int]) -> list[Found]:
        """Return some of the sources, by their numbers, which go up: no others are made."""
        found: list[Found] = []
        start = 0
        for plugin, loader, listed in self._parts:
            mine = [number - start for number in numbers if start <= number < start + len(listed)]
            found += [Found(plugin, loader, one) for one in _made(plugin, loader, listed, mine)]
            start += len(listed)
        return found


def _made(
    plugin: str, loader: Loader, listed: Sequence[Source] | Mapping[str, str], numbers: Sequence[int]
) -> Sequence[Source]:
    if not isinstance(listed, Mapping):
        return [listed[number] for number in numbers]
    make = loader.source  # type: ignore[attr-defined] # what has listing has it too
    items = list(listed.items())
    return ask_part(plugin, "source", tuple, lambda _: tuple([make(*items[number]) for number in numbers]), loader)


def scan(host: Host) -> Scanned:
    """Return what every loader lists."""
    parts: list[tuple[str, Loader, Sequence[Source] | Mapping[str, str]]] = []
    owners = dict[str, str]()
    for plugin, loader in host.hooks.register_loaders(host):
        if loader.name in owners:
            raise PluginError(f'"{owners[loader.name]}" and "{plugin}" both bring a loader called {loader.name}')
        owners[loader.name] = plugin
        listing = getattr(loader, "listing", None)
        if listing:
            parts.append((plugin, loader, ask_part(plugin, "scan", Mapping, lambda _, ask=listing: ask(), loader)))
        else:
            parts.append((plugin, loader, ask_part(plugin, "scan", tuple, lambda loader: tuple(loader.scan()), loader)))
    return Scanned(parts)


def fingerprints(host: Host) -> tuple[str, ...]:
    """Return what changes when comments do, by source."""
    sources = host.hooks.register_comments(host)
    return tuple(ask_part(plugin, "fingerprint", str, source.fingerprint) for plugin, source in sources)
