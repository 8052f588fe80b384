"""Hostile comments where the page's own script is at work: sent, previewed, answered, edited, remembered, told of."""

from time import monotonic, sleep

import pytest
from playwright.sync_api import Page

from .hostile import split
from .watched import audit, listen

pytestmark = pytest.mark.browser

AT_ONCE = 250
OURS = "Autofocus processing was blocked"
"""What Chromium says of a page whose script has moved the focus before."""
SITE = """
== pressframe.toml ==
[site]
title = "Essai"
plugins = ["markdown", "sql", "web", "comments", "archives", "feeds", "journal"]
[plugins.comments]
moderation = "never"
max_links = 99999
flood_limit = 0
flood_limit_site = 0
same_text_within = "1 second"
== content/billet.md ==
---
title: Billet
date: 2026-11-20
---
Un texte.
"""


class Witness:
    """A page of a browser that ignores the site's policy, and all that no harmless page does."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page, self.noted = page, []
        page.set_default_timeout(60_000)
        listen(page, self.noted, but=OURS)
        # what reloads pages of sites that are being written
        page.route("**/-/**", lambda route: route.fulfill(content_type="text/javascript", body=""))
        page.route(lambda url: not url.startswith(f"{origin}/"), lambda route: self._refuse(route))

    def _refuse(self, route) -> None:
        self.noted.append(f"asked for {route.request.url}")
        route.abort()

    def look(self) -> None:
        self.noted += [flaw for flaw in audit(self.page) if "livereload" not in flaw]


def test_the_script_that_sends_shows_answers_and_remembers_runs_nothing(site, some_payloads, browser_page):
    """Threats 19 to 22, 24: every payload as text, two of each lot as names."""
    process = site(SITE).start()
    address = f"{process.url}/2026/11/billet/"
    page = browser_page.context.browser.new_context(bypass_csp=True).new_page()
    witness = Witness(page, process.url)
    lots = split([text.replace("\x00", "") for text in some_payloads], AT_ONCE)

    for number, lot in enumerate(lots):
        page.goto(address)
        text = "\n\n".join(lot)
        page.fill("#comment", text[:65_000])
        page.fill("#author", lot[0].strip()[:245] or "Zoé")
        page.fill("#email", "zoe@example.org")
        page.check("#comment-remember")
        page.click("button[name=preview]")
        page.wait_for_selector("#comment-preview, #comment-errors")
        witness.look()
        page.fill("#author", " ".join(lot[1].split())[:200])
        page.click("#submit")
        page.wait_for_selector("[data-own], #comment-errors")
        witness.look()
        assert page.locator("[data-own]").count() == 1, page.inner_text("#comment-errors")
        page.click(".comment-own a[href$='/edit']")
        page.wait_for_selector("form[action$='/edit']")
        page.fill("#comment", f"Corrigé {number}.\n\n{text[:60_000]}")
        page.click("#submit")
        page.wait_for_selector(".comment-own")
        witness.look()
        page.locator(".comment-reply-link").last.click()
        page.wait_for_function("() => document.getElementById('comment_parent').value !== ''")
        witness.look()
        page.goto(address)
        page.focus("#comment")
        page.wait_for_selector("#comment-remember:checked")
        witness.look()
        page.goto(f"{process.url}/comments/me")
        witness.look()

    end = monotonic() + 30
    while process.get("/2026/11/billet/").text.count('class="comment ') < len(lots) and monotonic() < end:
        sleep(0.1)
    page.goto(address)
    witness.look()
    assert witness.noted == []
    assert page.locator("#comments .comment").count() == len(lots)
