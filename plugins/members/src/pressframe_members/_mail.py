"""The mails with links: written from templates when they are sent, so that no link waits anywhere in clear text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from pressframe.model import Host, Json
from pressframe_web import Message
from pressframe_web.letters import Letters, send

if TYPE_CHECKING:
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
        if link is not None:
            send(self._host, self._write(link))

    def _write(self, link: Link) -> Message:
        """Return the mail that brings *link*; the same each time it is written."""
        from pressframe_web.identity import Links

        letters = Letters(host=self._host, folder=_HERE, package="pressframe_members", under="members/mail")
        address = f"{self._host.settings.url}/members/confirm/{Links(self._host, 'members').sign(link.id)}"
        return letters.write(link.purpose, {"link": address}, key=f"members.{link.id}", to=link.address)
