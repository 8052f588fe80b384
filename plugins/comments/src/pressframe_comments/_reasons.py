"""Why judges let a comment not through: texts that are kept so that they can be said in any language."""

from __future__ import annotations

import functools
import gettext
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from pressframe.model import Host, Json, Judgement, Verdict

Value: TypeAlias = "str | int | Reason | tuple[Reason, ...]"

_HOLE = re.compile(r"%%|%\((\w+)\)[sd]")
_EACH = "%(each)s"
_DEEPEST = 4
"""So deep a reason that is read may have others in it."""


class Reason(str):
    """An English sentence that can be said in other languages, too: ``Reason("it has %(links)s links", links=3)``.

    As a text it is the English one. Screens and mails say it in the site's language, by the catalogue of whatever
    plugin has *message*: the judge's own plugin brings it.

    Attributes:
        message: With holes such as ``%(links)s``, and ``%%`` for a percent sign.
        values: What is put into the holes: texts and whole numbers as they are; other reasons, one or a list, in the
            language of the whole.
    """

    message: str
    values: Mapping[str, Value]

    def __new__(cls, message: str, /, **values: str | int | Sequence[Reason]) -> Reason:
        kept: dict[str, Value] = {
            name: value if isinstance(value, str | int) else tuple(value) for name, value in values.items()
        }
        made = super().__new__(cls, _fill(message, kept, str))
        made.message, made.values = message, kept
        return made

    @classmethod
    def several(cls, reasons: Sequence[Reason]) -> Reason:
        """Return one for a judge that has *reasons*, which are kept and shown each by itself."""
        return reasons[0] if len(reasons) == 1 else cls(_EACH, each=reasons)

    def __reduce__(self) -> tuple[object, ...]:
        return _make, (self.message, dict(self.values))


def _make(message: str, values: Mapping[str, Value]) -> Reason:
    return Reason(message, **values)


def _fill(message: str, values: Mapping[str, Value], say: Callable[[Value], str]) -> str:
    """Return *message* with *values*, said by *say*, in its holes. One without a value stays: catalogues may err."""

    def put(hole: re.Match[str]) -> str:
        if hole[1] is None:
            return "%"
        value = values.get(hole[1], hole[0])
        if isinstance(value, tuple):
            return ("; " if message == _EACH else ", ").join(map(say, value))
        return say(value)

    return _HOLE.sub(put, message)


def reasons_of(judgements: Iterable[Judgement]) -> list[str]:
    """Return why *judgements* let a comment not through, every reason by itself."""
    return [
        reason
        for judgement in judgements
        if judgement.verdict is not Verdict.ACCEPT
        for reason in _each(judgement.reason)
    ]


def _each(reason: str) -> Iterable[str]:
    each = reason.values.get("each") if isinstance(reason, Reason) and reason.message == _EACH else None
    return each if isinstance(each, tuple) else [reason]


# ------------------------------------------------------------------------------------------------ as stores keep them


def write_reasons(reasons: Iterable[str]) -> str:
    """Return *reasons* as JSON, from which ``read_reasons`` makes the same ones."""
    return json.dumps(list(map(reason_to_json, reasons)), ensure_ascii=False)


def read_reasons(text: str) -> tuple[str, ...]:
    """Return the reasons in *text*, written by ``write_reasons``, or a list of texts alone.

    Raises:
        ValueError, TypeError: There are none in it.
    """
    return tuple(reason_of_json(item) for item in json.loads(text))


def reason_to_json(reason: str) -> Json:
    """Return *reason* as JSON can hold it: a text, or an object with its message and values."""
    if not isinstance(reason, Reason):
        return reason
    return {"message": reason.message, "values": {name: _told(value) for name, value in reason.values.items()}}


def _told(value: Value) -> Json:
    if isinstance(value, tuple):
        return [reason_to_json(one) for one in value]
    return reason_to_json(value) if isinstance(value, str) else value


def reason_of_json(item: object, *, depth: int = 1) -> str:
    """Return the reason that ``reason_to_json`` told.

    Raises:
        ValueError, TypeError: It told none.
    """
    if isinstance(item, str):
        return item
    if not isinstance(item, dict) or depth > _DEEPEST:
        raise TypeError("a reason must be a text, or an object with message and values")
    message, values = item.get("message"), item.get("values")
    if not isinstance(message, str) or not isinstance(values, dict):
        raise ValueError("a reason must be a text, or an object with message and values")
    return Reason(message, **{str(name): _value(value, depth) for name, value in values.items()})


def _value(item: object, depth: int) -> str | int | Sequence[Reason]:
    if isinstance(item, int):
        return item
    if not isinstance(item, list):
        return reason_of_json(item, depth=depth + 1)
    found = [reason_of_json(one, depth=depth + 1) for one in item]
    return [one if isinstance(one, Reason) else Reason("%(text)s", text=one) for one in found]


# ------------------------------------------------------------------------------------------- in the site's language


def say_reasons(reasons: Iterable[str], host: Host) -> list[str]:
    """Return *reasons* in the language of *host*'s site; what no catalogue has is said in English."""
    words = _words(tuple((file, file.stat().st_mtime_ns) for file in _catalogues(host)))

    def say(value: Value) -> str:
        return _fill(words.gettext(value.message), value.values, say) if isinstance(value, Reason) else str(value)

    return [say(reason) if isinstance(reason, Reason) else words.gettext(reason) for reason in reasons if reason]


def _catalogues(host: Host) -> Iterator[Path]:
    """Yield the catalogues for the site's language as templates have them, each before those that win over it."""
    folders = [folder for _, folder in host.hooks.all("register_translations")]
    parts = host.settings.language.replace("-", "_").split("_")
    for folder in (*folders, host.folder / "locale"):
        for length in range(1, len(parts) + 1):
            yield from sorted((folder / "_".join(parts[:length]) / "LC_MESSAGES").glob("*.mo"))


@functools.lru_cache(maxsize=8)
def _words(files: Sequence[tuple[Path, int]]) -> gettext.NullTranslations:
    """Return what all of *files*, with the times of their last change, have."""
    words = gettext.NullTranslations()
    for file, _ in files:
        with file.open("rb") as opened:
            catalogue = gettext.GNUTranslations(opened)
        catalogue.add_fallback(words)
        words = catalogue
    return words
