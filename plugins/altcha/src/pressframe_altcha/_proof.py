"""Challenges and proofs: made and checked by the library altcha, each used for one comment."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs
import sqlalchemy as sa

from pressframe.model import Comment, Host
from pressframe_sql import database
from pressframe_sql.statements import insert_into
from pressframe_sql.types import Moment

if TYPE_CHECKING:
    from altcha import Payload

Finding: TypeAlias = Literal["right", "missing", "expired", "wrong", "used"]

ALGORITHM = "PBKDF2/SHA-256"
"""One try takes a browser's own code a fraction of a millisecond: next to that, a script's overhead is nothing."""
COST = 1000
"""Rounds of the hash in one try."""
_UNTIL = "until"
"""Where a challenge says until when it is good; the library's own field is held against another clock than ours."""
_LONGEST = 4000
"""Characters of a proof; real ones have under 1,000."""

USED = sa.Table(
    "altcha_used",
    sa.MetaData(),
    sa.Column("nonce", sa.Text, primary_key=True),
    sa.Column("comment", sa.Text, nullable=False),  # a digest: the same comment sent twice is no second use
    sa.Column("expires", Moment, nullable=False),
)


@attrs.frozen(kw_only=True)
class Prover:
    """Makes and checks for *host*'s site.

    Attributes:
        difficulty: Tries that a browser needs on average.
        lifetime: How long after it was made a challenge can be answered.
    """

    host: Host
    difficulty: int
    lifetime: timedelta

    def challenge(self, now: datetime) -> dict[str, object]:
        """Return a new challenge, as the library and its widgets know them."""
        import altcha

        made = altcha.create_challenge(
            ALGORITHM,
            COST,
            counter=secrets.randbelow(2 * self.difficulty),
            data={_UNTIL: int((now + self.lifetime).timestamp())},
            hmac_secret=self.host.secret("altcha.challenge"),
            hmac_key_secret=self.host.secret("altcha.key"),
        )
        answer: dict[str, object] = made.to_dict()
        return answer

    def check(self, proof: str, comment: Comment, now: datetime) -> Finding:
        """Return what *proof* is worth, and note that it was used for *comment*.

        Raises:
            StoreError: That cannot be noted.
        """
        import altcha

        if not proof:
            return "missing"
        if len(proof) > _LONGEST or not proof.isascii():
            return "wrong"
        payload = _read(proof)
        if payload is None:
            return "wrong"
        secret, key = self.host.secret("altcha.challenge"), self.host.secret("altcha.key")
        if not altcha.verify_solution(payload, secret, hmac_key_secret=key).verified:
            return "wrong"
        parameters = payload.challenge.parameters  # signed by us, so of the shape that we gave them
        if parameters.data is None or now.timestamp() > parameters.data[_UNTIL]:
            return "expired"
        return "right" if self._use(parameters.nonce, comment, now) else "used"

    def _use(self, nonce: str, comment: Comment, now: datetime) -> bool:
        """Tell whether *nonce* was used for nothing else, and note that it is used now."""
        base = database(self.host)
        said = "\0".join((comment.entry, comment.parent or "", comment.author, comment.body))
        digest = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]

        def work(connection: sa.Connection) -> bool:
            row = {"nonce": nonce, "comment": digest, "expires": now + self.lifetime}
            connection.execute(sa.delete(USED).where(USED.c.expires < now))
            used = insert_into(connection, USED).values(row)
            connection.execute(used.on_conflict_do_nothing(index_elements=["nonce"]))
            return connection.scalar(sa.select(USED.c.comment).where(USED.c.nonce == nonce)) == digest

        return base.write(work)


def _read(proof: str) -> Payload | None:
    """Return what was sent as a proof; None if it is none."""
    import altcha

    try:
        return altcha.Payload.from_base64(proof)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
