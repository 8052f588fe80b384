"""What an author closes must not be open because the plugin that closes it was left out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pressframe.errors import ContentError, Place
from pressframe.model import Json

_OPEN = (None, "public", ("public",), ["public"])
_FENCED = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
_SECTION = re.compile(r"^\s*<!--\s*only:", re.MULTILINE)
_FIX = 'add "gates" to [site] plugins, or take that out'


def check_audience(extra: Mapping[str, Json], file: str) -> None:
    """Refuse an entry that says whom it is for, on a site that closes none.

    Raises:
        ContentError: It would be open to all.
    """
    if extra.get("audience") not in _OPEN:
        message = "says whom it is for, and no plugin keeps others out"
        raise ContentError(message, at=Place(file, key="audience"), fix=_FIX)


def check_sections(text: str, file: str) -> None:
    """Refuse a text with sections for some, on a site that cuts none.

    Raises:
        ContentError: They would be open to all.
    """
    if "<!--" in text and _SECTION.search(_FENCED.sub("", text)):
        raise ContentError("has a section for some readers, and no plugin keeps others out", at=Place(file), fix=_FIX)
