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


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which all sites of a run keep their compiled templates, which takes half of a small build."""
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture
def site(tmp_path: Path, compiled: Path, clock: Clock) -> Callable[[str], TestSite]:
    """Return a function that makes a site of a text: files one after the other, each under ``== path ==``."""
    made: list[TestSite] = []

    def make(text: str = "") -> TestSite:
        folder = tmp_path / f"site-{len(made) + 1}"
        (folder / ".pressframe").mkdir(parents=True)
        (folder / ".pressframe" / "templates").symlink_to(compiled)
        made.append(TestSite.of_text(text, folder, clock))
        return made[-1]

    return make
