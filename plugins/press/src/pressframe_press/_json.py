"""Models as JSON and back: compact, by position, and read without running anything that a file says."""

import collections.abc
import functools
import json
import typing
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin

import attrs

from pressframe.press import NOBODY

T = TypeVar("T")


class Damaged(Exception):
    """What was remembered is not what was written; it is forgotten then, and nobody hears of it."""


def moment(time: datetime) -> str:
    """Return *time* in UTC as a text; such texts sort as their moments do."""
    return time.astimezone(UTC).isoformat()


def _plain(value: object) -> object:
    if attrs.has(type(value)):
        return _fields_of(cast(Hashable, type(value)))(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):  # NOBODY is no name that could be given to anybody, so it has none
        return [None if one is NOBODY else one for one in sorted(value)]
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


encode: Callable[[object], str] = json.JSONEncoder(default=_plain, separators=(",", ":")).encode
"""Return a model as JSON: the values of its fields in their order.

Raises:
    TypeError, ValueError: It holds what JSON does not.
"""


def decode(kind: type[T], text: str) -> T:
    """Return the model of class *kind* that ``encode`` made *text* of."""
    return restore(kind, json.loads(text))


def restore(kind: type[T], value: object) -> T:
    """Return the model of class *kind* whose parsed JSON is *value*."""
    made: T = _reader(cast(Hashable, kind))(value)
    return made


@functools.cache
def _fields_of(kind: Any) -> Callable[[object], object]:
    names = [field.name for field in attrs.fields(kind)]
    return attrgetter(*names) if len(names) > 1 else lambda value: [getattr(value, names[0])]


def _same(value: Any) -> Any:
    return value


@functools.cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Return what turns plain JSON into *kind*; what JSON has itself stays as it is."""
    arguments = get_args(kind)
    if get_origin(kind) in (Union, UnionType):
        inner = _reader(arguments[0])
        return lambda value: None if value is None else inner(value)
    if get_origin(kind) is tuple:
        inner = _reader(arguments[0])
        return lambda value: tuple([inner(one) for one in value])
    if get_origin(kind) is frozenset:
        return lambda value: frozenset(NOBODY if one is None else one for one in value)
    if isinstance(kind, type) and attrs.has(kind):
        hints = typing.get_type_hints(kind, localns=vars(collections.abc))
        readers = [(field.name, _reader(hints[field.name])) for field in attrs.fields(kind)]
        return lambda values: kind(**{name: read(one) for (name, read), one in zip(readers, values, strict=True)})
    plain: dict[object, Callable[[Any], Any]] = {datetime: datetime.fromisoformat, Path: Path}
    return plain.get(kind, _same)
