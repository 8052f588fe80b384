"""The mails to who follows a conversation: the question whether they want to, and what is new."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import attrs

from pressframe.model import Host, Json
from pressframe_comments._followers import Followers, News, asked_for
from pressframe_comments._signing import Signer
from pressframe_comments._store import Filed, State, comment_store
from pressframe_web import Mailer, MailError, Message

if TYPE_CHECKING:
    import jinja2

_HERE = Path(__file__).parent
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LONGEST = 2000
"""Characters of a comment that a mail quotes."""


@attrs.frozen
class FollowMail:
    """Writes and sends these mails, in the site's language."""

    _host: Host

    def confirm(self, payload: Mapping[str, Json]) -> None:
        """Ask the owner of an address whether they want what was asked for; what a job runs."""
        follower = int(str(payload["follower"]))
        found = Followers(self._host).find(follower, confirmed=False)
        if found is None:
            return
        address, wishes = found
        link = f"{self._url}/comments/follow/{Signer(self._host).make_mark('follow', str(follower))}"
        wanted = asked_for([attrs.evolve(one, title=_line(one.title)) for one in wishes])
        key = f"comments.confirm.{follower}.{','.join(str(one.id) for one in wishes)}"
        self._mailer.send(self._write("confirm", key, address, {"link": link, "wanted": wanted}))

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
            self._mailer.send(self._news(found[0], shown))
        followers.forget(news)

    def _news(self, address: str, shown: Sequence[tuple[News, Filed]]) -> Message:
        signer = Signer(self._host)
        leave = f"{self._url}/comments/leave/{signer.make_mark('leave', str(shown[0][0].follow))}"
        threads: dict[str, list[Mapping[str, str]]] = {}
        for one, filed in shown:
            # Who may not read an entry learns nothing of what is said there: the mail says that something is.
            said = {} if one.is_gated else {"author": _line(filed.comment.author), "text": _quoted(filed)}
            said |= {"link": f"{self._url}/comment/{one.comment}?on={quote(filed.comment.entry)}"}  # wherever it goes
            threads.setdefault(_line(one.title), []).append(said)
        key = f"comments.mail.{shown[0][0].follow}.{','.join(one.comment for one, _ in shown)}"
        names = {"threads": threads, "count": len(shown), "title": _line(shown[0][0].title), "leave": leave}
        headers = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        return self._write("news", key, address, names, headers=headers)

    # ------------------------------------------------------------------------------------------- writing

    @property
    def _url(self) -> str:
        return self._host.settings.url

    @property
    def _mailer(self) -> Mailer:
        mailer: Mailer | None = self._host.hooks.first("find_mailer", self._host)
        if mailer is None:
            raise MailError("there is nobody to hand mails to", fix='add "web" to [site] plugins')
        return mailer

    def _write(
        self, name: str, key: str, to: str, names: Mapping[str, object], *, headers: Mapping[str, str] | None = None
    ) -> Message:
        template = self._templates.get_template(f"comments/mail/{name}.txt")
        written = template.render({**names, "site": self._host.settings, "address": to})
        subject, _, text = written.partition("\n")
        return Message(key=key, to=to, subject=_line(subject), text=text.lstrip("\n"), headers=headers or {})

    @functools.cached_property
    def _templates(self) -> jinja2.Environment:
        """What mails are written with: the site's own templates before this plugin's."""
        import gettext

        import jinja2

        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([self._host.folder / "templates", _HERE / "templates"]),
            autoescape=False,
            undefined=jinja2.StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        language = self._host.settings.language.replace("-", "_")
        words = gettext.translation("pressframe_comments", _HERE / "locale", [language], fallback=True)
        environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined] # by the extension
        return environment


def _line(text: str) -> str:
    """Return *text* in one line that a header can hold."""
    return re.sub("[ \t\n]+", " ", _UNSEEN.sub(" ", text).replace("=?", "= ?")).strip()


def _quoted(filed: Filed) -> str:
    """Return a comment as a mail quotes it; nothing of one that is kept as HTML."""
    if filed.comment.format == "html":
        return ""
    text = _UNSEEN.sub(" ", filed.comment.body)
    text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return "\n".join(f"> {line}" for line in text.splitlines())
