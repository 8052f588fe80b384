"""Texts made fit for feeds: absolute addresses, as there is no page to be relative to, and only what XML allows."""

from __future__ import annotations

import functools
import re
from html import escape, unescape
from urllib.parse import urljoin

# Tags with attributes. Possessive, and without "<" outside of quotes: no text makes these go back or read far twice.
_TAG = re.compile(r"""<[A-Za-z][^\s"'<>/]*+[\s/](?:[^"'<>]++|"[^"]*+"|'[^']*+')*+>""")
_ATTRIBUTE = re.compile(r"""(?<![^\s"'/])([^\s"'<>/=]++)\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'<>]++)""")
_CANDIDATE = re.compile(r"([^\s,]\S*+)((?<!,)\s++[^\s,]++)?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# XML 1.0, production 2: neither raw nor as a reference may these stand in a document.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ADDRESSES = {"action", "cite", "data", "href", "poster", "src"}


@functools.lru_cache(maxsize=64)  # a post stands in several feeds, one after the other
def absolute_html(html: str, base: str) -> str:
    """Return *html* with every address in it absolute, as a browser at *base* would follow it."""

    def candidate(found: re.Match[str]) -> str:
        address = found[1].rstrip(",")
        return _joined(base, address) + found[0][len(address) :]

    def attribute(found: re.Match[str]) -> str:
        name, quoted = found[1].lower(), found[2][0] in "\"'"
        value = unescape(found[2][1:-1] if quoted else found[2])
        if name in _ADDRESSES:
            value = _joined(base, value)
        elif name == "srcset":
            value = _CANDIDATE.sub(candidate, value)
        else:
            return found[0]
        return f'{found[1]}="{escape(value)}"'

    return _TAG.sub(lambda tag: _ATTRIBUTE.sub(attribute, tag[0]), html)


def _joined(base: str, address: str) -> str:
    if _SCHEME.match(address):
        return address
    try:
        return urljoin(base, address)
    except ValueError:  # "//[" is no address at all
        return address


def valid_xml(text: str) -> str:
    """Return *text* without the characters that XML forbids: the template filter ``valid_xml``."""
    return _FORBIDDEN.sub("", text)
