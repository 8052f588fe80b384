"""What text every kind of database takes, PostgreSQL and SQLite alike."""

from __future__ import annotations

import re

__all__ = ["is_storable", "storable"]

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Say whether every kind of database takes *text*, if only to look for it: PostgreSQL refuses NUL."""
    return _UNSTORABLE.search(text) is None


def storable(text: str) -> str:
    """Return *text* with U+FFFD in place of each character that some database, or page, cannot hold."""
    return _UNSTORABLE.sub("\ufffd", text)
