"""What people with assistive technology would stumble over on a page, as far as a program finds it: axe."""

import functools
import importlib.util
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest

from pressframe_testing._everything import wants_everything

if TYPE_CHECKING:
    from playwright.sync_api import Page

_RUN = """async within => {
  const found = await axe.run(within, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})
  const barriers = found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)}`))
  return document.querySelector(within).scrollWidth > innerWidth ? [...barriers, 'wider than the screen'] : barriers
}"""
_LOOKS = (("light", 390), ("dark", 1280), ("light", 1280), ("dark", 390))
"""Colour schemes and widths in pixels, of a phone and of a desk; the first two have each of them once."""


def find_barriers(page: "Page", *, within: str = "html", name: str = "") -> list[str]:
    """Return what axe finds on the part of *page* that *within* selects, a line each: the rule and the element.

    One more says so where that part is wider than the screen.

    The test is skipped where there is no axe. PRESSFRAME_AXE names another copy of it than that of
    ``pressframe-testing[browser]``; PRESSFRAME_PICTURES a folder that gets a picture of each page.

    Args:
        name: What the picture is called.
    """
    page.wait_for_load_state()  # without its style sheet every page has barriers
    page.evaluate(_axe())
    if folder := os.environ.get("PRESSFRAME_PICTURES"):
        picture = Path(folder) / (re.sub(r"[^\w.-]+", "-", name or page.title()).strip("-") + ".png")
        page.screenshot(path=picture, full_page=True)
    found: list[str] = page.evaluate(_RUN, within)
    return found


@attrs.frozen
class Look:
    """Called with the name of what a browser shows, it looks for barriers on it.

    Attributes:
        of: What the names of pictures begin with.
        found: Barriers by name; nothing of what has none.
    """

    page: "Page"
    of: str
    found: dict[str, list[str]] = attrs.field(factory=dict)

    def __call__(self, name: str) -> None:
        if barriers := find_barriers(self.page, name=f"{self.of} {name}"):
            self.found[name] = barriers


@pytest.fixture(params=_LOOKS if wants_everything() else _LOOKS[:2], ids=lambda how: f"{how[0]}-{how[1]}")
def look(browser_page: "Page", request: pytest.FixtureRequest) -> Look:
    """Return what looks for barriers on ``browser_page``; a test with it runs for a phone, light, and a desk, dark.

    Where everything is wanted, it runs for both colours on both.
    """
    scheme, width = request.param
    browser_page.emulate_media(color_scheme=scheme)
    browser_page.set_viewport_size({"width": width, "height": 900})
    return Look(browser_page, of=request.node.nodeid)


@functools.cache
def _axe() -> str:
    """Return axe's text."""
    own = os.environ.get("PRESSFRAME_AXE")
    spec = None if own else importlib.util.find_spec("axe_playwright_python")
    if own:
        file = Path(own)
    elif spec and spec.submodule_search_locations:
        file = Path(spec.submodule_search_locations[0]) / "axe.min.js"
    else:
        pytest.skip("needs axe: pressframe-testing[browser], or a copy of axe.min.js that PRESSFRAME_AXE names")
    return file.read_text("utf-8")
