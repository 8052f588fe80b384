"""What Chromium makes of a served site: no rule of its policy broken, and a page that reloads while it is written."""

import pytest

from .conftest import SITE

pytestmark = pytest.mark.browser
LOCAL = SITE.replace("https://essai.example", "http://localhost:8000")
POST = "content/posts/2026/open.md"


def test_a_page_reloads_when_its_text_was_changed_and_says_what_cannot_be_built(site, browser_page):
    blog = site(LOCAL)
    url = blog.start().url
    said = []
    browser_page.on("console", lambda message: said.append(message.text))
    browser_page.goto(f"{url}/2026/11/open/")
    text = blog.read(POST)

    blog.edit(POST, text.replace("title:", "titel:"))
    browser_page.wait_for_selector("pre[role=alert] >> text=titel")

    blog.edit(POST, text.replace("Du texte", "Du nouveau texte"))
    browser_page.wait_for_selector("text=Du nouveau texte")

    assert browser_page.locator("pre[role=alert]").count() == 0
    assert said == []


def test_what_somebody_is_writing_is_not_lost_by_a_reload(site, browser_page):
    blog = site(LOCAL)
    process = blog.start()
    browser_page.goto(f"{process.url}/2026/11/open/")
    with browser_page.expect_response("**/-/changes*"):
        browser_page.evaluate("document.body.append(document.createElement('textarea'))")
    browser_page.fill("textarea", "Une longue réponse")

    blog.edit(POST, blog.read(POST).replace("Du texte", "Du nouveau texte"))
    process.wait_for("built again")
    for _ in range(2):  # it has heard of the build, and asks again
        browser_page.wait_for_event("response", lambda response: "/-/changes" in response.url)
    kept = browser_page.input_value("textarea")
    browser_page.fill("textarea", "")
    browser_page.wait_for_selector("text=Du nouveau texte")

    assert kept == "Une longue réponse"


def test_a_form_on_a_page_that_sends_no_referrer_is_taken(site, browser_page):
    """Threat 34: a page whose address is a secret asks for ``no-referrer``; its button works all the same."""
    browser_page.goto(f"{site(LOCAL).start().url}/do/form")

    browser_page.click("button")

    assert browser_page.locator("text=stranger").count() == 1


def test_what_answers_a_form_does_not_send_it_again(site, browser_page):
    blog = site(LOCAL)
    process = blog.start()
    browser_page.goto(f"{process.url}/do/form")
    browser_page.click("button")

    blog.edit(POST, blog.read(POST).replace("Du texte", "Du nouveau texte"))
    process.wait_for("built again")

    assert "/-/reload.js" in process.get("/do/form").text
    assert "/-/reload.js" not in process.ask("POST", "/do/page", {"name": "Zoé"}).text
    assert process.log.count("POST /do/record") == 1
