"""The pytest plugin: the fixtures ``clock``, ``site``, ``browser_page``, ``look``, ``postgresql`` and ``sql_table``."""

import contextlib
import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pressframe_testing._axe import look
from pressframe_testing._clock import Clock
from pressframe_testing._postgresql import postgresql, postgresql_server, sql_table
from pressframe_testing._site import TestSite

__all__ = ["browser_page", "clock", "compiled", "look", "postgresql", "postgresql_server", "site", "sql_table"]

if TYPE_CHECKING:
    from playwright.sync_api import Page

_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Know the marker of tests that drive a browser."""
    config.addinivalue_line("markers", "browser: drives a real browser (Chromium)")
    config.addinivalue_line("markers", "postgresql: needs PostgreSQL's programs")


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still at 2026-11-23 10:00 UTC until it is moved."""
    return Clock()


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which all sites of a run keep their compiled templates, which takes half of a small build."""
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture
def site(tmp_path: Path, compiled: Path, clock: Clock, sql_table: str) -> Iterator[Callable[[str], TestSite]]:
    """Return a function that makes a site of a text: files one after the other, each under ``== path ==``."""
    count = itertools.count(1)

    def make(text: str = "") -> TestSite:
        folder = tmp_path / f"site-{next(count)}"
        (folder / ".pressframe").mkdir(parents=True)
        (folder / ".pressframe" / "templates").symlink_to(compiled)
        made = TestSite.of_text(text, folder, clock=clock, closing=closing)
        if sql_table:
            made.edit("pressframe.toml", made.read("pressframe.toml") + sql_table)
        return made

    with contextlib.ExitStack() as closing:
        yield make


@pytest.fixture
def browser_page() -> Iterator["Page"]:
    """Return a page of the system's Chromium, 1280 pixels wide; the test is skipped where there is none.

    Needs Playwright: ``pressframe-testing[browser]``. It downloads no browser of its own.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="needs pressframe-testing[browser]: Playwright")
    program = next(filter(None, map(shutil.which, _CHROMIUMS)), None)
    if program is None:
        pytest.skip(f"needs one of {', '.join(_CHROMIUMS)} on this machine")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(_QUIET))
        try:
            yield browser.new_page(viewport={"width": 1280, "height": 900})
        finally:
            browser.close()
