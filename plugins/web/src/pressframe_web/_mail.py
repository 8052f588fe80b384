"""Mail: over SMTP where a server is set, else into a folder that a person can read."""

import os
import re
import smtplib
import ssl
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import attrs
import click

from pressframe_web._settings import Smtp
from pressframe_web.errors import MailError
from pressframe_web.model import Message

_SECONDS = 30
_LONGEST_LINE = 998
"""Bytes in a line (RFC 5322, 2.1.1)."""
_LINK = re.compile(r"https?://\S+")


def compose(message: Message, sender: str, url: str, *, is_to_be_read: bool = False) -> EmailMessage:
    """Return *message* as a mail.

    Args:
        url: The site's address, whose host ends the Message-ID.
        is_to_be_read: Leaves letters and links as they are, for a file; else all is made fit for any server.

    Raises:
        MailError: A header would hold a line break, or the address is more than one.
    """
    how = {"utf8": True, "max_line_length": _LONGEST_LINE} if is_to_be_read else {"utf8": False}
    mail = EmailMessage(policy=SMTP.clone(cte_type="8bit", **how))
    own = {"Auto-Submitted": "auto-generated"}  # RFC 3834: programs that answer for people on leave stay quiet
    fields = {"From": sender, "To": message.to, "Subject": message.subject, **own, **message.headers}
    try:
        for name, value in fields.items():
            mail[name] = _checked(name, value)
            _checked(name, str(mail[name]))  # encoded words (RFC 2047) have been decoded by now, and may hold anything
        if [address.addr_spec for address in mail["To"].addresses] != [message.to]:
            raise ValueError("To is not one plain address")
        mail["Date"] = format_datetime(datetime.now(UTC))
        host = urlsplit(url).hostname or "localhost"
        mail["Message-ID"] = f"<{_mark(message.key)}@{host}>"
        if message.thread:
            mail["References"] = mail["In-Reply-To"] = f"<{_mark(message.thread)}@{host}>"
        mail.set_content(message.text, cte=_encoding(message.text) if is_to_be_read else None)
        if message.html is not None:
            encoding = _encoding(message.html) if is_to_be_read else None
            mail.add_alternative(message.html, subtype="html", cte=encoding)
    except (ValueError, IndexError, LookupError) as error:
        raise MailError(f"a mail cannot be written: {error}", permanent=True) from error
    return mail


def _mark(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:32]


def _encoding(text: str) -> str | None:
    """Return the encoding that leaves letters as they are; None, for the library's choice, if a line is too long."""
    return "8bit" if all(len(line.encode()) <= _LONGEST_LINE for line in text.splitlines()) else None


def make_sender(title: str, url: str) -> str:
    """Return who mail comes from where nobody said: the site's title, at its own host."""
    return str(Address(title, "noreply", urlsplit(url).hostname or "localhost"))


def _checked(name: str, value: str) -> str:
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs") for letter in name + value):
        raise ValueError(f"{name} holds a control character")
    return value


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
        mail = compose(message, self.sender, self.url, is_to_be_read=True)
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
                connection.send_message(mail, to_addrs=[message.to])
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise MailError(f"the mail server refused the address ({code})", permanent=code >= 500) from error
        except smtplib.SMTPDataError as error:
            code = error.smtp_code
            raise MailError(f"the mail server refused the mail ({code})", permanent=code >= 500) from error
        except (OSError, smtplib.SMTPException) as error:  # sign-in, sender, network: not this mail's fault
            raise MailError(f"the mail server {self.server.host}:{self.server.port} cannot be used: {error}") from error

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        server, context = self.server, ssl.create_default_context()
        if server.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=_SECONDS, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
        try:
            if server.security == "starttls":
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password)
            yield connection
            with suppress(OSError, smtplib.SMTPException):  # the mail was taken, whatever comes now
                connection.quit()
        finally:
            connection.close()
