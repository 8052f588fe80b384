"""YAML front matter as plain values: yaml-rs where it is quick and sure, PyYAML's parser where something is odd.

yaml-rs reads YAML 1.2, so that ``no`` and ``1:30`` stay text, ten times as fast as PyYAML. But it passes over tags and
anchors in silence, tells no line for a key that is there twice, and nests without bounds. So whatever is long or
unusual, and all that it refuses, is read event by event, in bounds, by the same rules.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from pressframe.model import Json

_ORDINARY = 4096
_UNUSUAL = re.compile(r"(?:^|[ \t\n\[{,])[&*!]")
"""Where an anchor, an alias or a tag may stand."""

_PLAIN = frozenset({str, int, bool, type(None)})
"""What yaml-rs is believed; it makes infinities of some floats."""

Parse: TypeAlias = Callable[[str], object]


class Unreadable(Exception):
    """Front matter that is no table of keys and values: why, and on which of its lines, from 1."""

    def __init__(self, reason: str, line: int = 1, fix: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.line, self.fix = reason, line, fix


def read_table(text: str) -> Mapping[str, Json]:
    """Return the keys and values of *text*.

    Raises:
        Unreadable: It is not YAML, no table, too long or too deep, or uses what front matter has no use for.
    """
    table = None if _is_unusual(text) else _read_quickly(text)
    if table is not None:
        return table
    from pressframe_markdown._events import read_carefully

    return read_carefully(text)


def _is_unusual(text: str) -> bool:
    if len(text) > _ORDINARY:
        return True
    return ("&" in text or "*" in text or "!" in text) and _UNUSUAL.search(text) is not None


def _read_quickly(text: str) -> Mapping[str, Json] | None:
    """Return what yaml-rs makes of *text*; None if that is no table of texts to plain values or lists of them."""
    parse = _quick_parser()
    try:
        table = parse(text) if parse else None
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException:  # noqa: BLE001 - yaml-rs is written in Rust, and panics with a BaseException
        return None
    return table if isinstance(table, dict) and all(map(_is_flat, table, table.values())) else None


def _is_flat(key: object, value: object) -> bool:
    return type(key) is str and (type(value) in _PLAIN or (type(value) is list and _PLAIN.issuperset(map(type, value))))


@functools.cache
def _quick_parser() -> Parse | None:
    try:
        import yaml_rs
    except ImportError:  # there is no wheel of it for this machine
        return None
    return functools.partial(yaml_rs.loads, parse_datetime=False)
