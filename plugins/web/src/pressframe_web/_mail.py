"""Mails as they leave, and the folder that holds them for a person to read while no server is set."""

import os
import re
from binascii import b2a_qp
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import attrs
import click

from pressframe_web.errors import MailError
from pressframe_web.letters import host_of, message_id
from pressframe_web.model import Message

_WORDS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN = re.compile(rf"(?!.*=\?){_WORDS}(?:\.{_WORDS})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
"""An address that is the same in every way of reading it."""
_VISIBLE = re.compile(r"[\x21-\x7e]+(?: [\x21-\x7e]+)*")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Unicode's categories Cc, Zl, Zp, Cs."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_PARTED = frozenset(("From", "Sender", "Reply-To"))
"""Headers that are made of addresses."""
_ONCE = frozenset(
    (
        "from", "to", "cc", "bcc", "subject", "date", "message-id", "mime-version", "content-type",
        "content-transfer-encoding",
    )
)  # fmt: skip
"""Headers that a mail has already, or must not have."""
_OWN = {"Auto-Submitted": "auto-generated"}
"""RFC 3834: programs that answer for people on leave stay quiet."""
_LONGEST_LINE = 998
"""Bytes in a line (RFC 5322, 2.1.1)."""
_LINK = re.compile(r"https?://[^\s\x00-\x1f\x7f-\x9f]+")
"""What is printed of a text; nothing that could steer a terminal."""


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
    try:
        for name, value in _fields(message, sender).items():
            mail[name] = _checked(name, value)
            _checked(name, str(mail[name]))  # encoded words (RFC 2047) have been decoded by now, and may hold anything
        if [address.addr_spec for address in mail["To"].addresses] != [message.to]:
            raise ValueError("To is not one plain address")
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = message_id(message.key, url)
        if message.thread:
            mail["References"] = mail["In-Reply-To"] = message_id(message.thread, url)
        mail.set_content(message.text, cte=_encoding(message.text) if is_to_be_read else None)
        if message.html is not None:
            encoding = _encoding(message.html) if is_to_be_read else None
            mail.add_alternative(message.html, subtype="html", cte=encoding)
    except (ValueError, IndexError, LookupError) as error:
        raise MailError(f"a mail cannot be written: {error}", permanent=True, about="mail") from error
    return mail


def pack(message: Message, sender: str, url: str) -> bytes:
    """Return the bytes of *message* for any server: what ``compose`` makes, in a tenth of the time.

    Raises:
        MailError: As ``compose``; or the address is not ASCII.
    """
    if not message.to.isascii():
        raise MailError("the address is not ASCII", permanent=True, about="address")
    if not _PLAIN.fullmatch(message.to):
        return bytes(compose(message, sender, url))
    try:
        head = [_line(name, value) for name, value in _fields(message, sender).items()]
        head += [f"Date: {format_datetime(datetime.now(UTC))}", f"Message-ID: {message_id(message.key, url)}"]
        if message.thread:
            head += [f"{name}: {message_id(message.thread, url)}" for name in ("In-Reply-To", "References")]
        head += ["MIME-Version: 1.0"]
        text = _part("plain", message.text)
        if message.html is None:
            return "\r\n".join(head).encode() + b"\r\n" + text
        border = f"=_{sha256(message.key.encode()).hexdigest()[:32]}"  # encoded texts hold no "=_"
        between = f"--{border}".encode()
        head += [f'Content-Type: multipart/alternative; boundary="{border}"', "", ""]
        parts = (between, text, between, _part("html", message.html), between + b"--\r\n")
        return "\r\n".join(head).encode() + b"\r\n".join(parts)
    except (ValueError, IndexError, LookupError) as error:
        raise MailError(f"a mail cannot be written: {error}", permanent=True, about="mail") from error


def _fields(message: Message, sender: str) -> Mapping[str, str]:
    """Return the headers that say from whom, to whom and what about, and those that the message brings.

    Raises:
        ValueError: It brings one that every mail has already, or that has no name for one.
    """
    for name in message.headers:
        if not _NAME.fullmatch(name) or name.lower() in _ONCE:
            raise ValueError(f"{name!r} is no header that may be added")
    return {"From": sender, "To": message.to, "Subject": message.subject, **_OWN, **message.headers}


def _line(name: str, value: str) -> str:
    """Return one header; the library writes it if it is not plain words, or has a meaning of its own."""
    if name in _PARTED or len(name) + len(value) > 900 or not _VISIBLE.fullmatch(value) or "=?" in value:
        return _header(name, value)
    return f"{name}: {value}"


@lru_cache(maxsize=64)
def _header(name: str, value: str) -> str:
    mail = EmailMessage(policy=SMTP)
    mail[name] = _checked(name, value)
    _checked(name, str(mail[name]))
    return str(mail.as_bytes().decode("ascii").rstrip("\r\n"))


def _part(kind: str, text: str) -> bytes:
    """Return a text with its headers, in ASCII, with lines that no server breaks."""
    encoded = b"".join(map(_encoded, text.encode().splitlines() or [b""]))
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return head.encode() + encoded


@lru_cache(maxsize=2048)  # mails to many say the same in most lines
def _encoded(line: bytes) -> bytes:
    """Return a line as quoted-printable, with its end."""
    encoded = b2a_qp(line + b"\n", istext=True).replace(b"\n", b"\r\n").replace(b"\r\nFrom ", b"\r\n=46rom ")
    return b"=46" + encoded[1:] if encoded.startswith(b"From ") else encoded


def _encoding(text: str) -> str | None:
    """Return the encoding that leaves letters as they are; None, for the library's choice, if a line is too long."""
    return "8bit" if all(len(line.encode()) <= _LONGEST_LINE for line in text.splitlines()) else None


def make_sender(title: str, url: str) -> str:
    """Return who mail comes from where nobody said: the site's title, at its own host."""
    return str(Address(title, "noreply", host_of(url)))


def _checked(name: str, value: str) -> str:
    if _CONTROL.search(name) or _CONTROL.search(value):
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
        draft = self.folder / f".{name}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(bytes(mail))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.folder / name)
        except OSError as error:
            with suppress(OSError):  # it is tried again: many halves would fill what room there is
                draft.unlink(missing_ok=True)
            raise MailError(f"the outbox {self.folder} cannot be written: {error.strerror}") from error
        click.echo(f"mail: {message.subject} → {self.folder.name}/{name}")
        for link in _LINK.findall(message.text):
            click.echo(f"      {link}")
