"""Whole sites: PRland, and a real WordPress export, as their owners would build and serve them."""

import json
import re
import shutil
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pressframe_testing import Served, wants_everything

from .hostile import ORIGIN

if TYPE_CHECKING:
    from .watched import Watched

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
CANARY = re.compile(rb"canary-[a-z]+-\d+|canari-[a-z]+-\d+", re.IGNORECASE)


@pytest.fixture
def prland(tmp_path: Path, compiled: Path) -> Path:
    """Return a copy of PRland that a test may change."""
    built = shutil.ignore_patterns("public", ".pressframe", "data", "outbox", ".public.next")
    copy = Path(shutil.copytree(ROOT / "examples" / "prland", tmp_path / "prland", ignore=built))
    (copy / ".pressframe").mkdir()
    (copy / ".pressframe" / "templates").symlink_to(compiled)
    return copy


@pytest.fixture
def export() -> Path:
    """Return WordPress's own theme test, where the folder of test data is there."""
    file = DATA / "wxr" / "themeunittestdata.wordpress.xml"
    if not file.is_file():
        pytest.skip(f"needs the test data: {file} is missing")
    return file


@pytest.fixture(scope="session")
def payloads() -> list[str]:
    """Return every hostile text of the collections, once."""
    files = sorted((DATA / "xss").glob("*.jsonl"))
    if not files:
        pytest.skip(f"needs the test data: {DATA / 'xss'} is missing")
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    return [text for text in dict.fromkeys(json.loads(line)["payload"] for line in lines) if text.strip()]


@pytest.fixture
def some_payloads(payloads: list[str], request: pytest.FixtureRequest) -> list[str]:
    """Return every fourth hostile text, each door others; all where everything is wanted, as comments' pages get."""
    door = zlib.crc32(request.node.name.encode())
    return payloads if wants_everything() else payloads[door % 4 :: 4]


@pytest.fixture
def watch(request: pytest.FixtureRequest) -> Callable[[Served], "Watched"]:
    """Return a function that opens a browser on what a site answers; until then the site can be asked."""

    def start(served: Served) -> "Watched":
        from .watched import Watched  # which needs a browser

        replies = {address: served.visitor.get(address) for address in served.app.served.release.files}
        return Watched(request.getfixturevalue("browser_page"), ORIGIN, replies)

    return start
