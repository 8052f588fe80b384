"""Every screen and page of newsletters as axe sees it: in both schemes, on a phone and on a desk."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from .conftest import CLOSED, POST, Desk, addresses

pytestmark = pytest.mark.browser

LIST = "/admin/newsletter/"
SCREENS = {"list": "", "new": "new", "digest": "digest", "digest, text": "digest?text", "missing": "campaign/none"}


@pytest.fixture
def live(blog, clock, browser_page):
    """Return a browser, the blog's address, the ids of campaigns in several states, and a mailed way out."""
    clock.move(datetime.now(UTC) - clock.now)  # the site runs in a process of its own, by real clocks
    made = blog(url="http://localhost:8000", newsletter="per_minute = 40")
    desk = Desk(made, made.serve())
    desk.plugin.held.clock = clock
    desk.add(*addresses(60))
    sent = desk.send()
    desk.run_jobs()  # as many as a minute holds
    desk.people.give_back("1", desk.mails[0]["message-id"], "hard", clock.now)
    held = desk.send()
    desk.campaigns.hold(held.id, "restored")
    out = re.search(r"<([^>]+)>", desk.mails[0]["list-unsubscribe"])[1]
    later = desk.send(due=datetime(2100, 1, 1, tzinfo=UTC))
    assert made.run("admin", "create", "o@example.org", "--role", "owner", "--mail-link").status == 0
    desk.run_jobs()
    link = desk.links()[0]
    desk.served.close()
    url = made.start().url
    browser_page.goto(url + link)
    browser_page.click("main button")
    browser_page.wait_for_url(f"{url}/admin/**")
    return browser_page, url, {"sent": sent.id, "planned": later.id, "held": held.id}, urlsplit(out).path


def test_every_screen_and_what_acts_lead_to_is_without_barriers(live, look):
    page, url, campaigns, _out = live

    def send(button):
        page.eval_on_selector_all("form", "forms => forms.forEach(form => { form.noValidate = true })")
        with page.expect_navigation():
            page.locator(button).first.click()

    for name, path in {**SCREENS, **{name: f"campaign/{id}" for name, id in campaigns.items()}}.items():
        page.goto(f"{url}{LIST}{path}")
        look(name)
    page.goto(f"{url}{LIST}campaign/{campaigns['sent']}")
    page.click(".newsletter-words summary")
    look("sent, with what words mean")
    send("[name=do]")
    look("stopped")
    preview = f"{url}{LIST}preview?entry={CLOSED}"
    for name, rest in {"preview": "", "preview, whole": "&as=whole", "preview, text": "&text"}.items():
        page.goto(preview + rest)
        look(name)
    page.goto(preview)
    page.fill("#to", "stranger@example.org")
    send("form[action$=test] button")
    look("test mail with a mistake")
    assert page.evaluate("document.activeElement.id") == "to"
    page.fill("#at", "2020-01-01T08:00")
    send("form[action$=send] button")
    look("sending with a mistake")
    assert page.evaluate("document.activeElement.id") == "at"
    page.fill("#at", "2099-01-01T08:00")
    send("form[action$=send] button")
    look("planned just now")
    page.goto(f"{url}{LIST}preview?entry={POST}")
    look("preview of what was mailed")

    assert look.found == {}


def test_what_members_meet_behind_a_mails_links_is_without_barriers(live, look):
    page, url, _campaigns, out = live

    page.goto(url + out)
    look("leave")
    with page.expect_navigation():
        page.click("main form button")
    look("left")
    page.goto(url + out.replace("/leave/", "/preferences/"))
    look("preferences")
    with page.expect_navigation():
        page.click("main form button")
    look("preferences, saved")
    page.goto(f"{url}{out}x")
    look("unknown")

    assert look.found == {}


def test_a_digest_is_looked_at_and_sent_by_keys_alone(live):
    page, url, _campaigns, _out = live

    def press(words):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent.trim()").startswith(words):
                assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
                break
        with page.expect_navigation():
            page.keyboard.press("Enter")

    page.goto(f"{url}{LIST}new")
    press("Voir le résumé de")
    assert "/digest?" in page.url
    press("Envoyer aux abonnés")

    assert "/campaign/" in page.url
    assert page.evaluate("document.activeElement.matches('.flash')")
    assert page.inner_text(".flash") == "L’envoi commence."


def test_a_sending_goes_on_before_the_owners_eyes_and_no_focus_is_lost(live):
    page, url, campaigns, _out = live
    page.goto(f"{url}{LIST}campaign/{campaigns['held']}")
    assert page.locator("script[src*=newsletter]").count() == 0
    with page.expect_navigation():
        page.click("[value=go]")
    page.mouse.move(0, 0)
    page.evaluate("window.isTheSame = true")
    page.locator("nav.screens a").first.focus()

    page.wait_for_selector("#how progress", timeout=60_000)

    assert page.evaluate("window.isTheSame")
    assert page.evaluate("document.activeElement === document.querySelector('nav.screens a')")
