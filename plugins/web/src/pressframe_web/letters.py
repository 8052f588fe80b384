"""Mails of plugins, written from templates in the site's language, and handed over."""

from __future__ import annotations

import functools
import re
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import attrs

from pressframe.model import Host
from pressframe_web.errors import MailError
from pressframe_web.model import BulkMailer, Mailer, Message

if TYPE_CHECKING:
    import jinja2

_HERE = Path(__file__).parent
_WIDTH = 76
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


@attrs.frozen(kw_only=True)
class Letters:
    """Writes the mails of one plugin.

    Attributes:
        folder: The plugin's own, with its ``templates`` and ``locale``.
        package: Names the gettext catalogue.
        under: Where the templates are, in the site's ``templates`` and in the plugin's: ``"members/mail"``.
    """

    host: Host
    folder: Path
    package: str
    under: str

    def write(
        self, name: str, names: Mapping[str, object], *, key: str, to: str, headers: Mapping[str, str] | None = None
    ) -> Message:
        """Return the mail that ``name.txt`` and, if there is one, ``name.html`` say; the same each time it is written.

        The first line of the text is the subject; sentences are wrapped. Templates know *names*, ``site``, ``address``.
        """
        names = {**names, "site": self.host.settings, "address": to}
        subject, _, text = self._render(f"{name}.txt", names).partition("\n")
        html = self._render(f"{name}.html", names) if self._has(f"{name}.html") else None
        subject, text = one_line(subject), wrapped(text.lstrip("\n"))
        return Message(key=key, to=to, subject=subject, text=text, html=html, headers=headers or {})

    def _render(self, name: str, names: Mapping[str, object]) -> str:
        return self._templates.get_template(f"{self.under}/{name}").render(names)

    def _has(self, name: str) -> bool:
        folders = (self.host.folder / "templates", self.folder / "templates")
        return any((folder / self.under / name).is_file() for folder in folders)

    @functools.cached_property
    def _templates(self) -> jinja2.Environment:
        """What mails are written with: the site's own templates, then the plugin's, then the frame of them all."""
        import gettext

        import jinja2

        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([folder / "templates" for folder in (self.host.folder, self.folder, _HERE)]),
            autoescape=jinja2.select_autoescape(("html",)),
            undefined=jinja2.StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        language = self.host.settings.language.replace("-", "_")
        words = gettext.translation(self.package, self.folder / "locale", [language], fallback=True)
        environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined] # by the extension
        return environment


def seen(text: str) -> str:
    """Return what readers typed as a mail can quote it: what is not to be seen, or turns text around, is a space."""
    return _UNSEEN.sub(" ", text)


def wrapped(text: str) -> str:
    """Return *text* with its sentences in lines of 76 letters; addresses, and what is quoted, stay whole."""
    return "".join(
        line if len(line) <= _WIDTH or "://" in line or line.startswith((">", " ")) else _filled(line)
        for line in text.splitlines(keepends=True)
    )


def _filled(line: str) -> str:
    return textwrap.fill(line.rstrip("\n"), _WIDTH, break_long_words=False, break_on_hyphens=False) + "\n"


def one_line(text: str) -> str:
    """Return *text* in one line that a header can hold."""
    return re.sub("[ \t\n]+", " ", seen(text).replace("=?", "= ?")).strip()


def message_id(key: str, url: str) -> str:
    """Return the Message-ID of a message: the same each time it is sent from the site at *url*."""
    return f"<{sha256(key.encode()).hexdigest()[:32]}@{host_of(url)}>"


def host_of(url: str) -> str:
    """Return the host of the site at *url* as headers can hold it: in ASCII."""
    return (urlsplit(url).hostname or "localhost").encode("idna").decode()


def send(host: Host, message: Message) -> None:
    """Hand *message* over to what the site sends mails with.

    Raises:
        MailError: It was not taken over by anybody.
    """
    _mailer(host).send(message)


@contextmanager
def sending(host: Host) -> Iterator[Mailer]:
    """Give what hands over many messages of one thread, over one connection where that is possible.

    Raises:
        MailError: There is nobody to hand mails to.
    """
    mailer = _mailer(host)
    if isinstance(mailer, BulkMailer):
        with mailer.session() as session:
            yield session
    else:
        yield mailer


def _mailer(host: Host) -> Mailer:
    mailer: Mailer | None = host.hooks.first("find_mailer", host)
    if mailer is None:
        raise MailError("there is nobody to hand mails to", fix='add "web" to [site] plugins')
    return mailer
