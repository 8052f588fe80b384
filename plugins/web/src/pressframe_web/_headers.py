"""The headers of every answer: what browsers may do with it."""

import re
from collections.abc import Iterable

from pressframe.errors import PluginError
from pressframe_web._served import Headers

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_POLICY = b"content-security-policy"


def common_headers(url: str, embeds: Iterable[str]) -> Headers:
    """Return the headers that go with every answer of the site at *url*.

    Args:
        embeds: Origins besides the site's own that pages may show images, sound, films and frames from.
    """
    sources = " ".join(["'self'", *embeds])
    policy = (
        f"default-src 'self'; img-src {sources} data:; media-src {sources}; frame-src {sources}; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    )
    headers = [
        (_POLICY, policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"strict-origin-when-cross-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), browsing-topics=()"),
    ]
    if url.startswith("https://"):
        headers.append((b"strict-transport-security", b"max-age=31536000"))
    return headers


def letting_forms_lead(headers: Headers, origins: Iterable[str]) -> Headers:
    """Return *headers* with a policy that lets forms lead to *origins* as well."""
    own = b"form-action 'self'"
    wider = b" ".join([own, *(origin.encode() for origin in origins)])
    return [(name, value.replace(own, wider) if name == _POLICY else value) for name, value in headers]


def page_headers(pairs: Iterable[tuple[str, str]]) -> Headers:
    """Return the headers that plugins have for HTML pages, as they are sent.

    Raises:
        PluginError: One of them is none that can be sent.
    """
    given = list(pairs)
    for name, value in given:
        if not _NAME.fullmatch(name) or not value.isascii() or not value.isprintable():
            raise PluginError(f"no header can be called {name!r} and say {value!r}", fix="see register_headers")
    return [(name.lower().encode(), value.encode()) for name, value in given]
