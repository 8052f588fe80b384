"""The block editor's remarks: taken out of a text, and named where what they stand for is made by WordPress itself."""

from __future__ import annotations

import re

_REMARK = re.compile(r"<!--\s+(/?)wp:([a-z][a-z0-9_/-]*)([^<>]*)-->\n?")


def has_blocks(text: str) -> bool:
    """Say whether *text* was written in the block editor, which makes paragraphs itself."""
    return "<!-- wp:" in text


def strip_blocks(text: str) -> str:
    """Return *text* without the block editor's remarks."""
    return _REMARK.sub("", text)


def find_live_blocks(text: str) -> tuple[str, ...]:
    """Return the names of blocks that WordPress fills while it serves a page, each once."""
    return tuple(dict.fromkeys(found[2] for found in _REMARK.finditer(text) if found[3].endswith("/")))
