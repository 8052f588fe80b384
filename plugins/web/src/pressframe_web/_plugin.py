"""The plugin: its settings, the mailer, the command ``serve``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import attrs

from pressframe.hookspecs import hookimpl
from pressframe.model import Host
from pressframe_web._readers import Changes
from pressframe_web._settings import Smtp, check_network, check_origin, check_sender
from pressframe_web.model import Mailer

if TYPE_CHECKING:
    import click


@attrs.frozen(eq=False)
class Web:
    """Serve the site live, and hand over its mail.

    Attributes:
        host: Network address that the server listens on; `0.0.0.0` for all.
        port: From 1 to 65535.
        outbox: Folder for mail while no server is set, from the site's folder: a readable file for each.
        smtp: The mail server; mail goes to the outbox if left out.
        sender: Who mail comes from: `"PRland <bonjour@prland.example>"`; the title, at the site's host, if left out.
        trusted_proxies: Proxies whose word on the reader's address is believed: `"10.0.0.7"`, `"10.0.0.0/8"`.
        max_body: Longest form that is read, in bytes; a letter with an accent takes six, an emoji twelve.
        in_memory: Files up to so many bytes leave from memory; larger ones, such as films, from their files.
        embeds: Origins besides the site's own that pages may show images, sound, films and frames from.
        live: Where `pressframe serve` answers, `"https://live.prland.example"`, while the site itself is files on a
            static host: closed pages there lead to it for the rest.
    """

    hookspecs: ClassVar[str] = "pressframe_web.hookspecs"

    host: str = "127.0.0.1"
    port: int = attrs.field(default=8000, validator=[attrs.validators.ge(1), attrs.validators.le(65_535)])
    outbox: Path = Path("outbox")
    smtp: Smtp | None = None
    sender: str | None = attrs.field(default=None, validator=check_sender)
    trusted_proxies: frozenset[str] = attrs.field(
        default=frozenset(), validator=attrs.validators.deep_iterable(check_network)
    )
    max_body: int = attrs.field(default=1_048_576, validator=attrs.validators.ge(1024))
    in_memory: int = attrs.field(default=1_048_576, validator=attrs.validators.ge(0))
    embeds: tuple[str, ...] = ()
    live: str = attrs.field(default="", validator=check_origin)
    changes: Changes = attrs.field(factory=Changes, init=False, repr=False)

    def elsewhere(self, host: Host) -> str:
        """Return the origin at which the site is served live, if its pages are files on another host; else nothing."""
        return self.live if self.live != host.settings.url else ""

    def served_at(self, host: Host) -> str:
        """Return the origin at which forms and links of one's own are answered: where links in mails lead."""
        return self.live or host.settings.url

    def forget_reader(self, id: str) -> None:
        """Have the server ask anew about the reader *id*: a session of theirs has ended, or they may read more or less.

        Called once that is stored. Servers in other processes ask anew within 30 seconds.
        """
        self.changes.note(id)

    @hookimpl
    def find_mailer(self, host: Host) -> Mailer:
        from pressframe_web._mail import Outbox, make_sender
        from pressframe_web._smtp import SmtpMailer

        url = host.settings.url
        sender = self.sender or make_sender(host.settings.title, url)
        if self.smtp is not None:
            return SmtpMailer(self.smtp, sender, url)
        return Outbox(host.folder / self.outbox, sender, url)

    @hookimpl
    def register_filters(self) -> Mapping[str, Callable[..., object]]:
        return {"moment": datetime.fromisoformat}  # what an answer's page is given is JSON, which has no times

    @hookimpl
    def register_commands(self, host: Host) -> Iterable[click.Command]:
        from pressframe_web._serve import make_serve_command

        return [make_serve_command(host)]
