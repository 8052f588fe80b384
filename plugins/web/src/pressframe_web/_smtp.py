"""Mails handed to a server, one by one or many over one connection."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import HeaderRegistry

import attrs

from pressframe_web._mail import pack
from pressframe_web._settings import Smtp
from pressframe_web.errors import About, MailError
from pressframe_web.model import Message

_GOES = 421
"""What a server says that ends the connection."""
_STATUS = re.compile(rb"([245])\.\d{1,3}\.\d{1,3}\b")


@attrs.frozen
class SmtpMailer:
    """Hands mails to a server."""

    server: Smtp
    sender: str
    url: str

    def send(self, message: Message) -> None:
        """Return when the server took *message* over."""
        with self.session() as session:
            session.send(message)

    @contextmanager
    def session(self) -> Iterator[_Session]:
        """Give what sends many mails over one connection; it is made at the first of them."""
        session = _Session(self.server, self.sender, self.url)
        try:
            yield session
        finally:
            session.close()


class _Session:
    """One connection, as long as it holds."""

    def __init__(self, server: Smtp, sender: str, url: str) -> None:
        self._server, self._sender, self._url = server, sender, url
        self._from = HeaderRegistry()("From", sender).addresses[0].addr_spec  # type: ignore[attr-defined] # an address header has them
        self._connection: smtplib.SMTP | None = None

    def send(self, message: Message) -> None:
        """Return when the server took *message* over.

        Raises:
            MailError: It did not; or it said nothing after all of it was sent.
        """
        raw = _dotted(pack(message, self._sender, self._url))
        connection = self._begun(message.to)
        try:
            connection.send(raw)
        except (OSError, smtplib.SMTPException) as error:  # the end of the mail was not sent, so it was not taken
            raise self._gone(error) from error
        try:
            code, said = connection.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise MailError(
                f"the mail server said nothing after a whole mail: {_told(error)}", about="unknown"
            ) from error
        self._judge(connection, code, said, "mail", 250)

    def close(self) -> None:
        """End the connection; what was taken stays taken, whatever comes now."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    def _begun(self, to: str) -> smtplib.SMTP:
        """Return a connection that waits for a mail's text; one that was kept too long is made anew."""
        was_kept = self._connection is not None
        connection = self._connection or self._connected()
        try:
            self._begin(connection, to)
        except MailError as error:
            if not was_kept or self._connection is not None or error.about != "server":
                raise
            connection = self._connected()
            self._begin(connection, to)
        return connection

    def _begin(self, connection: smtplib.SMTP, to: str) -> None:
        """Say from whom and to whom a mail is: in one go (RFC 2920) if the server can hear it so."""
        lines = (f"MAIL FROM:<{self._from}>", f"RCPT TO:<{to}>", "DATA")
        wanted: tuple[tuple[About, int], ...] = (("server", 250), ("address", 250), ("mail", 354))
        if not connection.has_extn("pipelining"):
            for line, (about, code) in zip(lines, wanted, strict=True):
                self._expect(connection, line, about, code)
            return
        try:
            connection.send("".join(f"{line}\r\n" for line in lines))
            replies = [connection.getreply()]
            if replies[0][0] != _GOES:
                replies += [connection.getreply() for _ in lines[1:]]
            is_fine = all(code in (250, 251, 252) for code, _ in replies[:2])
            if not is_fine and replies[-1][0] == 354:  # it waits for a mail to nobody, and takes none
                connection.send(b".\r\n")
                connection.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise self._gone(error) from error
        for (code, said), (about, right) in zip(replies, wanted, strict=False):
            self._judge(connection, code, said, about, right)

    def _connected(self) -> smtplib.SMTP:
        server, seconds = self._server, self._server.timeout.total_seconds()
        context = None if server.security == "none" else ssl.create_default_context()
        connection: smtplib.SMTP | None = None
        try:
            if server.security == "tls":
                connection = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=context)
            else:
                connection = smtplib.SMTP(server.host, server.port, timeout=seconds)
            if server.security == "starttls":
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password)
            connection.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            if connection is not None:
                connection.close()
            raise self._gone(error) from error
        self._connection = connection
        return connection

    def _expect(self, connection: smtplib.SMTP, line: str, about: About, wanted: int) -> None:
        try:
            code, said = connection.docmd(line)
        except (OSError, smtplib.SMTPException) as error:
            raise self._gone(error) from error
        self._judge(connection, code, said, about, wanted)

    def _judge(self, connection: smtplib.SMTP, code: int, said: bytes, about: About, wanted: int) -> None:
        """Raise what an answer means that is not the wanted one; the connection is good for the next mail."""
        if code == wanted or (wanted == 250 and code in (251, 252)):
            return
        status = _STATUS.match(said)
        shown = f"{code} {status[0].decode()}" if status else str(code)
        if code == _GOES or not 400 <= code < 600:
            self._drop()
            raise self._unusable(f"it said {shown}", shown)
        try:
            connection.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()
        if about == "server":
            raise self._unusable(f"it said {shown}", shown)
        what = "the address" if about == "address" else "the mail"
        raise MailError(f"the mail server refused {what} ({shown})", permanent=code >= 500, about=about, code=shown)

    def _gone(self, error: Exception) -> MailError:
        self._drop()
        code = str(error.smtp_code) if isinstance(error, smtplib.SMTPResponseException) else ""
        return self._unusable(_told(error), code)

    def _unusable(self, why: str, code: str) -> MailError:
        return MailError(f"the mail server {self._server.host}:{self._server.port} cannot be used: {why}", code=code)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _told(error: Exception) -> str:
    """Return what happened, without what the server said: that may quote anything."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"it does not take this user with this password ({error.smtp_code})"
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        return 'it speaks no TLS from the start at this port: set security = "starttls", or port = 465'
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    return str(error) or type(error).__name__


def _dotted(raw: bytes) -> bytes:
    """Return a mail, which begins with a header and has no line end but CR LF, as it is sent (RFC 5321, 4.5.2)."""
    return raw.replace(b"\r\n.", b"\r\n..") + (b"" if raw.endswith(b"\r\n") else b"\r\n") + b".\r\n"
