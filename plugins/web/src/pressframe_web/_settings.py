"""What the plugin can be told about mail and proxies, and what of it is refused."""

import re
from datetime import timedelta
from typing import Literal

import attrs

_MINUTE = timedelta(minutes=1)


@attrs.frozen
class Smtp:
    """A mail server.

    Attributes:
        host: Its name.
        port: 587 for STARTTLS, 465 for TLS from the start, 25 for neither.
        user: Empty if it asks for none.
        password: Best given as `{ env = "NAME" }`.
        security: How the connection is protected.
        timeout: How long the server may take for one answer before the connection is given up; under a minute.
    """

    host: str
    port: int = 587
    user: str = ""
    password: str = attrs.field(default="", repr=False)
    security: Literal["starttls", "tls", "none"] = "starttls"
    timeout: timedelta = attrs.field(
        default=timedelta(seconds=45), validator=[attrs.validators.gt(timedelta(0)), attrs.validators.lt(_MINUTE)]
    )


def check_sender(_: object, field: "attrs.Attribute[str | None]", value: str | None) -> None:
    """Refuse what is not one address that every mail server knows, with or without a name before it."""
    if value is None:
        return
    from email.headerregistry import HeaderRegistry

    header = HeaderRegistry()("From", value)
    found = getattr(header, "addresses", ())
    if header.defects or [bool(one.username and one.domain and one.addr_spec.isascii()) for one in found] != [True]:
        raise ValueError(f'{field.name} must be one address in ASCII, "Name <name@example.org>", got "{value}"')


def check_network(_: object, field: "attrs.Attribute[str]", value: str) -> None:
    """Refuse what is neither a network address nor a range of them."""
    from ipaddress import ip_network

    try:
        ip_network(value, strict=False)
    except ValueError as error:
        raise ValueError(f'{field.name} must be addresses such as "10.0.0.7" or "10.0.0.0/8": {error}') from None


def check_origin(_: object, field: "attrs.Attribute[str]", value: str) -> None:
    """Refuse what is no scheme and host; nothing at all is one."""
    if value and not re.fullmatch(r"https?://[^/\s?#]+", value):
        raise ValueError(f'{field.name} must be https:// or http:// with a host and no path, got "{value}"')
