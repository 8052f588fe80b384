"""What tells that a text or a file has changed, without reading it where that is possible."""

import hashlib
import os
import time
from pathlib import Path

_COARSE = 100_000_000
"""Nanoseconds within which two changes of a file may leave the same times."""


def digest_of(text: str) -> str:
    """Return a hash of *text*, 32 hexadecimal digits."""
    return digest_of_bytes(text.encode(errors="surrogatepass"))


def digest_of_bytes(content: bytes) -> str:
    """Return a hash of *content*, 32 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()[:32]  # processors have instructions for it


def stamp(path: str | Path, status: os.stat_result | None = None) -> str:
    """Return what changes whenever the file at *path* does, also where its size and its time of change stay the same.

    Args:
        status: Of the file, if it is known already.

    Raises:
        OSError: It is not there, or can't be read.
    """
    status = status or os.stat(path)  # noqa: PTH116 - tens of thousands of times a build
    modified, changed = status.st_mtime_ns, status.st_ctime_ns
    made = f"{status.st_size}-{modified}-{changed}-{status.st_ino}"
    if time.time_ns() - max(changed, modified) > _COARSE:
        return made
    return f"{made}-{hashlib.blake2b(Path(path).read_bytes(), digest_size=8).hexdigest()}"
