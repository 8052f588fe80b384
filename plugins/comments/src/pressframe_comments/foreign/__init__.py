"""Comments of other systems: what their exports hold, made into what our store can be brought."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from pressframe.errors import ContentError, Place
from pressframe_comments.foreign._model import Foreign, Loss

Read: TypeAlias = Callable[[Path, str], Iterator[Foreign | Loss]]
"""Yields what the export in a file holds; the second argument is what messages call the file."""

SYSTEMS = ("disqus", "isso", "remark42", "wordpress")

__all__ = ["SYSTEMS", "Foreign", "Loss", "detect", "read"]


def read(file: Path, system: str) -> Iterator[Foreign | Loss]:
    """Yield what *system* exported to *file*: comments, and what cannot be carried.

    Raises:
        ContentError: It cannot be read, or is no such export.
    """
    module = import_module(f"{__name__}.{system}")
    reader: Read = module.read
    try:
        yield from reader(file, str(file))
    except OSError as error:
        raise ContentError(f"cannot be read: {error.strerror}", at=Place(str(file))) from error


def detect(file: Path) -> str | None:
    """Return which system exported *file*, as its first bytes tell; None if that is none of ``SYSTEMS``."""
    with file.open("rb") as opened:
        head = opened.read(4096)
    if head.startswith(b"SQLite format 3\0"):
        return "isso"
    if head.startswith(b"\x1f\x8b"):
        return "remark42"
    if b"<disqus" in head:
        return "disqus"
    if b"<rss" in head or b"wordpress.org/export" in head:
        return "wordpress"
    is_remark = b'"locator"' in head or b'"posts"' in head.partition(b"\n")[0]
    return "remark42" if is_remark and b'"pressframe comments"' not in head else None
