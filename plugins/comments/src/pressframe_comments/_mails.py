"""The mails to who follows a conversation: the question whether they want to, and what is new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import attrs

from pressframe.model import Host, Json
from pressframe_comments._follow_routes import way_out
from pressframe_comments._followers import Followers, News, asked_for
from pressframe_comments._served import Served
from pressframe_comments._signing import Signer
from pressframe_comments._store import Filed, State, comment_store
from pressframe_web import Message
from pressframe_web.letters import Letters, one_line, seen, send

_HERE = Path(__file__).parent
_LONGEST = 2000
"""Characters of a comment that a mail quotes."""


@attrs.frozen
class FollowMail:
    """Writes and sends these mails, in the site's language."""

    _host: Host
    _served: Served

    def confirm(self, payload: Mapping[str, Json]) -> None:
        """Ask the owner of an address whether they want what was asked for; what a job runs."""
        follower = int(str(payload["follower"]))
        found = Followers(self._host).find(follower, confirmed=False)
        if found is None:
            return
        address, wishes = found
        link = f"{self._url}/comments/follow/{Signer(self._host).make_mark('follow', str(follower))}"
        wanted = asked_for([attrs.evolve(one, title=one_line(one.title)) for one in wishes])
        key = f"comments.confirm.{follower}.{','.join(str(one.id) for one in wishes)}"
        send(self._host, self._write("confirm", key, address, {"link": link, "wanted": wanted}))

    def tell(self, payload: Mapping[str, Json]) -> None:
        """Mail what is new to one reader, all in one; what a job runs. What is not shown any more is left out."""
        followers, follower = Followers(self._host), int(str(payload["follower"]))
        found = followers.find(follower, confirmed=True)
        news = followers.news(follower)
        if found is None or not news:
            return
        store = comment_store(self._host)
        shown = [(one, filed) for one in news if (filed := store.get(one.comment)) and filed.state is State.APPROVED]
        if shown:
            send(self._host, self._news(found[0], shown))
        followers.forget(news)

    def _news(self, address: str, shown: Sequence[tuple[News, Filed]]) -> Message:
        out, id = way_out(self._host, Signer(self._host)), str(shown[0][0].follow)
        threads: dict[str, list[Mapping[str, object]]] = {}
        for one, filed in shown:
            # Who may not read an entry learns nothing of what is said there: the mail says that something is.
            is_gated = self._served.is_gated(filed.comment.entry, noted=one.is_gated)
            said: dict[str, object] = {} if is_gated else _said(filed)
            said |= {"link": f"{self._url}/comment/{one.comment}?on={quote(filed.comment.entry)}"}  # wherever it goes
            threads.setdefault(one_line(one.title), []).append(said)
        key = f"comments.mail.{shown[0][0].follow}.{','.join(one.comment for one, _ in shown)}"
        names = {"threads": threads, "count": len(shown), "title": one_line(shown[0][0].title), "leave": out.link(id)}
        mail = self._write("news", key, address, names, headers=out.headers(id))
        about = {filed.comment.entry for _, filed in shown}
        return attrs.evolve(mail, thread=f"comments.{about.pop()}") if len(about) == 1 else mail

    # ------------------------------------------------------------------------------------------- writing

    @property
    def _url(self) -> str:
        return self._host.settings.url

    def _write(
        self, name: str, key: str, to: str, names: Mapping[str, object], *, headers: Mapping[str, str] | None = None
    ) -> Message:
        letters = Letters(host=self._host, folder=_HERE, package="pressframe_comments", under="comments/mail")
        return letters.write(name, names, key=key, to=to, headers=headers)


def _said(filed: Filed) -> dict[str, object]:
    """Return a comment as a mail quotes it: its author, its lines, and them as one text; no lines of what is HTML."""
    text = seen(filed.comment.body) if filed.comment.format == "text" else ""
    lines = (text if len(text) <= _LONGEST else text[:_LONGEST] + "…").splitlines()
    quoted = "\n".join(f"> {line}" for line in lines)
    return {"author": one_line(filed.comment.author), "lines": lines, "text": quoted}
