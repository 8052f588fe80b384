"""One archived conversation, read and checked; what is wrong is told with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from types import UnionType
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pressframe.errors import ContentError, Place, PressframeError, did_you_mean, raise_all
from pressframe.model import Comment, Kind

_KINDS: dict[str, tuple[type | UnionType, str]] = {
    "id": (int | str, "a number, or letters, digits and hyphens in quotes"),
    "author": (str, "text in quotes"),
    "date": (datetime, "a date and time, such as 2011-05-09T10:47:00+02:00"),
    "body": (str, "text in quotes"),
    "url": (str, "text in quotes"),
    "parent": (int | str, "a number, or text in quotes"),
    "by_author": (bool, "true or false"),
    "avatar": (str, "16 hexadecimal digits in quotes"),
    "kind": (str, '"comment", "pingback" or "webmention"'),
    "format": (str, '"text" or "html"'),
}
_CHOICES = {"kind": ("comment", "pingback", "webmention"), "format": ("text", "html")}
_PATTERNS = {"id": "[A-Za-z0-9-]+", "avatar": "[0-9a-f]{16}"}
_NEEDED = ("id", "author", "date", "body")
_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*comment[ \t]*\]\]", re.MULTILINE)


class ArchiveFile:
    """The comments of one file.

    Args:
        name: How its owner calls it.
        timezone: For dates without one.

    Raises:
        ContentError: It cannot be read, or something in it is wrong; ManyErrors if several things are.
    """

    def __init__(self, path: Path, name: str, timezone: ZoneInfo) -> None:
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ContentError(f"cannot be read: {error}", at=Place(name)) from error
        self._take(text, name, timezone)

    @classmethod
    def of_text(cls, text: str, name: str, timezone: ZoneInfo) -> ArchiveFile:
        """Return the comments of what is to become a file."""
        made = cls.__new__(cls)
        made._take(text, name, timezone)
        return made

    def _take(self, text: str, name: str, timezone: ZoneInfo) -> None:
        self._name, self._timezone, self._text = name, timezone, text
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"\(at line (\d+)", str(error))
            line = int(found[1]) if found else text.count("\n") + 1
            raise ContentError(f"not valid TOML: {error}", at=Place(name, line)) from error
        self._starts = [self._text.count("\n", 0, match.end()) + 1 for match in _HEADER.finditer(self._text)]
        self._comments = self._check(table)

    def comments(self, entry: str) -> Iterator[tuple[Place, Comment]]:
        """Yield the comments as those of *entry*, each with where it starts."""
        for index, comment in enumerate(self._comments):
            yield self._place(index), self._made(comment, entry)

    def with_lines(self, lines: Mapping[int, Iterable[str]]) -> str:
        """Return the text with other lines for some comments, by their place in the file, from 0.

        Raises:
            ContentError: A comment quotes a file like this one, so that it cannot be told where each begins.
        """
        if len(self._starts) != len(self._raw):
            raise ContentError("cannot be changed, as a comment looks like several", at=Place(self._name))
        old = self._text.split("\n")
        starts = [start - 1 for start in self._starts]
        blocks = [old[start:end] for start, end in pairwise([*starts, len(old)])]
        new = [[*lines[index], ""] if index in lines else block for index, block in enumerate(blocks)]
        return "\n".join([*old[: starts[0]], *(line for block in new for line in block)]).rstrip("\n") + "\n"

    @property
    def entry(self) -> str | None:
        """The entry that the file names; None if it is named after its entry."""
        return self._entry

    def _place(self, index: int, key: str | None = None) -> Place:
        # A comment that quotes a file like this one would upset the count; then the file alone is named.
        if len(self._starts) != len(self._raw):
            return Place(self._name, None, key)
        line = self._starts[index]
        if key is not None:
            end = self._starts[index + 1] if index + 1 < len(self._starts) else None
            for offset, text in enumerate(self._text.splitlines()[line - 1 : end]):
                if re.match(rf"[ \t]*{re.escape(key)}[ \t]*=", text):
                    line += offset
                    break
        return Place(self._name, line, key)

    def _check(self, table: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the tables of the comments, each checked.

        Raises:
            ContentError: Or ManyErrors.
        """
        self._entry = table.get("entry")
        self._raw = table.get("comment", [])
        errors: list[PressframeError] = []
        for key in table.keys() - {"entry", "comment"}:
            fix = did_you_mean(key, ("entry", "comment")) or "this file knows entry and [[comment]]"
            errors.append(ContentError("no such key", at=Place(self._name, None, key), fix=fix))
        if self._entry is not None and not isinstance(self._entry, str):
            errors.append(ContentError("entry must be text in quotes", at=Place(self._name, None, "entry")))
        if not isinstance(self._raw, list) or not all(isinstance(one, dict) for one in self._raw):
            raise ContentError("comments must be written as [[comment]]", at=Place(self._name))
        for index, comment in enumerate(self._raw):
            errors += self._flaws(index, comment)
        raise_all(errors)
        return self._raw

    def _flaws(self, index: int, comment: Mapping[str, Any]) -> Iterator[ContentError]:
        for key, value in comment.items():
            kind, wanted = _KINDS.get(key, (object, ""))
            if not wanted:
                fix = did_you_mean(key, _KINDS) or f"a comment knows {', '.join(_KINDS)}"
                yield ContentError("no such key", at=self._place(index, key), fix=fix)
            elif not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
                yield ContentError(f"must be {wanted}, got {value!r}", at=self._place(index, key))
            elif value not in _CHOICES.get(key, (value,)):
                yield ContentError(f'must be {wanted}, got "{value}"', at=self._place(index, key))
            elif key in ("id", "parent") and isinstance(value, int) and value < 0:
                yield ContentError("must be 0 or more", at=self._place(index, key))
            elif key in _PATTERNS and not re.fullmatch(_PATTERNS[key], str(value)):
                yield ContentError(f"must be {wanted}, got {value!r}", at=self._place(index, key))
        for key in _NEEDED:
            if key not in comment:
                yield ContentError(f"{key} is missing", at=self._place(index), fix=f"add {key} = {_KINDS[key][1]}")
        if comment.get("author") == "":
            yield ContentError("author is empty", at=self._place(index, "author"), fix='write a name, or "Anonyme"')

    def _made(self, comment: Mapping[str, Any], entry: str) -> Comment:
        date: datetime = comment["date"]
        kind: Kind = comment.get("kind", "comment")
        format: Literal["text", "html"] = comment.get("format", "text")
        return Comment(
            id=str(comment["id"]),
            entry=entry,
            kind=kind,
            author=comment["author"],
            url=comment.get("url"),
            body=comment["body"],
            format=format,
            received=date if date.utcoffset() is not None else date.replace(tzinfo=self._timezone),
            parent=str(comment["parent"]) if "parent" in comment else None,
            by_author=comment.get("by_author", False),
            avatar=comment.get("avatar"),
        )
