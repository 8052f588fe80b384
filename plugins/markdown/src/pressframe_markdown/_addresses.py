"""Addresses of entries: made from a pattern, or written by hand."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote, unquote

import attrs

_FIELD = re.compile(r"\{([^{}]*)\}")
_FIELDS = ("year", "month", "day", "slug")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LEFT_ALONE = "/%!$&'()*+,;=:@~-._"
"""What a path may hold unencoded, by RFC 3986, section 3.3."""


def check_pattern(_: object, field: attrs.Attribute[str], pattern: str) -> None:
    """Refuse what makes no address, or the same one for two entries of a day."""
    odd = [name for name in _FIELD.findall(pattern) if name not in _FIELDS]
    if odd:
        known = ", ".join(f"{{{name}}}" for name in _FIELDS)
        raise ValueError(f"{field.name} knows {known}, not {{{odd[0]}}}")
    if "{slug}" not in pattern:
        raise ValueError(f"{field.name} needs {{slug}}, or entries would share one address")
    filled = _FIELD.sub("x", pattern)
    if "{" in filled or "}" in filled or address_of(filled) != filled:
        raise ValueError(f'{field.name} must look like "/{{year}}/{{month}}/{{slug}}/", got "{pattern}"')


def fill_pattern(pattern: str, day: date, slug: str) -> str:
    """Return *pattern* with its fields filled in: years with four digits, months and days with two."""
    return pattern.format(year=f"{day.year:04}", month=f"{day.month:02}", day=f"{day.day:02}", slug=slug)


def address_of(text: str) -> str | None:
    """Return the address that somebody wrote as *text*, percent-encoded, a folder's with its slash.

    None if it is no path from the site's root, or one that climbs.
    """
    if not text.startswith("/") or any(sign in text for sign in "?#\\"):
        return None
    parts = unquote(text).split("/")[1:]
    named = parts if parts[-1] else parts[:-1]
    if any(part in ("", ".", "..") or not part.isprintable() for part in named):
        return None
    whole = quote(_STRAY_PERCENT.sub("%25", text), safe=_LEFT_ALONE)
    return f"{whole}/" if parts[-1] and "." not in parts[-1] else whole


def address_beside(address: str, name: str) -> str:
    """Return where the file *name* of the entry at *address* is published: below it."""
    folder = address if address.endswith("/") else f"{address.rpartition('.')[0]}/"
    return folder + quote(name, safe=_LEFT_ALONE.replace("%", ""))
