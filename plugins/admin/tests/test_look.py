"""How it looks: contrasts in both schemes, and a walk through a real browser, by keyboard alone."""

import re
from itertools import product
from pathlib import Path

import pytest

import pressframe_admin

from .conftest import OWNER, PASSWORD

CSS = Path(pressframe_admin.__file__).parent / "static" / "admin.css"
TEXTS = [
    *product(("ink", "soft", "accent"), ("paper", "panel")),
    ("on-accent", "accent"), ("good-ink", "good"), ("bad-ink", "bad"), ("bad-ink", "paper"),
]  # fmt: skip


def _schemes() -> dict[str, dict[str, str]]:
    light, dark = re.findall(r":root \{(.*?)\}", CSS.read_text("utf-8"), re.DOTALL)
    return {
        name: dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for name, block in (("light", light), ("dark", dark))
    }


def _contrast(one: str, other: str) -> float:
    """Return the ratio of two colours, as WCAG 2.2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_and_edges_stand_out(scheme):
    colours = _schemes()[scheme]

    pale = {pair: _contrast(colours[pair[0]], colours[pair[1]]) for pair in TEXTS}
    edges = {(edge, on): _contrast(colours[edge], colours[on]) for edge in ("edge",) for on in ("paper", "panel")}

    assert {pair: ratio for pair, ratio in pale.items() if ratio < 4.5} == {}
    assert {pair: ratio for pair, ratio in edges.items() if ratio < 3} == {}


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_goes_through_it_by_keyboard(blog, make_owner, browser_page, width):
    """Threats 31, 37: under the policy in place, with real cookies; and nothing sticks out on a phone."""
    site = blog()
    site.edit(
        "pressframe.toml", site.read("pressframe.toml").replace("https://prland.example", "http://localhost:8000")
    )
    make_owner(site)
    url, said = site.start().url, []
    browser_page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    browser_page.set_viewport_size({"width": width, "height": 800})

    def fits() -> bool:
        return browser_page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    browser_page.goto(f"{url}/admin/desk/")
    assert fits()
    browser_page.wait_for_function("document.activeElement.id === 'address'")
    browser_page.keyboard.type(OWNER)
    browser_page.keyboard.press("Tab")
    browser_page.keyboard.type(PASSWORD)
    browser_page.keyboard.press("Enter")
    browser_page.wait_for_url(f"{url}/admin/desk/")
    browser_page.keyboard.press("Tab")
    assert browser_page.evaluate("document.activeElement.className") == "skip"
    for address in ("/admin/", "/admin/account/"):
        browser_page.goto(url + address)
        assert fits()
        assert browser_page.evaluate("document.cookie") == ""
    browser_page.locator(".menu summary").focus()
    browser_page.keyboard.press("Enter")
    browser_page.locator(".menu button").focus()
    browser_page.keyboard.press("Enter")
    browser_page.wait_for_url(f"{url}/admin/sign-in?out=1")

    assert said == []
