"""What of an export can't be carried, or is carried otherwise: for the owner, in plain words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import attrs

from pressframe_wordpress._blocks import find_live_blocks
from pressframe_wordpress._item import Item
from pressframe_wordpress._shortcodes import find_unknown

_SHOWN = 3
_HOST = re.compile(r"\bsrc\s*=\s*[\"']https?://([^/\"'\s<>]+)")


@attrs.frozen
class Loss:
    """One thing that is lost or changed: ``what`` of all entries with the same, ``detail`` of this one."""

    what: str
    detail: str = ""


def find_losses(item: Item) -> Iterator[Loss]:
    """Yield what one entry loses."""
    if item.has_password:
        yield Loss("left out, as they ask for a password, which no reader could give here")
    if item.is_sticky:
        yield Loss("no longer on top of lists, which go by date")
    if "<!--nextpage-->" in item.text:
        yield Loss("one page now, where there were several")
    for name in find_live_blocks(item.text):
        yield Loss("without blocks that WordPress fills live", name)
    for name in find_unknown(item.text):
        yield Loss("with shortcodes of plugins as text", f"[{name}]")


def find_hosts(item: Item) -> list[str]:
    """Return the hosts from which pictures and other media in an entry come, one for each of them."""
    return _HOST.findall(item.text)


@attrs.define
class Notes:
    """Collects losses of all entries, and tells each kind in one sentence."""

    _first: dict[str, list[str]] = attrs.field(factory=dict)
    _counts: Counter[str] = attrs.field(factory=Counter)

    def add(self, what: str, which: str) -> None:
        """Note that *what* befell *which*: an entry, or a sentence about it."""
        self.count(what)
        first = self._first.setdefault(what, [])
        if len(first) <= _SHOWN:
            first.append(which)

    def count(self, what: str) -> None:
        """Note one more of what is only counted."""
        self._counts[what] += 1

    def sentences(self) -> tuple[str, ...]:
        """Return one sentence for each kind, with the first few that it befell."""
        return tuple(self._sentence(what, number) for what, number in self._counts.items())

    def _sentence(self, what: str, number: int) -> str:
        first = self._first.get(what)
        if first is None:
            return f"{what}: {number}"
        shown = first if number == len(first) else [*first[:_SHOWN], f"and {number - _SHOWN} more"]
        return f"{what}: {'; '.join(shown)}"
