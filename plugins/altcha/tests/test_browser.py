"""What readers meet in a real browser, with JavaScript and without."""

import json

import pytest

pytestmark = pytest.mark.browser

SITE = """
== pressframe.toml ==
[site]
title = "PRland"
language = "fr"
plugins = ["markdown", "sql", "web", "comments", "altcha", "journal"]
[plugins.comments]
moderation = "never"
[plugins.altcha]
difficulty = {difficulty}
== content/posts/walk.md ==
---
title: Promenade
date: 2026-11-20
---
Un billet.
"""


@pytest.fixture
def served(site, browser_page):
    browser_page.route("**/-/reload.js", lambda route: route.fulfill(content_type="text/javascript", body=""))

    def serve(difficulty=40):
        made = site(SITE.format(difficulty=difficulty))
        return made, made.start()

    return serve


def fill(page, text):
    page.fill("#author", "Zoé")
    page.fill("#email", "zoe@example.org")
    page.fill("#comment", text)


def filed(made):
    found = json.loads(made.run("comments", "list", "--state", "all", "--json").output)
    return [(one["body"], one["state"], one["reasons"]) for one in found]


def watched(page):
    """Note whatever the page complains of, or asks of others."""
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    return said, asked


def test_a_browser_works_while_its_reader_types(served, browser_page):
    made, process = served()
    said, asked = watched(browser_page)
    browser_page.goto(f"{process.url}/2026/11/walk/")
    assert not any("/altcha/challenge" in url for url in asked), "who only reads works for nothing"

    fill(browser_page, "Très juste.")
    browser_page.wait_for_selector('#comment-proof:has-text("a fini sa preuve")')
    browser_page.click("#submit")
    browser_page.wait_for_selector("li#comment-c1")

    assert filed(made) == [("Très juste.", "approved", [])]
    assert said == []
    assert all(url.startswith((process.url, "blob:", "data:")) for url in asked)


def test_who_sends_at_once_is_told_to_wait_and_the_comment_goes_off_by_itself(served, browser_page):
    made, process = served()
    asked = []
    browser_page.route("**/altcha/challenge", lambda route: asked.append(route))
    browser_page.goto(f"{process.url}/2026/11/walk/")
    fill(browser_page, "Vite.")

    browser_page.press("#submit", "Enter")
    browser_page.wait_for_selector("#comment-proof[role=status]:has-text('votre commentaire sera envoyé')")
    assert filed(made) == []
    asked[0].continue_()
    browser_page.wait_for_selector("li#comment-c1")

    assert filed(made) == [("Vite.", "approved", [])]


def test_a_form_that_comes_back_with_an_error_works_anew(served, browser_page):
    made, process = served()
    browser_page.goto(f"{process.url}/2026/11/walk/")
    fill(browser_page, "Bonjour.")
    browser_page.evaluate("document.getElementById('commentform').noValidate = true")
    browser_page.fill("#email", "nowhere")
    browser_page.click("#submit")
    browser_page.wait_for_selector("#email-error")

    browser_page.fill("#email", "zoe@example.org")
    browser_page.click("#submit")
    browser_page.wait_for_selector("li#comment-c1")

    ((body, _, reasons),) = filed(made)
    assert body == "Bonjour."
    assert reasons in ([], ["it came within 2 seconds of its form"]), "the proof was right"


@pytest.mark.parametrize("broken", ["**/altcha/challenge", "**/altcha-worker.js*", "**/altcha.js*"])
def test_where_the_work_cannot_be_done_the_comment_waits(served, browser_page, broken):
    made, process = served()
    browser_page.route(broken, lambda route: route.abort())
    browser_page.goto(f"{process.url}/2026/11/walk/")
    fill(browser_page, "Quand même.")

    browser_page.click("#submit")
    browser_page.wait_for_selector(".comment-awaiting-moderation")

    ((body, state, reasons),) = filed(made)
    assert (body, state) == ("Quand même.", "pending")
    assert "no proof of work" in reasons[0]


def test_without_javascript_the_form_says_that_the_comment_waits(served, browser_page):
    made, process = served()
    context = browser_page.context.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{process.url}/2026/11/walk/")
    assert "Sans JavaScript, vous pouvez envoyer votre commentaire quand même" in page.text_content("#commentform")
    fill(page, "Sans script.")

    page.click("#submit")

    assert "en attente de modération" in page.text_content("#comments")
    assert [(body, state) for body, state, _ in filed(made)] == [("Sans script.", "pending")]
    context.close()


def test_the_form_that_follows_a_look_or_a_comment_is_worked_for_as_well(served, browser_page):
    made, process = served()
    browser_page.goto(f"{process.url}/2026/11/walk/")
    fill(browser_page, "D’abord *vu*.")
    browser_page.click("button[name=preview]")
    browser_page.wait_for_selector("#comment-preview")
    browser_page.focus("#comment")
    browser_page.press("#comment", "Control+Enter")
    browser_page.wait_for_selector("li#comment-c1")

    fill(browser_page, "Et un autre.")
    browser_page.click("#submit")
    browser_page.wait_for_selector("li#comment-c2")

    reasons = {reason for *_, reasons in filed(made) for reason in reasons}
    assert len(filed(made)) == 2
    assert reasons <= {"it came within 2 seconds of its form"}, "both proofs were right"
