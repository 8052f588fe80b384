"""Read pressframe.toml into frozen settings; every error at once, each with its line and what is wanted instead."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import reduce
from operator import getitem
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin
from zoneinfo import ZoneInfo

import attrs

from pressframe.errors import ConfigError, Place, PressframeError, did_you_mean

FILE = "pressframe.toml"
Built = TypeVar("Built", bound=attrs.AttrsInstance)
Kind = TypeVar("Kind")

_SLIPS = "is each text in quotes, a comma between the items of a list, and no key or table there twice?"
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_BARE = (bool, int, float, datetime, date, time, tuple, frozenset)
"""Types that TOML, and so the environment, writes without quotes."""
_WORDS: dict[object, str] = {
    str: "text in quotes", int: "a whole number", float: "a number", bool: "true or false",
    datetime: "a date and time", date: "a date", time: "a time of day", Path: "a path in quotes",
    timedelta: 'a duration such as "30 days" or "12 hours"', ZoneInfo: 'a time zone such as "Europe/Paris"',
}  # fmt: skip


@attrs.define
class Reader:
    """Turns the tables of one settings file into attrs classes, and collects what is wrong on the way.

    Attributes:
        folder: The site's; paths in settings start here.
        environment: Where ``{ env = "NAME" }`` looks.
        errors: In the order in which they were found.
    """

    folder: Path
    text: str
    environment: Mapping[str, str]
    errors: list[PressframeError] = attrs.field(factory=list)
    _read: dict[str, str] = attrs.field(factory=dict)

    def table(self) -> dict[str, Any]:
        """Return the whole file as TOML.

        Raises:
            ConfigError: It is not TOML.
        """
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"\(at line (\d+)", str(error))
            line = int(found[1]) if found else self.text.count("\n") + 1
            raise ConfigError(f"not valid TOML: {error}", at=Place(FILE, line), fix=_SLIPS) from error
        except RecursionError as error:
            raise ConfigError("lists or tables in it are nested too deeply", at=Place(FILE)) from error

    def fingerprint(self, *more: object) -> str:
        """Return what changes when the settings in *more* do, or a variable that was read from the environment."""
        text = json.dumps([more, self._read], default=str, sort_keys=True)
        return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()

    def place(self, *keys: str | int) -> Place:
        """Return where the value under *keys* starts."""
        return Place(FILE, _line_of(self.text, keys), _dotted(keys))

    def wrong(self, message: str, keys: Sequence[str | int], fix: str | None = None) -> None:
        """Note one error at *keys*."""
        self.errors.append(ConfigError(message, at=self.place(*keys), fix=fix))

    def build(self, kind: type[Built], table: object, keys: tuple[str | int, ...], *, owner: str) -> Built | None:
        """Return *table* as an instance of *kind*; None, with the errors noted, if it does not fit.

        Args:
            table: What stands under *keys*; each of its keys is a field of *kind*.
            owner: Who declares these settings, for messages: a plugin's name.
        """
        if not isinstance(table, dict):
            self.wrong(f"must be a table, got {_show(table)}", keys)
            return None
        fields = {field.name: field for field in attrs.fields(kind) if field.init}
        before, values = len(self.errors), {}
        try:
            types = typing.get_type_hints(kind)
        except Exception as error:  # noqa: BLE001 - they may name anything
            self.wrong(f"{owner} declares settings of a type that cannot be read: {error}", keys, fix="mend the plugin")
            return None
        for key in (one for one in table if one not in fields):
            self._unknown((*keys, key), fields, owner)
        for name, field in fields.items():
            if name in table:
                values[name] = self._field(types[name], field, table[name], (*keys, name))
            elif field.default is attrs.NOTHING:
                self.wrong(f"{name} is missing", keys, fix=f"{owner} needs {name}: {_wanted(types[name])}")
        if len(self.errors) > before:
            return None
        try:
            return kind(**values)
        except (ValueError, TypeError) as error:
            self.wrong(str(error), keys)
        except Exception as error:  # noqa: BLE001 - a plugin may check its settings in code of its own
            self.wrong(f"{owner} cannot be set up: {type(error).__name__}: {error}", keys, fix="mend the plugin")
        return None

    def _unknown(self, keys: tuple[str | int, ...], fields: Iterable[str], owner: str) -> None:
        known = sorted(fields)
        knows = f"{owner} knows: {', '.join(known)}" if known else f"{owner} has no settings"
        self.wrong("no such setting", keys, fix=f"{did_you_mean(str(keys[-1]), known)} {knows}".strip())

    def _field(self, wanted: Any, field: attrs.Attribute[Any], value: object, keys: tuple[str | int, ...]) -> object:
        try:
            value = self._convert(wanted, value, keys)
            if field.validator:
                field.validator(None, field, value)
        except (ValueError, TypeError) as error:
            said = re.sub(r"^'\w+' (must be [<>].*): (.*)$", r"\1, got \2", str(error.args[0] if error.args else error))
            self.wrong(said, keys)
        return value

    def _convert(self, wanted: Any, value: Any, keys: tuple[str | int, ...]) -> Any:
        """Return *value* as the type *wanted*.

        Raises:
            ValueError: It is of another type; the message goes on after the setting's name.
        """
        origin, arguments = get_origin(wanted), get_args(wanted)
        if origin in (Union, UnionType):
            return self._convert(next(one for one in arguments if one is not NoneType), value, keys)
        if isinstance(value, dict) and set(value) == {"env"} and not attrs.has(wanted):
            value = self._from_environment(str(value["env"]), bare=(origin or wanted) in _BARE)
        if attrs.has(wanted):
            return self.build(wanted, value, keys, owner=f"[{_dotted(keys)}]")
        if origin in (tuple, frozenset):
            return origin(self._convert(arguments[0], one, (*keys, at)) for at, one in enumerate(_checked(list, value)))
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {key: self._convert(arguments[1], one, (*keys, key)) for key, one in _checked(dict, value).items()}
        return _scalar(wanted, value, self.folder)

    def _from_environment(self, name: str, *, bare: bool) -> object:
        if name not in self.environment:
            raise ValueError(f"the environment variable {name} is not set\n  set it where pressframe is started")
        text = self._read[name] = self.environment[name]
        try:
            return tomllib.loads(f"value = {text}")["value"] if bare else text
        except tomllib.TOMLDecodeError:
            return text  # of which its type says what is wrong


def _dotted(keys: Sequence[str | int]) -> str:
    return ".".join(key for key in keys if isinstance(key, str))


def _checked(kind: type[Kind], value: object) -> Kind:
    if not isinstance(value, kind):
        hint = "\n  tables of a list are written with two brackets: [[…]]" * isinstance(value, dict)
        raise ValueError(f"must be a {'table' if kind is dict else 'list'}, got {_show(value)}{hint}")
    return value


def _scalar(wanted: Any, value: Any, folder: Path) -> object:
    choices = _choices(wanted)
    if str(value) in choices:
        return choices[str(value)]
    texts: dict[object, Callable[[str], object]] = {Path: folder.joinpath, timedelta: _duration, ZoneInfo: ZoneInfo}
    if wanted in texts and isinstance(value, str):
        with suppress(KeyError, ValueError, OSError):
            return texts[wanted](value)
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if wanted in _WORDS and type(value) is wanted:
        return value
    near = did_you_mean(str(value), choices)
    raise ValueError(f"must be {_wanted(wanted)}, got {_show(value)}" + (f"\n  {near}" if near else ""))


def _wanted(wanted: Any) -> str:
    """Return what a setting of this type looks like, in words."""
    if get_origin(wanted) in (Union, UnionType):
        return _wanted(next(one for one in get_args(wanted) if one is not NoneType))
    if choices := [f'"{one}"' for one in _choices(wanted)]:
        return " or ".join(filter(None, [", ".join(choices[:-1]), choices[-1]]))
    if get_origin(wanted) in (tuple, frozenset):
        return f"a list, each {_wanted(get_args(wanted)[0])}"
    return _WORDS.get(wanted, "a table")


def _choices(wanted: Any) -> dict[str, object]:
    """Return the values of a Literal or an Enum, by how they are written; none for other types."""
    if get_origin(wanted) is Literal:
        return {str(one): one for one in get_args(wanted)}
    is_enum = isinstance(wanted, type) and issubclass(wanted, Enum)
    return {str(one.value): one for one in wanted} if is_enum else {}


def _duration(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,6}(?:\.\d+)?) ?(second|minute|hour|day|week)s?", text.strip())
    if not found:
        raise ValueError
    return timedelta(seconds=float(found[1]) * _UNITS[found[2]])


def _show(value: object) -> str:
    if isinstance(value, str | dict):
        return f'"{value}"' if isinstance(value, str) else "a table"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _line_of(text: str, keys: Sequence[str | int]) -> int | None:
    """Return the line on which the value under *keys* starts.

    tomllib keeps no lines, so ever longer prefixes of the file are parsed until the key is there: it starts on the
    first line after the last prefix that could be parsed without it. Paid only when there is an error to print.
    """
    lines, start = text.split("\n"), 1
    for end in range(1, len(lines) + 1):
        try:
            table: Any = tomllib.loads("\n".join(lines[:end]))
            reduce(getitem, keys, table)
        except tomllib.TOMLDecodeError:
            continue
        except (KeyError, IndexError, TypeError):
            start = end + 1
        else:
            return start
    return None


def read_file(folder: Path, environment: Mapping[str, str]) -> Reader:
    """Return a reader of the settings in *folder*.

    Raises:
        ConfigError: There is no such file, or it cannot be read as text.
    """
    path = folder / FILE
    try:
        return Reader(folder, path.read_text(encoding="utf-8-sig"), environment)
    except FileNotFoundError:
        message = f"{folder} holds no {FILE}" if folder.is_dir() else f"there is no folder {folder}"
        raise ConfigError(message, fix="name a site's folder, or make one: pressframe new site DIR") from None
    except UnicodeDecodeError as error:
        raise ConfigError("not UTF-8 text", at=Place(FILE), fix="save it as UTF-8") from error
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", at=Place(str(path))) from error


def check_shape(reader: Reader, table: Mapping[str, object], enabled: Sequence[str]) -> None:
    """Note what stands where nothing belongs: unknown tables, tables of plugins that are not *enabled*."""
    for key in table:
        if key not in ("site", "plugins"):
            near = did_you_mean(key, ("site", "plugins"))
            reader.wrong("no such table", (key,), fix=near or "there are [site] and [plugins.NAME]")
    plugins = table.get("plugins", {})
    if not isinstance(plugins, dict):
        reader.wrong("must hold a table for each plugin", ("plugins",), fix="the list of plugins stands in [site]")
        return
    for name in plugins:
        if name not in enabled:
            fix = did_you_mean(name, enabled) or f'add "{name}" to [site] plugins, or drop the table'
            reader.wrong("settings for a plugin that is not enabled", ("plugins", name), fix=fix)
