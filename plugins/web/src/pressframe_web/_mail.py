"""Mail: over SMTP where a server is set, else into a folder that a person can read."""

import os
import re
import smtplib
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import attrs
import click

from pressframe.errors import MailError
from pressframe_web._settings import Smtp
from pressframe_web.model import Message

_SECONDS = 30
_LINK = re.compile(r"https?://\S+")


def compose(message: Message, sender: str, url: str) -> EmailMessage:
    """Return *message* as a mail.

    Raises:
        MailError: A header would hold a line break, or the address is more than one.
    """
    host = urlsplit(url).hostname or "localhost"
    mail = EmailMessage(policy=SMTP.clone(cte_type="8bit", utf8=False))
    fields = {"From": sender, "To": message.to, "Subject": message.subject, **message.headers}
    try:
        for name, value in fields.items():
            if any(ord(letter) < 32 or ord(letter) == 127 for letter in name + value):
                raise ValueError(f"{name} holds a control character")
            mail[name] = value
        if len(mail["To"].addresses) != 1:
            raise ValueError("it is for more than one address")
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = f"<{sha256(message.key.encode()).hexdigest()[:32]}@{host}>"
        mail.set_content(message.text)
        if message.html is not None:
            mail.add_alternative(message.html, subtype="html")
    except (ValueError, IndexError) as error:
        raise MailError(f"a mail cannot be written: {error}", permanent=True) from error
    return mail


@attrs.frozen
class Outbox:
    """Puts each mail into a file of its own, and its links on the console.

    Attributes:
        folder: Made when the first mail arrives; readable by its owner alone.
    """

    folder: Path
    sender: str
    url: str

    def send(self, message: Message) -> None:
        """Write *message* as a file whose name sorts by time."""
        mail = compose(message, self.sender, self.url)
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{sha256(message.key.encode()).hexdigest()[:8]}.eml"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self.folder / f".{name}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(bytes(mail))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.folder / name)
        except OSError as error:
            raise MailError(f"the outbox {self.folder} cannot be written: {error.strerror}") from error
        click.echo(f"mail: {message.subject} → {self.folder.name}/{name}")
        for link in _LINK.findall(message.text):
            click.echo(f"      {link}")


@attrs.frozen
class SmtpMailer:
    """Hands each mail to a server, over a connection of its own."""

    server: Smtp
    sender: str
    url: str

    def send(self, message: Message) -> None:
        """Return when the server took *message* over."""
        mail = compose(message, self.sender, self.url)
        try:
            with self._connection() as connection:
                connection.send_message(mail)
        except smtplib.SMTPResponseException as error:
            raise MailError(f"the mail server said {error.smtp_code}", permanent=error.smtp_code >= 500) from error
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise MailError(f"the mail server refused the address ({code})", permanent=code >= 500) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailError(f"the mail server {self.server.host}:{self.server.port} cannot be used: {error}") from error

    def _connection(self) -> smtplib.SMTP:
        server = self.server
        if server.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=_SECONDS, context=ssl.create_default_context()
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
        if server.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password)
        return connection
