"""What proves who somebody is, or tells one client from another: signed links in mails, ids of sessions, networks."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from typing import TYPE_CHECKING

import attrs

from pressframe.model import Host
from pressframe_web.model import Request

if TYPE_CHECKING:
    from itsdangerous import Signer

_WHOLE, _NETWORK = 32, 64
_BROWSERS = (
    ("Edge", r"\bEdg\w*/"), ("Opera", r"\bOPR/"), ("Firefox", r"\bFirefox/"), ("Chrome", r"\bChrom\w+/"),
    ("Safari", r"\bSafari/"), ("curl", r"\bcurl/"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", r"\bAndroid\b"), ("iPhone", r"\biPhone\b"), ("iPad", r"\biPad\b"), ("Windows", r"\bWindows\b"),
    ("macOS", r"\bMac OS X\b"), ("Linux", r"\bLinux\b"),
)  # fmt: skip


@attrs.frozen
class Links:
    """Signs the ids of links that a plugin mails: who reads the database, or a copy of it, cannot follow one.

    Attributes:
        plugin: Signs for its purposes alone: what another plugin signed is worth nothing here.
    """

    _host: Host
    plugin: str
    _kept: dict[str, Signer] = attrs.field(factory=dict, init=False, repr=False, eq=False)

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

        if self.plugin not in self._kept:
            secret = self._host.secret(f"{self.plugin} links")
            self._kept[self.plugin] = Signer(secret, salt=f"pressframe.{self.plugin}", digest_method=hashlib.sha256)
        return self._kept[self.plugin]


def make_id() -> str:
    """Return 192 random bits, as text that may stand in addresses and cookies."""
    return secrets.token_urlsafe(24)


def digest(session: str) -> str:
    """Return how a database knows a session: a hash, so that its copy signs nobody in."""
    return hashlib.sha256(session.encode("utf-8", "surrogatepass")).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Compare without telling by the time it takes where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def disguise(secret: bytes, text: str) -> str:
    """Return what tells one client, address or domain from another without telling which it is."""
    return hmac.digest(secret, text.encode("utf-8", "surrogatepass"), "sha256").hex()[:32]


def browser_of(request: Request) -> str:
    """Return "Firefox, Linux", as far as the browser says what it is; in no other words than these."""
    agent = request.headers.get("user-agent", "")[:500]
    found = [next((name for name, sign in kinds if re.search(sign, agent)), None) for kinds in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in found if name)


def network(client: str, *, bits: tuple[int, int] = (_WHOLE, _NETWORK)) -> str:
    """Return whom a limit counts as one: an IPv4 address, an IPv6 network of 64 bits, any other name as it is.

    Args:
        bits: How much is kept of an IPv4 and of an IPv6 address.
    """
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client[:100]
    address = getattr(address, "ipv4_mapped", None) or address
    kept = bits[0] if address.version == 4 else bits[1]
    return str(address) if kept == _WHOLE else str(ipaddress.ip_network((address, kept), strict=False))
