"""The mail with a link: written from templates when it is sent, so that no link waits anywhere in clear text."""

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

    from pressframe_admin._links import Link

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
        from pressframe_admin._links import LinkStore

        link = LinkStore(self._host).find(str(payload["link"]))
        if link is None:
            return
        mailer = self._host.hooks.first("find_mailer", self._host)
        if mailer is None:
            raise MailError("there is nobody to hand mails to", fix='add "web" to [site] plugins')
        mailer.send(self._write(link))

    def _write(self, link: Link) -> Message:
        """Return the mail that brings *link*; the same each time it is written."""
        from pressframe_admin._tokens import Links

        names = {
            "site": self._host.settings,
            "address": link.address,
            "purpose": link.purpose,
            "link": f"{self._host.settings.url}/admin/link/{Links(self._host).sign(link.id)}",
        }
        subject, _, text = self._render("link.txt", names).partition("\n")
        html = self._render("link.html", names)
        return Message(key=f"admin.{link.id}", to=link.address, subject=subject.strip(), text=text.lstrip(), html=html)

    def _render(self, name: str, names: Mapping[str, object]) -> str:
        return self._templates.get_template(f"admin/mail/{name}").render(names)

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
        words = gettext.translation("pressframe_admin", _HERE / "locale", [language], fallback=True)
        environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined] # by the extension
        return environment
