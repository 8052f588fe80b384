"""One site's dealings with Akismet: asking about a comment, asking again later, telling it where it was wrong."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import attrs

from pressframe.model import Card, Comment, Host, Json, Judgement, Sender, Verdict
from pressframe_akismet._api import AkismetError, Answer, Api
from pressframe_akismet._memory import Checked, Memory, Said
from pressframe_comments import Change, Filed, State, comment_store, tell_act
from pressframe_sql import database

log = logging.getLogger("pressframe")

SUBMIT, RECHECK = "akismet.submit", "akismet.recheck"
_LATER = timedelta(minutes=10)
"""After so long Akismet is asked again, where it could not be asked at first."""
_ROUNDS = 5
"""So often it is asked again about one comment."""
_NOWHERE = "0.0.0.0"
"""Told where the client's address is unknown: Akismet wants one."""


def _(text: str) -> str:
    return text  # marks what is translated when shown


@attrs.frozen
class Desk:
    """What *host*'s site asks and tells Akismet.

    Attributes:
        leaves_out: Fields that are never sent, as Akismet names them.
        refuses_blatant: True refuses what Akismet says may be thrown away unread.
    """

    host: Host
    api: Api
    leaves_out: frozenset[str]
    refuses_blatant: bool

    @property
    def memory(self) -> Memory:
        """What Akismet said before."""
        return Memory(self.host)

    # ------------------------------------------------------------------------------------------- asking

    def judge(self, comment: Comment, entry: Card, sender: Sender, now: datetime) -> Judgement:
        """Return what Akismet says of a new comment; a hold where it says nothing. Raises StoreError."""
        permalink = f"{self.api.blog.rstrip('/')}{entry.address}"
        try:
            answer = self.api.check(self._fields(comment, sender, permalink))
        except AkismetError as error:
            log.warning("%s; the comment is held", error, extra={"plugin": "akismet"})
            self.memory.note(comment, Checked(said="nothing", permalink=permalink, recheck=_LATER, at=now))
            return Judgement(verdict=Verdict.HOLD, reason=error.reason)
        checked = Checked(said=_said(answer), permalink=permalink, recheck=answer.recheck_after, at=now)
        self.memory.note(comment, checked)
        return self._judgement(answer)

    def _judgement(self, answer: Answer) -> Judgement:
        if answer.is_spam:
            if answer.is_blatant and self.refuses_blatant:
                return Judgement(verdict=Verdict.REFUSE, reason=_("Akismet says that it is spam without doubt"))
            sure, likely = _("Akismet says that it is spam without doubt"), _("Akismet says that it is spam")
            return Judgement(verdict=Verdict.SPAM, reason=sure if answer.is_blatant else likely)
        if answer.recheck_after is not None:
            return Judgement(verdict=Verdict.HOLD, reason=_("Akismet cannot tell yet, and will be asked again"))
        return Judgement(verdict=Verdict.ACCEPT, reason=_("Akismet says that it is no spam"))

    def _fields(self, comment: Comment, sender: Sender, permalink: str) -> dict[str, str]:
        """Return what is sent of a comment, named as in Akismet's documents."""
        fields = {
            "user_ip": _address(sender.client),
            "user_agent": sender.agent,
            "referrer": sender.referrer,
            "permalink": permalink,
            "comment_type": "reply" if comment.kind == "comment" and comment.parent else comment.kind,
            "comment_author": comment.author,
            "comment_author_email": sender.email,
            "comment_author_url": comment.url or "",
            "comment_content": comment.body,
            "comment_date_gmt": comment.received.astimezone(UTC).isoformat(timespec="seconds"),
            "blog_lang": self.host.settings.language.replace("-", "_"),
            "blog_charset": "UTF-8",
        }
        return {name: value for name, value in fields.items() if value and name not in self.leaves_out}

    # -------------------------------------------------------------------------------------------- later

    def hear(self, comment: Comment, change: Change, by: str) -> None:
        """Note what is to be done about a comment that was received, or that a moderator has decided about."""
        if change is Change.RECEIVED:
            checked = self.memory.find(comment)
            if checked is not None and checked.recheck is not None:
                self._enqueue(RECHECK, {"comment": comment.id, "round": 1}, due=checked.at + checked.recheck)
        elif by and change in (Change.ACCEPTED, Change.SPAM):
            self._enqueue(SUBMIT, {"comment": comment.id, "is_spam": change is Change.SPAM})

    def _enqueue(self, name: str, payload: Mapping[str, Json], *, due: datetime | None = None) -> None:
        base = database(self.host)
        key = f"{name}-{payload['comment']}-{payload['round']}" if name == RECHECK else None
        base.write(lambda connection: base.enqueue(connection, name, payload, key=key, due=due))

    def submit(self, payload: Mapping[str, Json]) -> None:
        """Tell Akismet that it was wrong, if it was: the job ``akismet.submit``.

        Raises:
            AkismetError: It was not told.
        """
        filed = comment_store(self.host).get(str(payload["comment"]))
        checked = None if filed is None else self.memory.find(filed.comment)
        is_spam = bool(payload["is_spam"])
        decided: Said = "spam" if is_spam else "ham"
        if filed is None or checked is None or checked.said in (decided, "nothing"):
            return
        self.api.submit(self._fields(filed.comment, _sender(filed), checked.permalink), is_spam=is_spam)
        self.memory.note(filed.comment, attrs.evolve(checked, said=decided))

    def recheck(self, payload: Mapping[str, Json]) -> None:
        """Ask again about a comment on which nobody has decided since: the job ``akismet.recheck``.

        Spam is marked as such; what waited for Akismet alone, and is none, is approved.

        Raises:
            AkismetError: It could not be asked.
        """
        store, id, round = comment_store(self.host), str(payload["comment"]), int(str(payload["round"]))
        filed = store.get(id)
        checked = None if filed is None else self.memory.find(filed.comment)
        if filed is None or checked is None or filed.state is not State.PENDING or store.history(id):
            return
        fields = self._fields(filed.comment, _sender(filed), checked.permalink)
        answer = self.api.check(fields, recheck_reason="recheck")
        self.memory.note(filed.comment, attrs.evolve(checked, said=_said(answer)))
        if answer.is_spam:
            self._move(filed, State.SPAM)
        elif answer.recheck_after is not None and round < _ROUNDS:
            due = datetime.now(UTC) + answer.recheck_after
            self._enqueue(RECHECK, {"comment": id, "round": round + 1}, due=due)
        elif filed.reasons and all(reason.startswith("Akismet ") for reason in filed.reasons):
            self._move(filed, State.APPROVED)

    def _move(self, filed: Filed, state: State) -> None:
        id = filed.comment.id
        tell_act(self.host, comment_store(self.host).move([id], state, expected={id: filed.version}))


def _said(answer: Answer) -> Said:
    return "spam" if answer.is_spam else "ham"


def _sender(filed: Filed) -> Sender:
    return Sender(email=filed.email, client=filed.client, agent=filed.agent, referrer=filed.referrer)


def _address(client: str) -> str:
    """Return the first address of the neighbourhood that is known; Akismet wants one in each question."""
    try:
        return str(ipaddress.ip_network(client, strict=False).network_address)
    except ValueError:
        return _NOWHERE
