"""Every screen as axe sees it: in both schemes, on a phone and on a desk."""

import pytest

from .conftest import LIST

pytestmark = pytest.mark.browser

ADDRESSES = {
    "dashboard": "/admin/", "account": "/admin/account/", "queue": LIST, "all": f"{LIST}?state=all&select=all",
    "spam": f"{LIST}?state=spam", "trash": f"{LIST}?state=trash", "nothing found": f"{LIST}?q=rien",
    "searched": f"{LIST}?state=all&q=texte&kind=comment&entry=posts/crise", "single": f"{LIST}c1",
    "asked": f"{LIST}c1?do=approve", "edit": f"{LIST}c1/edit", "no such comment": f"{LIST}c99",
}  # fmt: skip


def test_every_screen_is_without_barriers(live, look):
    page, url, _ = live

    for name, address in ADDRESSES.items():
        page.goto(url + address)
        look(name)

    assert look.found == {}


def test_what_acts_lead_to_is_without_barriers(live, live_site, look):
    page, url, _ = live

    def send(button):
        with page.expect_navigation():
            page.locator(button).first.click()

    page.goto(url + LIST)
    send("[data-bulk=approve]")
    look("nothing chosen")
    page.goto(url + LIST)
    page.locator("article input").nth(1).check()
    page.locator("article input").nth(2).check()
    look("two chosen")
    send("[data-bulk=trash]")
    look("done, with an undo")
    send(".flash button")
    look("undone")
    page.click("[data-keys=help]")
    look("keys")
    page.keyboard.press("Escape")
    page.click(".menu summary")
    look("menu")
    page.goto(f"{url}{LIST}c1/edit")
    page.fill("#url", "javascript:1")
    send("main form button")
    look("edit with a mistake")
    page.goto(f"{url}{LIST}c1/edit")
    page.fill("#comment", "Mieux dit.")
    send("main form button")
    look("edited")
    page.goto(f"{url}{LIST}c1")
    page.fill("#comment", "Merci !")
    send("#reply button")
    look("replied")
    page.goto(f"{url}{LIST}c1#history")
    look("history")
    _race(page, url, look, send, live_site)

    assert look.found == {}


def _race(page, url, look, send, site):
    """Let somebody else be faster."""
    page.goto(url + LIST)
    site.run("comments", "spam", "c3")
    send("#c3 [data-act=approve]")
    look("somebody was faster")
    page.goto(f"{url}{LIST}c2/edit")
    page.fill("#comment", "Autrement.")
    site.run("comments", "spam", "c2")
    send("main form button")
    look("edited by somebody else")
    page.goto(f"{url}{LIST}c4")
    page.fill("#comment", "Oui.")
    site.run("comments", "trash", "c4")
    send("#reply button")
    look("reply to what was put away")
    page.goto(f"{url}{LIST}?state=trash")
    send("[data-act=delete]")
    look("delete for ever")
