"""The pytest plugin: the fixtures ``clock`` and ``site``."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pressframe_testing._clock import Clock
from pressframe_testing._site import TestSite


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still at 2026-11-23 10:00 UTC until it is moved."""
    return Clock()


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Callable[[str], TestSite]:
    """Return a function that makes a site of a text: files one after the other, each under ``== path ==``."""
    made: list[TestSite] = []

    def make(text: str = "") -> TestSite:
        folder = tmp_path / f"site-{len(made) + 1}"
        made.append(TestSite.of_text(text, folder, clock))
        return made[-1]

    return make
