"""Cells of a table that a spreadsheet must not take for formulas, and back again."""

from __future__ import annotations

import re

_RISKY = re.compile(r"(^|[;,\t\r\n])('*)(?=[=+\-@\t\r\n])")
"""The start of a cell, also where a program parts them by another mark. CWE-1236."""
_GUARDED = re.compile(r"(^|[;,\t\r\n])('*)'(?=[=+\-@\t\r\n])")


def guard(cell: str) -> str:
    """Return *cell* with an apostrophe before what a spreadsheet would reckon with."""
    return _RISKY.sub(r"\1\2'", cell)


def unguard(cell: str) -> str:
    """Return what ``guard`` was given."""
    return _GUARDED.sub(r"\1\2", cell)
