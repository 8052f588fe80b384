"""What Akismet said of each comment of the last weeks, found again by the comment itself."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

import attrs
import sqlalchemy as sa

from pressframe.model import Comment, Host
from pressframe_sql import database
from pressframe_sql.statements import insert_into
from pressframe_sql.types import Moment

Said: TypeAlias = Literal["ham", "spam", "nothing"]

CHECKED = sa.Table(
    "akismet_checked",
    sa.MetaData(),
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("said", sa.Text, nullable=False),
    sa.Column("permalink", sa.Text, nullable=False),
    sa.Column("recheck", sa.Integer),  # seconds after which it is to be asked again
    sa.Column("at", Moment, nullable=False),
)
_KEPT = timedelta(days=60)


@attrs.frozen(kw_only=True)
class Checked:
    """One answer.

    Attributes:
        said: "nothing" where Akismet could not be asked.
        permalink: The entry's address, as it was told.
        recheck: How long after *at* it is to be asked again; None for never.
    """

    said: Said
    permalink: str
    recheck: timedelta | None = None
    at: datetime


@attrs.frozen
class Memory:
    """The answers of *host*'s site; every method may raise StoreError."""

    host: Host

    def note(self, comment: Comment, checked: Checked) -> None:
        """Remember what was said of *comment*, in place of what was said of it before."""
        row = {
            "digest": _digest(comment),
            "said": checked.said,
            "permalink": checked.permalink,
            "recheck": None if checked.recheck is None else round(checked.recheck.total_seconds()),
            "at": checked.at,
        }

        def work(connection: sa.Connection) -> None:
            noted = insert_into(connection, CHECKED).values(row)
            connection.execute(noted.on_conflict_do_update(index_elements=["digest"], set_=row))
            connection.execute(sa.delete(CHECKED).where(CHECKED.c.at < checked.at - _KEPT))

        database(self.host).write(work)

    def find(self, comment: Comment) -> Checked | None:
        """Return what was said of *comment*; None if Akismet was never asked, or the text is another since."""
        base = database(self.host)
        if not base.exists():
            return None
        with base.read() as connection:
            row = connection.execute(sa.select(CHECKED).where(CHECKED.c.digest == _digest(comment))).one_or_none()
        if row is None:
            return None
        recheck = None if row.recheck is None else timedelta(seconds=row.recheck)
        return Checked(said=row.said, permalink=row.permalink, recheck=recheck, at=row.at)


def _digest(comment: Comment) -> str:
    """Return what is the same for a comment before and after it is stored."""
    received = comment.received.astimezone(UTC).isoformat()
    said = json.dumps([comment.entry, comment.parent, comment.author, comment.body, received])
    return hashlib.sha256(said.encode()).hexdigest()[:32]
