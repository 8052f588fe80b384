"""What moderators do, within one transaction each: move, edit, restore, undo, delete; with a history of it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeAlias

import attrs
import sqlalchemy as sa

from pressframe.errors import StoreError
from pressframe_comments._folding import sought
from pressframe_comments._reasons import read_reasons, write_reasons
from pressframe_comments._store import Act, ConflictError, Filed, State, Texts
from pressframe_comments._tables import COMMENT, HISTORY, count_up, filed_of, id_of, step_of, write_texts

_AT_ONCE = 500
"""How many comments one statement names: databases have limits."""

Row: TypeAlias = "sa.Row[Any]"  # SQLAlchemy's own type for a row of a table


@attrs.frozen
class Hand:
    """Who acts, and when."""

    by: str
    at: datetime


@attrs.frozen
class Aim:
    """What a comment is to become; None leaves it as it is."""

    row: Row
    state: State | None = None
    texts: Texts | None = None

    @property
    def is_edit(self) -> bool:
        """True if it changes the texts."""
        return self.texts not in (None, _texts_of(self.row))

    @property
    def is_reached(self) -> bool:
        """True if it is so already."""
        return self.state in (None, State(self.row.state)) and not self.is_edit


def number_of(id: str) -> int | None:
    """Return the row of the comment called ``c17`` or ``17``; None if that can be no comment of ours."""
    digits = id.removeprefix("c")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 18 else None


def find(connection: sa.Connection, ids: Collection[str]) -> dict[str, Row]:
    """Return the rows of those of *ids* that are there, by their full ids."""
    rows: dict[str, Row] = {}
    waiting = iter(ids)
    while some := list(islice(waiting, _AT_ONCE)):
        numbers = {number for id in some if (number := number_of(id)) is not None}
        is_own = sa.and_(COMMENT.c.id.in_(numbers), COMMENT.c.name.is_(None))
        found = connection.execute(sa.select(COMMENT).where(sa.or_(is_own, COMMENT.c.name.in_(some))))
        rows |= {id_of(row.id, row.name): row for row in found}
    return rows


def fetch(connection: sa.Connection, ids: Collection[str]) -> list[Row]:
    """Return the row of each of *ids*, once, in their order.

    Raises:
        StoreError: One of them is unknown.
    """
    rows = find(connection, ids)
    named = {id: id if id in rows else f"c{number_of(id)}" for id in ids}
    missing = [id for id, name in named.items() if name not in rows]
    if missing:
        raise unknown(missing)
    return [rows[name] for name in dict.fromkeys(named.values())]


def unknown(ids: Sequence[str]) -> StoreError:
    """Return the error for comments that are not there."""
    return StoreError(
        f"there is no comment {', '.join(ids)}; nothing was changed",
        fix="`pressframe comments list --state all` shows all that are stored; those in files are moderated by hand",
    )


def act(connection: sa.Connection, aims: Iterable[Aim], hand: Hand) -> Act:
    """Do what is not so already, at one stroke."""
    open_aims = [aim for aim in aims if not aim.is_reached]
    if not open_aims:
        return Act()
    id = secrets.token_hex(6)
    connection.execute(sa.insert(HISTORY), [_step(aim, id, hand) for aim in open_aims])
    for aim in open_aims:
        if aim.texts is not None:
            _write(connection, aim.row, aim.texts, hand.at)
    for state in {aim.state for aim in open_aims if aim.state is not None}:
        moved = [aim.row.id for aim in open_aims if aim.state is state and State(aim.row.state) is not state]
        put(connection, moved, state=state.value, changed=hand.at)
    put(connection, [aim.row.id for aim in open_aims], version=COMMENT.c.version + 1)
    touched = [aim.row.entry for aim in open_aims if State.APPROVED in (State(aim.row.state), aim.state)]
    count_up(connection, touched)
    rows = fetch(connection, [id_of(aim.row.id, aim.row.name) for aim in open_aims])
    names = {row.id: id_of(row.id, row.name) for row in rows}
    done = connection.execute(sa.select(HISTORY).where(HISTORY.c.act == id).order_by(HISTORY.c.id))
    steps = tuple(step_of(step, names[step.comment]) for step in done)
    return Act(id=id, changed=tuple(filed_of(row) for row in rows), steps=steps)


def check(connection: sa.Connection, rows: Iterable[Row], expected: Mapping[str, int]) -> None:
    """Make sure that *rows* have the versions *expected* of them.

    Raises:
        ConflictError: Some have not.
    """
    names = {id: id for id in expected} | {f"c{number_of(id)}": id for id in expected if id.isdigit()}
    wanted = [(row, expected[names[id]]) for row in rows if (id := id_of(row.id, row.name)) in names]
    changed = [row for row, version in wanted if row.version != version]
    if changed:
        raise conflict(connection, changed)


def conflict(connection: sa.Connection, rows: Iterable[Row]) -> ConflictError:
    """Return the error that says who has changed *rows*, and how."""
    steps, words = [], []
    for row in rows:
        id = id_of(row.id, row.name)
        last = connection.execute(
            sa.select(HISTORY).where(HISTORY.c.comment == row.id).order_by(HISTORY.c.id.desc()).limit(1)
        ).one_or_none()
        if last is None:
            words.append(f"{id} was changed meanwhile")
            continue
        step = step_of(last, id)
        steps.append(step)
        what = "edited" if step.texts is not None else f"moved from {step.before.value} to {step.after.value}"
        words.append(f"{id} was {what} by {step.by or 'pressframe itself'} at {step.at:%Y-%m-%d %H:%M:%S} UTC")
    error = ConflictError(f"{'; '.join(words)}; nothing was changed", fix="look at it again, then decide")
    error.steps = tuple(steps)
    return error


def restore(connection: sa.Connection, rows: Iterable[Row]) -> list[Aim]:
    """Return the aim that takes each of *rows* out of trash or spam, to where it was before; pending if unknown."""
    out = (State.TRASH.value, State.SPAM.value)
    aims = []
    for row in rows:
        if row.state not in out:
            continue
        into = sa.select(HISTORY.c.before).where(HISTORY.c.comment == row.id, HISTORY.c.before.not_in(out))
        before = connection.scalar(into.order_by(HISTORY.c.id.desc()).limit(1))
        aims.append(Aim(row, state=State(before) if before else State.PENDING))
    return aims


def undo(connection: sa.Connection, id: str) -> list[Aim]:
    """Return what puts back all that the act called *id* has changed.

    Raises:
        StoreError: There is no such act, or a comment of it was deleted.
        ConflictError: A comment was changed after it.
    """
    steps = connection.execute(sa.select(HISTORY).where(HISTORY.c.act == id).order_by(HISTORY.c.id)).all()
    if not steps:
        raise StoreError(
            f"there is no act {id} to be undone", fix="what was deleted for ever, or moved into files, stays so"
        )
    rows: dict[int, Row] = {}
    for start in range(0, len(steps), _AT_ONCE):
        numbers = [step.comment for step in steps[start : start + _AT_ONCE]]
        rows |= {row.id: row for row in connection.execute(sa.select(COMMENT).where(COMMENT.c.id.in_(numbers)))}
    later = [rows[step.comment] for step in steps if rows[step.comment].version != step.version]
    if later:
        raise conflict(connection, later)
    pairs = [(rows[step.comment], step_of(step, "")) for step in steps]
    return [Aim(row, state=step.before, texts=step.texts) for row, step in pairs]


def delete(connection: sa.Connection, rows: Sequence[Row]) -> tuple[Filed, ...]:
    """Delete *rows* and all that was noted of them."""
    for start in range(0, len(rows), _AT_ONCE):
        numbers = [row.id for row in rows[start : start + _AT_ONCE]]
        connection.execute(sa.delete(HISTORY).where(HISTORY.c.comment.in_(numbers)))
        connection.execute(sa.delete(COMMENT).where(COMMENT.c.id.in_(numbers)))
    count_up(connection, [row.entry for row in rows if row.state == State.APPROVED.value])
    return tuple(filed_of(row) for row in rows)


def _texts_of(row: Row) -> Texts:
    return Texts(author=row.author, url=row.url, body=row.body)


def _step(aim: Aim, act: str, hand: Hand) -> dict[str, Any]:
    before = _texts_of(aim.row)
    if aim.texts is not None and aim.texts.reasons is not None:
        before = attrs.evolve(before, reasons=read_reasons(aim.row.reasons))
    return {
        "act": act,
        "comment": aim.row.id,
        "version": aim.row.version + 1,
        "at": hand.at,
        "by": hand.by,
        "before": aim.row.state,
        "after": (aim.state or State(aim.row.state)).value,
        "texts": write_texts(before) if aim.is_edit else None,
    }


def _write(connection: sa.Connection, row: Row, texts: Texts, at: datetime) -> None:
    values = {"author": texts.author, "url": texts.url, "body": texts.body, "sought": sought(texts.author, texts.body)}
    if texts.reasons is not None:
        values["reasons"] = write_reasons(texts.reasons)
    connection.execute(sa.update(COMMENT).where(COMMENT.c.id == row.id).values(**values, edited=at))


def put(connection: sa.Connection, numbers: Sequence[int], **values: Any) -> None:
    """Set columns in the rows called *numbers*."""
    for start in range(0, len(numbers), _AT_ONCE):
        some = COMMENT.c.id.in_(numbers[start : start + _AT_ONCE])
        connection.execute(sa.update(COMMENT).where(some).values(**values))
