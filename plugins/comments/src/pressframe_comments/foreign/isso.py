"""Isso: its SQLite file, `comments.db`, which is only read; Isso may run meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pressframe.errors import ContentError, Place
from pressframe_comments._store import State
from pressframe_comments.foreign._model import Foreign, Loss

_ACCEPTED, _WAITING = 1, 2
_ROWS = """
    SELECT c.id, c.parent, c.created, c.modified, c.mode, c.remote_addr, c.text, c.author, c.email, c.website, t.uri
    FROM comments AS c LEFT JOIN threads AS t ON t.id = c.tid ORDER BY c.id
"""


def read(file: Path, label: str) -> Iterator[Foreign | Loss]:
    """Yield the comments of a database."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            for row in database.execute(_ROWS):
                yield _comment(dict(row))
    except sqlite3.Error as error:
        fix = "give the file that Isso's settings name: [general] dbpath"
        raise ContentError(f"no database of Isso's: {error}", at=Place(label), fix=fix) from error


def _comment(row: Mapping[str, Any]) -> Foreign | Loss:
    id, parent = str(row["id"]), None if row["parent"] is None else str(row["parent"])
    if row["mode"] not in (_ACCEPTED, _WAITING):
        return Loss(id, "deleted there", parent)
    if not row["uri"]:
        return Loss(id, "no thread in the export, or one without an address", parent)
    received = _moment(row["created"])
    if received is None:
        return Loss(id, "no date", parent)
    return Foreign(
        id=id,
        address=str(row["uri"]),
        parent=parent,
        author=str(row["author"] or ""),
        email=str(row["email"] or ""),
        url=str(row["website"]) if row["website"] else None,
        body=str(row["text"] or ""),
        received=received,
        edited=_moment(row["modified"]),
        state=State.APPROVED if row["mode"] == _ACCEPTED else State.PENDING,
        client=str(row["remote_addr"] or ""),
        signs=(str(row["email"] or ""),),
    )


def _moment(seconds: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(str(seconds)), UTC)
    except (ValueError, OverflowError, OSError):
        return None
