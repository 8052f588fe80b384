"""The owner's screen of gifts and previews as axe sees it: in both schemes, on a phone and on a desk."""

from datetime import UTC, datetime

import pytest

from .conftest import OLD
from .test_previews import DRAFTS

pytestmark = pytest.mark.browser

SCREEN = "/admin/passes/"


@pytest.fixture
def live(blog, clock, browser_page):
    """Return a browser in which the owner is signed in, and the blog's address."""
    clock.move(datetime.now(UTC) - clock.now)  # the site runs in a process of its own, by real clocks
    made = blog("", more=DRAFTS.replace("![](photo.png)", ""), url="http://localhost:8000")
    served = made.serve()
    assert made.run("admin", "create", "o@example.org", "--role", "owner", "--mail-link").status == 0
    served.run_jobs()
    link = served.links()[0]
    served.close()
    url = made.start().url
    browser_page.goto(url + link)
    browser_page.click("main button")
    browser_page.wait_for_url(f"{url}/admin/**")
    return browser_page, url


def test_the_owners_screen_is_without_barriers(live, look):
    page, url = live

    def send(heading):
        page.eval_on_selector_all("form", "forms => forms.forEach(form => { form.noValidate = true })")
        with page.expect_navigation():
            page.click(f"section[aria-labelledby={heading}] form button")

    page.goto(url + SCREEN)
    look("nothing made yet")
    for field, typed in {"entry": "/nowhere/", "readers": "0", "days": "0"}.items():
        page.goto(url + SCREEN)
        page.fill("#gift-entry", OLD)
        page.fill(f"#gift-{field}", typed)
        send("gift-heading")
        look(f"mistake: {field}")
        assert page.evaluate("document.activeElement.id") == f"gift-{field}"
    page.fill("#gift-days", "7")
    send("gift-heading")
    send("preview-heading")
    look("made")
    with page.expect_navigation():
        page.locator("table form button").first.click()
    look("taken back")

    assert look.found == {}
