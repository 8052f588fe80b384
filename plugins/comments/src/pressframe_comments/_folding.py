"""What is the same to somebody who looks for it: a word in any case and with any accents, a mail address."""

from __future__ import annotations

import re
import string
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f]+")
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def fold(text: str) -> str:
    """Return *text* in lower case, without accents, in one line, with single spaces."""
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold()
    return " ".join(text.lower().split())


def fold_address(email: str) -> str | None:
    """Return what is the same for one person's ways of typing a mail address; None if there is none.

    Of letters only A to Z are folded: others have twins in Unicode that belong to somebody else.
    """
    return email.strip().translate(_LOWER) or None


def sought(author: str, body: str) -> str:
    """Return what searches look into: the name, and the text in a line of its own."""
    return f"{fold(author)}\n{fold(body)}"
