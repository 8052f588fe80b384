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
    from pressframe_members._links import Link

_HERE = Path(__file__).parent


@attrs.frozen
class LinkMail:
    """Writes and sends the mails with links, in the site's language."""

    _host: Host

    def send(self, payload: Mapping[str, Json]) -> None:
        """Send what *payload* says: a link, unless it was used or replaced in the meantime, or a notice; a job's work.

        Raises:
            MailError: It was not taken over by anybody.
            StoreError: The database cannot be read.
        """
        from pressframe_members._links import Links

        if "notice" in payload:
            send(self._host, self._write_notice(payload))
            return
        link = Links(self._host).find(str(payload["link"]))
        if link is not None:
            send(self._host, self._write(link))

    def _write(self, link: Link) -> Message:
        """Return the mail that brings *link*; the same each time it is written."""
        from pressframe_members._asking import code_of
        from pressframe_web.identity import Links

        code = code_of(self._host, link.id)
        names = {
            "link": f"{self._host.settings.url}/members/confirm/{Links(self._host, 'members').sign(link.id)}",
            "code": f"{code[:4]} {code[4:]}",
        }
        return self._letters.write(link.purpose, names, key=f"members.{link.id}", to=link.address)

    def _write_notice(self, payload: Mapping[str, Json]) -> Message:
        key = f"members.{payload['notice']}.{payload['to']}.{payload['at']}"
        return self._letters.write(str(payload["notice"]), {}, key=key, to=str(payload["to"]))

    @property
    def _letters(self) -> Letters:
        return Letters(host=self._host, folder=_HERE, package="pressframe_members", under="members/mail")
