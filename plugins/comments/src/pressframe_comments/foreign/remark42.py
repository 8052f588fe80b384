"""Remark42: a backup, packed with gzip or not, a comment in JSON on each line; or what its API gives as a tree."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pressframe.errors import ContentError, Place
from pressframe_comments.foreign._model import Foreign, Loss

_PACKED = b"\x1f\x8b"
_LONGEST_LINE = 16 * 1024 * 1024
_LARGEST_TREE = 64 * 1024 * 1024
"""In characters: it is read as a whole, and a small file may hold a large one, packed."""


def read(file: Path, label: str) -> Iterator[Foreign | Loss]:
    """Yield the comments of a backup, or of a tree."""
    try:
        lines = _lines(file, label)
        line, first = next(lines, (0, ""))
        if line == 0:
            raise ContentError("is empty", at=Place(label))
        try:
            json.loads(first)
        except ValueError:  # one value over many lines
            yield from _tree(file, label)
            return
        yield from _of_line(first, Place(label, line))
        for line, text in lines:
            yield from _of_line(text, Place(label, line))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ContentError(f"cannot be unpacked: {error}", at=Place(label), fix="is the file whole?") from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise ContentError(f"no backup of Remark42: {error}", at=Place(label)) from error


def _lines(file: Path, label: str) -> Iterator[tuple[int, str]]:
    with file.open("rb") as opened:
        is_packed = opened.read(2) == _PACKED
    with gzip.open(file, "rb") if is_packed else file.open("rb") as lines:
        number = 0
        while line := lines.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE:
                raise ContentError("holds a line of more than 16 MB", at=Place(label, number))
            if line.strip():
                yield number, line.decode()


def _tree(file: Path, label: str) -> Iterator[Foreign | Loss]:
    lines: list[str] = []
    size = 0
    for _, text in _lines(file, label):
        size += len(text)
        if size > _LARGEST_TREE:
            raise ContentError("no backup of Remark42, and more than 64 MB of anything else", at=Place(label))
        lines.append(text)
    try:
        found = json.loads("\n".join(lines))
    except ValueError as error:
        raise ContentError(f"not valid JSON: {error}", at=Place(label)) from error
    if not isinstance(found, dict) or not isinstance(found.get("comments"), list):
        raise ContentError("no backup of Remark42", at=Place(label), fix="its command `backup` writes one")
    waiting = deque(found["comments"])
    while waiting:
        node = waiting.popleft()
        replies = (node.get("replies") or []) if isinstance(node, dict) else None
        if not isinstance(replies, list):
            raise ContentError("no backup of Remark42: a comment must be an object", at=Place(label))
        waiting += replies
        yield _comment(node.get("comment"), Place(label))


def _of_line(text: str, at: Place) -> Iterator[Foreign | Loss]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ContentError(f"not valid JSON: {error}", at=at, fix="is the file whole?") from error
    if isinstance(found, dict) and "locator" not in found and {"version", "users", "posts"} & set(found):
        return  # the first line: of what version, and who is blocked
    if isinstance(found, dict) and isinstance(found.get("comments"), list):
        for node in found["comments"]:
            yield _comment(node.get("comment") if isinstance(node, dict) else None, at)
        return
    yield _comment(found, at)


def _comment(found: object, at: Place) -> Foreign | Loss:
    try:
        if not isinstance(found, dict):
            raise TypeError
        return _made(found)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ContentError("no comment of Remark42's", at=at, fix="its command `backup` writes one") from error


def _made(found: Mapping[str, Any]) -> Foreign | Loss:
    id, parent = str(found["id"]), str(found.get("pid") or "") or None
    if found.get("delete"):
        return Loss(id, "deleted there", parent)
    user, edit, typed = found["user"], found.get("edit") or {}, str(found.get("orig") or "")
    return Foreign(
        id=id,
        address=str(found["locator"]["url"]),
        parent=parent,
        author=str(user["name"]),
        body=typed or str(found["text"]),
        format="text" if typed else "html",
        received=_moment(found["time"]),
        edited=_moment(edit["time"]) if edit.get("time") else None,
        signs=_signs(user),
    )


def _signs(user: Mapping[str, Any]) -> tuple[str, ...]:
    id = str(user.get("id") or "")
    if id.startswith("anonymous_"):  # made of the name that was typed
        return ()
    return (id, "admin") if user.get("admin") is True else (id,)


def _moment(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.utcoffset() is not None else time.replace(tzinfo=UTC)
