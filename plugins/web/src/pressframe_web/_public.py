"""What of the network a site may ask: addresses that strangers give must not lead into the owner's own network."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import TypeAlias
from urllib.parse import quote, urlsplit

import attrs

from pressframe_web.errors import FetchError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_ODD = re.compile(r"[\x00-\x20\x7f\\]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST = 2_048
_SAFE = "%/:=&?~+!$,;'@()*[]"

_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # all that IANA has given out
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # NAT64, RFC 6052: the last 32 bits are an IPv4 address
_RELAYED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.88.99.0/24",  # relays of 6to4, RFC 7526
        "2002::/16",  # 6to4 itself, RFC 3056: any IPv4 address inside
        "2001::/32",  # Teredo, RFC 4380: any IPv4 address inside
        "3fff::/20",  # documentation, RFC 9637; known to newer Pythons only
    )
)
_ISATAP = (0x00005EFE, 0x02005EFE)
"""The third quarter of an IPv6 address that ends with an IPv4 address, RFC 5214."""


@attrs.frozen
class Target:
    """A web address taken apart: ``host`` in ASCII and lower case, ``target`` the path with its query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        """The host as the Host header and addresses write it, with the port where it is not the usual one."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _DEFAULT_PORTS[self.scheme] else f"{name}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address, without a fragment."""
        return f"{self.scheme}://{self.origin}{self.target}"


def parse_url(url: str) -> Target:
    """Return *url* taken apart; a fragment is dropped.

    Raises:
        FetchError: It is no http or https address, or one that different programs would read differently.
    """
    if len(url) > _LONGEST or _ODD.search(url):
        raise _refused("it is too long, or holds spaces, backslashes or control characters")
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise _refused("its host or its port makes no sense") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise _refused("only http and https are fetched")
    if "@" in parts.netloc:
        raise _refused("it holds a user name")
    path, query = quote(parts.path or "/", safe=_SAFE), quote(parts.query, safe=_SAFE)
    target = f"{path if path.startswith('/') else f'/{path}'}{'?' if query else ''}{query}"
    return Target(parts.scheme, _host(host), _DEFAULT_PORTS[parts.scheme] if port is None else port, target)


def parse_address(text: str) -> Address | None:
    """Return the network address that *text* is, as the standards write it; None for a name."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def is_public(text: str, allowed: Iterable[str] = ()) -> bool:
    """Tell whether *text*, a network address, is one of the public internet, or within an *allowed* network."""
    address = parse_address(text)
    if address is None or getattr(address, "scope_id", None):
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(_is_within(address, network) for network in allowed):
        return True
    return _is_public_v4(address) if isinstance(address, ipaddress.IPv4Address) else _is_public_v6(address)


def _is_public_v4(address: ipaddress.IPv4Address) -> bool:
    return address.is_global and not (address.is_multicast or any(address in network for network in _RELAYED))


def _is_public_v6(address: ipaddress.IPv6Address) -> bool:
    inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _TRANSLATED:
        return _is_public_v4(inner)
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP and not _is_public_v4(inner):
        return False
    is_plain = address in _GLOBAL_UNICAST and address.is_global
    return is_plain and not any(address in network for network in _RELAYED)


def _is_within(address: Address, network: str) -> bool:
    return address in ipaddress.ip_network(network, strict=False)


def _host(host: str) -> str:
    """Return *host* in ASCII; what only some programs take for a number, such as ``0x7f.1``, is none."""
    if ":" in host:
        address = parse_address(host)
        if address is None or "%" in host:
            raise _refused("its host makes no sense")
        return str(address)
    name = _ascii(host).rstrip(".")
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        if parse_address(name) is None:
            raise _refused("its host is a number in disguise")
        return name
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise _refused("its host makes no sense")
    return name


def _ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    import idna

    try:
        return idna.encode(host, uts46=True).decode().lower()
    except idna.IDNAError:
        raise _refused("its host makes no sense") from None


def _refused(why: str) -> FetchError:
    return FetchError(f"the address is refused: {why}", permanent=True)
