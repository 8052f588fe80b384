"""The mails with links: written from templates when they are sent, so that no link waits anywhere in clear text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from pressframe.errors import MailError
from pressframe.model import Host, Json
from pressframe_web import Message

if TYPE_CHECKING:
    import jinja2

    from pressframe_members._store import Link

_HERE = Path(__file__).parent


@attrs.frozen
class LinkMail:
    """Sends the mail for one link; what a job runs."""

    _host: Host

    def send(self, payload: Mapping[str, Json]) -> None:
        """Send the link whose id is in *payload*, unless it was used or replaced in the meantime.

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
        mailer.send(write_mail(self._host, link))


def write_mail(host: Host, link: Link) -> Message:
    """Return the mail that brings *link*, in the site's language; the same each time it is written."""
    from pressframe_members._tokens import Links

    names = {
        "site": host.settings,
        "address": link.address,
        "link": f"{host.settings.url}/members/confirm/{Links(host).sign(link.id)}",
    }
    templates = _templates(host)
    subject, _, text = templates.get_template(f"members/mail/{link.purpose}.txt").render(names).partition("\n")
    html = templates.get_template(f"members/mail/{link.purpose}.html").render(names)
    return Message(key=f"members.{link.id}", to=link.address, subject=subject.strip(), text=text.lstrip(), html=html)


def _templates(host: Host) -> jinja2.Environment:
    """Return what mails are written with: the site's own templates and words first, then this plugin's."""
    import gettext

    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([host.folder / "templates", _HERE / "templates"]),
        autoescape=jinja2.select_autoescape(("html",)),
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    language = host.settings.language.replace("-", "_")
    words = gettext.translation("pressframe_members", _HERE / "locale", [language], fallback=True)
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined] # by the extension
    return environment
