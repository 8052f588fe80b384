"""Comments brought from elsewhere and taken along, within one transaction each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from pressframe_comments._acts import number_of
from pressframe_comments._folding import fold_address, sought
from pressframe_comments._persons import Suppression
from pressframe_comments._reasons import write_reasons
from pressframe_comments._store import Brought, Filed, Record, State
from pressframe_comments._tables import COMMENT, HISTORY, SHOWN, count_up, id_of, step_of, write_texts


def bring(connection: sa.Connection, records: Sequence[Record], suppression: Suppression) -> tuple[Brought, ...]:
    """Store those of *records* that are not there, and say of each what became of it."""
    brought = [_bring(connection, record, suppression) for record in records]
    if Brought.NEW in brought and connection.dialect.name == "postgresql":  # whose counter does not see ids of ours
        connection.execute(
            sa.text(
                "SELECT setval(pg_get_serial_sequence('comments_comment', 'id'), greatest("
                "(SELECT max(id) FROM comments_comment), (SELECT last_value FROM comments_comment_id_seq)))"
            )
        )
    pairs = zip(records, brought, strict=True)
    new = [record.filed for record, what in pairs if what is Brought.NEW]
    count_up(connection, [filed.comment.entry for filed in new if filed.state is State.APPROVED])
    return tuple(brought)


def _bring(connection: sa.Connection, record: Record, suppression: Suppression) -> Brought:
    filed, comment = record.filed, record.filed.comment
    is_own = comment.id[0] == "c" and number_of(comment.id) is not None and comment.id == f"c{number_of(comment.id)}"
    name = None if is_own else comment.id
    here = COMMENT.c.id == number_of(comment.id) if is_own else COMMENT.c.name == name
    there = connection.execute(sa.select(COMMENT).where(here)).one_or_none()
    if there is not None:
        is_same = (there.name, there.entry, there.received) == (name, comment.entry, comment.received)
        return Brought.KNOWN if is_same else Brought.TAKEN
    if suppression.has(connection, filed.email):
        return Brought.ERASED
    own = {"id": number_of(comment.id)} if is_own else {"name": name}
    inserted = connection.execute(sa.insert(COMMENT).values(_values(filed) | own).returning(COMMENT.c.id))
    number = inserted.scalar_one()
    if record.steps:
        connection.execute(sa.insert(HISTORY), [_step(step, number) for step in record.steps])
    return Brought.NEW


def _values(filed: Filed) -> dict[str, Any]:
    comment = filed.comment
    return {
        **{name: getattr(comment, name) for name in ("entry", *SHOWN)},
        **{name: getattr(filed, name) for name in ("email", "client", "agent", "referrer", "sender", "version")},
        "state": filed.state.value,
        "reasons": write_reasons(filed.reasons),
        "changed": filed.changed,
        "edited": filed.edited,
        "likeness": "",  # it repeats nothing that is being sent
        "person": fold_address(filed.email),
        "sought": sought(comment.author, comment.body),
    }


def _step(step: Any, number: int) -> dict[str, Any]:
    states = {"before": step.before.value, "after": step.after.value}
    known = {"act": step.act, "version": step.version, "at": step.at, "by": step.by}
    return {**known, **states, "comment": number, "texts": write_texts(step.texts) if step.texts else None}


def with_steps(connection: sa.Connection, comments: Sequence[Filed]) -> Iterator[Record]:
    """Yield *comments*, each with its history."""
    changed = [filed.comment.id for filed in comments if filed.version > 1]
    numbers = {number for id in changed if (number := number_of(id)) is not None}
    is_own = sa.and_(COMMENT.c.id.in_(numbers), COMMENT.c.name.is_(None))
    wanted = sa.select(COMMENT.c.name, HISTORY).join_from(HISTORY, COMMENT, HISTORY.c.comment == COMMENT.c.id)
    wanted = wanted.where(sa.or_(is_own, COMMENT.c.name.in_(changed))).order_by(HISTORY.c.id)
    steps: Mapping[str, list[Any]] = defaultdict(list)
    for row in connection.execute(wanted):
        id = id_of(row.comment, row.name)
        steps[id].append(step_of(row, id))
    for filed in comments:
        yield Record(filed=filed, steps=tuple(steps[filed.comment.id]))
