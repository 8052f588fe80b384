"""What was learned, in two tables: counts of words, and from which comment they are, so that it can be taken back."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime

import attrs
import sqlalchemy as sa

from pressframe.model import Host, Json
from pressframe_bayes._score import Counts
from pressframe_bayes._tokens import Sample, storable
from pressframe_sql import database
from pressframe_sql.statements import Prepared, insert_into
from pressframe_sql.types import Moment

_METADATA = sa.MetaData()
TOKEN = sa.Table(
    "bayes_token",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("token", sa.Text, nullable=False, unique=True),  # "" counts the texts themselves
    sa.Column("spam", sa.Integer, nullable=False),
    sa.Column("ham", sa.Integer, nullable=False),
    sa.Column("seen", Moment, nullable=False),  # when it was last learned
)
LEARNED = sa.Table(
    "bayes_learned",
    _METADATA,
    sa.Column("comment", sa.Text, primary_key=True),
    sa.Column("is_spam", sa.Boolean, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("tokens", sa.Text),  # JSON, ids of TOKEN; NULL: an equal text was counted already
    sa.Column("at", Moment, nullable=False),
)
ALL = ""
REMEMBERED = 20_000
"""Of so many comments, the newest, it is known that they were learned; older ones stay counted for good."""


def _recall(listed: sa.TableValuedAlias) -> sa.Select[str, int, int]:
    """Return the query for the tokens in a list: as one parameter, it takes a third of the time that hundreds take."""
    return sa.select(TOKEN.c.token, TOKEN.c.spam, TOKEN.c.ham).where(TOKEN.c.token.in_(sa.select(listed.c.value)))


_TOKENS = sa.bindparam("tokens", type_=sa.Text)
_RECALL = Prepared(
    _recall(sa.func.json_each(_TOKENS).table_valued("value")),
    postgresql=_recall(sa.func.json_array_elements_text(sa.cast(_TOKENS, sa.JSON)).table_valued("value")),
)


@attrs.frozen
class Known:
    """A token with its counts."""

    token: str
    counts: Counts


@attrs.frozen
class Memory:
    """What *host*'s site has learned; every method may raise StoreError.

    Attributes:
        most_tokens: When there are more, the rarest are forgotten, of those the ones not seen for longest.
    """

    host: Host
    most_tokens: int

    # ------------------------------------------------------------------------------------------ looking

    def recall(self, tokens: Collection[str]) -> tuple[Counts, dict[str, Counts]]:
        """Return how many texts were learned, and the counts of those of *tokens* that are known: one query."""
        base = database(self.host)
        if not base.exists():
            return Counts(0, 0), {}
        rows = base.fetch(_RECALL, {"tokens": json.dumps([ALL, *storable(tokens)])})
        found = {token: Counts(spam, ham) for token, spam, ham in rows}
        return found.pop(ALL, Counts(0, 0)), found

    def strongest(self, count: int) -> tuple[list[Known], list[Known], int]:
        """Return the tokens met most often in spam and not in ham, the other way round, and how many there are."""
        base = database(self.host)
        if not base.exists():
            return [], [], 0
        lean, own = TOKEN.c.spam - TOKEN.c.ham, TOKEN.c.token != ALL
        to_spam = sa.select(TOKEN).where(own, lean > 0).order_by(lean.desc(), TOKEN.c.token).limit(count)
        to_ham = sa.select(TOKEN).where(own, lean < 0).order_by(lean, TOKEN.c.token).limit(count)
        with base.read() as connection:
            spam, ham = (
                [Known(row.token, Counts(row.spam, row.ham)) for row in connection.execute(wanted)]
                for wanted in (to_spam, to_ham)
            )
            number = connection.scalar(sa.select(sa.func.count()).select_from(TOKEN).where(own)) or 0
        return spam, ham, number

    def counted(self, ids: Collection[str]) -> dict[str, bool]:
        """Return those of the comments called *ids* that were learned and counted, each with whether as spam."""
        if not database(self.host).exists():
            return {}
        mine = LEARNED.c.comment.in_(list(ids)), LEARNED.c.tokens.is_not(None)
        with database(self.host).read() as connection:
            found = connection.execute(sa.select(LEARNED.c.comment, LEARNED.c.is_spam).where(*mine))
            return {row.comment: row.is_spam for row in found}

    # ----------------------------------------------------------------------------------------- learning

    def learn(self, samples: Sequence[tuple[str, Sample, bool]], now: datetime) -> int:
        """Learn comments, each its id, what it holds and whether it is spam; return how many were news.

        A comment that was learned the other way is first taken back; an equal text counts once.
        """

        def work(connection: sa.Connection) -> int:
            news = sum(_learn(connection, id, sample, is_spam=is_spam, now=now) for id, sample, is_spam in samples)
            if news:
                _bound(connection, self.most_tokens)
            return news

        return database(self.host).write(work)

    def unlearn(self, ids: Collection[str], *, but_spam: bool = False) -> int:
        """Take back what was learned of the comments called *ids*; return of how many something was.

        Args:
            but_spam: True leaves what was learned as spam.
        """
        if not database(self.host).exists():
            return 0
        return database(self.host).write(lambda to: sum(_unlearn(to, id, but_spam=but_spam) for id in ids))

    def erase(self, connection: sa.Connection, ids: Collection[str]) -> int:
        """Take back, in the transaction of *connection*, what was learned of *ids*, and return how many it was."""
        return sum(_unlearn(connection, id) for id in ids)

    def lessons(self, connection: sa.Connection, ids: Collection[str]) -> list[dict[str, Json]]:
        """Return what was learned of the comments called *ids*: each with its words."""
        rows = connection.execute(sa.select(LEARNED).where(LEARNED.c.comment.in_(list(ids)))).all()
        told: list[dict[str, Json]] = []
        for row in rows:
            wanted = sa.select(TOKEN.c.token).where(TOKEN.c.id.in_(json.loads(row.tokens or "[]")))
            words: list[Json] = [*connection.scalars(wanted.order_by(TOKEN.c.token))]
            told.append({"comment": row.comment, "spam": row.is_spam, "at": row.at.isoformat(), "words": words})
        return told

    def clear(self) -> None:
        """Forget everything."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(LEARNED))
            connection.execute(sa.delete(TOKEN))

        if database(self.host).exists():
            database(self.host).write(work)


def _learn(connection: sa.Connection, id: str, sample: Sample, *, is_spam: bool, now: datetime) -> bool:
    before = connection.scalar(sa.select(LEARNED.c.is_spam).where(LEARNED.c.comment == id))
    if before is not None:
        if before == is_spam:
            return False
        _unlearn(connection, id)
    equal = sa.select(LEARNED.c.comment).where(LEARNED.c.digest == sample.digest, LEARNED.c.is_spam == is_spam)
    is_new = connection.scalar(equal.limit(1)) is None
    ids = _count(connection, sample.tokens, is_spam=is_spam, now=now) if is_new else None
    row = {
        "comment": id,
        "is_spam": is_spam,
        "digest": sample.digest,
        "tokens": None if ids is None else json.dumps(ids),
        "at": now,
    }
    connection.execute(sa.insert(LEARNED), row)
    return True


def _count(connection: sa.Connection, tokens: Collection[str], *, is_spam: bool, now: datetime) -> list[int]:
    """Count *tokens*, and the text itself, up by one; return the ids of the tokens."""
    found = sorted({ALL, *storable(tokens)})  # in one order, so that two writers never wait for each other
    rows = [{"token": token, "spam": 0, "ham": 0, "seen": now} for token in found]
    connection.execute(insert_into(connection, TOKEN).on_conflict_do_nothing(index_elements=["token"]), rows)
    column = TOKEN.c.spam if is_spam else TOKEN.c.ham
    counted = sa.update(TOKEN).where(TOKEN.c.token.in_(found)).values({column: column + 1, TOKEN.c.seen: now})
    return [id for id, token in connection.execute(counted.returning(TOKEN.c.id, TOKEN.c.token)) if token != ALL]


def _unlearn(connection: sa.Connection, id: str, *, but_spam: bool = False) -> bool:
    mine = [LEARNED.c.comment == id, *([LEARNED.c.is_spam.is_(False)] if but_spam else [])]
    row = connection.execute(sa.delete(LEARNED).where(*mine).returning(LEARNED)).one_or_none()
    if row is None:
        return False
    if row.tokens is None:
        return True
    same = sa.select(LEARNED.c.comment).where(LEARNED.c.digest == row.digest, LEARNED.c.is_spam == row.is_spam)
    heir = connection.scalar(same.limit(1))
    if heir is not None:  # an equal text is still there, and is counted from now on
        connection.execute(sa.update(LEARNED).where(LEARNED.c.comment == heir).values(tokens=row.tokens))
        return True
    column = TOKEN.c.spam if row.is_spam else TOKEN.c.ham
    theirs = sa.or_(TOKEN.c.id.in_(json.loads(row.tokens)), TOKEN.c.token == ALL)
    connection.execute(sa.update(TOKEN).where(theirs, column > 0).values({column: column - 1}))
    connection.execute(sa.delete(TOKEN).where(TOKEN.c.spam + TOKEN.c.ham == 0))
    return True


def _bound(connection: sa.Connection, most: int) -> None:
    """Keep both tables within their bounds; a tenth more is forgotten, so that it is not to be done each time."""
    number = connection.scalar(sa.select(sa.func.count()).select_from(TOKEN)) or 0
    if number > most + 1:
        worth = sa.select(TOKEN.c.id).where(TOKEN.c.token != ALL).order_by(TOKEN.c.spam + TOKEN.c.ham, TOKEN.c.seen)
        connection.execute(sa.delete(TOKEN).where(TOKEN.c.id.in_(worth.limit(number - most + most // 10))))
    known = connection.scalar(sa.select(sa.func.count()).select_from(LEARNED)) or 0
    if known > REMEMBERED:
        oldest = sa.select(LEARNED.c.comment).order_by(LEARNED.c.at).limit(known - REMEMBERED + REMEMBERED // 10)
        connection.execute(sa.delete(LEARNED).where(LEARNED.c.comment.in_(oldest)))
