"""What is done for every comment that comes, in few and prepared statements."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import sqlalchemy as sa

from pressframe_comments._folding import fold_address, sought
from pressframe_comments._reasons import write_reasons
from pressframe_comments._store import Draft, Filed, Seen, State
from pressframe_comments._tables import COMMENT, KNOWN, SHOWN, comment_of, filed_of, moment_of, stored_moment
from pressframe_sql import Database
from pressframe_sql.limits import SET_BACK
from pressframe_sql.statements import Prepared

REPEAT_WITHIN = timedelta(seconds=60)

_INSERTED = (
    "entry", "parent", "kind", "state", "reasons", "author", "email", "url", "body", "format", "received", "reader",
    "sender", "client", "agent", "referrer", "accepted_before", "by_author", "likeness", "key", "version", "changed",
    "person", "sought",
)  # fmt: skip
_PLAIN = {"received": sa.BigInteger, "changed": sa.BigInteger}  # as the driver gets it


def _bound(name: str) -> sa.BindParameter[object]:
    return sa.bindparam(name, type_=_PLAIN.get(name, COMMENT.c[name].type) if name in COMMENT.c else sa.BigInteger)


_INSERT = Prepared(sa.insert(COMMENT).values({name: _bound(name) for name in _INSERTED}).returning(COMMENT.c.id))
_RECEIVED = sa.type_coerce(COMMENT.c.received, sa.BigInteger)
_repeat = (
    sa.select(COMMENT.c.id)
    .where(
        COMMENT.c.likeness == _bound("likeness"),
        sa.or_(sa.bindparam("recent", type_=sa.BigInteger) < _RECEIVED, COMMENT.c.key == _bound("key")),
    )
    .order_by(COMMENT.c.id)
    .limit(1)
)
_accepted = {
    name: sa.select(COMMENT.c.id)
    .where(COMMENT.c[name] == _bound(name), COMMENT.c.state == sa.literal_column(f"'{State.APPROVED.value}'"))
    .limit(1)
    for name in ("sender", "reader")
}
_archived = {name: sa.select(KNOWN.c.id).where(KNOWN.c[name] == _bound(name)).limit(1) for name in _accepted}
_within = [
    sa.bindparam("since", type_=sa.BigInteger) < _RECEIVED,
    sa.bindparam("until", type_=sa.BigInteger) > _RECEIVED,
]
_newest = (
    sa.select(_RECEIVED.label("received"))
    .where(COMMENT.c.client == _bound("client"), *_within)
    .order_by(COMMENT.c.received.desc())
    .limit(sa.bindparam("most", type_=sa.BigInteger))
    .subquery()
)
_counted = sa.func.count(_newest.c.received), sa.func.min(_newest.c.received)
_REPEAT = Prepared(_repeat)
_INSERT_NEW = Prepared(
    sa.insert(COMMENT)
    .from_select(_INSERTED, sa.select(*(_bound(name) for name in _INSERTED)).where(~sa.exists(_repeat)))
    .returning(COMMENT.c.id)
)
_is_known = [sa.or_(sa.exists(_accepted[name]), sa.exists(_archived[name])) for name in _accepted]
_ACCEPTED = {name: Prepared(sa.select(is_known)) for name, is_known in zip(_accepted, _is_known, strict=True)}
_RECENT = Prepared(sa.select(*_counted))
_LOOK = Prepared(sa.select(_repeat.scalar_subquery(), *_is_known, *_counted))
_TIMES = Prepared(
    sa.select(_RECEIVED.label("received"))
    .where(*_within, COMMENT.c.kind == sa.literal_column("'comment'"))
    .order_by(COMMENT.c.received.desc())
    .limit(sa.bindparam("most", type_=sa.BigInteger))
)
_LATER = Prepared(
    sa.select(sa.func.max(_RECEIVED)).where(
        sa.func.coalesce(COMMENT.c.entry, "") == _bound("entry"),  # found by time: an entry can have thousands
        sa.bindparam("now", type_=sa.BigInteger) < _RECEIVED,
        sa.bindparam("soon", type_=sa.BigInteger) >= _RECEIVED,
        COMMENT.c.name.is_(None),
    )
)
_AHEAD = timedelta(days=180)
"""What was received so much later than what is asked for was dated by a clock that was wrong: it shuts nobody out."""
_ALL = 1 << 62
"""More comments than there are."""


def insert(connection: sa.Connection, row: Mapping[str, object]) -> int:
    """Store *row* and return its number."""
    ((number,),) = _INSERT.run(connection, row)
    return int(number)


def insert_new(connection: sa.Connection, draft: Draft, row: Mapping[str, object]) -> int | None:
    """Store *row*, made of *draft*, in one statement and return its number; None if it is a repeat."""
    stored = _INSERT_NEW.run(connection, {**row, "recent": _recent(draft)})
    return int(stored[0][0]) if stored else None


def in_order(connection: sa.Connection, draft: Draft) -> Draft:
    """Return *draft* as received no earlier than what came before it, though the clock was set back a little."""
    now, soon = stored_moment(draft.received), stored_moment(draft.received + SET_BACK)
    ((later,),) = _LATER.run(connection, {"entry": draft.entry, "now": now, "soon": soon})
    return draft if later is None else attrs.evolve(draft, received=moment_of(later))


def row_of(draft: Draft, state: State, reasons: Sequence[str]) -> dict[str, object]:
    received = stored_moment(draft.received)
    return {
        "entry": draft.entry,
        "parent": draft.parent,
        "kind": draft.kind,
        "state": state.value,
        "reasons": write_reasons(reasons),
        "author": draft.author,
        "email": draft.email,
        "url": draft.url,
        "body": draft.body,
        "format": draft.format,
        "received": received,
        "reader": draft.reader,
        "sender": draft.sender,
        "client": draft.client,
        "agent": draft.agent,
        "referrer": draft.referrer,
        "accepted_before": draft.accepted_before,
        "by_author": draft.by_author,
        "likeness": likeness_of(draft),
        "key": draft.key,
        "version": 1,
        "changed": received,
        "person": fold_address(draft.email),
        "sought": sought(draft.author, draft.body),
    }


def filed_new(draft: Draft, state: State, reasons: Sequence[str], number: int) -> Filed:
    received = draft.received.astimezone(UTC)
    comment = comment_of(
        f"c{number}", draft.entry, (received if name == "received" else getattr(draft, name) for name in SHOWN)
    )
    private: dict[str, Any] = {
        name: getattr(draft, name) for name in ("email", "client", "agent", "referrer", "sender")
    }
    return Filed(comment=comment, state=state, reasons=tuple(reasons), changed=received, **private)


def likeness_of(draft: Draft) -> str:
    """Return what is the same for two comments that say the same in the same place."""
    said = [draft.entry, draft.parent, draft.author, draft.body]
    said += [] if draft.kind == "comment" else [draft.kind, draft.url]  # two pages that say the same are two
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def look(database: Database, draft: Draft, since: datetime, most: int | None) -> Seen:
    """Return what is known of *draft*: in one statement, as it is asked for every comment."""
    of_draft = {"sender": draft.sender, "reader": draft.reader, "client": draft.client, **_span(since)}
    limit = {"most": _ALL if most is None else most}
    ((repeat, *is_known, recent, first),) = database.fetch(_LOOK, _likeness(draft) | of_draft | limit)
    filed = None
    if repeat is not None:
        with database.read() as connection:
            filed = _filed(connection, repeat)
    return Seen(repeat=filed, is_known=any(is_known), recent=recent, first=None if first is None else moment_of(first))


def _span(since: datetime) -> dict[str, int]:
    return {"since": stored_moment(since), "until": stored_moment(since + _AHEAD)}


def find_repeat(connection: sa.Connection, draft: Draft) -> Filed | None:
    found = _REPEAT.run(connection, _likeness(draft))
    return _filed(connection, found[0][0]) if found else None


def _likeness(draft: Draft) -> dict[str, object]:
    return {"likeness": likeness_of(draft), "recent": _recent(draft), "key": draft.key or None}


def _recent(draft: Draft) -> int:
    return stored_moment(draft.received - REPEAT_WITHIN)


def _filed(connection: sa.Connection, number: int) -> Filed | None:
    """Return the comment that has the *number*; None if it was just deleted."""
    row = connection.execute(sa.select(COMMENT).where(COMMENT.c.id == number)).one_or_none()
    return None if row is None else filed_of(row)


def was_accepted(connection: sa.Connection, sender: str | None, reader: str | None) -> bool:
    proofs = {"sender": sender, "reader": reader}
    return any(_ACCEPTED[name].run(connection, {name: value})[0][0] for name, value in proofs.items() if value)


def count_since(connection: sa.Connection, client: str, since: datetime) -> tuple[int, datetime | None]:
    ((number, first),) = _RECENT.run(connection, {"client": client, **_span(since), "most": _ALL})
    return number, None if first is None else moment_of(first)


def newest(database: Database, since: datetime, most: int) -> list[datetime]:
    rows = database.fetch(_TIMES, {**_span(since), "most": most})
    return [moment_of(received) for (received,) in reversed(rows)]
