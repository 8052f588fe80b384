"""Every screen as axe sees it: in both schemes, on a phone and on a desk."""

import pytest

from .conftest import OWNER, PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def url(blog, make_owner):
    """Return the address of the site."""
    site = blog()
    settings = site.read("pressframe.toml").replace("https://prland.example", "http://localhost:8000")
    site.edit("pressframe.toml", settings)
    make_owner(site)
    return site.start().url


def test_every_screen_is_without_barriers(url, browser_page, look):
    page = browser_page
    strangers = {
        "sign in": "/admin/sign-in", "signed out": "/admin/sign-in?out=1", "link spent": "/admin/link/no-such-link",
    }  # fmt: skip
    owners = {"dashboard": "/admin/", "account": "/admin/account/", "screen": "/admin/desk/", "refused": "/admin/mine/"}
    owners["nowhere"] = "/admin/nowhere/"

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

    assert look.found == {}
