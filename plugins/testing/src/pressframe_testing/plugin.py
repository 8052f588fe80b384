"""The pytest plugin: the fixtures ``clock``, ``site``, ``browser_page``, ``look``, and those of databases."""

import contextlib
import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pressframe_testing._axe import look
from pressframe_testing._clock import Clock
from pressframe_testing._once import Once
from pressframe_testing._postgresql import own_postgresql, postgresql, postgresql_server, sql_table
from pressframe_testing._site import TestSite

__all__ = [
    "browser_page", "chromium", "clock", "compiled", "kept_for_all", "look", "once", "own_postgresql", "postgresql",
    "postgresql_server", "site", "sql_table",
]  # fmt: skip

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

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


@pytest.fixture(scope="session")
def kept_for_all() -> Once:
    """Return what sites of a run use again."""
    return Once()


@pytest.fixture
def once(kept_for_all: Once, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sites that are opened in a test use what was made for those of others, and hash passwords cheaply."""
    kept_for_all.use(monkeypatch)


@pytest.fixture
def site(
    tmp_path: Path, compiled: Path, clock: Clock, sql_table: str, once: None
) -> Iterator[Callable[[str], TestSite]]:
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


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """Return the system's Chromium, started once for all tests of a run; they are skipped where there is none.

    Needs Playwright: ``pressframe-testing[browser]``. It downloads no browser of its own.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="needs pressframe-testing[browser]: Playwright")
    program = next(filter(None, map(shutil.which, _CHROMIUMS)), None)
    if program is None:
        pytest.skip(f"needs one of {', '.join(_CHROMIUMS)} on this machine")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(_QUIET))
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture
def browser_page(chromium: "Browser") -> Iterator["Page"]:
    """Return a page of the system's Chromium, 1280 pixels wide, which knows nothing of other tests' pages."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(60_000)  # milliseconds: a busy machine is no failure
    yield page
    for context in chromium.contexts:
        for each in context.pages:
            each.unroute_all(behavior="ignoreErrors")  # answers to its last questions may fail: the test's files go
        context.unroute_all(behavior="ignoreErrors")
        context.close()
