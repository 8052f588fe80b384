"""The mail on new comments: written when it is sent, so that nothing readers wrote waits in a job."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from pressframe.model import Host, Json
from pressframe_admin import Account, Role, accounts
from pressframe_comments import Filed, State, comment_store
from pressframe_moderation import _reasons as reasons
from pressframe_moderation._wanted import LIST
from pressframe_web import Mailer, MailError, Message

if TYPE_CHECKING:
    import jinja2

_HERE = Path(__file__).parent
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_LONGEST = 2000
"""Characters of a comment that a mail quotes."""


@attrs.frozen(kw_only=True)
class Told:
    """A comment as a mail tells it; of one on an entry that strangers may not read, only that it is there."""

    title: str
    link: str
    author: str = ""
    email: str = ""
    url: str = ""
    client: str = ""
    lines: tuple[str, ...] = ()
    reasons: tuple[Json, ...] = ()
    waits: bool = True
    gated: bool = False


@attrs.frozen(slots=False)
class NewsMail:
    """Writes and sends these mails, in the site's language."""

    _host: Host

    def send(self, payload: Mapping[str, Json]) -> None:
        """Mail new comments to one account; what a job runs. What is gone meanwhile is left out."""
        account = next((one for one in accounts(self._host) if one.id == payload["account"]), None)
        listed = payload["comments"]
        if account is None or not isinstance(listed, list):
            return
        news = [one for one in listed if isinstance(one, dict)]
        store = comment_store(self._host)
        filed = store.find([str(one["id"]) for one in news])
        told = [self._told(one, there) for one in news if (there := filed.get(str(one["id"]))) and _is_open(there)]
        if told:
            waiting = store.counts()[State.PENDING] if account.role is not Role.AUTHOR else 0
            key = f"moderation.{account.id}.{','.join(str(one['id']) for one in news)}"
            self._mailer.send(self._write(account, key, told, waiting))

    def _told(self, news: Mapping[str, Json], filed: Filed) -> Told:
        comment, title = filed.comment, _line(str(news["title"])) or "…"
        link = f"{self._host.settings.url}{LIST}{comment.id}"
        waits = filed.state is State.PENDING
        if news["gated"]:
            return Told(title=title, link=link, waits=waits, gated=True)
        return Told(
            title=title, link=link, waits=waits, author=_line(comment.author), email=_line(filed.email),
            url=_line(comment.url or ""), client=_line(filed.client), lines=tuple(_lines(filed)),
            reasons=tuple(reasons.read(_line(reason) for reason in filed.reasons)),
        )  # fmt: skip

    def _write(self, account: Account, key: str, told: Sequence[Told], waiting: int) -> Message:
        names = {
            "site": self._host.settings,
            "comments": told,
            "waiting": waiting,
            "all": f"{self._host.settings.url}{LIST}",
        }
        subject, _, text = self._render("new.txt", names).partition("\n")
        html = self._render("new.html", names)
        return Message(key=key, to=account.address, subject=_line(subject), text=text.lstrip("\n"), html=html)

    # ------------------------------------------------------------------------------------------- writing

    @property
    def _mailer(self) -> Mailer:
        mailer: Mailer | None = self._host.hooks.first("find_mailer", self._host)
        if mailer is None:
            raise MailError("there is nobody to hand mails to", fix='add "web" to [site] plugins')
        return mailer

    def _render(self, name: str, names: Mapping[str, object]) -> str:
        return self._templates.get_template(f"moderation/mail/{name}").render(names)

    @functools.cached_property
    def _templates(self) -> jinja2.Environment:
        """What mails are written with: the site's own templates before this plugin's."""
        import gettext

        import jinja2

        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([self._host.folder / "templates", _HERE / "templates"]),
            autoescape=jinja2.select_autoescape(("html",)),
            undefined=jinja2.StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        language = self._host.settings.language.replace("-", "_")
        words = gettext.translation("pressframe_moderation", _HERE / "locale", [language], fallback=True)
        environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined] # by the extension
        return environment


def _is_open(filed: Filed) -> bool:
    return filed.state in (State.PENDING, State.APPROVED)


def _line(text: str) -> str:
    """Return *text* in one line that a header can hold."""
    return re.sub("[ \t\n]+", " ", _UNSEEN.sub(" ", text).replace("=?", "= ?")).strip()


def _lines(filed: Filed) -> list[str]:
    """Return a comment as a mail quotes it, line by line; nothing of one that is kept as HTML."""
    if filed.comment.format == "html":
        return []
    text = _UNSEEN.sub(" ", filed.comment.body)
    return (text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…").splitlines()
