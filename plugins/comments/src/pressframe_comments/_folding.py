"""What is the same to somebody who looks for it: a word in any case and with any accents, a mail address."""

from __future__ import annotations

import re
import string
import unicodedata
from typing import Literal

_ACCENTS = re.compile("[\u0300-\u036f]+")
_PIECE = re.compile(r"[\s\S]{1,256}(?!\S)|\S{1,256}|\s")
"""Up to 256 characters, as far as possible whole words."""
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def normalized(form: Literal["NFKC", "NFKD"], text: str) -> str:
    """Return *text* in a normal form of Unicode, in time in proportion to it.

    To put a run of accents in order takes the square of its length; none is longer than 256 here.
    """
    return "".join(unicodedata.normalize(form, piece) for piece in _PIECE.findall(text))


def fold(text: str) -> str:
    """Return *text* in lower case, without accents, in one line, with single spaces."""
    if not text.isascii():
        text = _ACCENTS.sub("", normalized("NFKD", text)).casefold()
    return " ".join(text.lower().split())


def fold_address(email: str) -> str | None:
    """Return what is the same for one person's ways of typing a mail address; None if there is none.

    Of letters only A to Z are folded: others have twins in Unicode that belong to somebody else.
    """
    return email.strip().translate(_LOWER) or None


def sought(author: str, body: str) -> str:
    """Return what searches look into: the name, and the text in a line of its own."""
    return f"{fold(author)}\n{fold(body)}"
