"""When new comments are mailed: the first at once, and what comes soon after it together, however much that is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import sqlalchemy as sa

from pressframe.model import Card, Comment, Host, Json
from pressframe_admin import Account, Role, accounts
from pressframe_comments import State, comment_store
from pressframe_moderation._noted import Noted
from pressframe_sql import Database, database
from pressframe_sql.types import Moment

GATHER, SEND = "moderation.gather", "moderation.mail"
"""The jobs: see what is new, for everybody; mail it to one of them."""
SHOWN = 20
"""So many comments are in one mail at most: of a flood no more is even noted."""

_LATE = timedelta(seconds=10)
"""How long after its moment a mail leaves, so that comments that are just being stored are in it."""
_TABLES = sa.MetaData()
MAILING = sa.Table(
    "moderation_mailing",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),  # 1: there is one row
    sa.Column("planned", Moment, nullable=False),  # what was received until then is in a mail that is planned, or left
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

    def __init__(self, host: Host, wishes: Wishes, noted: Noted) -> None:
        self._host = host
        self._wishes = wishes
        self._noted = noted

    @property
    def _db(self) -> Database:
        return database(self._host)

    def note(self, comment: Comment, entry: Card | None) -> None:
        """See to it that *comment*, which has just been stored, is mailed."""
        planned = self._noted.planned
        if planned is not None and comment.received <= planned and self._noted.comments >= SHOWN:
            return
        filed = comment_store(self._host).get(comment.id)
        moment = filed.changed if filed else comment.received  # later, for one that its sender has edited
        row = {
            "comment": comment.id,
            "title": entry.title if entry else "",
            "authors": json.dumps([author.slug for author in entry.authors] if entry else []),
            "gated": entry is None or entry.gated,  # of an entry that is not at hand nobody knows
        }

        def work(connection: sa.Connection) -> tuple[datetime, int]:
            planned = self._plan(connection, moment)
            noted = connection.scalar(sa.select(sa.func.count()).select_from(NEWS)) or 0
            if noted < SHOWN:
                connection.execute(sa.insert(NEWS).values(row))
            return planned, noted + 1

        self._noted.planned, self._noted.comments = self._db.write(work)

    def _plan(self, connection: sa.Connection, received: datetime) -> datetime:
        """Return until when what waits is in a mail that is planned; plan one if *received* is later."""
        before: datetime | None = connection.scalar(sa.select(MAILING.c.planned))
        if before is not None and received <= before:
            return before
        if before is None:
            planned = received
            connection.execute(sa.insert(MAILING).values(id=1, planned=planned))
        else:
            planned = max(received, before + self._wishes.every)
            connection.execute(sa.update(MAILING).values(planned=planned))
        until = planned.astimezone(UTC).isoformat()
        self._db.enqueue(connection, GATHER, {"until": until}, key=f"{GATHER}:{until}", due=planned + _LATE)
        return planned

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
            gone = connection.execute(sa.delete(NEWS).where(NEWS.c.id.in_([one.id for one in news])))
            if gone.rowcount != len(news):
                raise RuntimeError("another process mails the same comments")  # rolled back, and looked at again
            for account, comments in mails.items():
                if comments:
                    key = f"{SEND}:{account}:{until.isoformat()}"
                    self._db.enqueue(connection, SEND, {"account": account, "comments": comments}, key=key, due=until)

        if news:
            self._db.write(work)
        self._noted.comments = 0

    def _of(self, account: Account, news: Sequence[sa.Row[Any]]) -> list[Json]:  # SQLAlchemy's own type for a row
        """Return what *account* wants to know."""
        return [
            {"id": one.comment, "title": one.title, "gated": one.gated}
            for one in news
            if self._wishes.has(account, json.loads(one.authors))
        ]
