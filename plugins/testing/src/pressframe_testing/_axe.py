"""What people with assistive technology would stumble over on a page, as far as a program finds it: axe."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

_RUN = """async within => {
  const found = await axe.run(within, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})
  return found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)}`))
}"""


def find_barriers(page: Page, *, within: str = "html", name: str = "") -> list[str]:
    """Return what axe finds on the part of *page* that *within* selects, a line each: the rule and the element.

    The test is skipped where there is no axe. PRESSFRAME_AXE names another copy of it than that of
    ``pressframe-testing[browser]``; PRESSFRAME_PICTURES a folder that gets a picture of each page.

    Args:
        name: What the picture is called.
    """
    page.evaluate(_axe())
    if folder := os.environ.get("PRESSFRAME_PICTURES"):
        picture = Path(folder) / (re.sub(r"[^\w.-]+", "-", name or page.title()).strip("-") + ".png")
        page.screenshot(path=picture, full_page=True)
    found: list[str] = page.evaluate(_RUN, within)
    return found


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
