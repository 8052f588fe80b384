"""What models are made with: read-only mappings and checks of single fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import NoReturn, TypeAlias

import attrs
from attrs.validators import instance_of, matches_re

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


class ReadOnly(dict[str, "Json"]):
    """A mapping that can't be changed; unlike ``MappingProxyType`` it can be sent to another process."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a model's mapping is read-only: make a new one")

    __setitem__ = __delitem__ = update = setdefault = pop = popitem = clear = __ior__ = _refuse

    def __reduce__(self) -> tuple[type[ReadOnly], tuple[dict[str, Json]]]:
        return ReadOnly, (dict(self),)


def read_only(value: Mapping[str, Json]) -> ReadOnly:
    """Return *value* with every mapping in it read-only and every list a tuple.

    Raises:
        TypeError: Something in it is no JSON.
    """
    return value if isinstance(value, ReadOnly) else ReadOnly({key: _freeze(inner) for key, inner in value.items()})


_PLAIN = frozenset({str, int, bool, type(None)})


def _freeze(value: Json) -> Json:
    if type(value) in _PLAIN or isinstance(value, int | str):
        return value
    if isinstance(value, list | tuple):
        return tuple([_freeze(inner) for inner in value])
    if isinstance(value, Mapping):
        return read_only(value)
    if isinstance(value, float) and isfinite(value):
        return value
    raise TypeError(f"{value!r} is no JSON: text, finite numbers, lists and tables are kept")


def is_aware(_: object, field: attrs.Attribute[datetime], value: datetime | None) -> None:
    if value is not None and value.utcoffset() is None:
        raise ValueError(f"{field.name} must be a datetime with a time zone, got {value!r}")


def counts_from_one(_: object, field: attrs.Attribute[int], value: int) -> None:
    if value < 1:
        raise ValueError(f"{field.name} counts from 1, got {value}")


is_address = [instance_of(str), matches_re(r"/[^\s?#\\]*")]
