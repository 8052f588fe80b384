"""Every screen as axe sees it: in both schemes, on a phone and on a desk."""

import os

import pytest

from pressframe_testing import find_barriers

from .conftest import OWNER, PASSWORD

pytestmark = pytest.mark.browser

EVERY_LOOK = [("light", 390), ("dark", 1280), ("light", 1280), ("dark", 390)]
LOOKS = EVERY_LOOK if os.environ.get("PRESSFRAME_EVERYTHING") else EVERY_LOOK[:2]
"""Each width and each colour once, and all four together where PRESSFRAME_EVERYTHING is set in the environment."""


@pytest.fixture(params=LOOKS, ids=lambda how: f"{how[0]}-{how[1]}")
def walk(blog, make_owner, browser_page, request):
    """Return a browser, the address of the site, what looks at a page, and what it found."""
    scheme, width = request.param
    site = blog()
    settings = site.read("pressframe.toml").replace("https://prland.example", "http://localhost:8000")
    site.edit("pressframe.toml", settings)
    make_owner(site)
    url, found = site.start().url, {}
    browser_page.emulate_media(color_scheme=scheme)
    browser_page.set_viewport_size({"width": width, "height": 900})

    def look(name):
        barriers = find_barriers(browser_page, name=f"admin {name} {scheme} {width}")
        if browser_page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            barriers.append("wider than the screen")
        if barriers:
            found[name] = barriers

    return browser_page, url, look, found


def test_every_screen_is_without_barriers(walk):
    page, url, look, found = walk
    strangers = {
        "sign in": "/admin/sign-in", "signed out": "/admin/sign-in?out=1", "link spent": "/admin/link/no-such-link",
    }  # fmt: skip
    owners = {"dashboard": "/admin/", "account": "/admin/account/", "screen": "/admin/desk/", "refused": "/admin/mine/"}

    def send(button):
        with page.expect_navigation():
            page.locator(button).first.click()

    for name, address in strangers.items():
        page.goto(url + address)
        look(name)
    page.goto(f"{url}/admin/sign-in")
    page.fill("#address", OWNER)
    page.fill("#password", "pas le bon")
    send("main button")
    look("sign in wrong")
    assert page.evaluate("document.activeElement.id") == "password"
    page.fill("#address", "nulle part")
    send("[formaction$=link]")
    look("link without an address")
    page.fill("#address", OWNER)
    send("[formaction$=link]")
    look("link sent")
    page.goto(f"{url}/admin/sign-in")
    page.fill("#address", OWNER)
    page.fill("#password", PASSWORD)
    send("main button")
    for name, address in owners.items():
        page.goto(url + address)
        look(name)
    page.goto(f"{url}/admin/account/")
    page.fill("#current", "pas le bon")
    page.fill("#new", "un deux trois quatre")
    page.fill("#again", "un deux trois quatre")
    send(".narrow button")
    look("account with a mistake")
    page.fill("#current", PASSWORD)
    page.fill("#new", "un deux trois quatre")
    page.fill("#again", "un deux trois quatre")
    send(".narrow button")
    look("account, password changed")
    page.goto(f"{url}/admin/desk/")
    page.eval_on_selector("main [name=token]", "field => { field.value = 'x' }")
    with page.expect_navigation():
        page.eval_on_selector("main form", "form => form.submit()")
    look("form of another session")

    assert found == {}
