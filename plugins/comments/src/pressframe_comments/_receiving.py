"""What is done for every comment that comes, in few and prepared statements."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pressframe_comments._folding import fold_address, sought
from pressframe_comments._prepared import Prepared
from pressframe_comments._store import Draft, Filed, State
from pressframe_comments._tables import COMMENT, SHOWN, comment_of, filed_of, moment_of, stored_moment

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
_REPEAT = Prepared(
    sa.select(COMMENT.c.id)
    .where(
        COMMENT.c.likeness == _bound("likeness"),
        sa.or_(sa.bindparam("recent", type_=sa.BigInteger) < _RECEIVED, COMMENT.c.key == _bound("key")),
    )
    .order_by(COMMENT.c.id)
    .limit(1)
)
_ACCEPTED = {
    name: Prepared(
        sa.select(COMMENT.c.id)
        .where(COMMENT.c[name] == _bound(name), COMMENT.c.state == sa.literal_column(f"'{State.APPROVED.value}'"))
        .limit(1)
    )
    for name in ("sender", "reader")
}
_RECENT = Prepared(
    sa.select(sa.func.count(), sa.func.min(_RECEIVED)).where(
        COMMENT.c.client == _bound("client"), sa.bindparam("since", type_=sa.BigInteger) < _RECEIVED
    )
)


def insert(connection: sa.Connection, row: Mapping[str, object]) -> int:
    """Store *row* and return its number."""
    ((number,),) = _INSERT.run(connection, row)
    return int(number)


def row_of(draft: Draft, state: State, reasons: Sequence[str]) -> dict[str, object]:
    received = stored_moment(draft.received)
    return {
        "entry": draft.entry,
        "parent": draft.parent,
        "kind": draft.kind,
        "state": state.value,
        "reasons": json.dumps(list(reasons), ensure_ascii=False),
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
    said = json.dumps([draft.entry, draft.parent, draft.author, draft.body])
    return hashlib.sha256(said.encode()).hexdigest()


def find_repeat(connection: sa.Connection, draft: Draft, likeness: object) -> Filed | None:
    recent = stored_moment(draft.received - REPEAT_WITHIN)
    found = _REPEAT.run(connection, {"likeness": likeness, "recent": recent, "key": draft.key or None})
    if not found:
        return None
    return filed_of(connection.execute(sa.select(COMMENT).where(COMMENT.c.id == found[0][0])).one())


def was_accepted(connection: sa.Connection, sender: str | None, reader: str | None) -> bool:
    proofs = {"sender": sender, "reader": reader}
    return any(_ACCEPTED[name].run(connection, {name: value}) for name, value in proofs.items() if value)


def count_since(connection: sa.Connection, client: str, since: datetime) -> tuple[int, datetime | None]:
    ((number, first),) = _RECENT.run(connection, {"client": client, "since": stored_moment(since)})
    return number, None if first is None else moment_of(first)
