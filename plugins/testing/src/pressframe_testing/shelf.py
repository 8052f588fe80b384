"""Entries as a test wrote them in JSON, for tests of what is made of entries, not of where they come from."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from pressframe import Author, Body, Entry, Manuscript, Source, Term

_FIELDS = frozenset(attrs.fields_dict(Entry))
_MADE_OF: dict[str, Callable[[Any], Any]] = {
    "published": datetime.fromisoformat,
    "updated": datetime.fromisoformat,
    "authors": lambda given: tuple(Author(**_named(Author, one)) for one in given),
    "terms": lambda given: tuple(Term(**_named(Term, one)) for one in given),
}


@attrs.frozen
class Shelf:
    """A loader of what a JSON file holds: an array of entries, whose keys are ``"1"``, ``"2"`` …, or an object by key.

    An entry is an object with fields of :class:`pressframe.Entry`, as JSON has them: ``authors`` as arrays of slug,
    name and url, ``terms`` as arrays of taxonomy, slug, name and parent, moments by ISO 8601. What is left out is as
    *defaults* say. ``html`` is its text; what no entry has is in ``data["shelf"]``.
    """

    file: Path
    defaults: Mapping[str, Any] = {}
    name: str = "shelf"

    def read(self) -> dict[str, dict[str, Any]]:
        """Return what the file holds, by key, with defaults."""
        given = json.loads(self.file.read_text("utf-8"))
        entries = given if isinstance(given, dict) else {str(number): entry for number, entry in enumerate(given, 1)}
        return {key: {**self.defaults, **entry} for key, entry in entries.items()}

    def scan(self) -> Iterable[Source]:
        for key, given in self.read().items():
            yield Source(loader=self.name, key=key, fingerprint=json.dumps(given))

    def load(self, source: Source) -> Manuscript:
        given = {"html": "<p>A text.</p>", **json.loads(source.fingerprint)}
        text = given.pop("html")
        known = {name: _made(name, value) for name, value in given.items() if name in _FIELDS}
        default = {
            "id": source.key,
            "title": f"Post {source.key}",
            "published": datetime.fromisoformat("2012-05-01T10:00:00+00:00"),
            "address": f"/{source.key.rpartition('/')[2]}/",
        }
        data = {self.name: {name: value for name, value in given.items() if name not in _FIELDS}}
        entry = Entry(**{**default, **known}, source=source, body=Body(html=""), data=data)
        return Manuscript(entry=entry, format="html", text=text)


class Html:
    """An engine that takes a text as the HTML that it is; ``<!--more-->`` ends its public part."""

    version = "1"

    def render(self, text: str) -> Body:
        more = text.find("<!--more-->")
        return Body(html=text, more=more if more >= 0 else None)


def _named(cls: type[attrs.AttrsInstance], values: Iterable[object]) -> dict[str, Any]:
    return dict(zip((field.name for field in attrs.fields(cls)), values, strict=False))


def _made(field: str, value: Any) -> Any:
    return _MADE_OF[field](value) if field in _MADE_OF else value
