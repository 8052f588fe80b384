"""Who has new comments mailed: what they asked for, whether the address is theirs, and what is to be told them.

Nothing is mailed to an address before its owner has confirmed it, but the question itself, at most once an hour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import attrs
import sqlalchemy as sa

from pressframe.model import Card, Comment, Host, Json
from pressframe_comments._store import Filed
from pressframe_sql import Database, PersonalData, database
from pressframe_sql.limits import SET_BACK, Asked, asked_table
from pressframe_sql.statements import Prepared, insert_into
from pressframe_sql.types import Moment
from pressframe_web.identity import disguise

CONFIRM, MAIL = "comments.confirm", "comments.mail"
"""The jobs: ask whether an address is theirs; mail what is new."""

_HOUR = timedelta(hours=1)
_KEPT = timedelta(days=3)
"""How long a wish waits to be confirmed."""
_GATHERED = timedelta(minutes=10)
"""New comments of so long come in one mail."""
_LATE = timedelta(minutes=1)
"""How long after that it leaves, so that what is just being noted is in it."""

_TABLES = sa.MetaData()
FOLLOWER = sa.Table(
    "comments_follower",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("folded", sa.Text, nullable=False),
    sa.Column("asked", Moment),  # when the last question was mailed
    sa.Column("confirmed", Moment),
    sa.Column("sender", sa.Text),  # the browser that confirmed it last, as comments know it
    sa.Column("reader", sa.Text),  # who was signed in then
)
FOLLOW = sa.Table(
    "comments_follow",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("follower", sa.Integer, sa.ForeignKey(FOLLOWER.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("entry", sa.Text, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),  # whose answers are wanted; empty for all comments
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("made", Moment, nullable=False),
    sa.Column("confirmed", Moment),
)
_WAITS = Prepared(
    sa.select(FOLLOW.c.id)
    .where(FOLLOW.c.entry == sa.bindparam("entry", type_=sa.Text), FOLLOW.c.confirmed.is_not(None))
    .limit(1)
)
ASKED = asked_table("comments_asked", _TABLES)
NEWS = sa.Table(
    "comments_news",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("follow", sa.Integer, sa.ForeignKey(FOLLOW.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("gated", sa.Boolean, nullable=False),  # strangers may not read it: the mail doesn't say what it says
)


@attrs.frozen(kw_only=True)
class Wish:
    """What a reader asks for with a comment.

    Attributes:
        replies: They want the answers to it.
        everything: They want all new comments under the entry.
        sender: The browser, as a signed cookie proves.
        reader: ``id`` of the signed-in reader; None for a stranger.
        client: Network address, shortened: on whose word the address's owner is asked.
    """

    filed: Filed
    card: Card
    replies: bool
    everything: bool
    sender: str | None
    reader: str | None
    client: str


@attrs.frozen(kw_only=True)
class Following:
    """One thing that somebody has mailed, or wants to.

    Attributes:
        comment: ``id`` of the comment whose answers they are; empty for all comments under the entry.
    """

    id: int
    entry: str
    comment: str
    title: str


def asked_for(wishes: Sequence[Following]) -> list[Json]:
    """Return what somebody is to confirm, as templates show it: a title each, and whether only answers are meant."""
    everything = {one.entry for one in wishes if not one.comment}
    told = {one.entry: one.title for one in wishes}
    return [{"title": title, "answers_only": entry not in everything} for entry, title in told.items()]


@attrs.frozen(kw_only=True)
class News:
    """A new comment that is to be told; ``is_gated`` if not everybody may read it."""

    id: int
    follow: int
    comment: str
    title: str
    is_gated: bool


@attrs.frozen
class Followers:
    """All that is written and read about who follows conversations of one site."""

    _host: Host

    @property
    def _db(self) -> Database:
        return database(self._host)

    def ask(self, wish: Wish, now: datetime) -> None:
        """Note what is wanted; it counts at once where this browser or reader has proved the address before.

        Else the address is asked, unless it was within the hour, or too many were on one client's word or of one
        domain; who comments again later is asked then.
        """
        filed = wish.filed
        about = [*([filed.comment.id] if wish.replies else []), *([""] if wish.everything else [])]

        def work(connection: sa.Connection) -> None:
            self._tidy(connection, now)
            id = _find_or_add(connection, filed.email)
            who = connection.execute(sa.select(FOLLOWER).where(FOLLOWER.c.id == id)).one()
            is_proved = who.confirmed is not None and (
                (wish.sender is not None and wish.sender == who.sender)
                or (wish.reader is not None and wish.reader == who.reader)
            )
            rows = [
                {
                    "follower": id,
                    "entry": wish.card.id,
                    "comment": comment,
                    "title": wish.card.title,
                    "made": now,
                    "confirmed": now if is_proved else None,
                }
                for comment in about
            ]
            connection.execute(insert_into(connection, FOLLOW).values(rows).on_conflict_do_nothing())
            is_open = sa.exists().where(FOLLOW.c.follower == id, FOLLOW.c.confirmed.is_(None))
            if (
                not is_proved
                and connection.scalar(sa.select(is_open))
                and not (who.asked is not None and now - _HOUR < who.asked <= now + SET_BACK)
                and self._may_ask(connection, wish, now)
            ):
                connection.execute(sa.update(FOLLOWER).where(FOLLOWER.c.id == id).values(asked=now))
                self._db.enqueue(connection, CONFIRM, {"follower": id}, key=f"{CONFIRM}:{id}:{now.isoformat()}")

        self._db.write(work)

    def _may_ask(self, connection: sa.Connection, wish: Wish, now: datetime) -> bool:
        """Note that an address is to be asked by mail, and tell whether not too many were lately."""
        secret, domain = self._host.secret("comments limits"), wish.filed.email.rpartition("@")[2].lower()
        noted = Asked.note(connection, ASKED, disguise(secret, wish.client), disguise(secret, domain), now)
        return not noted.is_too_much

    def find(self, follower: int, *, confirmed: bool) -> tuple[str, tuple[Following, ...]] | None:
        """Return an address and what it follows, or has still to confirm; None if that is nothing."""
        if not self._db.exists():
            return None
        found = sa.select(FOLLOWER.c.address, FOLLOW).join(FOLLOW).where(FOLLOWER.c.id == follower)
        is_so = FOLLOW.c.confirmed.is_not(None) if confirmed else FOLLOW.c.confirmed.is_(None)
        with self._db.read() as connection:
            rows = connection.execute(found.where(is_so).order_by(FOLLOW.c.id)).all()
        if not rows:
            return None
        return rows[0].address, tuple(
            Following(id=row.id, entry=row.entry, comment=row.comment, title=row.title) for row in rows
        )

    def confirm(self, follower: int, now: datetime, *, sender: str | None, reader: str | None) -> bool:
        """Let everything count that waits to be confirmed; return False if nothing does."""

        def work(connection: sa.Connection) -> bool:
            waiting = (FOLLOW.c.follower == follower) & FOLLOW.c.confirmed.is_(None) & (FOLLOW.c.made > now - _KEPT)
            if connection.execute(sa.update(FOLLOW).where(waiting).values(confirmed=now)).rowcount == 0:
                return False
            proof = {"confirmed": now, "sender": sender, "reader": reader}
            connection.execute(sa.update(FOLLOWER).where(FOLLOWER.c.id == follower).values(proof))
            return True

        return self._db.write(work)

    def find_one(self, follow: int) -> Following | None:
        """Return one thing that is followed; None if it is not, or no longer."""
        if not self._db.exists():
            return None
        with self._db.read() as connection:
            row = connection.execute(sa.select(FOLLOW).where(FOLLOW.c.id == follow)).one_or_none()
        if row is None:
            return None
        return Following(id=row.id, entry=row.entry, comment=row.comment, title=row.title)

    def of_person(self, address: str, reader: str) -> tuple[Following, ...]:
        """Return what is mailed to *address*, or was asked for by that *reader*: whoever asks has proved both."""
        if not self._db.exists():
            return ()
        mine = sa.or_(_is_person(address), _is_person(reader))
        found = sa.select(FOLLOW).join(FOLLOWER).where(mine, FOLLOW.c.confirmed.is_not(None))
        with self._db.read() as connection:
            rows = connection.execute(found.order_by(FOLLOW.c.id.desc())).all()
        return tuple(Following(id=row.id, entry=row.entry, comment=row.comment, title=row.title) for row in rows)

    def leave(self, follow: int, *, everything: bool = False) -> None:
        """Mail nothing more of one entry, or nothing at all; harmless if nothing was mailed any more."""

        def work(connection: sa.Connection) -> None:
            row = connection.execute(sa.select(FOLLOW).where(FOLLOW.c.id == follow)).one_or_none()
            if row is None:
                return
            mine = FOLLOW.c.follower == row.follower
            gone = mine if everything else mine & (FOLLOW.c.entry == row.entry)
            connection.execute(sa.delete(NEWS).where(NEWS.c.follow.in_(sa.select(FOLLOW.c.id).where(gone))))
            connection.execute(sa.delete(FOLLOW).where(gone))
            if everything:
                connection.execute(sa.delete(FOLLOWER).where(FOLLOWER.c.id == row.follower))

        self._db.write(work)

    # ----------------------------------------------------------------------------------------------- news

    def are_there(self, entry: str) -> bool:
        """Tell whether anybody waits for more under *entry*; most conversations have nobody."""
        return self._db.exists() and bool(self._db.fetch(_WAITS, {"entry": entry}))

    def note(self, comment: Comment, filed: Filed, *, is_gated: bool, now: datetime) -> None:
        """Note a comment that is shown now, for everybody who wants to know and did not write it; have it mailed."""
        if not self._db.exists():
            return
        wanted = sa.select(FOLLOW.c.id, FOLLOW.c.follower).join(FOLLOWER).where(
            FOLLOW.c.entry == comment.entry,
            FOLLOW.c.confirmed.is_not(None),
            FOLLOW.c.comment.in_(["", comment.parent] if comment.parent else [""]),
            FOLLOWER.c.folded != filed.email.lower(),
        )  # fmt: skip
        with self._db.read() as connection:  # most conversations have nobody who waits for more: nothing is written
            if connection.execute(wanted.limit(1)).one_or_none() is None:
                return
        number = int(now.timestamp() // _GATHERED.total_seconds())

        def work(connection: sa.Connection) -> None:
            told: set[int] = set()
            for follow, follower in connection.execute(wanted.order_by(FOLLOW.c.comment.desc())).all():
                if follower in told:
                    continue
                told.add(follower)
                row = {"follow": follow, "comment": comment.id, "gated": is_gated}
                connection.execute(insert_into(connection, NEWS).values(row).on_conflict_do_nothing())
                # The mail of its time may have left, if this is late or the clock behind: the next one takes it then.
                if not self._plan(connection, follower, number):
                    self._plan(connection, follower, number + 1)

        self._db.write(work)

    def _plan(self, connection: sa.Connection, follower: int, number: int) -> bool:
        """Have somebody mailed what is new once a time is over; return False if that was planned before."""
        due = datetime.fromtimestamp((number + 1) * _GATHERED.total_seconds(), UTC) + _LATE
        key = f"{MAIL}:{follower}:{number}"
        return self._db.enqueue(connection, MAIL, {"follower": follower}, key=key, due=due)

    def news(self, follower: int) -> tuple[News, ...]:
        """Return what is to be told, oldest first."""
        found = sa.select(NEWS, FOLLOW.c.title).join(FOLLOW).where(FOLLOW.c.follower == follower)
        with self._db.read() as connection:
            rows = connection.execute(found.order_by(NEWS.c.id)).all()
        return tuple(
            News(id=row.id, follow=row.follow, comment=row.comment, title=row.title, is_gated=row.gated) for row in rows
        )

    def forget(self, news: Sequence[News]) -> None:
        """Take away what was told."""
        ids = [one.id for one in news]
        self._db.write(lambda connection: connection.execute(sa.delete(NEWS).where(NEWS.c.id.in_(ids))))

    # ---------------------------------------------------------------------------------------- personal data

    def data(self) -> PersonalData:
        """Return what the database asks about one address."""
        return PersonalData(name="comments followed", find=self._find_personal, erase=self._erase_personal)

    def _find_personal(self, connection: sa.Connection, address: str) -> Sequence[Mapping[str, Json]]:
        found = sa.select(FOLLOWER.c.address, FOLLOW).join(FOLLOW).where(_is_person(address))
        return [
            {
                "address": row.address,
                "entry": row.entry,
                "answers_to": row.comment or None,
                "since": row.made.isoformat(),
                "confirmed": row.confirmed.isoformat() if row.confirmed else None,
            }
            for row in connection.execute(found.order_by(FOLLOW.c.id))
        ]

    def _erase_personal(self, connection: sa.Connection, address: str) -> int:
        mine = sa.select(FOLLOWER.c.id).where(_is_person(address))
        follows = sa.select(FOLLOW.c.id).where(FOLLOW.c.follower.in_(mine))
        connection.execute(sa.delete(NEWS).where(NEWS.c.follow.in_(follows)))
        gone = connection.execute(sa.delete(FOLLOW).where(FOLLOW.c.follower.in_(mine))).rowcount
        connection.execute(sa.delete(FOLLOWER).where(_is_person(address)))
        return gone

    def _tidy(self, connection: sa.Connection, now: datetime) -> None:
        """Forget what nobody confirmed, and addresses that follow nothing and were not asked lately."""
        old = FOLLOW.c.confirmed.is_(None) & (FOLLOW.c.made <= now - _KEPT)
        connection.execute(sa.delete(FOLLOW).where(old))
        follows = sa.exists().where(FOLLOW.c.follower == FOLLOWER.c.id)
        is_idle = sa.or_(FOLLOWER.c.asked.is_(None), FOLLOWER.c.asked <= now - _KEPT)
        connection.execute(sa.delete(FOLLOWER).where(~follows, is_idle))


def _is_person(name: str) -> sa.ColumnElement[bool]:
    """Return what is true of who has the address *name*, or was the reader called so when they confirmed it."""
    return sa.or_(FOLLOWER.c.folded == name.strip().lower(), FOLLOWER.c.reader == name)


def _find_or_add(connection: sa.Connection, address: str) -> int:
    row = {"address": address, "folded": address.lower()}
    connection.execute(insert_into(connection, FOLLOWER).values(row).on_conflict_do_nothing(index_elements=["folded"]))
    found: int = connection.execute(sa.select(FOLLOWER.c.id).where(FOLLOWER.c.folded == address.lower())).scalar_one()
    return found
