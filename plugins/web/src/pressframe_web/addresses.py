"""Mail addresses and ways back, as browsers send them, and services' addresses in settings: checked before use."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import attrs

_LONGEST = 254
"""RFC 5321, as corrected by erratum 1690."""
_OWN_PATH = re.compile(r"/(?!/)[A-Za-z0-9\-._~!$&'()*+,;=:@%/?#\[\]]{0,1000}")


@attrs.frozen(kw_only=True)
class MailAddress:
    """A mail address that can be written to.

    Attributes:
        shown: As typed, but for the case of its domain; where mail is sent to.
        folded: What two spellings of one address share; only for finding it again.
    """

    shown: str
    folded: str


def read_address(typed: str) -> MailAddress | None:
    """Return the address in *typed*, None if nobody could be written to there.

    The part before the @ must be ASCII: that leaves no twins that only differ in how some program folds their case,
    and many servers take no others. Dots and what follows a plus sign are part of the address. No DNS is asked.
    """
    from email_validator import EmailNotValidError, validate_email

    typed = typed.strip(" ")
    if len(typed) > _LONGEST or "=?" in typed:
        return None
    try:
        found = validate_email(typed, check_deliverability=False, allow_smtputf8=False, strict=True)
    except (EmailNotValidError, UnicodeError):
        return None
    if found.ascii_email is None:
        return None
    return MailAddress(shown=found.ascii_email, folded=found.ascii_email.lower())


def check_service(_: object, field: attrs.Attribute[str], url: str) -> None:
    """Check the setting that says where a service is, as a validator of attrs: https, or http on this machine.

    Raises:
        ValueError: It is no such address, or holds a name and a password, or a query.
    """
    parts = urlsplit(url)
    is_here = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or "@" in parts.netloc or parts.query or not (parts.scheme == "https" or is_here):
        raise ValueError(f"{field.name} must be an address such as {field.default}")


def own_path(wanted: str, *, under: str = "/") -> str:
    """Return *wanted* if it is a path of this site *under* another; nothing if it can be read to lead elsewhere."""
    is_own = _OWN_PATH.fullmatch(wanted) and wanted.startswith(under) and ".." not in unquote(wanted)
    return wanted if is_own and not wanted.startswith(f"{under}/") else ""
