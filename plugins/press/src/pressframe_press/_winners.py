"""Which file won for each template that a page looked for, and why it was looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pressframe.model import Host
from pressframe.templates import Templates
from pressframe_press._words import several

_NAMED = re.compile(r"""{%[-+]?\s*(extends|include|import|from)\s+["']([^"']+)""")
_WHY = {"extends": "extended by {0}", "include": "included by {0}"}


class Winner(NamedTuple):
    """A template: the file that won, empty for none, whose it is, whose lost, and what made it needed."""

    name: str
    file: str
    owner: str
    over: str
    why: str

    def __str__(self) -> str:
        over = f"wins over that of {self.over}" if self.over else ""
        told = ", ".join(one for one in (self.owner, self.why, over) if one)
        return f"{told}: {self.file}" if self.file else "looked for, and not there"


def find_winners(
    host: Host, templates: Templates, first: str, others: Iterable[str], blocks: Mapping[str, str]
) -> list[Winner]:
    """Return what became of *first*, the page's own template, of those that it extends, and of all *others*.

    Args:
        blocks: Templates of slots, with the plugins that put them there.
    """
    files = {name: templates.find(name) for name in {first, *others}}
    why = {other: _WHY.get(verb, "imported by {0}").format(name) for name, verb, other in _references(files)}
    why |= {name: f"a block of {plugin}" for name, plugin in blocks.items()}
    ranks = {"extended": 1}
    order = sorted(files, key=lambda name: (name != first and 2 - ranks.get(why.get(name, "").split(" ")[0], 0), name))
    return [_winner(host, name, files[name], why.get(name, "")) for name in order]


def _references(files: Mapping[str, Path | None]) -> Iterator[tuple[str, str, str]]:
    for name, file in sorted(files.items()):
        for verb, other in _NAMED.findall(file.read_text("utf-8", "replace")) if file else ():
            yield name, verb, other


def _winner(host: Host, name: str, file: Path | None, why: str) -> Winner:
    brought = host.hooks.all("register_templates")
    if file is None:
        return Winner(name, "", "", "", why)
    owner = next((f"of {plugin}" for plugin, folder in brought if file.is_relative_to(folder)), "the site's own")
    losers = [plugin for plugin, folder in brought if (folder / name).is_file() and folder / name != file]
    return Winner(name, shown(host.folder, file), owner, several(losers) if losers else "", why)


def shown(site: Path, file: Path) -> str:
    """Return a path as its owner would type it."""
    return str(file.relative_to(site)) if file.is_relative_to(site) else str(file)
