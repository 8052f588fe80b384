"""What proves who somebody is: signed links in mails, and session ids in cookies. The database can forge neither."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from typing import TYPE_CHECKING

import attrs

from pressframe.model import Host

if TYPE_CHECKING:
    from itsdangerous import Signer


@attrs.frozen
class Links:
    """Signs the ids of mailed links, so that whoever reads the database, or a copy of it, cannot follow one."""

    _host: Host

    def sign(self, id: str) -> str:
        """Return the token for a mail: the id and its signature."""
        return self._signer().sign(id).decode()

    def read(self, token: str) -> str | None:
        """Return the id in *token*, None if this site never signed it."""
        from itsdangerous import BadSignature

        try:
            return self._signer().unsign(token).decode()
        except (BadSignature, UnicodeError):
            return None

    def _signer(self) -> Signer:
        from itsdangerous import Signer

        return Signer(self._host.secret("members links"), salt="pressframe.members", digest_method=hashlib.sha256)


def make_id() -> str:
    """Return 128 random bits, as text that may stand in addresses and cookies."""
    return secrets.token_urlsafe(16)


def digest(session: str) -> str:
    """Return how the database knows a session: a hash, so that its copy opens no account."""
    return hashlib.sha256(session.encode("utf-8", "surrogatepass")).hexdigest()


def disguise(secret: bytes, text: str) -> str:
    """Return what tells one client or domain from another without telling which it is."""
    return hmac.digest(secret, text.encode("utf-8", "surrogatepass"), "sha256").hex()[:32]


def network(client: str) -> str:
    """Return whom a limit counts as one: an IPv4 address, an IPv6 network of 64 bits, any other name as it is."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)
