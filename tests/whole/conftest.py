"""Whole sites: PRland, and a real WordPress export, as their owners would build and serve them."""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
CANARY = re.compile(rb"canary-[a-z]+-\d+|canari-[a-z]+-\d+", re.IGNORECASE)


@pytest.fixture
def prland(tmp_path: Path) -> Path:
    """Return a copy of PRland that a test may change."""
    built = shutil.ignore_patterns("public", ".pressframe", "data", "outbox", ".public.next")
    return Path(shutil.copytree(ROOT / "examples" / "prland", tmp_path / "prland", ignore=built))


@pytest.fixture
def export() -> Path:
    """Return WordPress's own theme test, where the folder of test data is there."""
    file = DATA / "wxr" / "themeunittestdata.wordpress.xml"
    if not file.is_file():
        pytest.skip(f"needs the test data: {file} is missing")
    return file
