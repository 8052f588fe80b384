"""What an entry's front matter says of its own gate and of its public part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

import attrs

from pressframe.errors import ContentError, Place, did_you_mean
from pressframe.model import Conversation, Entry, Json
from pressframe_gates._rules import PUBLIC

_COMMENTS = ("shown", "counted", "hidden")


@attrs.frozen(kw_only=True)
class Wishes:
    """What one entry wants, None for what the settings say.

    Attributes:
        audience: Whom it is for; none at all if it is public.
    """

    audience: frozenset[str] | None = None
    teaser_paragraphs: int | None = None
    teaser_words: int | None = None
    closed_comments: Conversation | None = None


def read_wishes(entry: Entry, known: Iterable[str]) -> Wishes:
    """Return what *entry* wants.

    Raises:
        ContentError: It names an audience that is not *known*, or something else that is not understood.
    """
    kept = entry.data.get(entry.source.loader)
    extra = kept.get("extra") if isinstance(kept, Mapping) else None
    if not isinstance(extra, Mapping) or extra.keys().isdisjoint(_KEYS):
        return _NONE
    return Wishes(
        audience=_audience(entry, extra.get("audience"), sorted(known)),
        teaser_paragraphs=_count(entry, extra, "teaser_paragraphs"),
        teaser_words=_count(entry, extra, "teaser_words"),
        closed_comments=_comments(entry, extra.get("closed_comments")),
    )


_KEYS = frozenset(field.name for field in attrs.fields(Wishes))
_NONE = Wishes()


def _audience(entry: Entry, value: Json, known: list[str]) -> frozenset[str] | None:
    if value is None:
        return None
    names = value if isinstance(value, list | tuple) else (value,)
    told = f"write {PUBLIC}, or one or several of {', '.join(known)}, or leave it out"
    if not names or not all(isinstance(name, str) for name in names):
        raise _wrong(entry, "audience", "an audience is a word, or a list of words", told)
    for name in names:
        if name not in (PUBLIC, *known):
            raise _wrong(
                entry, "audience", f'"{name}" is no audience', did_you_mean(str(name), (PUBLIC, *known)) or told
            )
    if PUBLIC in names and len(names) > 1:
        raise _wrong(entry, "audience", f"{PUBLIC} stands alone: it is for everybody", told)
    return frozenset(map(str, names)) - {PUBLIC}


def _count(entry: Entry, extra: Mapping[str, Json], key: str) -> int | None:
    value = extra.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _wrong(entry, key, "must be a whole number, 0 or more", "write how much of it is public, or leave it out")
    return value


def _comments(entry: Entry, value: Json) -> Conversation | None:
    if value is None:
        return None
    if value not in _COMMENTS:
        raise _wrong(entry, "closed_comments", f'"{value}" is none of {", ".join(_COMMENTS)}', "write one of these")
    return cast("Conversation", value)


def _wrong(entry: Entry, key: str, message: str, fix: str) -> ContentError:
    place = entry.source.place
    return ContentError(message, at=Place(place.file if place else entry.source.key, key=key), fix=fix)
