"""The mails with links: written from templates when they are sent, so that no link waits anywhere in clear text."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from pressframe.model import Host, Json
from pressframe_web import MailError, Message

if TYPE_CHECKING:
    import jinja2

    from pressframe_members._store import Link

_HERE = Path(__file__).parent


@attrs.frozen
class LinkMail:
    """Writes and sends the mails with links, in the site's language."""

    _host: Host

    def send(self, payload: Mapping[str, Json]) -> None:
        """Send the link whose id is in *payload*, unless it was used or replaced in the meantime; what a job runs.

        Raises:
            MailError: It was not taken over by anybody.
            StoreError: The database cannot be read.
        """
        from pressframe_members._store import MemberStore

        link = MemberStore(self._host).find_link(str(payload["link"]))
        if link is None:
            return
        mailer = self._host.hooks.first("find_mailer", self._host)
        if mailer is None:
            raise MailError("there is nobody to hand mails to", fix='add "web" to [site] plugins')
        mailer.send(self._write(link))

    def _write(self, link: Link) -> Message:
        """Return the mail that brings *link*; the same each time it is written."""
        from pressframe_members._tokens import Links

        names = {
            "site": self._host.settings,
            "address": link.address,
            "link": f"{self._host.settings.url}/members/confirm/{Links(self._host).sign(link.id)}",
        }
        subject, _, text = self._render(f"{link.purpose}.txt", names).partition("\n")
        html = self._render(f"{link.purpose}.html", names)
        return Message(
            key=f"members.{link.id}", to=link.address, subject=subject.strip(), text=text.lstrip(), html=html
        )

    def _render(self, name: str, names: Mapping[str, object]) -> str:
        return self._templates.get_template(f"members/mail/{name}").render(names)

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
        words = gettext.translation("pressframe_members", _HERE / "locale", [language], fallback=True)
        environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined] # by the extension
        return environment
