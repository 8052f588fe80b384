"""A disk that is soon full."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, options: str = "size=2m") -> Iterator[Path]:
    """Yield *folder*, made and mounted as a small file system of its own, in memory; skip the test if that is refused.

    Args:
        options: As ``mount`` has them for tmpfs.
    """
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], check=False)
    if mounted.returncode:
        pytest.skip("only root can mount a small file system to fill")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # a release keeps files of it open
