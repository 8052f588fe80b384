"""Models as JSON and back: written and parsed by msgspec, and read without running anything that a file says."""

import collections.abc
import functools
import json
import sys
import typing
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin

import attrs

T = TypeVar("T")

_SHORT = 100_000
"""Characters that are read before msgspec is imported."""


class Damaged(Exception):
    """What was remembered is not what was written; it is forgotten then, and nobody hears of it."""


def moment(time: datetime) -> str:
    """Return *time* in UTC as a text; such texts sort as their moments do."""
    return time.astimezone(UTC).isoformat()


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


@functools.cache
def learn_to_write() -> Callable[[object], bytes]:
    """Return what writes JSON, imported once."""
    import msgspec  # where nothing has changed, a tenth of the build would be importing it

    return msgspec.json.Encoder(enc_hook=_plain).encode


def pack(value: object) -> bytes:
    """Return a model as JSON: a table of its fields.

    Raises:
        TypeError, ValueError: It holds what JSON does not.
    """
    try:
        return learn_to_write()(value)
    except UnicodeEncodeError:  # a lone surrogate, which UTF-8 can't hold and an escape can
        import msgspec

        return json.dumps(msgspec.to_builtins(value, enc_hook=_plain), separators=(",", ":")).encode()


def encode(value: object) -> str:
    """Return ``pack(value)`` as a text."""
    return pack(value).decode()


def parse(text: str | bytes) -> Any:
    """Return what *text* holds.

    Raises:
        Damaged: It is no JSON.
    """
    quick = _decoder() if len(text) > _SHORT or "msgspec" in sys.modules else None
    try:
        if quick:
            return quick(text)
    except ValueError:
        pass
    try:
        return json.loads(text)  # it bears lone surrogates
    except ValueError as error:
        raise Damaged from error


@functools.cache
def _decoder() -> Callable[[str | bytes], Any]:
    import msgspec

    return msgspec.json.decode


def decode(kind: type[T], text: str | bytes) -> T:
    """Return the model of class *kind* that ``encode`` made *text* of.

    Raises:
        Damaged: It is no JSON.
    """
    made: T
    if "msgspec" in sys.modules and attrs.has(kind):
        try:
            made = _quick_reader(cast(Hashable, kind))(text)
            return made
        except ValueError:  # what is odd, such as a lone surrogate, is read below
            pass
    made = _reader(cast(Hashable, kind))(parse(text))
    return made


def learn_to_read(*kinds: type[Any]) -> None:
    """Prepare for reading models of these: what is forked from this process reads the first in no more time."""
    for kind in kinds:
        _quick_reader(cast(Hashable, kind))


@functools.cache
def _quick_reader(kind: Any) -> Callable[[str | bytes], Any]:
    """Return what makes models of *kind* while it parses: an entry in two thirds of the time, a card in a third.

    Unchecked, as below. Msgspec passes over converters, so a field that has one is converted here.
    """
    import msgspec

    fields = attrs.fields(kind)
    converters = [(field.name, field.converter) for field in fields if field.converter]
    if not converters:
        return msgspec.json.Decoder(kind, dec_hook=_made).decode
    table = msgspec.defstruct(kind.__name__, [(one.name, Any if one.converter else one.type) for one in fields])
    read = msgspec.json.Decoder(table, dec_hook=_made).decode

    def read_model(text: str | bytes) -> Any:
        values, made, put = read(text), kind.__new__(kind), object.__setattr__
        for name in _names_of(kind):
            put(made, name, getattr(values, name))
        for name, convert in converters:
            put(made, name, convert(getattr(values, name)))
        return made

    return read_model


def _made(kind: type[Any], value: Any) -> Any:
    return kind(value)  # a path


def altered(model: T, **values: object) -> T:
    """Return *model* with other *values*, in a third of the time of ``attrs.evolve``: they must be checked already."""
    kind = type(model)
    made, put = kind.__new__(kind), object.__setattr__
    for name in _names_of(cast(Hashable, kind)):
        put(made, name, values[name] if name in values else getattr(model, name))
    return made


@functools.cache
def _names_of(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(kind))


def _same(value: Any) -> Any:
    return value


@functools.cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Return what turns parsed JSON into *kind*; what JSON has itself stays as it is."""
    arguments = get_args(kind)
    if get_origin(kind) in (Union, UnionType):
        inner = _reader(arguments[0])
        return inner if inner is _same else lambda value: None if value is None else inner(value)
    if get_origin(kind) is tuple:
        inner = _reader(arguments[0])
        return tuple if inner is _same else lambda value: tuple([inner(one) for one in value])
    if get_origin(kind) is frozenset:
        return frozenset
    if isinstance(kind, type) and attrs.has(kind):
        return _model_reader(kind)
    plain: dict[object, Callable[[Any], Any]] = {datetime: datetime.fromisoformat, Path: Path}
    return plain.get(kind, _same)


def _model_reader(kind: Any) -> Callable[[Any], Any]:
    """Return what makes models of *kind*, unchecked: what was kept had been checked when it was made."""
    hints = typing.get_type_hints(kind, localns=vars(collections.abc))
    readers = [(field.name, field.converter or _reader(hints[field.name])) for field in attrs.fields(kind)]
    make, put = kind.__new__, object.__setattr__

    def read_model(values: Any) -> Any:
        made = make(kind)
        for name, read in readers:
            value = values[name]
            put(made, name, value if read is _same else read(value))
        return made

    return read_model
