"""The mail on new comments: written when it is sent, so that nothing readers wrote waits in a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from pressframe.model import Host, Json
from pressframe_admin import Account, Role, accounts
from pressframe_comments import Filed, State, comment_store, say_reasons
from pressframe_moderation._deciding import link_of
from pressframe_moderation._wanted import LIST
from pressframe_web import Message
from pressframe_web.letters import Letters, one_line, seen, send

_HERE = Path(__file__).parent
_LONGEST = 2000
"""Characters of a comment that a mail quotes."""


@attrs.frozen(kw_only=True)
class Told:
    """A comment as a mail tells it; of one on an entry that strangers may not read, only that it is there.

    Attributes:
        link: To the moderation screen.
        decide: Where it can be decided about without signing in; empty where one has to.
    """

    title: str
    link: str
    decide: str = ""
    author: str = ""
    email: str = ""
    url: str = ""
    client: str = ""
    lines: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    waits: bool = True
    gated: bool = False


@attrs.frozen(slots=False)
class NewsMail:
    """Writes and sends these mails, in the site's language; with links that decide, where the site has those."""

    _host: Host
    _has_links: bool = True

    def send(self, payload: Mapping[str, Json]) -> None:
        """Mail new comments to one account; what a job runs. What is gone meanwhile is left out."""
        account = next((one for one in accounts(self._host) if one.id == payload["account"]), None)
        listed = payload["comments"]
        if account is None or not isinstance(listed, list):
            return
        news = [one for one in listed if isinstance(one, dict)]
        store = comment_store(self._host)
        filed = store.find([str(one["id"]) for one in news])
        told = [
            self._told(one, there, account) for one in news if (there := filed.get(str(one["id"]))) and _is_open(there)
        ]
        if told:
            waiting = store.counts()[State.PENDING] if account.role is not Role.AUTHOR else 0
            key = f"moderation.{account.id}.{','.join(str(one['id']) for one in news)}"
            mail = self._write(account, key, told, waiting)
            about = {filed[str(one["id"])].comment.entry for one in news if str(one["id"]) in filed}
            send(self._host, attrs.evolve(mail, thread=f"moderation.{about.pop()}") if len(about) == 1 else mail)

    def _told(self, news: Mapping[str, Json], filed: Filed, account: Account) -> Told:
        comment, title = filed.comment, one_line(str(news["title"])) or "…"
        link = f"{self._host.settings.url}{LIST}{comment.id}"
        waits = filed.state is State.PENDING
        decide = link_of(self._host, account, filed) if self._has_links else ""
        if news["gated"]:
            return Told(title=title, link=link, waits=waits, gated=True)
        return Told(
            title=title, link=link, decide=decide, waits=waits, author=one_line(comment.author),
            email=one_line(filed.email), url=one_line(comment.url or ""), client=one_line(filed.client),
            lines=tuple(_lines(filed)), reasons=tuple(map(one_line, say_reasons(filed.reasons, self._host))),
        )  # fmt: skip

    def _write(self, account: Account, key: str, told: Sequence[Told], waiting: int) -> Message:
        letters = Letters(host=self._host, folder=_HERE, package="pressframe_moderation", under="moderation/mail")
        names = {"comments": told, "waiting": waiting, "all": f"{self._host.settings.url}{LIST}"}
        return letters.write("new", names, key=key, to=account.address)


def _is_open(filed: Filed) -> bool:
    return filed.state in (State.PENDING, State.APPROVED)


def _lines(filed: Filed) -> list[str]:
    """Return a comment as a mail quotes it, line by line; nothing of one that is kept as HTML."""
    if filed.comment.format == "html":
        return []
    text = seen(filed.comment.body)
    return (text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…").splitlines()
