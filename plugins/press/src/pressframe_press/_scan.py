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
    def found(self) -> Sequence[Found]:
        """Every source."""
        return [
            Found(plugin, loader, one)
            for plugin, loader, listed in self._parts
            for one in _made(plugin, loader, listed)
        ]


def _made(plugin: str, loader: Loader, listed: Sequence[Source] | Mapping[str, str]) -> Sequence[Source]:
    if not isinstance(listed, Mapping):
        return listed
    make = loader.source  # type: ignore[attr-defined] # what has listing has it too
    return ask_part(plugin, "source", tuple, lambda _: tuple([make(*one) for one in listed.items()]), loader)


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
