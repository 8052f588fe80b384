"""The mail with a link: written from templates when it is sent, so that no link waits anywhere in clear text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from pressframe.model import Host, Json
from pressframe_web import Message
from pressframe_web.letters import Letters, send

if TYPE_CHECKING:
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
        if link is not None:
            send(self._host, self._write(link))

    def _write(self, link: Link) -> Message:
        """Return the mail that brings *link*; the same each time it is written."""
        from pressframe_web.identity import Links

        letters = Letters(host=self._host, folder=_HERE, package="pressframe_admin", under="admin/mail")
        address = f"{self._host.settings.url}/admin/link/{Links(self._host, 'admin').sign(link.id)}"
        return letters.write(
            "link", {"purpose": link.purpose, "link": address}, key=f"admin.{link.id}", to=link.address
        )
