"""When new comments are mailed: the first at once, and what comes soon after it together, however much that is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import attrs
import sqlalchemy as sa

from pressframe.model import Card, Comment, Host, Json
from pressframe_admin import Account, Role, accounts
from pressframe_comments import State, comment_store
from pressframe_sql import Database, database
from pressframe_sql.limits import SET_BACK
from pressframe_sql.statements import Prepared, insert_into
from pressframe_sql.types import Moment

GATHER, SEND = "moderation.gather", "moderation.mail"
"""The jobs: see what is new, for everybody; mail it to one of them."""
SHOWN = 20
"""So many comments are in one mail at most: of a flood no more is even noted."""

_LATE = timedelta(seconds=10)
"""How long after its moment a mail leaves, so that comments that are just being stored are in it."""
_LOST = timedelta(hours=1)
"""So long after its moment a mail is planned anew that should have taken what waits."""
_TABLES = sa.MetaData()
MAILING = sa.Table(
    "moderation_mailing",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),  # 1: there is one row
    sa.Column("planned", Moment, nullable=False),  # when the last mail was to leave, or the next one is
)
NEWS = sa.Table(
    "moderation_news",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),  # of the entry
    sa.Column("authors", sa.Text, nullable=False),  # slugs of the entry's, as JSON
    sa.Column("gated", sa.Boolean, nullable=False),  # strangers may not read it: the mail doesn't say what it says
)

_NOTED = sa.select(sa.func.count()).select_from(NEWS)
_COUNT = Prepared(_NOTED)


@attrs.frozen(kw_only=True)
class Wishes:
    """What is to be mailed, to whom, how often; as in the settings."""

    to: tuple[str, ...]
    every: timedelta
    everything: bool

    def has(self, account: Account, authors: Sequence[str]) -> bool:
        """Tell whether *account* wants a comment on an entry by *authors*, and may see it."""
        is_theirs = account.role is not Role.AUTHOR or account.author in authors
        wants_own = Role.AUTHOR.value in self.to and account.author in authors
        named = account.role is not Role.AUTHOR and account.role.value in self.to
        return is_theirs and (named or wants_own or account.address in self.to)


class Mailing:
    """Plans the mails of one site. However many comments come, the database is written a few times for each mail."""

    def __init__(self, host: Host, wishes: Wishes) -> None:
        self._host = host
        self._wishes = wishes

    @property
    def _db(self) -> Database:
        return database(self._host)

    def note(self, comment: Comment, entry: Card | None) -> None:
        """See to it that *comment*, which has just been stored, is mailed."""
        if self._db.fetch(_COUNT, {})[0][0] >= SHOWN:
            return
        filed = comment_store(self._host).get(comment.id)
        moment = filed.changed if filed else comment.received  # later, for one that its sender has edited
        row = {
            "comment": comment.id,
            "title": entry.title if entry else "",
            "authors": json.dumps([author.slug for author in entry.authors] if entry else []),
            "gated": entry is None or entry.gated,  # of an entry that is not at hand nobody knows
        }

        def work(connection: sa.Connection) -> None:
            planned = _locked(connection)
            noted = connection.scalar(_NOTED) or 0
            if noted == 0 or planned is None or not self._is_to_come(planned, moment):
                self._plan(connection, planned, moment)
            if noted < SHOWN:
                connection.execute(sa.insert(NEWS).values(row))

        self._db.write(work)

    def _is_to_come(self, planned: datetime, now: datetime) -> bool:
        """Tell whether what waits is in a mail that was planned: its job may be lost, or dated by a wrong clock."""
        return now - _LOST < planned <= now + self._wishes.every + SET_BACK

    def _plan(self, connection: sa.Connection, before: datetime | None, now: datetime) -> None:
        """Plan a mail of what waits, some time after the one *before*."""
        planned = now if before is None else max(now, before + self._wishes.every)
        if planned > now + self._wishes.every + SET_BACK:
            planned = now
        row = {"id": 1, "planned": planned}
        known = insert_into(connection, MAILING).values(row)
        connection.execute(known.on_conflict_do_update(index_elements=["id"], set_=row))
        self._db.enqueue(connection, GATHER, {"until": planned.isoformat()}, due=planned + _LATE)

    def gather(self, payload: Mapping[str, Json]) -> None:
        """Have everybody mailed what is new and not decided yet; what a job runs."""
        until = datetime.fromisoformat(str(payload["until"]))
        with self._db.read() as connection:
            news = connection.execute(sa.select(NEWS).order_by(NEWS.c.id)).all()
        filed = comment_store(self._host).find([one.comment for one in news])
        states = (State.PENDING, State.APPROVED) if self._wishes.everything else (State.PENDING,)
        open_ones = [one for one in news if one.comment in filed and filed[one.comment].state in states]
        mails = {account.id: self._of(account, open_ones) for account in accounts(self._host)}

        def work(connection: sa.Connection) -> None:
            planned = _locked(connection)
            gone = connection.execute(sa.delete(NEWS).where(NEWS.c.id.in_([one.id for one in news])))
            if gone.rowcount != len(news):
                raise RuntimeError("another process mails the same comments")  # rolled back, and looked at again
            for account, comments in mails.items():
                if comments:
                    key = f"{SEND}:{account}:{news[-1].id}"
                    self._db.enqueue(connection, SEND, {"account": account, "comments": comments}, key=key)
            if connection.scalar(_NOTED):  # what was noted since was taken to be in this mail
                self._plan(connection, planned, until)

        if news:
            self._db.write(work)

    def _of(self, account: Account, news: Sequence[sa.Row[Any]]) -> list[Json]:  # SQLAlchemy's own type for a row
        """Return what *account* wants to know."""
        return [
            {"id": one.comment, "title": one.title, "gated": one.gated}
            for one in news
            if self._wishes.has(account, json.loads(one.authors))
        ]


def _locked(connection: sa.Connection) -> datetime | None:
    """Return for when a mail was last planned; nobody else notes or takes anything until the transaction is over."""
    planned: datetime | None = connection.scalar(sa.select(MAILING.c.planned).with_for_update())
    return planned
