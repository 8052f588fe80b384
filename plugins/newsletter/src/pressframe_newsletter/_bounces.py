"""Reports on mails that came back (RFC 3464) or were complained about (RFC 5965), as mail servers send them."""

from __future__ import annotations

import email
import email.policy
import mailbox
import re
import sys
from collections.abc import Iterator, Mapping
from email.message import Message
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeAlias

import attrs

from pressframe.errors import ContentError

Kind: TypeAlias = Literal["hard", "soft", "complaint", "none"]

_LARGEST = 10_000_000
"""Bytes of a mail that is looked at."""
_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
_ID = re.compile(r"<[!-;=?-~]{3,500}>")
_BRIEF = (2, 3)
"""5.2.2 and 5.2.3: the mailbox is full, the mail too large."""
_TRUTHS = frozenset(("0", "1", "2", "4"))
"""Classes of permanent failures that are the address's; 3 is the server's, 5 the talk's, 6 the mail's, 7 a policy."""


@attrs.frozen(kw_only=True)
class Report:
    """What one mail tells.

    Attributes:
        digest: Of the whole mail: the same report counts once.
        kind: ``"none"`` if it tells of no failure: a delay, a success, or something else altogether.
        message: Message-ID of the mail that it is about; empty if it doesn't say.
    """

    digest: str
    kind: Kind
    message: str


def read_reports(names: tuple[str, ...]) -> Iterator[Report]:
    """Yield what the mails in files and folders tell: single mails, mailboxes (mbox), Maildir folders; ``-`` is stdin.

    Raises:
        ContentError: There is no such file.
    """
    for name in names:
        for raw in _mails(name):
            yield read_report(raw)


def read_report(raw: bytes) -> Report:
    """Return what one mail tells; whatever is odd in it makes it tell nothing."""
    digest = sha256(raw).hexdigest()
    try:
        mail = email.message_from_bytes(raw[:_LARGEST], policy=email.policy.compat32)
        kind = _kind(mail)
        message = _message(mail) if kind != "none" else ""
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):  # the library's, on broken mails
        return Report(digest=digest, kind="none", message="")
    return Report(digest=digest, kind=kind, message=message)


def _mails(name: str) -> Iterator[bytes]:
    if name == "-":
        yield from _split(sys.stdin.buffer.read())
        return
    path = Path(name)
    try:
        if path.is_dir() and (path / "cur").is_dir():
            box = mailbox.Maildir(path, create=False)
            yield from (box.get_bytes(key) for key in box.iterkeys())  # written anew, one might count twice
        elif path.is_dir():
            yield from (file.read_bytes() for file in sorted(path.iterdir()) if file.is_file())
        else:
            yield from _split(path.read_bytes())
    except OSError as error:
        raise ContentError(
            f"{name} cannot be read: {error.strerror}", fix="name a mail, a mailbox or a folder"
        ) from error


def _split(raw: bytes) -> Iterator[bytes]:
    """Yield the mails of a mailbox, or the one that this is."""
    if not raw.startswith(b"From "):
        yield raw
        return
    for part in re.split(rb"(?:\A|\r?\n\r?\n)From [^\r\n]*\r?\n", raw):
        if part.strip():
            yield re.sub(rb"(?m)^>(>*From )", rb"\1", part)


def _kind(mail: Message) -> Kind:
    kinds: list[Kind] = []
    for part in mail.walk():
        type = part.get_content_type()
        if type == "message/feedback-report":
            fields = _fields(part)
            if fields.get("feedback-type", "").lower() in ("abuse", "fraud", "opt-out", "not-spam", "other", "virus"):
                kinds.append("none" if fields["feedback-type"].lower() == "not-spam" else "complaint")
        elif type == "message/delivery-status":
            kinds += [_fate(dict(_lowered(block))) for block in _blocks(part)]
    for kind in ("complaint", "hard", "soft"):
        if kind in kinds:
            return kind
    return "none"


def _fate(fields: Mapping[str, str]) -> Kind:
    """Return what a delivery status says of one recipient."""
    if fields.get("action", "").split(" ")[0].lower() != "failed":
        return "none"
    found = _STATUS.search(fields.get("status", "")) or _STATUS.search(fields.get("diagnostic-code", ""))
    if found is None:
        return "soft"
    first, subject, detail = found.groups()
    is_brief = subject == "2" and int(detail) in _BRIEF
    return "hard" if first == "5" and subject in _TRUTHS and not is_brief else "soft"


def _blocks(part: Message) -> Iterator[Message]:
    content = part.get_payload()
    if isinstance(content, list):
        yield from (one for one in content if isinstance(one, Message))


def _lowered(block: Message) -> Iterator[tuple[str, str]]:
    yield from ((name.lower(), str(value).strip()) for name, value in block.items())


def _fields(part: Message) -> Mapping[str, str]:
    content = part.get_payload()
    if isinstance(content, list):
        return {name: value for block in content if isinstance(block, Message) for name, value in _lowered(block)}
    text = part.get_payload(decode=True)
    parsed = email.message_from_bytes(text if isinstance(text, bytes) else b"")
    return dict(_lowered(parsed))


def _message(mail: Message) -> str:
    """Return the Message-ID of the mail that came back, from its copy or its headers in the report."""
    for part in mail.walk():
        if part is mail:
            continue
        type = part.get_content_type()
        if type == "message/rfc822":
            for inner in _blocks(part):
                if found := _ID.search(str(inner.get("Message-ID", ""))):
                    return found[0]
        elif type in ("text/rfc822-headers", "message/rfc822-headers"):
            text = part.get_payload(decode=True)
            headers = email.message_from_bytes(text if isinstance(text, bytes) else b"")
            if found := _ID.search(str(headers.get("Message-ID", ""))):
                return found[0]
    return ""
