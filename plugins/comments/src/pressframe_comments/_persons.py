"""Everything that is stored about one mail address: found, and erased for good."""

from __future__ import annotations

import gettext
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pressframe.model import Host, Json
from pressframe_comments._acts import delete
from pressframe_comments._codec import step_to_json, to_json
from pressframe_comments._folding import fold_address, sought
from pressframe_comments._store import State
from pressframe_comments._tables import COMMENT, ERASED, HISTORY, KNOWN, count_up, filed_of, id_of, step_of
from pressframe_sql import PersonalData

_LOCALE = Path(__file__).parent / "locale"


class Suppression:
    """Remembers who was erased, so that no import brings them back; keeps a keyed hash of the address alone."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._key: bytes | None = None

    def has(self, connection: sa.Connection, email: str) -> bool:
        """Tell whether everything of *email* was erased."""
        if fold_address(email) is None:
            return False
        known = sa.select(ERASED.c.person).where(ERASED.c.person == self._hash(email))
        return connection.scalar(known) is not None

    def note(self, connection: sa.Connection, email: str) -> None:
        """Note that everything of *email* is erased."""
        if not self.has(connection, email):
            connection.execute(sa.insert(ERASED).values(person=self._hash(email)))

    def keep_known(self, connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> None:
        """Remember who sent comments that go into a file, which keeps nothing of that: they are no strangers now."""
        for row in rows:
            if row.archiving and row.state == State.APPROVED.value and (row.sender or row.reader):
                person = self._hash(row.email) if fold_address(row.email) else None
                mine = {"sender": row.sender, "reader": row.reader, "person": person}
                same = sa.and_(*(KNOWN.c[name].is_not_distinct_from(value) for name, value in mine.items()))
                if connection.scalar(sa.select(KNOWN.c.id).where(same).limit(1)) is None:
                    connection.execute(sa.insert(KNOWN).values(mine))

    def forget_known(self, connection: sa.Connection, name: str) -> None:
        """Let everybody be a stranger again who had comments archived of that address, or as the reader of that id."""
        mine = sa.or_(KNOWN.c.person == self._hash(name), KNOWN.c.reader == name)
        connection.execute(sa.delete(KNOWN).where(mine))

    def _hash(self, email: str) -> str:
        if self._key is None:
            self._key = self._host.secret("comments.erased")
        return hmac.digest(self._key, (fold_address(email) or "").encode(), hashlib.sha256).hex()


class CommentsOfPerson:
    """What this plugin has of a person, for the command line."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._suppression = Suppression(host)

    def data(self) -> PersonalData:
        """Return what the database asks."""
        return PersonalData(name="comments", find=self.find, erase=self.erase)

    def find(self, connection: sa.Connection, address: str) -> Sequence[Mapping[str, Json]]:
        """Return each comment sent with *address*, or by that reader, in any state, with its history."""
        found = []
        for row in self._rows(connection, address):
            id = id_of(row.id, row.name)
            steps = sa.select(HISTORY).where(HISTORY.c.comment == row.id).order_by(HISTORY.c.id)
            history = [step_to_json(step_of(step, id)) for step in connection.execute(steps)]
            found.append({**to_json(filed_of(row)), "history": history})
        return found  # type: ignore[return-value] # what is made for JSON is JSON

    def erase(self, connection: sa.Connection, address: str) -> int:
        """Delete each comment sent with *address*, or by that reader; one that was answered keeps its place alone."""
        rows = self._rows(connection, address)
        ids = {id_of(row.id, row.name) for row in rows}
        answered = set(connection.scalars(sa.select(COMMENT.c.parent).where(_is_shown_answer(ids, address))))
        is_needed = {row.id: id_of(row.id, row.name) in answered and row.state == State.APPROVED.value for row in rows}
        kept = [row for row in rows if is_needed[row.id]]
        delete(connection, [row for row in rows if not is_needed[row.id]])
        words = deleted(self._host)
        for row in kept:
            connection.execute(sa.delete(HISTORY).where(HISTORY.c.comment == row.id))
            connection.execute(sa.update(COMMENT).where(COMMENT.c.id == row.id).values(_emptied(words)))
        count_up(connection, [row.entry for row in kept])
        self._suppression.forget_known(connection, address)
        if "@" in address:
            self._suppression.note(connection, address)
        return len(rows)

    def _rows(self, connection: sa.Connection, address: str) -> Sequence[sa.Row[Any]]:
        return connection.execute(sa.select(COMMENT).where(_is_by(address)).order_by(COMMENT.c.id)).all()


def deleted(host: Host) -> str:
    """Return what stands where a name was, in the site's language."""
    languages = [host.settings.language, host.settings.language.partition("-")[0]]
    words = gettext.translation("pressframe_comments", _LOCALE, languages, fallback=True)
    return words.gettext("[deleted]")


def _is_by(name: str) -> sa.ColumnElement[bool]:
    """Return what is true of comments sent with the address *name*, or by the reader whose ``id`` that is."""
    return sa.or_(COMMENT.c.person == fold_address(name), COMMENT.c.reader == name)


def _is_shown_answer(ids: set[str], name: str) -> sa.ColumnElement[bool]:
    is_others = sa.func.coalesce(sa.not_(_is_by(name)), sa.true())
    return sa.and_(COMMENT.c.parent.in_(ids), COMMENT.c.state == State.APPROVED.value, is_others)


def _emptied(words: str) -> dict[str, Any]:
    texts = {"author": words, "body": "", "sought": sought(words, ""), "format": "text"}
    empty = dict.fromkeys(("email", "client", "agent", "referrer", "likeness"), "")
    none = dict.fromkeys(("url", "reader", "sender", "key", "person", "edited"))
    return {**texts, **empty, **none, "reasons": "[]", "version": COMMENT.c.version + 1, "by_author": False}
