"""Slugs: the last part of an address, and the ids of headings, as WordPress would make them."""

from __future__ import annotations

import functools
import re
import unicodedata
from urllib.parse import quote, unquote

_TAG = re.compile(r"<[^<>]*>")
_ENTITY = re.compile(r"&(?:(nbsp|ndash|mdash|#160|#8209|#8211|#8212)|[#\w]+);")
_STRAY_PERCENT = re.compile(r"%(?![0-9a-f]{2})")
_HYPHENS = re.compile("-{2,}")
_LONGEST = 2000
"""Characters of a title that are looked at: to put a run of accents in order takes the square of its length."""
_CLEAN = re.compile(r"[a-z0-9_]+(?:-[a-z0-9_]+)*")
_APART = {
    "Æ": "AE", "æ": "ae", "Ð": "D", "ð": "d", "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "ı": "i", "Ĳ": "IJ", "ĳ": "ij",
    "ĸ": "k", "Ŀ": "L", "ŀ": "l", "Ł": "L", "ł": "l", "ŉ": "n", "Ŋ": "N", "ŋ": "n", "Ø": "O", "ø": "o", "Œ": "OE",
    "œ": "oe", "ß": "s", "ſ": "s", "Þ": "TH", "þ": "th", "Ŧ": "T", "ŧ": "t", "ª": "a", "º": "o", "€": "E", "£": "",
    "×": "x",
}  # fmt: skip
"""Letters that Unicode does not take apart, as WordPress spells them."""


@functools.lru_cache(maxsize=4096)
def slug(title: str, *, limit: int = 200) -> str:
    """Return the last part of an address, made from a title.

    Args:
        title: Any text; tags and entities in it are left out.
        limit: Longest result, in characters.

    Returns:
        Lower-case ASCII letters, digits, underscores and single inner hyphens; letters of other scripts as percent-
        encoded UTF-8, in lower case. Empty if *title* holds no letter or digit.

    Source: WordPress ``sanitize_title``, so that moved sites keep their addresses. On purpose otherwise: emoji and
    other symbols are left out, line breaks part words, and ``AT&T; …`` loses nothing but the sign.
    """
    plain = title.lower().replace(" ", "-") if title.isascii() else title
    if _CLEAN.fullmatch(plain) and len(plain) <= limit:
        return plain
    text = _TAG.sub("", title) if "<" in title else title
    text = _ENTITY.sub(lambda found: "-" if found[1] else "", text) if "&" in text else text
    text = unicodedata.normalize("NFC", text[:_LONGEST]).translate(_PIECES)
    text = _STRAY_PERCENT.sub("", text) if "%" in text else text
    return _cut(_HYPHENS.sub("-", text).strip("-"), limit)


def remove_accents(text: str) -> str:
    """Return *text* with Latin letters in plain ASCII; other scripts stay.

    Source: WordPress ``remove_accents``.
    """
    return text if text.isascii() else "".join(map(_base, text))


def _base(letter: str) -> str:
    if letter.isascii() or letter in _APART:
        return _APART.get(letter, letter)
    apart = "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
    return apart if apart.isascii() else letter


class _Pieces(dict[int, str]):
    """What each letter becomes in a slug, found out when it first comes up."""

    def __missing__(self, code: int) -> str:
        self[code] = _piece(chr(code))
        return self[code]


_PIECES = _Pieces()


def _piece(letter: str) -> str:
    """Return what a slug has for *letter*: itself, a plainer one, its encoding, a hyphen or nothing."""
    if letter.isspace() or letter in "\0./-" or "\u2010" <= letter <= "\u2015":
        return "-"
    base = _base(letter).lower()
    if base.isascii():
        return base if base.isalnum() or base in ("_", "%") else ""
    is_accent = "\u02b0" <= letter <= "\u036f"  # letters to Unicode, but they only stand beside others
    is_part = letter.isalnum() or unicodedata.category(letter) in ("Mn", "Mc")
    return quote(base).lower() if is_part and not is_accent else ""


def _cut(text: str, limit: int) -> str:
    """Return the start of *text* that has no more than *limit* characters, cut between two letters."""
    if len(text) <= limit:
        return text
    start = re.sub("%.?$", "", text[:limit])
    whole = next((size for size in (0, 3, 6, 9) if _is_whole(start[: len(start) - size])), 0)
    return start[: len(start) - whole].strip("-")


def _is_whole(text: str) -> bool:
    try:
        unquote(text, errors="strict")
    except UnicodeDecodeError:
        return False
    return True
